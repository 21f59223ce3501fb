"""`segfw init`: write a stack file that compiles."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from segfw.cli.init_file import create, refuse_name
from segfw.cli.main import EXIT_STATUS, config_dir_option, today

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.problems import Problem
    from segfw.starting.given import Given
    from segfw.starting.start import Start

NOT_STARTED = 2
"""The exit status of a call whose flags are wrong, or not enough."""
LONG = (
    "  segfw init --cloud aws --region us-east-1 --environment dev --release 15.5 "
    "--interface data:external --vpc vpc-0d1e2f3a4b5c60001 --import base,company,us-east-1\n"
    "  segfw init --cloud azure --region westeurope --environment test --release 15.5 "
    "--interface management:internal --interface public:external --resource-group rg-mail-test "
    "--feature receive-mail,send-mail --feature ssh-admin:from=bastion "
    "--network bastion=10.40.8.4/32 --stdout"
)
EPILOG = f"""\b
Exit status:
  0  the file is written, compiles and is proven
  1  the file is there already, cannot be written or is over a quota, or you left a question
  2  a flag is wrong or missing: each is named, and nothing is written
  3  {EXIT_STATUS[3]}

\b
Examples:
  segfw init
  segfw init --cloud aws --region us-east-1 --environment dev --stdout
{LONG}
"""


@click.command(epilog=EPILOG)
@click.option("--cloud", metavar="aws|azure", help="Where the gateways run.")
@click.option("--region", help="The region of AWS, or the location of Azure.")
@click.option("--environment", metavar="dev|test|lab|prod", help="How strict the stack is.")
@click.option("--release", help="The AsyncOS release of the gateways, such as 15.5.")
@click.option("--cisco-region", help="Where the vendor's services are; default: by the region.")
@click.option("--account", help="The AWS account, or Azure subscription; production needs it.")
@click.option("--import", "imports", multiple=True, metavar="NAME,...", help="Shared files.")
@click.option(
    "--interface",
    "interfaces",
    multiple=True,
    metavar="NAME[:ROLES]:external|internal",
    help="A network interface; roles are management, public, private, with commas. A name that "
    "is a role has that one, and the only interface has all where its name is none.",
)
@click.option(
    "--subnet",
    "subnets",
    multiple=True,
    metavar="NAME=PREFIX,...",
    help="The gateway's own subnets on an interface; the name may be left out where there is one.",
)
@click.option("--default-route", metavar="NAME", help="The interface that sends to the internet.")
@click.option(
    "--route",
    "routes",
    multiple=True,
    metavar="NAME=NETWORK,...",
    help="Networks that an interface sends to; with none given, routes are proposed.",
)
@click.option("--vpc", "vpcs", multiple=True, metavar="[NAME=]ID", help="AWS: for one or for all.")
@click.option(
    "--resource-group", "resource_groups", multiple=True, metavar="[NAME=]GROUP", help="Azure."
)
@click.option(
    "--attach", "attached", multiple=True, metavar="NAME=ENI,...", help="AWS: network interfaces."
)
@click.option(
    "--network-acl",
    "acls",
    multiple=True,
    metavar="NAME=SUBNET,...[:FIT]",
    help="AWS: subnets given over to the gateways, which get a network ACL.",
)
@click.option(
    "--network", "networks", multiple=True, metavar="NAME=PREFIX,...", help="Who a peer is."
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME=STRATEGY",
    help="The way to a host, or to all with the name default: internet, proxy:NETWORK:PORT, or "
    "prefixes.",
)
@click.option(
    "--feature",
    "features",
    multiple=True,
    metavar="NAME[:OPTION=VALUE...]",
    help="A feature to switch on; several without options in one flag, with commas.",
)
@click.option(
    "--without", multiple=True, metavar="NAME,...", help="Features of an import to switch off."
)
@click.option(
    "--set", "more", multiple=True, metavar="PATH=VALUE", help="Any other setting, by its path."
)
@click.option("--name", help="The stack's name; default: CLOUD-ENVIRONMENT-REGION.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the file and write none.")
@config_dir_option
def init(name: str | None, config_dir: Path, *, to_stdout: bool, **flags: object) -> None:
    """Write the commented stack file of a new deployment, and say what it exposes.

    What is not given is asked for on a terminal; elsewhere everything missing is named at
    once. The file is written when it compiles and its plan is proven, and never over another.
    """
    from segfw.catalog import load_catalog
    from segfw.cli.init_next import say_examples, say_next
    from segfw.cli.init_questions import GivenUp, asked
    from segfw.problems import ProblemsFound
    from segfw.starting.given import Given, tidied
    from segfw.starting.start import wrong

    catalog, folder = load_catalog(), config_dir.absolute()
    refuse_name(name, config_dir, to_be_written=not to_stdout)
    given = tidied(Given(**flags))  # pyright: ignore[reportArgumentType]
    besides = [*_besides(name, config_dir), *(["--stdout"] if to_stdout else [])]
    try:
        start = asked(given, catalog, folder, name)
    except GivenUp as given_up:
        _stop(_call(given_up.given, besides) if given_up.given != given else None, "So far")
        sys.exit(1)
    problems = wrong(start, catalog, folder, today())
    call = _call(start.given, besides)
    if problems or start.missing:
        _refuse(start, problems, call if start.given != given else None)
    refuse_name(start.stack, config_dir, to_be_written=not to_stdout)
    text = start.text()
    try:
        plan = _planned(start, catalog)
    except ProblemsFound:
        _stop(call if start.given != given else None, "The same without questions")
        raise
    imports = start.values.get("imports", ())
    if to_stdout:
        click.echo(text, nl=False)
        _say(plan, catalog, "the file would have", err=True)
        say_examples(imports, folder, err=True)
        return
    path = config_dir / f"Pulumi.{start.stack}.yaml"
    create(path, text)
    _say(plan, catalog, f"wrote {path}")
    say_examples(imports, folder)
    say_next(plan.settings, config_dir)
    if start.given != given:
        click.echo(f"The same without questions:\n  {call}")


def _call(given: Given, besides: list[str]) -> str:
    return shlex.join(["segfw", "init", *given.words(), *besides])


def _besides(name: str | None, config_dir: Path) -> list[str]:
    """The flags of a call that say nothing of what is in the file."""
    named = [] if name is None else ["--name", name]
    return named + ([] if str(config_dir) == "config" else ["--config-dir", str(config_dir)])


def _refuse(start: Start, problems: tuple[Problem, ...], call: str | None) -> None:
    """Every wrong flag and every missing one, and the call after questions; exit status 2."""
    for problem in problems:
        click.secho(str(problem), fg="red", err=True)
    for question in start.missing:
        value = shlex.quote(f"{question.prefix}{question.example}")
        text = f"{question.flag}: missing ({question.text}); write {question.flag} {value}."
        click.secho(text, fg="red", err=True)
    _stop(call, "The same without questions")
    sys.exit(NOT_STARTED)


def _stop(call: str | None, heading: str) -> None:
    """The call that says what was answered, and that it came to nothing."""
    if call is not None:
        click.echo(f"{heading}:\n  {call}", err=True)
    click.echo("Nothing was written.", err=True)


def _planned(start: Start, catalog: Catalog) -> Plan:
    """The proven plan of what will be written."""
    from segfw.cli.load import NotProven
    from segfw.clouds.lifted import LiftError
    from segfw.plan import make_plan
    from segfw.problems import ProblemsFound
    from segfw.proof import ProofFailed
    from segfw.settings import read_settings
    from segfw.starting.draft import at_its_flag

    settings = read_settings(start.draft.tree, catalog, stack=start.stack, today=today())
    try:
        return make_plan(settings, catalog)
    except ProblemsFound as found:
        raise ProblemsFound([at_its_flag(problem) for problem in found.problems]) from None
    except (ProofFailed, LiftError) as failed:
        raise NotProven(start.stack, failed) from None


def _say(plan: Plan, catalog: Catalog, heading: str, *, err: bool = False) -> None:
    """What the stack exposes, in five lines, and each warning."""
    from segfw.problems import Severity
    from segfw.review.remarks import all_remarks
    from segfw.review.sections import counted
    from segfw.starting.summary import exposed

    first, *rest = exposed(plan, catalog)
    click.echo(f"{heading}: {first}", err=err)
    for line in rest:
        click.echo(f"  {line}", err=err)
    remarks = all_remarks(plan, catalog, today=today())
    warnings = [one for one in remarks if one.severity is Severity.WARNING]
    if warnings:
        click.echo(f"{counted(len(warnings), 'warning')}, to be looked at:", err=err)
    for one in warnings:
        click.echo(f"  {one.path}: {one.message}", err=err)
