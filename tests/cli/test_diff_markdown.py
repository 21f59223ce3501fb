"""A comment on a pull request: short first, true, whole or said not to be, and nothing but words."""

from __future__ import annotations

import re

import pytest

import segfw.cli.diff
from segfw.cli.diff_markdown import LIMIT, comment, escaped
from segfw.clouds.aws_security_group import lower
from segfw.review.changes_alike import Alike
from segfw.review.sections import Item, Section, Table
from tests.cli.calling import BROKEN, SMALL, TODAY, WITH_ACL
from tests.cli.test_diff_revisions import BASE, IMPORTING, commit, repository
from tests.cli.test_plan import off_by_one

assert repository
MARKDOWN = ("diff", "--all", "--rev", "main", "--format", "markdown")
WIDER = BASE.replace("/28", "/27")


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(segfw.cli.diff, "today", lambda: TODAY)


@pytest.fixture
def several(repository):
    """Three stacks that import their admins, and one that does not."""
    (repository.config / "shared" / "base.yaml").write_text(BASE, "utf-8")
    for name in ("a", "b", "c"):
        repository.stack(name, IMPORTING)
    commit()
    return repository


def test_stacks_that_change_alike_are_told_once(several):
    (several.config / "shared" / "base.yaml").write_text(WIDER, "utf-8")
    text = several.output(*MARKDOWN)

    assert text.startswith("**3 of 4 stacks differ; a: opens tcp 22 on data from admins (16 addr")
    assert text.count("**a: opens ") == 1
    assert "**b: " not in text
    assert "The same change in 2 more stacks; rules and room below are of a." in text
    assert "\nb, c\n" in text


def test_lines_of_their_own_files_make_no_two_changes_of_one(several):
    for name in ("a", "b"):
        text = IMPORTING.replace("ssh-admin: {}", "ssh-admin: {}, gui-https: {}")
        several.stack(name, ("# one\n" if name == "b" else "") + text)

    assert "The same change in 1 more stack; " in several.output(*MARKDOWN)


def test_the_same_first_line_of_other_addresses_is_another_change(repository):
    for name in ("a", "b"):
        repository.stack(name)
    commit()
    for name, third in (("a", 7), ("b", 8)):
        repository.stack(name, SMALL.replace("10.9.0.0/28", f"10.9.{third}.0/28"))
    text = repository.output(*MARKDOWN)

    assert "The same change in" not in text
    assert text.count("opens tcp 22 on data from admins (16 addresses); closes tcp 22 ") == 3


def test_stacks_that_open_something_else_are_told_apart(several):
    (several.config / "shared" / "base.yaml").write_text(WIDER, "utf-8")
    several.stack("b", IMPORTING.replace("ssh-admin: {}", "gui-https: {}"))
    text = several.output(*MARKDOWN)

    assert "**b: opens tcp 443 on data from admins (32 addresses); closes tcp 22 " in text
    assert "\nc\n" in text


def test_the_first_line_counts_what_is_new_gone_and_not_compared(several):
    (several.config / "Pulumi.a.yaml").unlink()
    several.stack("d").stack("b", BROKEN)
    result = several.call(*MARKDOWN)

    assert result.exit_code == 1
    assert result.stdout.startswith(
        "**2 of 5 stacks differ (1 new, 1 gone), 1 not compared; d: new"
    )
    assert "**Not compared**: config/Pulumi.b.yaml:" in result.stdout


def test_a_comment_is_never_empty(repository):
    repository.stack("small", BROKEN)
    alone = repository.call(*MARKDOWN).stdout
    nowhere = repository.call("diff", "--all", "--rev", "mian", "--format", "markdown").stdout

    assert alone.startswith("**small: not compared: 1 problem**\n")
    assert 'did you mean "ssh-admin"?' in alone
    assert nowhere.startswith("**nothing compared: 1 problem**\n")
    assert 'git knows no revision "mian"' in nowhere


def test_a_stack_that_is_not_proven_is_counted_and_named(several, monkeypatch):
    (several.config / "shared" / "base.yaml").write_text(WIDER, "utf-8")
    monkeypatch.setattr(lower, "_ports", off_by_one)
    result = several.call(*MARKDOWN)

    assert result.exit_code == 3
    assert result.stdout.startswith("**0 of 4 stacks differ, 3 not compared**\n")
    assert (
        "- b: the rules that were made do not mean what the stack file asks for." in result.stdout
    )


