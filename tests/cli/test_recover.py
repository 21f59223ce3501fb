"""`segfw recover` against a `pulumi` that answers from a script: what it asks for, and what it says."""

from __future__ import annotations

import json
import platform

import pytest
from click.testing import CliRunner

from segfw.cli.main import main
from segfw.unfinished import ATTACHMENT, EXCLUSIVE, GROUP, INGRESS_RULE, NETWORK_ACL
from tests.cli.recovering import UNCHANGED, Fake, ended, planned, state
from tests.test_recovery import create, owner, record, rule


@pytest.fixture
def fake(tmp_path) -> Fake:
    return Fake(tmp_path)


def test_a_stack_in_order_is_said_to_be_and_nothing_is_done(fake):
    said = fake.call()

    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == (
        "dev: 0 resources in its state.\ndev is unchanged: a preview shows nothing to do.\n"
    )
    assert fake.changes() == []


def test_a_stack_that_is_not_there_is_named_with_those_that_are(fake):
    fake.answers["stack export"] = [{"status": 1, "err": "error: no stack named 'nope' found\n"}]
    said = fake.call(stack="nope")

    assert said.exit_code == 1
    assert said.stderr == (
        'Error: p has no stack "nope" in this backend; there is prod. '
        "`pulumi whoami --verbose` says which backend you are logged in to.\n"
    )
    fake.answers["stack ls"] = [{"out": "[]"}]
    assert "; there is none. " in fake.call(stack="nope").stderr
    fake.answers["stack ls"] = [{"status": 1}]
    assert "; there is none. " in fake.call(stack="nope").stderr


def test_without_pulumi_it_says_what_to_install(fake, monkeypatch):
    monkeypatch.setenv("PATH", str(fake.folder))
    said = CliRunner().invoke(main, ["recover", "dev", "--cwd", str(fake.folder)])

    assert said.exit_code == 1
    assert said.stderr.startswith("Error: there is no pulumi on PATH; install it (https://")


def test_without_a_program_it_asks_for_its_folder(fake):
    (fake.folder / "Pulumi.yaml").write_text("runtime: python\n", "utf-8")
    said = fake.call()

    assert said.exit_code == 1
    assert (
        "Pulumi.yaml is not there or names no project; name the program's folder with --cwd."
        in (said.stderr)
    )


def test_a_state_that_cannot_be_read_is_shown_with_the_engines_words(fake):
    fake.answers["stack export"] = [{"status": 255, "err": "error: access denied\n"}]

    assert fake.call().stderr == "Error: the state of dev cannot be read:\nerror: access denied\n"


def test_a_dry_run_says_every_step_and_makes_none(fake):
    fake.lock(pid=ended(), hostname=platform.node())
    fake.answers["stack export"] = [state(pending=(record(NETWORK_ACL, "gate-acl"),))]
    said = fake.call("--dry-run")

    assert said.exit_code == 1
    assert said.stdout.count("Would do: ") == 2
    assert "begun, and never noted as done: creating gate-acl (network ACL)" in said.stdout
    assert "Name=tag:Name,Values=gate-acl" in said.stdout
    assert fake.changes() == []


