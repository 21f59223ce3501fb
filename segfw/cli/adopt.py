"""`segfw adopt`: what a cloud has already, against a stack, and the file that imports it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw.catalog import load_catalog
from segfw.cli.load import check_answers, deployed_in, load_plan
from segfw.cli.main import (
    EXIT_STATUS,
    config_dir_option,
    format_option,
    report_problems,
    stack_file,
    today,
)
from segfw.cli.write import markdown_text, plain_text
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.adopt.adoption import Adoption
    from segfw.adopt.importing import Import

IMPORT_FILE = "import.json"
UNEXPLAINED = 1
PROVIDERS = {"aws": "pulumi-aws", "azure-native": "pulumi-azure-native"}
"""A provider's package in type tokens, and the distribution whose version the program uses."""
EPILOG = f"""\b
FILEs are what these write, or a state that `pulumi stack export` wrote:
  aws ec2 describe-security-groups --output json > groups.json
  aws ec2 describe-security-group-rules --output json > rules.json
  aws ec2 describe-network-acls --output json > acls.json
  aws ec2 describe-network-interfaces --output json > interfaces.json
  az network nsg list --output json > nsgs.json

\b
Exit status:
  0  every rule of the cloud is explained, or a first stack is written that compiles
  {UNEXPLAINED}  a rule is not explained or placed, something is missing, or a file has problems
  2  {EXIT_STATUS[2]}
  3  {EXIT_STATUS[3]}

\b
Examples:
  segfw adopt aws-prod-us-east-1 groups.json rules.json acls.json interfaces.json
  segfw adopt azure-prod-westeurope nsgs.json --import import.json
  segfw adopt aws-prod-us-east-1 state.json --format markdown
  segfw adopt aws-prod-us-east-1 groups.json rules.json --at management=sg-0123
  segfw adopt --propose aws-prod-eu-west-1 groups.json --output Pulumi.aws-prod-eu-west-1.yaml
"""


@click.command(epilog=EPILOG)
@click.argument("named", nargs=-1, required=True, metavar="[STACK] FILE...")
@click.option(
    "--at",
    "places",
    multiple=True,
    metavar="INTERFACE=ID",
    help="Where a group, ACL or NSG belongs; may be given several times.",
)
@click.option(
    "--import",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the file for `pulumi import` here.",
)
@click.option(
    "--firewall",
    default="seg",
    show_default=True,
    metavar="NAME",
    help="The firewall's name in the program; the default is this project's own.",
)
@click.option("--propose", metavar="STACK", help="Write a first stack file from FILEs instead.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where --propose writes; the default is standard output. Never overwrites.",
)
@format_option
@config_dir_option
def adopt(
    named: tuple[str, ...],
    places: tuple[str, ...],
    target: Path | None,
    firewall: str,
    propose: str | None,
    output: Path | None,
    form: str,
    config_dir: Path,
) -> None:
    """Compare what a cloud has in FILEs with STACK, rule by rule, and say how to take it over.

    Shows which feature, row and network explains each existing rule, what nothing explains,
    what the stack would open besides, and what the first update would make and revoke. With
    --import, writes the file from which `pulumi import` takes the resources into the stack.

    With --propose there is no STACK yet: features by ports, interfaces by what holds the
    rules, networks by their content. What no feature explains is left to you, in comments.
    """
    if propose is not None:
        _propose(propose, named, places, target, output, form)
        return
    if output is not None:
        raise click.UsageError("--output belongs to --propose; --import writes the import file.")
    if len(named) == 1:
        raise click.UsageError(
            "a STACK and at least one FILE are needed; without a stack, --propose writes one."
        )
    stack, *files = named
    file = stack_file(stack, config_dir)
    made = load_plan(*file, today())
    inventory, live = deployed_in(tuple(files))
    if live is not None and live.cloud in ("", made.settings.cloud.value):
        check_answers(live, file, made.settings, _name(files))

    from segfw.adopt import adopt as compared
    from segfw.adopt.importing import import_of

    found = compared(made, inventory, places, _name(files))
    again = ["segfw", "adopt", stack, *files]
    again += [word for one in places for word in ("--at", one)]
    again += [] if config_dir == Path("config") else ["--config-dir", str(config_dir)]
    taken = import_of(found, live.defaults if live else frozenset(), firewall)
    versions = provider_versions()
    _write(found, taken, versions, form, str(target or IMPORT_FILE), tuple(again))
    problems = [Problem(Place(_name(files), 0), "", f"{one}") for one in taken.lacking]
    if target is not None and not problems:
        _write_import(target, taken, versions)
    if problems and target is not None:
        report_problems(ProblemsFound(problems))
    sys.exit(0 if found.explained and not problems else UNEXPLAINED)


