"""`segfw recover`: from an update that was cut short to a stack that is unchanged."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw import recovery
from segfw.cli.pulumi import Pulumi, PulumiError
from segfw.review.sections import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.cli.pulumi import Answer, Lock
    from segfw.recovery import Adoption, Preview, State

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
    pulumi = Pulumi(stack, cwd.absolute(), file)
    work = _Recovery(pulumi, yes=yes, dry_run=dry_run, cancel_lock=cancel_lock)
    try:
        done = work.run(_pairs(adopted), update=not no_up)
    except _Declined as declined:
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


class _Declined(Exception):
    """A step was not made, and what comes after needs it."""


class _Recovery:
    """One run of the command."""

    def __init__(self, pulumi: Pulumi, *, yes: bool, dry_run: bool, cancel_lock: bool) -> None:
        self._pulumi = pulumi
        self._yes = yes
        self._dry_run = dry_run
        self._cancel_lock = cancel_lock

    def run(self, adopted: dict[str, str], *, update: bool) -> bool:
        """Whether the stack is unchanged in the end."""
        self._mend()
        was = recovery.read_state(self._pulumi.export())
        locks = self._pulumi.locks()
        click.echo(f"{self._pulumi.stack}: {counted(len(was.resources), 'resource')} in its state.")
        for lock in locks:
            click.echo(f"  locked by {lock}")
        for each in was.pending:
            click.echo(f"  begun, and never noted as done: {each}")
        if locks:
            self._unlock(locks)
        if was.pending:
            self._clear()
        preview, taken = self._look(was, adopted)
        if not preview.changes and not taken:
            self._say_what_to_look_for(was, preview)
            click.echo(f"{self._pulumi.stack} is unchanged: a preview shows nothing to do.")
            return not (self._dry_run and (locks or was.pending))
        return self._update(preview, was, update=update)

    # The state's own files

    def _mend(self) -> None:
        torn = self._pulumi.torn()
        if torn is None:
            return
        click.echo(f"{self._pulumi.stack}: an engine was killed while it wrote the state.")
        if not self._agreed(str(torn)):
            raise _Declined("the state cannot be read as it is.")
        torn.mend()
        click.echo("  Done: the state can be read.")

    # The lock

    def _unlock(self, locks: Iterable[Lock]) -> None:
        for lock in locks:
            if lock.running:
                raise _Declined(
                    f"an update is at work: {lock}. Wait for it to end, or end it with Ctrl-C "
                    "where it runs, then run this again."
                )
        unseen = any(not lock.here for lock in locks)
        self._cancel(unseen=unseen)

    def _cancel(self, *, unseen: bool) -> None:
        if unseen and self._yes and not self._cancel_lock and not self._dry_run:
            raise _Declined(
                "the lock's holder cannot be seen from here. Make sure that no update of "
                f"{self._pulumi.stack} is running, then add --cancel-lock."
            )
        warning = " Make sure first that its holder has ended." if unseen else ""
        if self._agreed(f"Remove the lock: {self._pulumi.shown('cancel')}.{warning}"):
            self._told(self._pulumi.run("cancel", "--yes"), "the lock is removed")

    # What was begun

    def _clear(self) -> None:
        words = ("refresh", "--clear-pending-creates")
        if self._agreed(
            "Read every resource from the cloud and clear what was begun: "
            f"{self._pulumi.shown(*words)}. It changes the state only."
        ):
            answer = self._change(*words, "--skip-preview", "--yes")
            self._told(answer, "the state is what the cloud has, and nothing is pending in it")

    # What the cloud has and the state does not know

    def _look(self, was: State, adopted: dict[str, str]) -> tuple[Preview, bool]:
        """What is left to do, and whether anything was taken into the state.

        Without anybody to read it, the second preview is not worth its time: the planned
        resources that are there now are taken out of the first.
        """
        preview = self._preview()
        state = recovery.read_state(self._pulumi.export())
        names = self._adopt_named(preview, adopted)
        names |= self._adopt_sure(state, was, preview)
        names |= self._adopt_strays(state, preview)
        if not names or self._yes:
            return preview.without(names), bool(names)
        click.echo("  What is left to do:")
        return self._preview(), False

    def _preview(self) -> Preview:
        answer = self._pulumi.run("preview", "--json", "--refresh")
        if answer.status != 0:
            raise PulumiError(
                f"a preview does not work, so what is left to do is not known:\n{answer.errors}\n"
                "Mend that, then run this again."
            )
        return recovery.read_preview(json.loads(answer.stdout))

    def _adopt_named(self, preview: Preview, adopted: dict[str, str]) -> set[str]:
        planned = {each.name: each for each in preview.creates}
        for name, id_ in adopted.items():
            if name not in planned:
                names = ", ".join(sorted(planned)) or "nothing"
                raise click.UsageError(
                    f'--adopt {name}={id_}: the update makes no "{name}"; it makes {names}.'
                )
        chosen = [recovery.adoption(planned[name], id_) for name, id_ in adopted.items()]
        if not chosen or not self._agreed(f"Take {_listed(chosen)} into the state."):
            return set()
        self._told(self._import(chosen), f"in the state: {_listed(chosen)}")
        return set(adopted)

    def _adopt_sure(self, state: State, was: State, preview: Preview) -> set[str]:
        names: set[str] = set()
        for each in recovery.sure_adoptions(state, was, preview):
            if not self._agreed(f"If the cloud has {each.id}, take it into the state."):
                continue
            answer = self._import([each])
            if answer.status == 0:
                names.add(each.name)
                click.echo(f"  Done: in the state as {each.name}.")
            elif "does not exist" in answer.stdout + answer.stderr:
                click.echo("  It is not there: the update makes it.")
            else:
                self._told(answer, "")
        return names

    def _adopt_strays(self, state: State, preview: Preview) -> set[str]:
        strays = recovery.strays(state, [*preview.owners, *self._probed(state, preview)])
        for stray in strays:
            click.echo(f"  in the cloud, and not in the state: {stray}")
        left = recovery.provisional(state)
        if not strays and not left:
            return set()
        many = len(strays) + len(left)
        if not self._agreed(
            f"Take {counted(many, 'such rule')} into the state if the update would make "
            f"{'it' if many == 1 else 'them'}. It changes the state only."
        ):
            return set()
        if strays:
            self._told(self._import([stray.adoption for stray in strays]), "read from the cloud")
        return self._settle(preview)

    def _probed(self, state: State, preview: Preview) -> list[recovery.Resource]:
        """Who owns the rules of groups without an owner, read into the state for a moment."""
        groups = recovery.unlisted_groups(state, preview)
        if not groups or not self._agreed(
            f"List the rules that the cloud has in {', '.join(group.name for group in groups)}. "
            "It changes the state only."
        ):
            return []
        probes = [
            recovery.Adoption(
                f"{recovery.PROVISIONAL}{group.id}",
                recovery.EXCLUSIVE,
                group.id,
                group.parent,
                group.provider,
            )
            for group in groups
        ]
        self._told(self._import(probes), "listed")
        found = [
            each
            for each in recovery.read_state(self._pulumi.export()).of_type(recovery.EXCLUSIVE)
            if each.name.startswith(recovery.PROVISIONAL)
        ]
        for each in found:
            self._forget(each)
        return found

    def _settle(self, preview: Preview) -> set[str]:
        """Give each rule that was read its planned name, or take it out of the state again."""
        names: set[str] = set()
        state = recovery.read_state(self._pulumi.export())
        owned = {
            each.inputs.get("securityGroupId")
            for each in (*state.of_type(recovery.EXCLUSIVE), *preview.creates)
            if each.type == recovery.EXCLUSIVE
        }
        for each in recovery.provisional(state):
            planned = recovery.matched(each, preview.creates)
            if planned is not None:
                answer = self._change("state", "rename", each.urn, planned.name, "--yes")
                self._told(answer, f"{each.id} is {planned.name}")
                names.add(planned.name)
                continue
            self._forget(each)
            fate = "the update revokes it, since the group is this stack's alone"
            if each.outputs.get("securityGroupId") not in owned:
                fate = "it is left alone, since the group is not this stack's alone"
            click.echo(f"  {each.id} is no rule of this stack's: {fate}.")
        return names

    def _forget(self, resource: recovery.Resource) -> None:
        answer = self._change("state", "delete", resource.urn, "--yes", "--force")
        if answer.status != 0:
            raise PulumiError(f"{resource.name} cannot leave the state:\n{answer.errors}")

    def _import(self, adoptions: Iterable[Adoption]) -> Answer:
        with tempfile.TemporaryDirectory(prefix="segfw-") as folder:
            file = Path(folder) / "import.json"
            file.write_text(json.dumps(recovery.import_file(adoptions)), "utf-8")
            return self._change(
                "import",
                "--file",
                str(file),
                "--yes",
                "--skip-preview",
                "--generate-code=false",
                "--protect=false",
            )

    # The rest of the update

    def _update(self, preview: Preview, was: State, *, update: bool) -> bool:
        for op, names in preview.changes.items():
            click.echo(f"  to {op}: {', '.join(names)}")
        self._say_what_to_look_for(was, preview)
        command = self._pulumi.shown("up")
        if not update:
            click.echo(f"Next: {command}")
            return False
        if not self._agreed(f"Finish the update: {command}."):
            click.echo(f"Next: {command}")
            return False
        answer = self._change("up", "--yes", "--skip-preview")
        self._told(answer, "the update is finished")
        left = self._preview()
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

    # How a step is made

    def _agreed(self, step: str) -> bool:
        """Whether to make *step*, which is said first."""
        if self._dry_run:
            click.echo(f"Would do: {step}")
            return False
        if self._yes:
            click.echo(step)
            return True
        try:
            return click.confirm(step, default=False)
        except click.Abort:
            click.echo("")
            raise _Declined("there is nobody to ask; add --yes, or run it on a terminal.") from None

    def _change(self, *words: str) -> Answer:
        """Run a command that changes something; a lock that is met is seen to first."""
        answer = self._pulumi.run(*words)
        if not answer.locked:
            return answer
        click.echo(f"  The stack is locked:\n{answer.errors}")
        self._cancel(unseen=True)
        return self._pulumi.run(*words)

    def _told(self, answer: Answer, done: str) -> None:
        """Say that a step worked.

        Raises:
            PulumiError: it did not.
        """
        if answer.status != 0:
            raise PulumiError(
                f"that did not work:\n{answer.errors}\n"
                "What was done so far stands. Mend that, then run this again."
            )
        click.echo(f"  Done: {done}.")


def _listed(adoptions: Iterable[Adoption]) -> str:
    return ", ".join(f"{each.id} as {each.name}" for each in adoptions)
