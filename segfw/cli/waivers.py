"""`segfw waivers`: what is accepted, until when, and the scanners' own files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from segfw.catalog import load_catalog
from segfw.cli.check import chosen_stacks
from segfw.cli.files import write_file
from segfw.cli.load import accounts_of, load_plan
from segfw.cli.main import config_dir_option, epilog, report_problems, stacks_of, today
from segfw.cli.write import plain_text
from segfw.guardrails.pack import BY_ID, judge
from segfw.planned import inventory_of_plan
from segfw.problems import Place, ProblemsFound
from segfw.review.sections import Item, Section, counted
from segfw.settings.words import problem
from segfw.waivers import Scope, State, Waivers, judged, known_words, read_waivers
from segfw.waivers.findings import FORESEEN, features_by_name, foreseen, subjects_of_findings
from segfw.waivers.stock import STOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segfw.plan import Plan
    from segfw.waivers import Judged, Waiver
    from segfw.waivers.scanners import Target

FORMAT = 1
"""Raised when a key of the JSON form is removed or changes its meaning."""
REGISTER = "waivers.yaml"
SCANNERS = ("checkov", "checkov-baseline", "trivy", "prowler", "aws-config")
OURS = "ours"
EXAMPLES = """
  segfw waivers                                        what is accepted, and until when
  segfw waivers --format json | jq '.waivers[] | select(.daysLeft < 60)'
  segfw waivers aws-lab --scanner checkov --out .checkov.yaml
  segfw waivers aws-lab --scanner checkov-baseline --out .checkov.baseline
  segfw waivers --scanner trivy --out .trivyignore.yaml
  segfw waivers --scanner prowler --out mutelist.yaml
  segfw waivers aws-prod-us-east-1 --scanner aws-config
"""


class Stock(NamedTuple):
    """The register, and what every stack of the folder has for it."""

    waivers: Waivers
    judged: Judged
    stacks: int


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stacks", nargs=-1)
@click.option(
    "--scanner",
    type=click.Choice(SCANNERS),
    help="Write this scanner's own file instead, for STACKS or for all of them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --scanner: write FILE, whole or not at all; otherwise standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to list them.",
)
@config_dir_option
def waivers(
    stacks: tuple[str, ...], scanner: str | None, out: Path | None, form: str, config_dir: Path
) -> None:
    """List the accepted findings of waivers.yaml, or write a scanner's own file of them.

    Each waiver is held against what the guardrails find in every stack of the folder, and
    against what is known to trip the checks of scanners. One that has expired is a problem,
    and so is one that nothing is found for; one that expires within 30 days is a warning.
    """
    if scanner is None:
        if stacks or out is not None:
            raise click.UsageError("STACKS and --out go with --scanner; the list is of all stacks.")
        _list(form, config_dir)
        return
    text = _scanner_file(scanner, stacks, config_dir)
    if out is None:
        click.echo(text.encode(), nl=False)
    else:
        write_file(out, text)


def load_waivers(config_dir: Path) -> Waivers:
    """The register beside the stack files; empty where there is none.

    Raises:
        ProblemsFound: it is wrong.
    """
    path = config_dir / REGISTER
    if not path.is_file():
        return Waivers((), today())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; save the file as UTF-8 text."
        raise ProblemsFound([problem(Place(str(path), 0), "", message)]) from None
    return read_waivers(
        text, str(path), known_words(load_catalog(), stacks_of(config_dir)), today()
    )


def _list(form: str, config_dir: Path) -> None:
    register = load_waivers(config_dir)
    plans = [load_plan(config_dir.absolute(), name, today()) for name in stacks_of(config_dir)]
    held = _judged(register, plans)
    problems = [*register.expired, *held.problems]
    if form == "json":
        click.echo(json.dumps(_document(register, held, plans), indent=2, ensure_ascii=False))
    else:
        click.echo(plain_text(_sections(register, held, plans)), nl=False)
        for remark in register.expiring:
            click.secho(str(remark), fg="yellow", err=True)
    if problems:
        report_problems(ProblemsFound(problems))
        sys.exit(1)


def _judged(register: Waivers, plans: Iterable[Plan]) -> Judged:
    """The register held against every plan: our guardrails run, others' checks foreseen."""
    catalog = load_catalog()
    subjects: list[Any] = []
    environments: dict[str, str] = {}
    for plan in plans:
        stack = plan.settings.stack
        environments[stack] = plan.settings.gateway.environment.value
        findings = judge(inventory_of_plan(plan, catalog), catalog, today())
        features = features_by_name(plan)
        subjects += subjects_of_findings(findings, features, environments[stack], stack)
        subjects += foreseen(plan)
    return judged(register, subjects, Scope(environments, every=True, checks=(*BY_ID, *FORESEEN)))


