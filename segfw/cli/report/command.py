"""The command `segfw report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.check import chosen_stacks
from segfw.cli.files import write_file
from segfw.cli.load import NotProven, load_plan
from segfw.cli.main import config_dir_option, epilog, report_problems, stack_file, today
from segfw.problems import ProblemsFound

if TYPE_CHECKING:
    from segfw.cli.main import StackFile
    from segfw.plan import Plan
    from segfw.review.report.model import Report
    from segfw.waivers import Waivers

INDEX = "index.html"
EXAMPLES = """
  segfw report aws-prod-us-east-1 --output review.html
  segfw report aws-prod-us-east-1 > review.html
  segfw report aws-prod-us-east-1 --format markdown > review.md
  segfw report --all --output review
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stack", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="html is one file that needs no network; markdown is shorter, for a pull request.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write the file PATH, whole or not at all; with --all, the folder for all pages.",
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="A page to every stack of the folder, and an index that compares them; with --output.",
)
@config_dir_option
def report(
    stack: str | None, form: str, output: Path | None, config_dir: Path, *, every: bool
) -> None:
    """Write what STACK opens, why, since when and who answers for it, as one page.

    STACK is a stack's name, or the path of its file. The page has a picture of the
    deployment, the answers to the questions that a reviewer asks first, every rule with its
    feature, row and config line, and what cannot be known from a stack file. Dates of config
    lines come from git, where the files are in git.

    With --all a stack that has problems is listed with them, the others get their pages, and
    the exit status is 1.
    """
    if every:
        if stack is not None or output is None or form != "html":
            raise click.UsageError(
                "--all writes a page to every stack: name a folder with --output, no STACK, and "
                "leave --format out."
            )
        _write_all(config_dir, output)
        return
    if stack is None:
        raise click.UsageError("name one STACK, or write --all --output DIR.")
    if output is not None and output.is_dir():
        raise click.UsageError(f"{output} is a folder; name a file, as in {output}/{stack}.html.")
    text = _text(_report(stack_file(stack, config_dir), config_dir), form)
    if output is None:
        click.echo(text.encode(), nl=False)
    else:
        write_file(output, text)


def _text(made: Report, form: str) -> str:
    if form == "markdown":
        from segfw.cli.report.markdown import report_markdown

        return report_markdown(made)
    from segfw.cli.report.html import report_html

    return report_html(made)


def _report(one: StackFile, config_dir: Path) -> Report:
    """The report of one stack; the register of waivers stands beside its file.

    Raises:
        ProblemsFound: the stack's file or the register of waivers is wrong.
    """
    from segfw.cli.waivers import load_waivers

    beside = config_dir if one.folder == config_dir.absolute() else one.folder
    return report_of(load_plan(*one, today()), one.folder, load_waivers(beside))


def report_of(plan: Plan, folder: Path, register: Waivers) -> Report:
    """The report of a plan whose stack file is in *folder*."""
    from segfw.cli.limits import sources
    from segfw.cli.policy import judged_inventory
    from segfw.cli.report.since import commit_of, dates_of
    from segfw.planned import inventory_of_plan
    from segfw.review.report.make import Around, make_report

    catalog = load_catalog()
    around = Around(
        today=today(),
        register=register,
        judged=judged_inventory(inventory_of_plan(plan, catalog), register),
        dates=dates_of({place.file for place in plan.settings.places.values()}),
        commit=commit_of(folder),
        limits=sources(),
    )
    return make_report(plan, catalog, around)


def _write_all(config_dir: Path, output: Path) -> None:
    """A page to each stack that can be read, and the index; exit status 1 if some cannot."""
    from segfw.cli.report.html import index_html, report_html
    from segfw.cli.waivers import load_waivers
    from segfw.review.report.across import Unread, compare

    register = load_waivers(config_dir)
    reports: list[Report] = []
    unread: list[Unread] = []
    unproven: list[NotProven] = []
    for folder, stack in chosen_stacks((), config_dir, every=True, doing="report"):
        try:
            made = report_of(load_plan(folder, stack, today()), folder, register)
        except ProblemsFound as found:
            unread.append(Unread(stack, tuple(map(str, found.problems))))
            report_problems(found)
        except NotProven as failed:
            unread.append(Unread(stack, (failed.message,)))
            unproven.append(failed)
            failed.show()
        else:
            reports.append(made)
    for made in reports:
        page = output / page_of(made.stack)
        write_file(page, report_html(made, index=INDEX))
        click.echo(f"{made.stack}: {page}")
    write_file(output / INDEX, index_html(compare(reports, unread, page_of=page_of)))
    click.echo(f"all stacks: {output / INDEX}")
    if unproven:
        sys.exit(NotProven.exit_code)
    sys.exit(1 if unread else 0)


def page_of(stack: str) -> str:
    """The file of a stack's page; no stack is called so that it could be the index."""
    return f"stack-{stack}.html"
