"""`segfw recover`: from an update that was cut short to a stack that is unchanged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw import recovery
from segfw.cli.adopting import Adopting
from segfw.cli.pulumi import Pulumi
from segfw.cli.steps import Declined, Steps
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.unfinished import Preview, State

EPILOG = """\b
Exit status:
  0  the stack is unchanged: a preview shows nothing to do
  1  something is left to do: a step was declined, only said, or did not work
  2  the call cannot be read: an unknown option or name

\b
Examples:
  segfw recover aws-prod-us-east-1 --dry-run    what is there, and what would be done
  segfw recover aws-prod-us-east-1              the same, asking before each change
  segfw recover aws-prod-us-east-1 --no-up      up to the update, which is then yours
  segfw recover aws-prod-us-east-1 --yes        without a question, for scripts
  segfw recover mail --cwd ../mail --adopt gateway=sg-0a1b2c3d
"""


@click.command(epilog=EPILOG)
@click.argument("stack")
@click.option("--yes", "-y", is_flag=True, help="Make every change without asking.")
@click.option("--dry-run", is_flag=True, help="Only say what is there and what would be done.")
@click.option("--no-up", is_flag=True, help="Stop before the update, and print its command.")
@click.option(
    "--cancel-lock",
    is_flag=True,
    help="With --yes: also remove a lock whose holder cannot be seen from here.",
)
@click.option(
    "--adopt",
    "adopted",
    multiple=True,
    metavar="NAME=ID",
    help="The cloud's ID is the planned resource NAME: take it into the state.",
)
@click.option(
    "--cwd",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    show_default=True,
    help="The program's folder, with its Pulumi.yaml.",
)
@click.option(
    "--config-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The stack's file, where it is not the one that pulumi finds by itself.",
)
def recover(
    stack: str,
    yes: bool,
    dry_run: bool,
    no_up: bool,
    cancel_lock: bool,
    adopted: tuple[str, ...],
    cwd: Path,
    config_file: Path | None,
) -> None:
    """Bring STACK back in order after an update that was killed, refused or cut off.

    Runs the pulumi on PATH with your own login, and asks before each change: removes the
    lock of an update that has ended, clears operations that were begun and never noted as
    done, takes rules that the cloud has and the state does not know into the state, finishes
    the update, and ends with a preview that shows no changes.
    """
    file = None if config_file is None else config_file.absolute()
    named = _pairs(adopted)
    pulumi = Pulumi(stack, cwd.absolute(), file)
    try:
        steps = Steps(pulumi, yes=yes, dry_run=dry_run, cancel_lock=cancel_lock)
        done = _Recovery(steps).run(named, update=not no_up)
    except Declined as declined:
        click.echo(f"Stopped: {declined}", err=True)
        done = False
    sys.exit(0 if done else 1)


def _pairs(adopted: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in adopted:
        name, equals, id_ = each.partition("=")
        if not (name and equals and id_):
            raise click.UsageError(f'--adopt takes NAME=ID, and not "{each}".')
        pairs[name] = id_
    return pairs


class _Recovery:
    """One run of the command."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._pulumi = steps.pulumi

    def run(self, adopted: dict[str, str], *, update: bool) -> bool:
        """Whether the stack is unchanged in the end."""
        locks = self._steps.locks
        for lock in locks:
            click.echo(f"{self._pulumi.stack} is locked by {lock}.")
        freed = bool(locks) and self._steps.may_unlock(locks)
        self._steps.mend(locks if freed else ())
        if freed:
            self._steps.unlock()
        was = self._pulumi.state()
        click.echo(f"{self._pulumi.stack}: {counted(len(was.resources), 'resource')} in its state.")
        for each in was.pending:
            click.echo(f"  begun, and never noted as done: {each}")
        if was.pending:
            self._clear()
        preview, taken = self._look(was, adopted)
        if not preview.changes and not taken:
            self._say_what_to_look_for(was, preview)
            click.echo(f"{self._pulumi.stack} is unchanged: a preview shows nothing to do.")
            return not (self._steps.dry_run and (locks or was.pending))
        return self._update(preview, was, update=update)

    def _clear(self) -> None:
        words = ("refresh", "--clear-pending-creates")
        if self._steps.agreed(
            "Read every resource from the cloud and clear what was begun: "
            f"{self._pulumi.shown(*words)}. It changes the state only."
        ):
            answer = self._steps.change(*words, "--skip-preview", "--yes")
            self._steps.told(
                answer, "the state is what the cloud has, and nothing is pending in it"
            )

    def _look(self, was: State, adopted: dict[str, str]) -> tuple[Preview, bool]:
        """What is left to do, and whether anything was taken into the state.

        Without anybody to read it, the second preview is not worth its time: the planned
        resources that are there now are taken out of the first.
        """
        preview = self._pulumi.preview()
        names = Adopting(self._steps).adopt(was, preview, adopted)
        if not names or self._steps.yes:
            return preview.without(names), bool(names)
        click.echo("  What is left to do:")
        return self._pulumi.preview(), False

    def _update(self, preview: Preview, was: State, *, update: bool) -> bool:
        for op, names in preview.changes.items():
            click.echo(f"  to {op}: {', '.join(names)}")
        self._say_what_to_look_for(was, preview)
        command = self._pulumi.shown("up")
        if not update:
            click.echo(f"Next: {command}")
            return False
        if not self._steps.agreed(f"Finish the update: {command}."):
            click.echo(f"Next: {command}")
            return False
        answer = self._steps.change("up", "--yes", "--skip-preview")
        self._steps.told(answer, "the update is finished")
        left = self._pulumi.preview()
        if left.changes:
            for op, names in left.changes.items():
                click.echo(f"  still to {op}: {', '.join(names)}")
            click.echo(f"Next: {command}")
            return False
        click.echo(f"{self._pulumi.stack} is unchanged: a preview shows nothing to do.")
        return True

    def _say_what_to_look_for(self, was: State, preview: Preview) -> None:
        planned = {each.name for each in preview.creates}
        for resource, command in recovery.to_look_for(was.pending):
            take = f", or take it in before: --adopt {resource.name}=ID"
            click.echo(
                f"  {resource} was being made, and the cloud may have it without the state "
                "knowing; after the update nothing uses it.\n"
                f"    Look: {command}\n"
                "    If there is one more than `pulumi stack export` has, delete it after the "
                f"update{take if resource.name in planned else ''}."
            )