def _sections(register: Waivers, held: Judged, plans: Sequence[Plan]) -> Iterable[Section]:
    count = counted(len(register.entries), "waiver")
    yield Section(
        "Waivers",
        lines=(f"{count}, held against {counted(len(plans), 'stack')}.",),
        items=tuple(_item(one, register, held) for one in register.entries),
    )


def _item(one: Waiver, register: Waivers, held: Judged) -> Item:
    return Item(
        f"{_state(one, register, held)}: {one.check} ({_whose(one)}): {one.target}, {one.where}",
        notes=(
            f"{one.reason}",
            f"{_until(one, register)}; {one.owner}; {one.link}; {one.place}",
        ),
    )


def _state(one: Waiver, register: Waivers, held: Judged) -> str:
    return "unused" if one in held.unused else one.state(register.today).value


def _until(one: Waiver, register: Waivers) -> str:
    left = one.days_left(register.today)
    if left < 0:
        return f"expired on {one.expires}"
    return f"until {one.expires}, {counted(left, 'day')} more"


def _whose(one: Waiver) -> str:
    return STOCK[one.check].tool.value if one.check in STOCK else OURS


def _document(register: Waivers, held: Judged, plans: Sequence[Plan]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "today": str(register.today),
        "stacks": [plan.settings.stack for plan in plans],
        "waivers": [
            {
                "check": one.check,
                "tool": _whose(one),
                "resource": one.resource or None,
                "feature": one.feature or None,
                "environment": one.environment,
                "stacks": list(one.stacks),
                "reason": one.reason,
                "owner": one.owner,
                "expires": str(one.expires),
                "daysLeft": one.days_left(register.today),
                "link": one.link,
                "file": one.place.file,
                "line": one.place.line,
                "state": one.state(register.today).value,
                "used": _used(one, register, held),
            }
            for one in register.entries
        ],
    }


def _used(one: Waiver, register: Waivers, held: Judged) -> bool | None:
    """Whether something is found for it; None where that is not known."""
    decided = one.check in BY_ID or one.check in FORESEEN
    if not decided or one.state(register.today) is State.EXPIRED:
        return None
    return one not in held.unused


def _scanner_file(scanner: str, stacks: tuple[str, ...], config_dir: Path) -> str:
    from segfw.waivers import scanners

    register = load_waivers(config_dir)
    chosen = chosen_stacks(stacks, config_dir, every=not stacks, doing="write for")
    targets = [_target(folder, stack) for folder, stack in chosen]
    if scanner == "checkov":
        return scanners.checkov_config(register, targets)
    if scanner == "checkov-baseline":
        return scanners.checkov_baseline(register, targets, load_catalog())
    if scanner == "trivy":
        return scanners.trivy_ignore(register, targets)
    if scanner == "prowler":
        return scanners.prowler_mutelist(register, targets)
    if len(targets) != 1:
        raise click.UsageError("aws-config is about one account and region: name one STACK.")
    try:
        return scanners.aws_config_parameters(targets[0].plan)
    except scanners.Uncovered as found:
        raise click.UsageError(f"{found}.") from None


def _target(folder: Path, stack: str) -> Target:
    """The stack with the account or subscription that its file names; ``*`` for none."""
    from segfw.waivers.scanners import Target

    plan = load_plan(folder, stack, today())
    accounts = accounts_of(folder, stack, plan.settings.cloud)
    return Target(plan, accounts[0] if accounts else "*")
