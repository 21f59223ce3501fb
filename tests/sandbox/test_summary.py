"""What `make up` says of the plans."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox import summary
from sandbox.environment import Environment
from segfw.review.remarks import widenings
from tests.shipped import planned

LAB, AZURE, AWS = "aws-lab", "azure-prod-westeurope", "aws-prod-us-east-1"


def test_the_counts_of_a_plan_are_those_of_its_parts() -> None:
    plan = planned(LAB)
    rules = sum(len(rule_set.rules) for rule_set in plan.rule_sets)

    assert summary.plan_counts(plan).startswith(f"{rules} rules, {len(widenings(plan))} widening")


def test_each_widening_and_warning_stands_once_with_its_stacks() -> None:
    said = summary.plans([planned(LAB), planned(AZURE), planned(AZURE)]).splitlines()

    for name in (LAB, AZURE):
        for text in widenings(planned(name)):
            assert [line for line in said if text in line] == [
                f"  {', '.join([name] if name == LAB else [name, name])}: {text}"
            ]
    assert sum("nobody has confirmed" in line for line in said) == 1
    assert "warning: " not in "".join(said)


def test_the_checklist_is_one_line_and_each_whole_plan_has_its_command() -> None:
    said = summary.plans([planned(AWS), planned(AZURE)]).splitlines()

    (to_do,) = [line for line in said if line.startswith("To do on the gateways: ")]
    assert "ip-access-list, " in to_do
    assert "smtp-auth" in to_do, "which only one of the two has"
    assert sum(line.endswith(f" -m segfw plan {AWS}") for line in said) == 1
    assert sum(line.endswith(f" -m segfw plan {AZURE}") for line in said) == 1


def test_a_plan_without_widenings_says_so() -> None:
    said = summary.plans([planned(AWS)])

    assert "Widenings (what is open beyond the features' needs): none.\n" in said


def test_commands_and_files_are_listed_apart() -> None:
    moto: Any = SimpleNamespace(url="http://127.0.0.1:1")
    commands, files = summary.how_to_look(Environment(), LAB, moto).split("\nFiles:\n")

    assert "  curl -s http://127.0.0.1:1/moto-api/data.json " in commands
    assert "arm.json" not in commands
    assert (
        f" -m segfw diff {LAB} --config-dir .sandbox/config --state .sandbox/state/{LAB}.json\n"
        in commands
    )
    assert [line.partition(":")[0].strip() for line in files.splitlines()] == [
        ".sandbox/arm.json",
        ".sandbox/calls.jsonl",
        ".sandbox/state",
    ]
