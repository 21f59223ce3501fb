"""`segfw report`: files, exit statuses, dates from git, and text that stays text."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

import segfw.cli.report.command
from segfw.cli.report.html import report_html
from segfw.cli.report.markdown import LONGEST_DRAWING, code, fenced, mermaid, plain, report_markdown
from segfw.cli.report.since import NOT_COMMITTED, commit_of, dates_of
from tests.cli.calling import BROKEN, SMALL, TODAY
from tests.review.report.reporting import report_of
from tests.shipped import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "</script><img src=x onerror=alert(1)>\"'><svg onload=alert(2)>"
HOSTILE = SMALL.replace(
    "    admins: [10.9.0.0/28]\n",
    "    admins:\n      prefixes: [10.9.0.0/28]\n      owner: |-\n        OWNER\n"
    "      source: |-\n        OWNER\n".replace("OWNER", EVIL),
).replace(
    "{pmtu: false, ssh-admin: {}}",
    "\n    pmtu: false\n    ssh-admin: {}\n    custom-flow:\n"
    "      - name: push\n        interface: data\n        direction: egress\n"
    "        protocol: tcp\n        ports: [8514]\n        to: [admins]\n"
    f"        reason: |-\n          {EVIL}\n        owner: |-\n          {EVIL}\n"
    '        reviewBy: "2027-06-30"\n',
)


@pytest.fixture(autouse=True)
def on_one_day(monkeypatch):
    monkeypatch.setattr(segfw.cli.report.command, "today", lambda: TODAY)
    monkeypatch.setattr("segfw.cli.waivers.today", lambda: TODAY)
    monkeypatch.setattr("segfw.cli.policy.today", lambda: TODAY)


class Tags(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


def test_the_page_goes_to_standard_output_or_whole_into_a_file(folder, tmp_path):
    folder.stack("one")
    printed = folder.output("report", "one")
    assert folder.output("report", "one", "--output", "deep/one.html") == ""
    assert (tmp_path / "deep" / "one.html").read_text("utf-8") == printed
    assert printed.startswith("<!doctype html>")


def test_the_same_stack_gives_the_same_bytes(folder):
    folder.stack("one")
    assert folder.output("report", "one") == folder.output("report", "one")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_page_names_nothing_that_a_browser_would_load(name):
    tags = Tags(report_html(report_of(name)))
    loads = [
        (tag, attributes)
        for tag, attributes in tags.found
        if {"src", "srcset", "data", "poster", "background", "action", "formaction"}
        & set(attributes)
        or tag in {"img", "iframe", "object", "embed", "video", "audio", "base"}
    ]
    assert loads == []
    assert [one["href"] for one in tags.named("link")] == ["data:,"]
    (policy,) = [one for one in tags.named("meta") if "http-equiv" in one]
    assert policy["content"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy["content"]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_link_within_a_page_leads_somewhere(name):
    tags = Tags(report_html(report_of(name)))
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {one["href"] for one in tags.named("a") if one["href"].startswith("#")}
    assert {one for one in targets if one[1:] not in ids} == set()
    others = {one["href"] for one in tags.named("a")} - targets
    assert {one for one in others if not one.startswith("https://")} == set()


def test_pages_of_shipped_stacks_are_small():
    assert len(report_html(report_of("aws-lab")).encode()) < 1_500_000


def test_what_a_stack_file_says_stays_text(folder):
    folder.stack("one", HOSTILE)
    before = Tags(folder.stack("two").output("report", "two"))
    text = folder.output("report", "one")
    tags = Tags(text)
    assert "onerror=alert(1)" in text
    assert EVIL not in text
    assert len(tags.named("script")) == len(before.named("script")) == 1
    assert tags.named("img") == []
    assert not [a for _, a in tags.found if any(name.startswith("on") for name in a)]


def test_a_name_that_turns_a_line_around_is_shown_as_question_marks():
    report = report_of("aws-lab")
    turned = report.customs[0]._replace(owner="mail\u202egnp.exe")
    text = report_html(report._replace(customs=(turned,)))
    assert "\u202e" not in text
    assert "mail?gnp.exe" in text


def test_markdown_of_a_stack_file_stays_text(folder):
    folder.stack("one", HOSTILE.replace(EVIL, "@everyone `x` | </details> **b** #12 [a](http://b)"))
    text = folder.output("report", "one", "--format", "markdown")
    assert "@everyone" not in text
    assert text.count("</details>") == text.count("<details>")
    assert "**b**" not in text


def test_a_stack_with_problems_is_no_page(folder):
    folder.stack("one", BROKEN)
    result = folder.call("report", "one")
    assert (result.exit_code, result.stdout) == (1, "")
    assert 'no such feature; did you mean "ssh-admin"?' in result.stderr


def test_a_register_with_problems_is_no_page(folder):
    folder.stack("one")
    (folder.config / "waivers.yaml").write_text("waivers: [{check: nothing}]\n", encoding="utf-8")
    result = folder.call("report", "one")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no such check" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name one STACK, or write --all --output DIR."),
        (("--all",), "name a folder with --output"),
        (("one", "--all", "--output", "x"), "no STACK"),
        (("--all", "--output", "x", "--format", "markdown"), "leave --format out"),
        (("one", "--output", "config"), "config is a folder; name a file, as in config/one.html."),
    ],
)
def test_a_call_that_means_nothing_says_what_to_write(folder, words, said):
    folder.stack("one")
    result = folder.call("report", *words)
    assert result.exit_code == 2
    assert said in re.sub(r"\s+", " ", result.stderr)


def test_all_stacks_get_pages_and_the_one_with_problems_is_listed(folder, tmp_path):
    folder.stack("one").stack("two").stack("bad", BROKEN)
    result = folder.call("report", "--all", "--output", "out")
    assert result.exit_code == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "index.html",
        "stack-one.html",
        "stack-two.html",
    ]
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "config/Pulumi.bad.yaml:13" in index
    assert "no such feature" in index
    assert "no such feature" in result.stderr
    links = {one["href"] for one in Tags(index).named("a")}
    assert {"stack-one.html", "stack-two.html"} <= links
    assert 'href="index.html"' in (tmp_path / "out" / "stack-one.html").read_text("utf-8")


def test_all_sound_stacks_end_well(folder):
    folder.stack("one").stack("two")
    assert folder.output("report", "--all", "--output", "out").splitlines()[-1] == (
        "all stacks: out/index.html"
    )


def test_a_folder_that_is_a_file_cannot_be_written(folder, tmp_path):
    folder.stack("one")
    (tmp_path / "out").write_text("x", encoding="utf-8")
    result = folder.call("report", "--all", "--output", "out")
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output


def test_the_markdown_begins_with_what_is_open_to_the_internet(folder):
    assert report_markdown(report_of("aws-prod-us-east-1")).splitlines()[0] == (
        "# aws-prod-us-east-1: tcp 25, icmp type 3 code 4 open to the internet"
    )
    folder.stack("one")
    text = folder.output("report", "one", "--format", "markdown")
    assert text.splitlines()[0] == "# one: nothing open to the internet"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_drawing_in_markdown_is_bounded_and_counts_what_it_leaves_out(name):
    report = report_of(name)
    lines = mermaid(report)
    assert lines[0] == "flowchart LR"
    assert sum(len(line) + 1 for line in lines) <= LONGEST_DRAWING
    together = [int(n) for n in re.findall(r'"(\d+) (?:other )?peers?"', "\n".join(lines))]
    drawn = sum(bool(re.search(r"\bp\d+\(", line)) for line in lines)
    bundled = sum(bool(re.search(r'\bp\d+\(\["\d+ peers"', line)) for line in lines)
    assert drawn - bundled + sum(together) == len(report.edges)
    assert len(lines) <= 40
    assert len(report_markdown(report)) < 65_536  # what a comment on GitHub holds


def test_a_drawing_of_very_long_names_draws_fewer_and_still_counts_all():
    report = report_of("aws-lab")
    edges = tuple(one._replace(peer=one.peer * 40) for one in report.edges)
    lines = mermaid(report._replace(edges=edges))
    assert 1_000 < sum(len(line) + 1 for line in lines) <= LONGEST_DRAWING
    assert any("other peer" in line for line in lines)


def test_every_table_in_markdown_has_as_many_cells_in_each_row(folder):
    for name in SHIPPED:
        width = 0
        for line in report_markdown(report_of(name)).splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert cells in (0, width) or width == 0
            width = cells


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("<img>", r"\<img\>"),
        ("@all", "@<!-- -->all"),
        ("#12", "#<!-- -->12"),
        ("a|b", r"a\|b"),
        ("x\ny", "x?y"),
    ],
)
def test_text_in_markdown_means_nothing(text, shown):
    assert plain(text) == shown


def test_code_in_markdown_cannot_end_early():
    assert code("a`b|c") == r"`a'b\|c`"
    assert fenced(["echo ```"])[1] == "  ````text"


def git(folder: Path, *words: str, day: str = "2026-03-04") -> None:
    when = f"{day}T12:00:00+0000"
    subprocess.run(
        ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words],
        check=True,
        capture_output=True,
        env={
            "PATH": "/usr/bin:/bin",
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
        },
    )


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.yaml").write_text("one: 1\ntwo: 2\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x", day="2026-03-04")
    (tmp_path / "a.yaml").write_text("one: 1\ntwo: 3\n", encoding="utf-8")
    git(tmp_path, "commit", "-q", "-a", "-m", "y", day="2026-05-06")
    return tmp_path


def test_a_line_is_as_old_as_the_commit_that_changed_it(repository):
    file = str(repository / "a.yaml")
    assert dates_of([file]) == {(file, 1): "2026-03-04", (file, 2): "2026-05-06"}


def test_a_line_that_is_not_committed_says_so(repository):
    file = repository / "a.yaml"
    file.write_text("one: 1\ntwo: 4\n", encoding="utf-8")
    assert dates_of([str(file)])[str(file), 2] == NOT_COMMITTED
    assert commit_of(repository).endswith(", with changes that are not committed")


def test_a_file_that_git_has_never_seen_is_not_committed(repository):
    new = repository / "Pulumi.new.yaml"
    new.write_text("a: 1\nb: 2\n", encoding="utf-8")
    found = dates_of({str(new)})
    assert (found[str(new), 1], found[str(new), 2]) == ("not committed yet", "not committed yet")


def test_the_commit_is_named(repository):
    assert re.fullmatch(r"commit [0-9a-f]{8}", commit_of(repository))


def test_in_a_shallow_clone_a_day_may_be_earlier(repository, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(tmp_path / "b"))
    file = str(tmp_path / "b" / "a.yaml")
    assert dates_of([file]) == {
        (file, 1): "2026-05-06 or before",
        (file, 2): "2026-05-06 or before",
    }


def test_without_a_repository_nothing_is_known(tmp_path):
    (tmp_path / "a.yaml").write_text("one: 1\n", encoding="utf-8")
    assert dates_of([str(tmp_path / "a.yaml"), str(tmp_path / "gone.yaml"), "stack config"]) == {}
    assert commit_of(tmp_path) == ""


def test_without_git_nothing_is_known(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert dates_of([str(repository / "a.yaml")]) == {}


def test_a_page_says_since_when_a_line_stands_there(folder, tmp_path):
    folder.stack("one")
    assert "since when: not known" in folder.output("report", "one")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x", day="2026-03-04")
    text = folder.output("report", "one")
    assert "since 2026-03-04" in text
    assert "since when: not known" not in text
