"""`segfw check`: validate and prove stacks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.load import NotProven, load_plan
from segfw.cli.main import (
    config_dir_option,
    epilog,
    report_problems,
    stack_file,
    stacks_of,
    today,
)
from segfw.problems import Problem, ProblemsFound, Severity
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from segfw.cli.main import StackFile
    from segfw.plan import Plan
    from segfw.problems import Remark

FORMAT = 2
"""The number of the JSON form; raised when a key is removed or changes its meaning."""
EXAMPLES = """
  segfw check --all
  segfw check aws-prod-us-east-1 aws-prod-eu-central-1
  segfw check --all --format json
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stacks", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every stack of the folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the findings.",
)
@click.option("--strict", is_flag=True, help="Warnings fail the check too.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing of stacks without problems.")
@config_dir_option
def check(
    stacks: tuple[str, ...], form: str, config_dir: Path, *, every: bool, strict: bool, quiet: bool
) -> None:
    """Validate STACKS and prove their compile, each alone and all together.

    STACKS are names of stacks, or paths of their files. Warnings are printed; with
    --strict they are exit status 1.
    """
    chosen = chosen_stacks(stacks, config_dir, every=every, doing="check")
    plans: list[Plan] = []
    problems: dict[str, tuple[Problem, ...]] = {}
    unproven: list[NotProven] = []
    for folder, stack in chosen:
        try:
            plans.append(load_plan(folder, stack, today()))
        except ProblemsFound as found:
            problems[stack] = found.problems
        except NotProven as failed:
            unproven.append(failed)
    across = tuple(across_stacks(plans))
    if form == "json":
        _write_json(plans, problems, unproven, across)
    else:
        _write_text(plans, problems, across, quiet=quiet)
    for failed in unproven:
        failed.show()
    if unproven:
        sys.exit(NotProven.exit_code)
    warned = strict and any(_warnings(plan) for plan in plans)
    sys.exit(1 if problems or across or warned else 0)


def chosen_stacks(
    stacks: Iterable[str], config_dir: Path, *, every: bool, doing: str
) -> list[StackFile]:
    """Each stack once, in the order of naming; a report tells stacks apart by their names."""
    found: dict[str, StackFile] = {}
    named = stacks_of(config_dir) if every else stacks
    for one in (stack_file(name, config_dir) for name in named):
        other = found.setdefault(one.stack, one)
        if other != one:
            raise click.UsageError(
                f'both {other.folder} and {one.folder} have a stack "{one.stack}"; {doing} one '
                "folder at a time."
            )
    if not found:
        where = (
            f"{config_dir}/ has no Pulumi.<stack>.yaml; run this in the project's folder, or name "
            "the folder of the stack files with --config-dir"
        )
        why = where if every else "name a stack, or --all"
        raise click.UsageError(f"nothing to {doing}: {why}.")
    return list(found.values())


def _warnings(plan: Plan) -> list[Remark]:
    from segfw.review.remarks import all_remarks

    remarks = all_remarks(plan, load_catalog(), today=today())
    return [remark for remark in remarks if remark.severity is Severity.WARNING]


def across_stacks(plans: Iterable[Plan]) -> Iterable[Problem]:
    """What two stacks cannot both have: a subnet's network ACL, or what an interface admits."""
    plans = tuple(plans)
    yield from _shared_subnets(plans)
    yield from _shared_attachments(plans)


def _shared_attachments(plans: Iterable[Plan]) -> Iterable[Problem]:
    """What one group admits at an interface, no other takes back, and each proof is of its own."""
    taken: dict[str, tuple[str, str]] = {}
    for plan in plans:
        for name, interface in sorted(plan.settings.interfaces.items()):
            path = f"interfaces.{name}.securityGroup.attach"
            for key in map(str, interface.security_group.attach.values()):
                stack, where = taken.setdefault(key, (plan.settings.stack, name))
                if stack != plan.settings.stack:
                    yield Problem(
                        plan.settings.place(path),
                        path,
                        f'"{key}" is also attached to "{where}" of stack {stack}; it would admit '
                        "what either stack admits; attach it in one.",
                    )


def _shared_subnets(plans: Iterable[Plan]) -> Iterable[Problem]:
    taken: dict[str, tuple[str, str]] = {}
    for plan in plans:
        for name, interface in sorted(plan.settings.interfaces.items()):
            if interface.network_acl is None:
                continue
            path = f"interfaces.{name}.networkAcl.subnetIds"
            for subnet in interface.network_acl.subnet_ids:
                key = str(subnet)
                stack, where = taken.setdefault(key, (plan.settings.stack, name))
                if stack != plan.settings.stack:
                    yield Problem(
                        plan.settings.place(path),
                        path,
                        f'"{key}" is also in the network ACL of "{where}" of stack {stack}; a '
                        "subnet has one network ACL, and the last update would take it over.",
                    )


def _write_text(
    plans: list[Plan],
    problems: dict[str, tuple[Problem, ...]],
    across: tuple[Problem, ...],
    *,
    quiet: bool,
) -> None:
    for plan in plans:
        if quiet:
            continue
        rules = sum(len(rule_set.rules) for rule_set in plan.rule_sets)
        warnings = _warnings(plan)
        click.echo(
            f"{plan.settings.stack}: {counted(rules, 'rule')} at "
            f"{counted(len(plan.rule_sets), 'enforcement point')}, proven; "
            f"{counted(len(warnings), 'warning')}."
        )
        for warning in warnings:
            click.echo(f"  {warning}")
    found = [p for held in problems.values() for p in held]
    if found or across:
        report_problems(ProblemsFound([*found, *across]))


def _write_json(
    plans: list[Plan],
    problems: dict[str, tuple[Problem, ...]],
    unproven: list[NotProven],
    across: tuple[Problem, ...],
) -> None:
    import json

    from segfw.review.remarks import all_remarks

    catalog = load_catalog()
    stacks: dict[str, dict[str, object]] = {
        plan.settings.stack: {
            "digest": plan.digest,
            "rules": sum(len(rule_set.rules) for rule_set in plan.rule_sets),
            "proven": True,
            "problems": [],
            "remarks": [finding(r) for r in all_remarks(plan, catalog, today=today())],
        }
        for plan in plans
    }
    for stack, held in problems.items():
        stacks[stack] = {"proven": False, "problems": [finding(problem) for problem in held]}
    for failed in unproven:
        stacks[failed.stack] = {"proven": False, "problems": [], "bug": failed.message}
    together = [finding(problem) for problem in across]
    click.echo(json.dumps({"format": FORMAT, "stacks": stacks, "across": together}, indent=2))


def finding(found: Problem | Remark) -> dict[str, object]:
    """A problem, warning or note; without a line where it stands in no file."""
    return {
        "kind": "problem" if isinstance(found, Problem) else found.severity.value,
        "text": found.message,
        "file": found.place.file,
        "line": found.place.line or None,
        "path": found.path,
    }
