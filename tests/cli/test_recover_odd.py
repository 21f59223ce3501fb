"""`segfw recover` where `pulumi` prints something else than it does: one sentence, no traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest

from segfw.unfinished import EXCLUSIVE, GROUP, INGRESS_RULE, NETWORK_ACL, NSG
from tests.cli.recovering import Fake, planned, state
from tests.test_recovery import create, owner, record, rule

NEXT = " Run it yourself to see all of it, mend what stands in its way, then run this again.\n"
NESTED = "[" * 100_000


@pytest.fixture
def fake(tmp_path) -> Fake:
    return Fake(tmp_path)


def deployment(**values: Any) -> str:
    return json.dumps({"version": 3, "deployment": values})


RESOURCE = record(GROUP, "gate")


@pytest.mark.parametrize(
    ("out", "what"),
    [
        ("warning: a new version is there\n" + deployment(), "this is not JSON (line 1); "),
        ("", "the file is empty; "),
        ("null", "a mapping is needed here; "),
        ("[]", "a mapping is needed here; "),
        (NESTED, "this is not"),
        ("{}", "this is no Pulumi state: "),
        (
            json.dumps({"version": 3, "checkpoint": {"latest": None}}),
            "deployment: a mapping is needed here.",
        ),
        (
            deployment(resources=[{"type": GROUP}]),
            "deployment.resources[0].urn: a text is needed here; ",
        ),
        (
            deployment(resources=[{**RESOURCE, "outputs": 7}]),
            "deployment.resources[0].outputs: a mapping is needed here.",
        ),
        (
            deployment(pending_operations=[{"type": "creating"}]),
            "deployment.pending_operations[0].resource: a mapping is needed here; ",
        ),
        (
            deployment(pending_operations=[{"resource": RESOURCE}]),
            "deployment.pending_operations[0].type: a text is needed here.",
        ),
        (
            deployment(pending_operations=[{"type": "creating", "resource": {"urn": "urn::x"}}]),
            "deployment.pending_operations[0].resource.type: a text is needed here.",
        ),
    ],
)
def test_an_export_that_is_no_state_is_said_in_a_sentence(fake, out, what):
    fake.answers["stack export"] = [{"out": out}]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr.startswith(
        f"Error: what `pulumi stack export --stack dev` printed cannot be read: {what}"
    )
    assert said.stderr.endswith(NEXT)
    assert said.stderr.count("\n") == 1
    assert fake.changes() == []


@pytest.mark.parametrize(
    ("out", "what"),
    [
        ("warning: a new version is there\n{}", "this is not JSON."),
        ("", "there is nothing."),
        (NESTED, "this is not JSON."),
        ("[]", "a mapping is needed here."),
        ("null", "a mapping is needed here."),
        ("{}", "steps: a list of steps is needed here."),
        ('{"steps": 7}', "steps: a list of steps is needed here."),
        ('{"steps": [7]}', "steps[0]: a mapping is needed here."),
        ('{"steps": [{"urn": "urn::x"}]}', "steps[0].op: a text is needed here."),
        ('{"steps": [{"op": "delete"}]}', "steps[0].urn: a text is needed here."),
        (
            '{"steps": [{"op": "create", "urn": "urn::x"}]}',
            "steps[0].newState: a mapping is needed here.",
        ),
        (
            '{"steps": [{"op": "create", "urn": "urn::x", "newState": {"urn": "urn::x"}}]}',
            "steps[0].newState.type: a text is needed here.",
        ),
        (
            '{"steps": [{"op": "update", "urn": "urn::x", "oldState": {"type": "t"}}]}',
            "steps[0].oldState.urn: a text is needed here.",
        ),
    ],
)
def test_a_preview_that_is_none_is_said_in_a_sentence(fake, out, what):
    fake.answers["preview"] = [{"out": out}]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr == (
        "Error: what `pulumi preview --json --refresh --stack dev` printed cannot be read: "
        f"{what}{NEXT}"
    )
    assert fake.changes() == []


def test_a_preview_that_leaves_unchanged_resources_out_is_one(fake):
    fake.answers["preview"] = [{"out": '{"changeSummary": {"same": 3}}'}]

    assert fake.call("--yes").exit_code == 0


@pytest.mark.parametrize(
    ("diagnostic", "told"),
    [
        ({"severity": "error", "message": "no such network\n"}, "no such network"),
        ({"severity": "error"}, "{'severity': 'error'}"),
        ({"message": "no severity"}, "no severity"),
        ("a text", "a text"),
    ],
)
def test_a_preview_with_an_error_is_not_unchanged_whatever_its_status(fake, diagnostic, told):
    fake.answers["preview"] = [
        {"out": json.dumps({"changeSummary": {"same": 3}, "diagnostics": [diagnostic]})}
    ]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr == (
        f"Error: a preview does not work, so what is left to do is not known:\n{told}\n"
        "Mend that, then run this again.\n"
    )
    assert "is unchanged" not in said.stdout


def test_a_preview_with_warnings_only_works(fake):
    told = [{"severity": "warning", "message": "old"}, {"severity": "info#err", "message": "x"}]
    fake.answers["preview"] = [
        {"out": json.dumps({"changeSummary": {"same": 3}, "diagnostics": told})}
    ]

    assert fake.call("--yes").exit_code == 0


@pytest.mark.parametrize("out", ["", "kim", "[]", "null", '{"user": "kim"}', NESTED])
def test_a_whoami_without_a_backend_is_said_in_a_sentence(fake, out):
    fake.answers["whoami"] = [{"out": out}]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr == (
        "Error: what `pulumi whoami --json` printed cannot be read: the backend's url is needed "
        f"here.{NEXT}"
    )
    assert fake.changes() == []


@pytest.mark.parametrize("out", ["", "none", "null", "[7, {}]"])
def test_a_list_of_stacks_that_cannot_be_read_names_none(fake, out):
    fake.answers["stack export"] = [{"status": 1, "err": "error: no stack named 'dev' found\n"}]
    fake.answers["stack ls"] = [{"out": out}]

    assert "; there is none. " in fake.call().stderr


SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def test_secret_and_unknown_values_match_nothing(fake):
    group = record(GROUP, "gate", "sg-1")
    listed: list[Any] = [SECRET]
    held = {"securityGroupId": SECRET, "ingressRuleIds": SECRET}
    hidden = {"op": "update", "urn": "urn::x", "oldState": record(EXCLUSIVE, "x", outputs=held)}
    fake.answers["stack export"] = [state(group, pending=(record(NSG, "nsg"),))]
    fake.answers["preview"] = [
        planned(
            hidden,
            owner(listed, []),
            create(record(NSG, "nsg", inputs={"resourceGroupName": SECRET})),
            create(record(INGRESS_RULE, "ssh", inputs=rule(securityGroupId=SECRET))),
            create(record(INGRESS_RULE, "web", inputs=rule(fromPort="unknown"))),
            create(record(NETWORK_ACL, "acl", inputs={"tags": SECRET})),
        )
    ]
    said = fake.call("--yes", "--no-up")

    assert said.exception is None or isinstance(said.exception, SystemExit)
    assert fake.changes() == ["refresh"]


def test_a_program_whose_file_is_no_text_is_asked_for(fake):
    (fake.folder / "Pulumi.yaml").write_bytes(b"\xff")

    assert "names no project; name the program's folder with --cwd." in fake.call().stderr