def test_pending_operations_are_cleared_before_anything_else_is_done(fake):
    stray = record(INGRESS_RULE, "stray-sgr-9", "sgr-9", outputs=rule())
    group = record(GROUP, "gate", "sg-1")
    fake.answers["stack export"] = [
        state(group, pending=(record(INGRESS_RULE, "ssh"),)),
        state(group),
        state(group, stray),
    ]
    fake.answers["preview"] = [
        planned(owner(["sgr-9"], []), create(record(INGRESS_RULE, "ssh", inputs=rule()))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call("--yes")

    assert said.exit_code == 0, said.output
    assert fake.changes() == ["refresh", "import", "state rename", "up"]
    assert "  Done: sgr-9 is ssh.\n" in said.stdout


def test_each_step_is_asked_and_a_no_leaves_the_rest_said(fake):
    fake.answers["stack export"] = [state(pending=(record(GROUP, "gate"),))]
    fake.answers["preview"] = [planned(create(record(GROUP, "gate")))]
    said = fake.call(answer="n\nn\n")

    assert said.exit_code == 1
    assert said.stdout.count("[y/N]") == 2
    assert "or take it in before: --adopt gate=ID" in said.stdout
    assert said.stdout.endswith("Next: pulumi up --stack dev\n")
    assert fake.changes() == []


def test_without_anybody_to_ask_it_stops(fake):
    fake.answers["stack export"] = [state(pending=(record(GROUP, "gate"),))]
    said = fake.call(answer="")

    assert said.exit_code == 1
    assert said.stderr == ("Stopped: there is nobody to ask; add --yes, or run it on a terminal.\n")


def test_what_an_interactive_run_takes_in_is_planned_again(fake):
    stray = record(INGRESS_RULE, "stray-sgr-9", "sgr-9", outputs=rule())
    group = record(GROUP, "gate", "sg-1")
    fake.answers["stack export"] = [state(group), state(group), state(group, stray)]
    fake.answers["preview"] = [
        planned(owner(["sgr-9"], []), create(record(INGRESS_RULE, "ssh", inputs=rule()))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call(answer="y\n")

    assert said.exit_code == 0, said.output
    assert fake.changes() == ["import", "state rename"]


@pytest.mark.parametrize(
    ("owned", "fate"),
    [
        (True, "the update revokes it, since the group is this stack's alone"),
        (False, "it is left alone, since the group is not this stack's alone"),
    ],
)
def test_a_rule_of_nobodys_plan_leaves_the_state_again(fake, owned, fate):
    foreign = record(INGRESS_RULE, "stray-sgr-9", "sgr-9", outputs=rule(fromPort=3389))
    group = record(GROUP, "gate", "sg-1")
    held = record(EXCLUSIVE, "gate-exclusive", "sg-1", inputs={"securityGroupId": "sg-1"})
    fake.answers["stack export"] = [state(group, foreign, *([held] if owned else []))]
    fake.answers["preview"] = [
        planned(create(record(NETWORK_ACL, "acl"))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call("--yes")

    assert f"  sgr-9 is no rule of this stack's: {fate}.\n" in said.stdout
    assert fake.changes() == ["state delete", "up"]


def test_strays_stay_where_they_are_when_that_is_the_answer(fake):
    fake.answers["stack export"] = [state(record(GROUP, "gate", "sg-1"))]
    fake.answers["preview"] = [planned(owner(["sgr-9"], []))]
    said = fake.call(answer="n\nn\n")

    assert "  in the cloud, and not in the state: sgr-9 (ingress) in gate (sg-1)\n" in said.stdout
    assert fake.changes() == []


def test_a_rule_that_cannot_leave_the_state_stops_it(fake):
    foreign = record(INGRESS_RULE, "stray-sgr-9", "sgr-9", outputs=rule())
    fake.answers["stack export"] = [state(foreign)]
    fake.answers["preview"] = [planned(create(record(NETWORK_ACL, "acl")))]
    fake.answers["state delete"] = [{"status": 1, "err": "error: no\n"}]

    assert fake.call("--yes").stderr == "Error: stray-sgr-9 cannot leave the state:\nerror: no\n"


def test_groups_without_an_owner_are_listed_by_one_that_leaves_the_state_again(fake):
    group = record(GROUP, "gate", "sg-1")
    probe = record(
        EXCLUSIVE,
        "stray-sg-1",
        "sg-1",
        outputs={"securityGroupId": "sg-1", "ingressRuleIds": [], "egressRuleIds": []},
    )
    fake.answers["stack export"] = [state(group), state(group), state(group, probe)]
    fake.answers["preview"] = [
        planned(create(record(INGRESS_RULE, "ssh", inputs=rule()))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call("--yes")

    assert said.exit_code == 0, said.output
    assert fake.changes() == ["import", "state delete", "up"]


ENDS = {"networkInterfaceId": "eni-1", "securityGroupId": "sg-1"}


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        ({}, 0, "  Done: in the state as attach.\n"),
        (
            {"status": 1, "err": "error: Preview failed: resource 'eni-1_sg-1' does not exist\n"},
            0,
            "  It is not there: the update makes it.\n",
        ),
        ({"status": 1, "err": "error: no credentials\n"}, 1, "error: no credentials\n"),
    ],
)
def test_an_attachment_is_asked_for(fake, answer, status, text):
    fake.answers["import"] = [answer]
    fake.answers["preview"] = [
        planned(create(record(ATTACHMENT, "attach", inputs=ENDS))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call("--yes")

    assert said.exit_code == status
    assert text in said.output


def test_a_declined_question_after_an_attachment_is_not_asked_of_the_cloud(fake):
    fake.answers["preview"] = [planned(create(record(ATTACHMENT, "attach", inputs=ENDS)))]
    said = fake.call(answer="n\nn\n")

    assert said.exit_code == 1
    assert fake.changes() == []


def test_an_id_that_somebody_looked_up_is_taken_in(fake):
    fake.answers["preview"] = [
        planned(create(record(GROUP, "gate"))),
        {"out": json.dumps(UNCHANGED)},
    ]
    said = fake.call("--yes", "--adopt", "gate=sg-7")

    assert said.exit_code == 0
    assert "Take sg-7 as gate into the state.\n  Done: in the state: sg-7 as gate.\n" in said.stdout
    assert fake.changes() == ["import", "up"]


def test_an_id_for_what_is_not_planned_is_refused(fake):
    said = fake.call("--adopt", "gate=sg-7")

    assert said.exit_code == 2
    assert '--adopt gate=sg-7: the update makes no "gate"; it makes nothing.' in said.stderr
    assert '--adopt takes NAME=ID, and not "gate".' in fake.call("--adopt", "gate").stderr


def test_the_update_can_be_left_to_the_user(fake):
    fake.answers["preview"] = [planned(create(record(NETWORK_ACL, "acl")))]
    said = fake.call("--yes", "--no-up")

    assert said.exit_code == 1
    assert said.stdout.endswith("  to create: acl\nNext: pulumi up --stack dev\n")
    assert fake.changes() == []


def test_an_update_after_which_something_is_left_is_not_called_unchanged(fake):
    fake.answers["preview"] = [planned(create(record(NETWORK_ACL, "acl")))]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stdout.endswith("  still to create: acl\nNext: pulumi up --stack dev\n")


def test_what_the_engine_refuses_is_said_with_the_next_step(fake):
    fake.answers["preview"] = [planned(create(record(NETWORK_ACL, "acl")))]
    fake.answers["up"] = [{"status": 1, "out": "  acl: error: RequestLimitExceeded\n"}]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr == (
        "Error: that did not work:\nacl: error: RequestLimitExceeded\n"
        "What was done so far stands. Mend that, then run this again.\n"
    )


def test_a_preview_that_does_not_work_is_said_from_its_diagnostics(fake):
    told = {"diagnostics": [{"severity": "error", "message": "bad\n"}, {"severity": "info"}]}
    fake.answers["preview"] = [{"status": 1, "out": json.dumps(told)}]
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert "what is left to do is not known:\nbad\nMend that, then run this again.\n" in said.stderr


def test_words_of_the_engine_without_an_error_among_them_are_shown_whole(fake):
    fake.answers["preview"] = [{"status": 1, "out": "[1]", "err": "something else\n"}]

    assert "not known:\nsomething else\n" in fake.call("--yes").stderr
    fake.answers["preview"] = [{"status": 1, "out": '{"cut', "err": "killed\n"}]
    assert "not known:\nkilled\n" in fake.call("--yes").stderr


def test_a_backend_that_is_no_folder_has_no_files_to_mend(fake):
    fake.answers["whoami"] = [{"status": 1, "err": "error: not logged in\n"}]

    assert fake.call().exit_code == 0


def test_the_stacks_own_file_reaches_the_commands_that_read_it(fake):
    file = fake.folder / "Pulumi.dev.yaml"
    file.write_text("config: {}\n", "utf-8")
    fake.call("--config-file", str(file))
    lines = (fake.folder / "calls").read_text("utf-8").splitlines()
    with_file = {json.loads(line)[0] for line in lines if "--config-file" in line}

    assert with_file == {"preview"}
