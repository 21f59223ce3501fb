"""`segfw catalog diff`: two releases beside each other, in general and for a stack."""

from __future__ import annotations

import json
from datetime import date

import pytest

import segfw.cli.catalog_diff
from segfw.cli.load import NotProven
from segfw.proof import ProofFailed
from tests.cli.calling import SMALL


@pytest.fixture
def here(folder, monkeypatch):
    monkeypatch.setattr(segfw.cli.catalog_diff, "today", lambda: date(2026, 11, 24))
    return folder.stack("small", SMALL + "  seg-firewall:hosts: {default: [192.0.2.60/32]}\n")


def test_in_general_it_says_what_opens_and_from_which_editions_that_is_known(here):
    lines = here.output("catalog", "diff", "14.2", "15.5").splitlines()

    assert lines[:5] == [
        "From AsyncOS 14.2 to 15.5",
        "  1 thing to open, 0 things to close.",
        "",
        "Opened",
        "  smart-licensing: 15.5 does not work without it (from 15.5 on): out tcp 443 to smartreceiver.cisco.com (extra smart-licensing) [tac-214614]",
    ]
    assert any(line.startswith("  ug-14-ja (followed)  48  ") for line in lines)


def test_where_nothing_is_known_to_differ_it_says_so_plainly(here):
    lines = here.output("catalog", "diff", "15.5", "16.0").splitlines()

    assert lines[1] == (
        "  The catalog knows nothing that one of these releases needs opened or closed and the other does not."
    )
    assert "Opened" not in lines
    assert "How this is known" in lines


def test_a_newer_release_is_taken_with_a_note(here):
    text = here.output("catalog", "diff", "15.5", "17.0")

    assert (
        "  17.0 is newer than 16.0; the catalog knows 14.2, 15.0, 15.5, 16.0, and rules for it follow"
        in text
    )


def test_for_a_stack_it_compares_what_is_let_through(here):
    lines = here.output("catalog", "diff", "14.2", "15.5", "--stack", "small").splitlines()

    start = lines.index("For small")
    assert lines[start : start + 5] == [
        "For small",
        "  The stack file says release 15.0.",
        "  As the file is, 14.2 and 15.5 let through exactly the same at every enforcement point.",
        "  smart-licensing is off, and 15.5 does not work without it.",
        "  switched on, it opens at security group data, egress IPv4: tcp 443: 192.0.2.60/32 (smart-licensing (extra smart-licensing))",
    ]


def test_a_stacks_file_may_be_named_by_its_path(here):
    by_path = here.output("catalog", "diff", "14.2", "15.5", "--stack", "config/Pulumi.small.yaml")

    assert by_path == here.output("catalog", "diff", "14.2", "15.5", "--stack", "small")


def test_json_has_the_same(here):
    found = json.loads(
        here.output("catalog", "diff", "14.2", "15.5", "--stack", "small", "--format", "json")
    )

    assert [one["id"] for one in found["needed"]] == ["smart-licensing"]
    (need,) = found["stack"]["needs"]
    assert need["opens"][0]["opened"] == [{"service": "tcp 443", "addresses": "192.0.2.60/32"}]
    assert (found["stack"]["release"], found["stack"]["points"]) == ("15.0", [])


def test_markdown_is_for_pull_requests(here):
    text = here.output("catalog", "diff", "14.2", "15.5", "--format", "markdown")

    assert text.startswith("# From AsyncOS 14.2 to 15.5\n\n- 1 thing to open")
    assert "\n## How this is known\n" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("13.0", "15.5"), '"13.0" is older than 14.2; the catalog knows 14.2, 15.0, 15.5, 16.0.'),
        (
            ("14.2", "new"),
            '"new" is no release of the gateway; write one such as "16.0". '
            "The catalog knows 14.2, 15.0, 15.5, 16.0.",
        ),
        (
            ("14.2", "15.5.3-030"),
            '"15.5.3-030" names a build; write its release alone: "15.5.3".',
        ),
        (("14.2",), "Missing argument 'LAST'."),
    ],
)
def test_a_release_that_is_none_is_a_wrong_call(here, words, said):
    result = here.call("catalog", "diff", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_stack_that_is_not_there_is_said_with_those_that_are(here):
    result = here.call("catalog", "diff", "14.2", "15.5", "--stack", "smal")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        'config/Pulumi.smal.yaml: there is no such file; did you mean "small"?'
    )


def test_a_proof_that_fails_is_a_bug_of_ours(here, monkeypatch):
    import segfw.review.releases

    class Failed(ProofFailed):
        def __init__(self) -> None:
            Exception.__init__(self, "one packet")

    def fail(*_: object, **__: object) -> None:
        raise Failed

    monkeypatch.setattr(segfw.review.releases, "stack_difference", fail)
    result = here.call("catalog", "diff", "14.2", "15.5", "--stack", "small")

    assert result.exit_code == NotProven.exit_code
    assert "one packet" in result.stderr


def test_the_group_alone_shows_its_help(here):
    result = here.call("catalog")

    assert result.exit_code == 2
    assert "diff" in result.output
    text = here.output("catalog", "diff", "--help")
    assert "segfw catalog diff 15.0 16.0 --stack aws-prod-us-east-1" in text
