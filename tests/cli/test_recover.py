"""`segfw recover` against a `pulumi` that answers from a script: what it asks for, and what it says."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from segfw.cli.main import main
from segfw.recovery import ATTACHMENT, EXCLUSIVE, GROUP, INGRESS_RULE, NETWORK_ACL
from tests.test_recovery import create, owner, record, rule

FAKE = """\
#!{python}
import json, pathlib, sys
here = pathlib.Path({here!r})
words = sys.argv[1:]
with (here / "calls").open("a") as file:
    file.write(json.dumps(words) + "\\n")
answers = json.loads((here / "answers").read_text())
for key, listed in answers.items():
    if " ".join(words).startswith(key) and listed:
        answer = listed.pop(0) if len(listed) > 1 else listed[0]
        (here / "answers").write_text(json.dumps(answers))
        sys.stdout.write(answer.get("out", ""))
        sys.stderr.write(answer.get("err", ""))
        sys.exit(answer.get("status", 0))
"""
UNCHANGED = {"steps": [{"op": "same", "urn": "urn::x", "oldState": None}]}
LOCKED = {
    "status": 1,
    "err": "error: the stack is currently locked by 1 lock(s). Either wait\n"
    "  s3://b/lock.json: created by kim@elsewhere (pid 7) at 2026-01-02T03:04:05Z\n",
}


class Fake:
    """A program's folder and a `pulumi` on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backend = folder / "backend"
        (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n", "utf-8")
        command = folder / "bin" / "pulumi"
        command.parent.mkdir()
        command.write_text(FAKE.format(python=sys.executable, here=str(folder)), "utf-8")
        command.chmod(0o755)
        self.answers: dict[str, list[dict[str, Any]]] = {
            "whoami": [{"out": json.dumps({"url": f"file://{self.backend}"})}],
            "stack export": [state()],
            "stack ls": [{"out": json.dumps([{"name": "prod"}])}],
            "preview": [{"out": json.dumps(UNCHANGED)}],
        }

    def call(self, *words: str, answer: str | None = None, stack: str = "dev") -> Result:
        (self.folder / "answers").write_text(json.dumps(self.answers), "utf-8")
        path = os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]])
        return CliRunner().invoke(
            main,
            ["recover", stack, "--cwd", str(self.folder), *words],
            input=answer,
            env={"PATH": path},
        )

    def changes(self) -> list[str]:
        """The commands that change something, as they were given."""
        lines = (self.folder / "calls").read_text("utf-8").splitlines()
        words = [json.loads(line) for line in lines]
        return [
            " ".join(each[:2]) if each[0] == "state" else each[0]
            for each in words
            if each[0] in ("cancel", "refresh", "import", "up", "state")
        ]

    def lock(self, *, pid: int, hostname: str) -> None:
        folder = self.backend / ".pulumi" / "locks" / "organization" / "p" / "dev"
        folder.mkdir(parents=True, exist_ok=True)
        said = {
            "pid": pid,
            "username": "kim",
            "hostname": hostname,
            "timestamp": "2026-01-02T03:04:05.6Z",
        }
        (folder / "1.json").write_text(json.dumps(said), "utf-8")


def state(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    begun = [{"type": "creating", "resource": each} for each in pending]
    deployment = {"resources": list(resources), "pending_operations": begun}
    return {"out": json.dumps({"deployment": deployment})}


def planned(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"out": json.dumps({"steps": list(steps)})}


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


def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_lock_of_a_running_engine_is_never_removed(fake):
    with subprocess.Popen(["pulumi"], executable=shutil.which("cat"), stdin=-1) as engine:
        fake.lock(pid=engine.pid, hostname=platform.node())
        said = fake.call("--yes", "--cancel-lock")
        engine.communicate()

    assert said.exit_code == 1
    assert said.stderr.startswith(f"Stopped: an update is at work: kim@{platform.node()}, process ")
    assert fake.changes() == []


def test_a_process_that_got_the_number_of_an_engine_is_none(fake):
    fake.lock(pid=os.getpid(), hostname=platform.node())
    said = fake.call("--yes")

    assert "which has ended" in said.stdout
    assert fake.changes() == ["cancel"]


def test_a_process_that_cannot_be_looked_at_counts_as_running(fake, monkeypatch):
    fake.lock(pid=os.getpid(), hostname=platform.node())

    def refuse(*_):
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        assert "Stopped: an update is at work" in fake.call("--yes").stderr
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)
        assert "Stopped: an update is at work" in fake.call("--yes").stderr


def test_a_lock_that_cannot_be_read_is_one_of_somebody_unseen(fake):
    fake.lock(pid=1, hostname="h")
    for path in fake.backend.rglob("1.json"):
        path.write_text("{}", "utf-8")
    said = fake.call("--yes")

    assert "locked by somebody who left no name, process 0, since an unknown time;" in said.stdout
    assert "add --cancel-lock" in said.stderr


def test_a_lock_elsewhere_shows_when_a_command_needs_it(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "s3://b"})}]
    fake.answers["stack export"] = [state(pending=(record(GROUP, "gate"),))]
    fake.answers["refresh"] = [LOCKED, {}]

    said = fake.call("--yes")
    assert said.exit_code == 1
    assert (
        "  The stack is locked:\nerror: the stack is currently locked by 1 lock(s)." in said.stdout
    )
    assert "add --cancel-lock" in said.stderr
    said = fake.call("--yes", "--cancel-lock")
    assert said.exit_code == 0, said.output
    assert fake.changes() == ["refresh", "refresh", "cancel", "refresh"]


def test_a_lock_may_stay_when_it_is_asked_about(fake):
    fake.lock(pid=7, hostname="elsewhere")
    said = fake.call(answer="n\n")

    assert "Make sure first that its holder has ended. [y/N]" in said.stdout
    assert fake.changes() == []


def torn(fake: Fake, text: str) -> Path:
    file = fake.backend / ".pulumi" / "stacks" / "p" / "dev.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return file


def test_a_torn_state_is_put_back_from_the_newest_whole_one(fake):
    file = torn(fake, '{"cut')
    file.with_name("dev.json.bak").write_text('{"older": 1}', "utf-8")
    os.utime(file.with_name("dev.json.bak"), (1, 1))
    history = fake.backend / ".pulumi" / "history" / "p" / "dev"
    history.mkdir(parents=True)
    (history / "dev-1.checkpoint.json").write_text('{"newer": 1}', "utf-8")
    (history / "dev-2.checkpoint.json").write_text('{"cut', "utf-8")

    dry = fake.call("--dry-run")
    assert "Stopped: the state cannot be read as it is." in dry.stderr
    assert file.read_text("utf-8") == '{"cut'
    assert fake.call("--yes").exit_code == 0
    assert file.read_text("utf-8") == '{"newer": 1}'
    assert file.with_name("dev.json.torn").read_text("utf-8") == '{"cut'


def test_a_torn_state_without_any_whole_one_is_left_to_the_engines_words(fake):
    file = torn(fake, '{"cut')

    assert fake.call("--yes").exit_code == 0
    assert file.read_text("utf-8") == '{"cut'


def test_an_empty_file_of_attributes_is_removed(fake):
    file = torn(fake, "{}")
    attributes = file.with_name("dev.json.attrs")
    attributes.write_text("", "utf-8")
    said = fake.call("--yes")

    assert said.exit_code == 0
    assert "which is empty; the state itself is whole." in said.stdout
    assert not attributes.exists()


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
