"""The command `segfw` and what its commands share."""

from __future__ import annotations

import os
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from segfw.problems import ProblemsFound
from segfw.review.sections import counted


class Listed(NamedTuple):
    """A command as `segfw --help` lists it."""

    module: str
    """Imported only when the command is asked for."""
    does: str
    """What it does, in a line that is never cut off."""


COMMANDS = {
    "init": Listed("segfw.cli.init", "Write the stack file of a new deployment."),
    "plan": Listed("segfw.cli.plan", "Show every rule of a stack, and why it is there."),
    "check": Listed("segfw.cli.check", "Validate stack files and prove their plans."),
    "prove": Listed("segfw.cli.prove", "Show each comparison of a proof, and its time."),
    "explain": Listed("segfw.cli.explain", "Say whether a packet would pass, and why."),
    "diff": Listed("segfw.cli.diff", "Show what a change opens and closes, and to whom."),
    "report": Listed("segfw.cli.report", "Write a page for reviewers: what is open, and why."),
    "adopt": Listed("segfw.cli.adopt", "Explain what a cloud has already, and take it over."),
    "policy": Listed("segfw.cli.policy", "Judge stacks, or a state, by the guardrails."),
    "permissions": Listed("segfw.cli.permissions", "Print what deploying a stack must be allowed."),
    "export": Listed("segfw.cli.export", "Write a stack as Terraform, CloudFormation, ARM or CSV."),
    "waivers": Listed("segfw.cli.waivers", "List accepted findings; write the scanners' files."),
    "features": Listed("segfw.cli.catalog", "List the gateway's features, and what they open."),
    "rows": Listed("segfw.cli.catalog", "List the rows of Cisco's firewall table."),
    "catalog": Listed("segfw.cli.catalog_diff", "Compare what two releases of the gateway need."),
    "settings": Listed("segfw.cli.settings", "Show each effective setting and its line."),
    "recover": Listed("segfw.cli.recover", "Repair a stack after an update was cut short."),
    "completion": Listed("segfw.cli.completion", "Print a shell's script for completing segfw."),
}
"""In the order of the help."""

EXIT_STATUS = {
    0: "everything holds, or what was asked for is shown",
    1: "a stack file has problems, or there is no such stack",
    2: "the call cannot be read: an unknown command, option or name",
    3: "a proof does not hold: a bug of seg-firewall, nothing was made",
}
"""What each exit status of a command means; every command's help says those that it has."""


def epilog(examples: str, *statuses: int) -> str:
    """What stands below a command's options: its exit statuses, then *examples*."""
    meanings = "\n".join(f"  {status}  {EXIT_STATUS[status]}" for status in statuses)
    return f"\b\nExit status:\n{meanings}\n\n\b\nExamples:{examples}"


EXAMPLES = """
  segfw check --all                      validate and prove every stack of config/
  segfw plan aws-prod-us-east-1          every rule, and why it is there
  segfw plan aws-lab --format json       the same for machines
  segfw prove aws-lab                    what its proof compared, and how long that took
  segfw explain aws-lab "in tcp admins -> management:22"      would it pass, and why
  segfw diff --all --rev main            what the work tree opens and closes, and to whom
  segfw diff aws-lab --state FILE        what an update of a deployed stack would change
  segfw report aws-lab -o review.html    a page for reviewers, which needs no network
  segfw export aws-lab --format csv      its rules for scanners, spreadsheets and other teams
  segfw adopt aws-lab groups.json        what a cloud has already, and how to take it over
  segfw features ldap                    what a feature opens, with its options
  segfw rows 25                          one row of Cisco's table, as printed and as right
  segfw settings aws-prod-us-east-1      each effective value, and where it came from
  segfw recover aws-prod-us-east-1       after an update that was cut short
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        listed = COMMANDS.get(cmd_name)
        return getattr(import_module(listed.module), cmd_name) if listed else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A line to a command; none of them is imported for that."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.does) for name, listed in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; problems become lines on standard error and exit status 1.

        Without colour where the user wants none (https://no-color.org).
        """
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except ProblemsFound as found:
            report_problems(found)
            sys.exit(1)


@click.group(
    cls=LazyGroup,
    epilog=epilog(EXAMPLES, *EXIT_STATUS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="seg-firewall", prog_name="segfw")
def main() -> None:
    """Firewall as code for virtual Cisco Secure Email Gateways: plan, check and look up.

    Everything here but recover works offline, without Pulumi and without a cloud account.
    """


config_dir_option = click.option(
    "--config-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("config"),
    show_default=True,
    help="The folder of the stack files.",
)

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write it; json is documented and numbered.",
)


class StackFile(NamedTuple):
    """A stack and the folder that its file is in."""

    folder: Path
    stack: str


def stack_file(named: str, config_dir: Path) -> StackFile:
    """What a user means by STACK: its name, or the path of its ``Pulumi.<stack>.yaml``.

    A path that is there says the folder too; every other file is looked for in *config_dir*.
    """
    path = Path(named)
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    if path.name != f"Pulumi.{stack}.yaml":
        return StackFile(config_dir.absolute(), named)
    return StackFile((path.parent if path.is_file() else config_dir).absolute(), stack)


def report_problems(found: ProblemsFound) -> None:
    """Write each problem to standard error, in red on a terminal, and count them."""
    for problem in found.problems:
        click.secho(str(problem), fg="red", err=True)
    click.echo(f"{counted(len(found.problems), 'problem')}.", err=True)


def today() -> date:
    """The local day, which review dates are compared with."""
    return date.today()


def stacks_of(config_dir: Path) -> list[str]:
    """The stacks that have a file in *config_dir*, in order."""
    return sorted(
        path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for path in config_dir.glob("Pulumi.*.yaml")
    )
