"""`segfw permissions`: what deploying a stack needs to be allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from segfw.cli.load import accounts_of, load_plan
from segfw.cli.main import config_dir_option, epilog, stack_file, today
from segfw.permissions import permissions as needed

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = """
  segfw permissions aws-prod-us-east-1 > policy.json
  segfw permissions azure-prod-westeurope > role.json
"""


@click.command(epilog=epilog(EXAMPLES, 0, 1, 2, 3))
@click.argument("stack")
@config_dir_option
def permissions(stack: str, config_dir: Path) -> None:
    """Print the least IAM policy, or Azure role, that deploying STACK needs.

    STACK is the name of a stack, or the path of its file. The actions were recorded while
    stacks with the same types of resources were made, changed, refreshed and removed;
    access to the state's backend is not among them.
    """
    file = stack_file(stack, config_dir)
    plan = load_plan(*file, today())
    accounts = accounts_of(*file, plan.settings.cloud)
    click.echo(json.dumps(needed(plan, accounts), indent=2))