def test_a_network_acl_that_goes_is_in_the_first_line(repository):
    repository.stack("small", WITH_ACL)
    commit()
    repository.stack("small", SMALL)
    gone = repository.output(*MARKDOWN)
    commit()
    repository.stack("small", WITH_ACL)
    come = repository.output(*MARKDOWN)

    assert gone.startswith("**small: network ACL data goes; opens nothing; closes nothing; fits")
    assert come.startswith("**small: network ACL data is new; opens nothing; closes nothing; fits")


def test_an_interface_that_becomes_external_is_in_the_first_line_and_not_folded(repository):
    mail = "receive-mail: {from: [admins]}, send-mail: {to: [admins]}"
    public = SMALL.replace("10.9.0.0/28", "198.51.100.0/28").replace("ssh-admin: {}", mail)
    public = public.replace("roles: [management]", "roles: [public]")
    repository.stack("small", public)
    commit()
    repository.stack("small", public.replace("external: false", "external: true"))
    text = repository.output(*MARKDOWN)

    assert text.startswith(
        "**small: interface data is external now; opens tcp 25 on data from admins (16 addresses) "
        "of the internet; closes nothing; fits in one update**\n"
    )
    assert "no rule changes: 2 rules\n" in text
    assert "**Newly reachable from the internet (1)**\n" in text
    assert "<summary>Newly" not in text


def test_management_among_the_rest_is_in_the_first_line(repository):
    mail = "[management, public]\n      external: true\n      defaultRoute: true"
    new = SMALL.replace("[management]\n      external: false", mail).replace(
        "ssh-admin: {}", "ssh-admin: {}, gui-https: {}, receive-mail: {}"
    )
    repository.stack("small", new)

    assert repository.output(*MARKDOWN).startswith(
        "**small: opens tcp 25 on data from any IPv4 address and 1 more (management among them); "
    )


def long(stack, items, rows):
    opened = Section(
        "Opened", (), None, tuple(Item(f"{stack} item {n} " * 4) for n in range(items))
    )
    table = Table(("a", "b"), tuple((f"{stack} row {n} " * 4, "b") for n in range(rows)))
    return Alike(
        stack, (Section(f"{stack}: opens", ("x",)), opened, Section("Rules", (), table)), ()
    )


def test_a_comment_is_no_longer_than_github_takes_and_says_what_is_left_out():
    text = comment("first", [long(f"s{n}", 100, 1000) for n in range(50)], ("note",))

    assert LIMIT * 0.9 < len(text) <= LIMIT
    assert "**Not all of it fits into a comment.**" in text.splitlines()[4]
    assert [f"**s{n}: opens**" in text for n in range(50)] == [True] * 50
    assert "<summary>Opened (100)</summary>" in text
    assert re.search(r"- and \d+ more\n", text)
    assert text.count("<details>") == text.count("</details>")
    assert "summary>Rules" not in text


def test_more_stacks_than_fit_are_counted():
    held = [long("s" * 990 + str(n), 0, 0) for n in range(100)]
    text = comment("first", held, ())
    shown = text.count(": opens**")

    assert 50 < shown < 60
    assert f"And {100 - shown} more stacks." in text
    assert len(text) <= LIMIT


def test_what_fits_is_whole():
    text = comment("first", [long("s", 20, 20)], ())

    assert "Not all of it" not in text
    assert (text.count("s item 19 "), text.count("s row 19 ")) == (4, 4)


def test_problems_without_end_leave_room_for_the_rest():
    text = comment(
        "first", [long("s", 5, 5)], (), [f"{n}: " + "problem " * 20 for n in range(5000)]
    )

    assert len(text) <= LIMIT
    assert re.search(r"- and \d+ more\n", text)
    assert "s item 4 " in text


@pytest.mark.parametrize(
    "address", ["https://evil.example/x", "www.evil.example", "WWW.evil.example"]
)
def test_no_name_becomes_a_link(address):
    """GitHub links these without any markup; a word joiner parts them."""
    assert not re.search(r"://|www\.", escaped(address), re.IGNORECASE)
    assert escaped(address).replace("\u2060", "") == address


def test_no_name_becomes_a_mention_an_issue_or_a_formula():
    assert escaped("@all #12 $x$") == "@\u2060all \\#\u206012 \\$x\\$"
