"""`segfw diff --rev`: stacks at revisions of a real git repository."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import segfw.cli.comparing
import segfw.cli.diff
from segfw.cli.diff_markdown import comment, escaped
from segfw.cli.reference.diff_schema import schema
from segfw.review.changes_alike import Alike
from segfw.review.sections import Item, Section, Table
from tests.cli.calling import SMALL, TODAY
from tests.docs.test_reference import closed

BOTH = SMALL.replace("ssh-admin: {}", "ssh-admin: {}, gui-https: {}")
BASE = "config:\n  seg-firewall:networks:\n    admins: [10.9.0.0/28]\n"
IMPORTING = SMALL.replace("config:\n", "config:\n  seg-firewall:imports: [base]\n").replace(
    "  seg-firewall:networks:\n    admins: [10.9.0.0/28]\n", ""
)


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(segfw.cli.diff, "today", lambda: TODAY)


def git(*words, day="2026-11-20T12:00:00Z"):
    named = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    named |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in named.items()}
    named |= {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    done = subprocess.run(
        ["git", *words], check=True, capture_output=True, env={**os.environ, **named}, text=True
    )
    return done.stdout.strip()


def commit(day="2026-11-20T12:00:00Z"):
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "a change", day=day)
    return git("rev-parse", "HEAD")[:7]


@pytest.fixture
def repository(folder):
    """A repository with the stack ``small`` committed on ``main``."""
    git("init", "--quiet", "--initial-branch", "main")
    folder.stack("small")
    commit()
    return folder


def problem(result):
    """The one problem that a call says."""
    text, last = result.stderr.splitlines()
    assert (result.exit_code, result.stdout, last) == (1, "", "1 problem.")
    return text


def test_a_revision_is_compared_with_the_work_tree(repository):
    lines = repository.stack("small", BOTH).output("diff", "small", "--rev", "main").splitlines()

    assert lines[0] == (
        "small: opens tcp 443 on data from admins (16 addresses); closes nothing; fits in one update"
    )
    assert lines[1] == "  1 rule added, 1 kept; fits in one update, room 58 of 60 left"
    assert lines[2].startswith(f"  From main ({git('rev-parse', 'HEAD')[:7]}) to the work tree; ")
    assert lines[3] == (
        "  config/ has changes that are not committed; they are part of this comparison."
    )


def test_two_revisions_are_compared_without_the_work_tree(repository):
    repository.stack("small", BOTH)
    commit()
    repository.stack("small", SMALL.replace("ssh-admin", "nonsense"))
    text = repository.output("diff", "small", "--rev", "main~1..main")

    assert text.startswith("small: opens tcp 443 on data from admins (16 addresses);")
    assert "they are not part of this comparison." in text


def test_three_dots_begin_where_both_parted(repository):
    git("switch", "--quiet", "--create", "change")
    repository.stack("small", BOTH)
    commit()
    git("switch", "--quiet", "main")
    repository.stack("small", SMALL.replace("10.9.0.0/28", "10.9.8.0/28"))
    commit()

    parted = repository.output("diff", "small", "--rev", "main...change")
    direct = repository.output("diff", "small", "--rev", "main..change")
    assert "closes nothing" in parted.splitlines()[0]
    assert "closes tcp 22" in direct.splitlines()[0]


def test_the_work_tree_and_the_index_are_left_as_they_are(repository):
    repository.stack("small", BOTH).stack("other", SMALL)
    git("add", "config/Pulumi.other.yaml")
    before = git("status", "--porcelain"), git("write-tree"), sorted(Path(".git").iterdir())
    repository.output("diff", "--all", "--rev", "main")

    assert (
        git("status", "--porcelain"),
        git("write-tree"),
        sorted(Path(".git").iterdir()),
    ) == before


def test_a_closed_group_names_the_line_of_the_old_revision(repository):
    short = git("rev-parse", "HEAD")[:7]
    repository.stack("small", SMALL.replace("ssh-admin", "gui-https"))
    text = repository.output("diff", "small", "--rev", "main")

    assert f"      {short}:config/Pulumi.small.yaml:13 features.ssh-admin" in text
    assert "      config/Pulumi.small.yaml:13 features.gui-https" in text


def test_all_says_which_stacks_are_new_gone_and_the_same(repository):
    repository.stack("goes").stack("stays")
    commit()
    (repository.config / "Pulumi.goes.yaml").unlink()
    repository.stack("comes").stack("small", BOTH)
    document = repository.json("diff", "--all", "--rev", "main")

    assert {one["stack"]: one["status"] for one in document["stacks"]} == {
        "comes": "new",
        "goes": "gone",
        "small": "compared",
        "stays": "unchanged",
    }
    headlines = {one["stack"]: one["headline"] for one in document["stacks"]}
    assert headlines["comes"].startswith("new; opens tcp 22 on data from admins (16 addresses)")
    assert headlines["goes"] == (
        "gone; opens nothing; closes tcp 22 on data from admins (16 addresses)"
    )
    text = repository.output("diff", "--all", "--rev", "main")
    assert text.startswith("3 of 4 stacks differ (1 new, 1 gone); ")
    assert text.endswith("No difference\n  stays\n")


def test_a_stack_whose_files_are_the_same_is_not_compiled(repository, monkeypatch):
    repository.shared("base", BASE).shared("other", BASE).stack("small", IMPORTING)
    commit()
    repository.shared("other", BASE.replace("10.9.0.0/28", "10.9.8.0/28"))
    monkeypatch.setattr(segfw.cli.comparing, "make_plan", None)

    assert repository.json("diff", "small", "--rev", "main")["stacks"][0]["status"] == "unchanged"


def test_a_shared_file_changes_the_stacks_that_import_it(repository):
    repository.shared("base", BASE).stack("small", IMPORTING)
    commit()
    repository.shared("base", BASE.replace("10.9.0.0/28", "10.9.8.0/28"))
    found = repository.json("diff", "--all", "--rev", "main")["stacks"]

    assert [one["status"] for one in found] == ["compared"]
    assert [one["path"] for one in found[0]["opened"][0]["origins"]] == [
        "features.ssh-admin",
        "networks.admins",
    ]


PUBLIC = (
    SMALL.replace("10.9.0.0/28", "198.51.100.0/28")
    .replace("ssh-admin: {}", "receive-mail: {from: [admins]}, send-mail: {to: [admins]}")
    .replace("roles: [management]\n      external: false", "roles: [public]\n      external: true")
)


def test_text_tells_stacks_that_change_alike_once_and_the_worst_first(repository):
    for name in ("a", "c", "small"):
        repository.stack(name, IMPORTING)
    repository.shared("base", BASE).stack("z", PUBLIC)
    commit()
    repository.shared("base", BASE.replace("/28", "/27")).stack("z", PUBLIC.replace("/28", "/27"))
    text = repository.output("diff", "--all", "--rev", "main")
    heads = [line for line in text.splitlines()[1:] if ": opens " in line]

    assert text.startswith("4 of 4 stacks differ; z: opens tcp 25 on data from admins (16 address")
    assert [head.partition(":")[0] for head in heads] == ["z", "a"]
    assert text.count("The same change in ") == 1
    assert "The same change in 2 more stacks; rules and room below are of a.\n  c, small\n" in text


def test_a_group_that_no_file_attaches_is_not_looked_for_in_a_state(repository):
    repository.stack("small", BOTH).stack("comes")
    text = repository.output("diff", "--all", "--rev", "main")
    stacks = repository.json("diff", "--all", "--rev", "main")["stacks"]
    points = [one["points"][0] for one in stacks]
    said = "attached elsewhere: this stack's files attach it to nothing."

    assert text.count(f"security group data: {said}\n") == 2
    assert "this state" not in text
    assert {one["attached"] for one in points} == {said}


def test_a_problem_of_a_revision_is_said_with_the_revision(repository):
    repository.stack("small", SMALL.replace("ssh-admin", "ssh-admn"))
    short = commit()
    repository.stack("small")

    assert problem(repository.call("diff", "small", "--rev", "main")) == (
        f"{short}:config/Pulumi.small.yaml:13: features.ssh-admn: no such feature; did you mean "
        '"ssh-admin"?'
    )


def test_problems_are_in_the_json_document_too(repository):
    repository.stack("small", SMALL.replace("ssh-admin", "ssh-admn"))
    document = repository.json("diff", "small", "--rev", "main", status=1)
    (one,) = document["stacks"]

    assert (one["status"], one["problems"][0]["line"]) == ("problems", 13)
    Draft202012Validator(closed(schema())).validate(document)
    unknown = repository.json("diff", "small", "--rev", "nope", status=1)
    assert unknown["problems"][0]["file"] == "--rev nope"
    Draft202012Validator(closed(schema())).validate(unknown)


@pytest.mark.parametrize("words", [("--all", "--rev", "main"), ("small", "other")])
def test_json_is_what_its_schema_says(repository, words):
    repository.stack("other", BOTH).stack("small", BOTH.replace("10.9.0.0/28", "10.9.8.0/28"))

    Draft202012Validator(closed(schema())).validate(repository.json("diff", *words))


def test_an_old_stack_is_read_as_of_the_day_of_its_commit(repository):
    """A custom flow whose review was due since then is no problem of the old side."""
    custom = (
        "custom-flow: [{name: push, interface: data, direction: egress, protocol: tcp, "
        "ports: [8514], to: [admins], reason: Logs go there., owner: mail, "
        "reviewBy: '2026-06-30'}]"
    )
    old = SMALL.replace("ssh-admin: {}", f"ssh-admin: {{}}, {custom}").replace(
        "environment: dev", "environment: prod"
    )
    account = 'config:\n  aws:allowedAccountIds: ["111122223333"]\n'
    repository.stack("small", old.replace("config:\n", account))
    commit(day="2026-03-01T12:00:00Z")
    now = repository.call("check", "small")
    assert (now.exit_code, "2026-06-30" in now.stderr) == (1, True)
    new = SMALL.replace("environment: dev", "environment: prod").replace("config:\n", account)
    repository.stack("small", new)

    found = repository.call("diff", "small", "--rev", "main")
    assert found.stderr == ""
    assert found.exit_code == 0


REFUSED = {
    "an unknown one": ("mian", '--rev mian: git knows no revision "mian"; did you mean "main"?'),
    "an option": (
        "--output=x",
        '--rev --output=x: git knows no revision "--output=x"; git branch --all and git tag list '
        "those that there are.",
    ),
    "one without the folder": (
        "empty",
        "--rev empty: empty ({}) has no stack files in config/; name a later revision.",
    ),
}


@pytest.mark.parametrize(("rev", "said"), REFUSED.values(), ids=REFUSED)
def test_a_revision_that_cannot_be_read_is_a_problem(repository, rev, said):
    git("switch", "--quiet", "--orphan", "empty")
    short = commit()
    git("switch", "--quiet", "main")

    assert problem(repository.call("diff", "small", "--rev", rev)) == said.format(short)


def test_a_stack_of_neither_side_is_a_problem(repository):
    short = git("rev-parse", "HEAD")[:7]

    assert problem(repository.call("diff", "smal", "--rev", "main")) == (
        f'config/Pulumi.smal.yaml: neither main ({short}) nor the work tree has a stack "smal"; '
        'did you mean "small"?'
    )


def test_a_folder_in_no_repository_is_a_problem(folder):
    folder.stack("small")

    assert "is in no git repository, so it has no revisions; compare with a state" in problem(
        folder.call("diff", "small", "--rev", "main")
    )


def test_a_machine_without_git_is_told_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")

    assert problem(repository.call("diff", "small", "--rev", "main")) == (
        "git: git is not installed, and revisions are read with it; install it first."
    )


def test_a_shallow_clone_is_told_how_to_get_the_rest(repository, tmp_path, monkeypatch):
    commit()
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--depth", "1", f"file://{tmp_path}", str(clone))
    monkeypatch.chdir(clone)

    assert "this clone is shallow: fetch the rest with git fetch --unshallow" in problem(
        repository.call("diff", "small", "--rev", "HEAD~1")
    )


def test_a_move_to_another_region_is_no_update(repository):
    repository.stack("small", SMALL.replace("eu-central-1", "us-east-1"))

    assert "no update moves it without loss" in problem(
        repository.call("diff", "small", "--rev", "main")
    )


WRONG = {
    "both": ("small", "--rev", "main", "--state", "x"),
    "all without a revision": ("--all",),
    "all and a name": ("small", "--all", "--rev", "main"),
    "nothing": ("--rev", "main"),
    "two of a state": ("small", "other", "--state", "x"),
    "three": ("a", "b", "c"),
    "the same twice": ("small", "small"),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_a_call_that_compares_nothing_is_a_wrong_call(repository, words):
    assert repository.call("diff", *words).exit_code == 2


def test_two_stacks_are_compared_by_what_they_let_through(repository):
    lines = repository.stack("other", BOTH).output("diff", "small", "other").splitlines()

    assert lines[0] == "other: opens tcp 443 on data from admins (16 addresses); closes nothing"
    assert lines[1].startswith("  From small to other; seg-firewall ")
    assert repository.call("diff", "small", "other", "--exit-code").exit_code == 4
    assert repository.call("diff", "other", "small").exit_code == 0


def test_a_comment_begins_with_what_matters_and_folds_the_rest(repository):
    repository.stack("small", BOTH).stack("stays")
    commit()
    text = repository.output("diff", "--all", "--rev", "main~1", "--format", "markdown")

    assert text.splitlines()[0] == (
        "**2 of 2 stacks differ (1 new); small: opens tcp 443 on data from admins (16 addresses); "
        "closes nothing; fits in one update**"
    )
    assert text.count("<details>") == text.count("</details>") > 0


NASTY = "</summary><script>|x|`y`[z](javascript:a)*b*\n# c @everyone &lt;"


def test_no_name_is_markup():
    said = escaped(NASTY)

    assert "<" not in said
    assert "\n" not in said
    assert not {"|", "`", "*", "[", "]", "#"} & {
        sign for before, sign in zip(" " + said, said, strict=False) if before != "\\"
    }
    assert "@everyone" not in said


def test_no_name_breaks_out_of_a_table_or_a_block_of_commands():
    table = Table((NASTY, "b"), ((NASTY, "---"), ("---", NASTY)))
    item = Item(NASTY, (NASTY,), (f"```\n{NASTY}",))
    sections = [Section(NASTY, (NASTY,)), Section(NASTY, (NASTY,), table, (item,))]
    text = comment(NASTY, [Alike(NASTY, tuple(sections), (NASTY,))], (NASTY,), (NASTY,))

    assert "<script" not in text.replace(f"  ``` {NASTY.replace(chr(10), ' ')}", "")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 4
    assert all(line.replace("\\|", "").count("|") == 3 for line in rows)
    assert text.count("  ````") == 2


def test_json_has_the_words_of_the_text(repository):
    repository.stack("small", BOTH)
    (group,) = json.loads(repository.output("diff", "small", "--rev", "main", "--format", "json"))[
        "stacks"
    ][0]["opened"]

    assert (group["risk"], group["management"], group["addresses"]) == ("management", True, 16)
    assert group["packets"] == [
        {
            "point": "security-group",
            "absent": False,
            "reply": False,
            "direction": "ingress",
            "family": "ipv4",
            "service": "tcp 443",
            "addresses": "10.9.0.0/28",
        }
    ]
