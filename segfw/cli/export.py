"""`segfw export`: a stack in the words of Terraform, CloudFormation, ARM templates or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.check import chosen_stacks
from segfw.cli.files import write_file
from segfw.cli.load import load_plan
from segfw.cli.main import config_dir_option, epilog, stack_file, today
from segfw.export.cloudformation import TooLong
from segfw.export.formats import FORMATS
from segfw.problems import Problem, ProblemsFound
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.plan import Plan

CLOUDS = {Cloud.AWS: "AWS", Cloud.AZURE: "Azure"}
EXAMPLES = """
  segfw export aws-lab --format terraform --out review/main.tf.json
  segfw export aws-prod-us-east-1 --format cloudformation > firewall.template.json
  segfw export azure-prod-westeurope --format arm --out firewall.arm.json
  segfw export aws-prod-us-east-1 --format csv --out rules.csv
  segfw export --all --format terraform --out-dir review
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stack", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="cloudformation is for stacks on AWS, arm for stacks on Azure, the others for both.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write FILE, whole or not at all; otherwise standard output.",
)
@click.option("--all", "every", is_flag=True, help="Every stack of the folder; with --out-dir.")
@click.option(
    "--out-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --all: where each stack's file goes, named after the stack.",
)
@config_dir_option
def export(
    stack: str | None,
    form: str,
    out: Path | None,
    out_dir: Path | None,
    config_dir: Path,
    *,
    every: bool,
) -> None:
    """Write what STACK would create for scanners, other teams and spreadsheets.

    STACK is a stack's name, or the path of its file. The export says what a deployment
    would create and deploys nothing; the same stack gives the same bytes. Nothing is
    written where a stack has problems.
    """
    if every:
        if stack is not None or out is not None or out_dir is None:
            raise click.UsageError("--all writes every stack: name --out-dir, no STACK, no --out.")
        _export_all(form, config_dir, out_dir)
        return
    if stack is None or out_dir is not None:
        raise click.UsageError("name one STACK, or write --all --out-dir DIR.")
    plan = load_plan(*stack_file(stack, config_dir), today())
    if plan.settings.cloud not in FORMATS[form].clouds:
        raise click.UsageError(_other_cloud(plan, form))
    text = _text(plan, form)
    if out is None:
        click.echo(text.encode(), nl=False)
    else:
        write_file(out, text)


def _export_all(form: str, config_dir: Path, out_dir: Path) -> None:
    """Every stack of the folder that the format is for; nothing if one has problems."""
    plans = list(_plans(config_dir))
    fitting = [plan for plan in plans if plan.settings.cloud in FORMATS[form].clouds]
    if not fitting:
        raise click.UsageError(_other_cloud(plans[0], form))
    texts = {plan.settings.stack: _text(plan, form) for plan in fitting}
    for plan in plans:
        name = plan.settings.stack
        if name not in texts:
            click.echo(f"{name}: left out, it is on {CLOUDS[plan.settings.cloud]}.")
            continue
        path = out_dir / FORMATS[form].file.format(stack=name)
        write_file(path, texts[name])
        click.echo(f"{name}: {path}")


def _plans(config_dir: Path) -> Iterable[Plan]:
    problems: list[Problem] = []
    plans: list[Plan] = []
    for folder, stack in chosen_stacks((), config_dir, every=True, doing="export"):
        try:
            plans.append(load_plan(folder, stack, today()))
        except ProblemsFound as found:
            problems.extend(found.problems)
    if problems:
        raise ProblemsFound(problems)
    return plans


def _other_cloud(plan: Plan, form: str) -> str:
    cloud = plan.settings.cloud
    fitting = [name for name, each in FORMATS.items() if cloud in each.clouds]
    (only,) = FORMATS[form].clouds
    return (
        f'stack "{plan.settings.stack}" is on {CLOUDS[cloud]}, and {form} knows {CLOUDS[only]} '
        f"only; the formats for {CLOUDS[cloud]} are {', '.join(fitting)}."
    )


def _text(plan: Plan, form: str) -> str:
    try:
        return FORMATS[form].write(plan, load_catalog())
    except TooLong as found:
        raise click.ClickException(str(found)) from None
