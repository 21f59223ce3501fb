"""What `make up` says of the stacks that it brought up, and how to look at them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.environment import PROJECT, Environment
from segfw.catalog import load_catalog
from segfw.problems import Problem, Severity
from segfw.review.checklist import checklist
from segfw.review.remarks import all_remarks, widenings
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sandbox.commands import Result
    from sandbox.processes import Service
    from segfw.plan import Plan

NOT_A_CLOUD = (
    "This is not a cloud: a real Pulumi engine and the real SDKs, with stand-ins for AWS (moto)\n"
    "and Azure on this machine. Nothing in it filters a packet, and no account was touched."
)

# How a count of operations is put in words.
WORDS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "same": "unchanged",
    "import": "imported",
}


def operations(result: Result) -> str:
    """What an operation did, in a few words."""
    counts = {WORDS.get(op, op): count for op, count in result.report.changes.items()}
    if result.unchanged:
        return f"unchanged: {counts.get('unchanged', 0)} resources"
    ordered = sorted(counts.items(), key=lambda item: (item[0] == "unchanged", item[0]))
    return ", ".join(f"{count} {word}" for word, count in ordered if count)


def diagnostics(result: Result) -> str:
    """What the engine says went wrong, without the progress that led to it."""
    _, heading, told = result.text.partition("\nDiagnostics:\n")
    return told.rstrip() if heading else result.text.strip()


def plan_counts(plan: Plan) -> str:
    """How much there is of each part of *plan*, in one line."""
    counts = {
        "rule": sum(len(rule_set.rules) for rule_set in plan.rule_sets),
        "widening": len(widenings(plan)),
        "warning": len(_warnings(plan)),
        "checklist item": len(_left_to_do(plan)),
    }
    return ", ".join(counted(count, what) for what, count in counts.items())


def plans(read: Sequence[Plan]) -> str:
    """The widenings, warnings and checklist items of the plans, and how to see each plan whole."""
    to_do = dict.fromkeys(item for plan in read for item in _left_to_do(plan))
    return "\n".join(
        [
            *_listed("Widenings (what is open beyond the features' needs)", widenings, read),
            *_listed("Warnings", _warnings, read),
            f"To do on the gateways: {', '.join(to_do) or 'nothing'}.",
            "Every rule, why it is there, and all of the above:",
            *(f"  {_python()} -m segfw plan {plan.settings.stack}" for plan in read),
        ]
    )


def _listed(
    heading: str, part: Callable[[Plan], Iterable[str]], read: Sequence[Plan]
) -> Iterator[str]:
    """The texts below *heading*, each once, with the stacks of which it is said."""
    stacks: dict[str, list[str]] = {}
    for plan in read:
        for text in part(plan):
            stacks.setdefault(text, []).append(plan.settings.stack)
    yield f"{heading}:" if stacks else f"{heading}: none."
    yield from (f"  {', '.join(names)}: {text}" for text, names in stacks.items())


def _warnings(plan: Plan) -> list[str]:
    remarks = all_remarks(plan, load_catalog(), today=date.today())
    warnings = (remark for remark in remarks if remark.severity is Severity.WARNING)
    return [str(Problem(each.place, each.path, each.message)) for each in warnings]


def _left_to_do(plan: Plan) -> list[str]:
    items = checklist(plan, load_catalog(), today=date.today())
    return [item.id for item in items if not item.confirmed]


def how_to_look(environment: Environment, stack: str, moto: Service | None) -> str:
    """Commands and files that show what was made; *stack* is the example."""
    sandbox = f"{_python()} -m sandbox"
    folders = f"--config-dir {shown(environment.config)} --state {shown(environment.state)}"
    data = [] if moto is None else [f"curl -s {moto.url}/moto-api/data.json"]
    commands = [
        f"{sandbox} pulumi -- stack --stack {stack}",
        f"{sandbox} pulumi -- preview --diff --stack {stack}",
        f"{_python()} -m segfw diff {stack} {folders}/{stack}.json",
        *(f"{command}   # everything in the stand-in AWS" for command in data),
        f'eval "$({sandbox} env)"   # a shell in which plain `pulumi` is this one',
    ]
    files = {
        environment.arm_store: "everything in the stand-in Azure",
        environment.calls: "each API call of this run",
        environment.state: "each stack's exported state",
    }
    return "\n".join(
        [
            "Look around:",
            *(f"  {command}" for command in commands),
            "Files:",
            *(f"  {shown(path)}: {what}" for path, what in files.items()),
        ]
    )


def shown(path: Path) -> str:
    """*path* as it is named from the project's folder."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _python() -> str:
    return shown(Path(sys.executable))
