"""The runner over a real engine, with programs that need no provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.commands import CommandFailed, with_config_file
from sandbox.environment import Environment
from sandbox.errors import SandboxError
from sandbox.events import report
from sandbox.runner import Pulumi

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRELUDE = {"preludeEvent": {}}


def pre(op: str, name: str) -> dict[str, object]:
    urn = f"urn:pulumi:dev::p::t:i:T::{name}"
    return {"resourcePreEvent": {"metadata": {"op": op, "type": "t:i:T", "urn": urn}}}


def test_a_report_is_of_the_operation_and_not_of_the_preview_before_it() -> None:
    told = report(
        [
            PRELUDE,
            pre("create", "a"),
            pre("create", "b"),
            PRELUDE,
            pre("create", "a"),
            {"summaryEvent": {"resourceChanges": {"create": 1}}},
        ]
    )

    assert told.named("create") == ("a",)
    assert told.changes == {"create": 1}


def test_debug_messages_are_left_out_of_a_report() -> None:
    told = report(
        [
            {"diagnosticEvent": {"severity": "debug", "message": "d"}},
            {"diagnosticEvent": {"severity": "warning", "message": "w\n"}},
        ]
    )

    assert told.messages == ("warning: w",)


@pytest.mark.parametrize("named", [["--stack", "dev"], ["-s", "dev"], ["--stack=dev"]])
def test_a_command_that_reads_configuration_gets_the_sandboxs_file(
    tmp_path: Path, named: list[str]
) -> None:
    arguments = with_config_file(Environment(root=tmp_path), ["preview", *named])

    assert arguments == [
        *("preview", *named),
        *("--config-file", f"{tmp_path}/config/Pulumi.dev.yaml"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [["stack", "--stack", "dev"], ["version"], ["up", "--help"], ["up", "--config-file=x"], []],
)
def test_other_commands_are_passed_on_as_they_are(tmp_path: Path, arguments: list[str]) -> None:
    assert with_config_file(Environment(root=tmp_path), arguments) == arguments


def test_a_command_that_reads_configuration_must_name_its_stack(tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as caught:
        with_config_file(Environment(root=tmp_path), ["preview", "--diff"])

    assert str(caught.value) == (
        "say which stack: add `--stack NAME` to `pulumi preview`, or choose one with "
        "`pulumi stack select NAME`."
    )


def test_a_command_that_names_no_stack_is_about_the_selected_one(tmp_path: Path) -> None:
    arguments = with_config_file(Environment(root=tmp_path), ["preview"], lambda: "dev")

    assert arguments == ["preview", "--config-file", f"{tmp_path}/config/Pulumi.dev.yaml"]


def test_a_stack_may_be_named_in_full(tmp_path: Path) -> None:
    named = ["up", "--stack", "organization/seg-firewall/dev"]

    assert with_config_file(Environment(root=tmp_path), named) == [
        *named,
        *("--config-file", f"{tmp_path}/config/Pulumi.dev.yaml"),
    ]


def test_removing_a_stack_keeps_the_projects_stack_file(tmp_path: Path) -> None:
    arguments = with_config_file(Environment(root=tmp_path), ["stack", "rm", "dev"])

    assert arguments == ["stack", "rm", "dev", "--preserve-config"]


@pytest.mark.engine
def test_up_again_changes_nothing_and_one_more_thing_is_one_created(
    little: Callable[[str], Pulumi],
) -> None:
    pulumi = little('Thing("one")\n')

    assert pulumi.init("dev")
    assert not pulumi.init("dev")
    assert pulumi.up("dev").report.changes == {"create": 2}
    assert pulumi.up("dev").unchanged
    little('Thing("one")\nThing("two")\n')
    assert pulumi.up("dev").report.named("create") == ("two",)
    assert pulumi.destroy("dev").report.changes == {"delete": 3}
    assert pulumi.resources("dev") == []


@pytest.mark.engine
def test_nested_configuration_reaches_the_program_and_outputs_come_back(
    little: Callable[[str], Pulumi],
) -> None:
    pulumi = little('pulumi.export("got", pulumi.Config().require_object("features"))\n')
    pulumi.configure("dev", {"little:features": {"ldap": {"port": 3268}, "talos": False}})
    pulumi.init("dev")
    pulumi.up("dev")

    assert pulumi.outputs("dev") == {"got": {"ldap": {"port": 3268}, "talos": False}}


@pytest.mark.engine
def test_the_programs_own_folder_stays_as_it_was(little: Callable[[str], Pulumi]) -> None:
    pulumi = little('pulumi.export("n", pulumi.Config().get_int("n"))\n')
    own = pulumi.cwd / "Pulumi.dev.yaml"
    own.write_text("config:\n  little:n: 5  # two spaces\n", "utf-8")
    before = {path: path.read_bytes() for path in pulumi.cwd.iterdir()}

    pulumi.init("dev")
    pulumi.up("dev", preview=True)

    assert pulumi.outputs("dev") == {"n": 5}
    assert {path: path.read_bytes() for path in pulumi.cwd.iterdir() if path.is_file()} == before


@pytest.mark.engine
def test_a_stack_configured_anew_keeps_its_salt(little: Callable[[str], Pulumi]) -> None:
    pulumi = little("")
    pulumi.init("dev")
    path = pulumi.environment.config_file("dev")
    salt = [line for line in path.read_text("utf-8").splitlines() if line.startswith("encr")]

    pulumi.configure("dev", "config:\n  little:n: 1\n")

    assert path.read_text("utf-8").splitlines() == ["config:", "  little:n: 1", *salt]
    assert len(salt) == 1


@pytest.mark.engine
def test_a_failed_command_raises_with_all_that_it_printed_unless_told_otherwise(
    little: Callable[[str], Pulumi],
) -> None:
    pulumi = little("")

    with pytest.raises(CommandFailed) as caught:
        pulumi.export("nowhere")
    result = pulumi.run("nowhere", "stack", "export", check=False)

    assert str(caught.value) == (
        "`pulumi stack export --stack nowhere` ended with exit code "
        f"{result.code}:\nerror: no stack named 'nowhere' found"
    )


@pytest.mark.engine
def test_events_are_told_while_the_engine_works(little: Callable[[str], Pulumi]) -> None:
    pulumi = little('Thing("one")\n')
    pulumi.init("dev")
    seen: list[str] = []

    result = pulumi.up("dev", on_event=lambda event: seen.append(json.dumps(event)))

    assert result.code == 0
    assert sum('"summaryEvent"' in event for event in seen) == 1
    assert sum('"resourcePreEvent"' in event for event in seen) == 2