def _name(files: list[str]) -> str:
    return "standard input" if files[0] == "-" else files[0]


def _write(
    found: Adoption,
    taken: Import,
    versions: Mapping[str, str],
    form: str,
    file: str,
    again: tuple[str, ...],
) -> None:
    if form == "json":
        from segfw.adopt.document import document

        click.echo(json.dumps(document(found, taken, versions, file), indent=2))
        return
    from segfw.adopt.sections import sections

    held = list(sections(found, taken, file, again))
    click.echo(markdown_text(held) if form == "markdown" else plain_text(held), nl=False)


def _write_import(target: Path, taken: Import, versions: Mapping[str, str]) -> None:
    from segfw.adopt.importing import import_file
    from segfw.cli.files import write_file

    write_file(target, json.dumps(import_file(taken.entries, versions), indent=2) + "\n")
    click.echo(f"Wrote {target}: {taken.resources} resources.", err=True)


def provider_versions() -> dict[str, str]:
    """The providers' versions that a program here would use; a provider that is not there: none."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for package, distribution in PROVIDERS.items():
        try:
            found[package] = version(distribution)
        except PackageNotFoundError:
            continue
    return found


def _propose(
    stack: str,
    files: tuple[str, ...],
    places: tuple[str, ...],
    target: Path | None,
    output: Path | None,
    form: str,
) -> None:
    """Write a first stack file, and what is to be filled in, read back as a stack file is."""
    if places or target is not None or form == "markdown":
        raise click.UsageError("--propose takes neither --at nor --import, and writes no markdown.")
    if output is not None and output.exists():
        raise click.UsageError(f"{output} is there already; --propose never overwrites.")
    inventory, live = deployed_in(files)
    catalog = load_catalog()

    from segfw.adopt.egress import wide_comments, wide_problems
    from segfw.adopt.proposing import propose
    from segfw.cli.files import write_file
    from segfw.settings.words import printable
    from segfw.starting.draft import draft_of
    from segfw.starting.text import stack_text

    found = propose(
        inventory,
        catalog,
        stack,
        account=live.account if live else "",
        region=live.region if live else "",
        defaults=live.defaults if live else frozenset(),
    )
    draft = draft_of(found.values, catalog, Path("config").absolute(), stack)
    title = f"A first stack for what is there, begun with `segfw adopt --propose {stack}`."
    text = stack_text(found.values, draft, title=title)
    comments = (*wide_comments(found.wide, draft.uses), *found.comments)
    text += "".join(f"# {printable(line)}\n" for line in comments)
    name = str(output or f"Pulumi.{stack}.yaml")
    problems = [*wide_problems(found.wide, draft.uses, text, name), *_read_back(stack, text, name)]
    if form == "json":
        said = [{"line": p.place.line, "path": p.path, "message": p.message} for p in problems]
        click.echo(
            json.dumps({"format": 1, "stack": stack, "text": text, "toFillIn": said}, indent=2)
        )
    elif output is None:
        click.echo(text, nl=False)
    if output is not None:
        write_file(output, text)
    if problems and form != "json":
        click.echo("To be filled in or looked at before it compiles:", err=True)
        report_problems(ProblemsFound(problems))
    sys.exit(UNEXPLAINED if problems else 0)


def _read_back(stack: str, text: str, name: str) -> list[Problem]:
    """What the settings reader says of the file as it would be, with the file called *name*."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="segfw-") as folder:
        path = Path(folder) / f"Pulumi.{stack}.yaml"
        path.write_text(text, "utf-8")
        try:
            load_plan(Path(folder), stack, today())
        except ProblemsFound as found:
            return [one._replace(place=Place(name, one.place.line)) for one in found.problems]
    return []
