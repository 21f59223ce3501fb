"""How `segfw recover` makes a step: said or asked first, and never under an update at work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from segfw.cli.pulumi import PulumiError

if TYPE_CHECKING:
    from segfw.cli.backend import Lock
    from segfw.cli.pulumi import Answer, Pulumi


class Declined(Exception):
    """A step was not made, and what comes after needs it."""


class Steps:
    """The steps of one run over one stack, and the locks that it met."""

    def __init__(self, pulumi: Pulumi, *, yes: bool, dry_run: bool, cancel_lock: bool) -> None:
        """Look at the locks, before anything else is."""
        self.pulumi = pulumi
        self.yes = yes
        self.dry_run = dry_run
        self._cancel_lock = cancel_lock
        self._began = datetime.now(UTC).replace(microsecond=0)
        self.locks = pulumi.locks()

    def agreed(self, step: str) -> bool:
        """Whether to make *step*, which is said first."""
        if self.dry_run:
            click.echo(f"Would do: {step}")
            return False
        if self.yes:
            click.echo(step)
            return True
        try:
            return click.confirm(step, default=False)
        except click.Abort:
            click.echo("")
            raise Declined("there is nobody to ask; add --yes, or run it on a terminal.") from None

    def told(self, answer: Answer, done: str) -> None:
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

    def change(self, *words: str) -> Answer:
        """Run a command that changes something; a lock that is met is seen to first."""
        answer = self.pulumi.run(*words)
        if not answer.locked:
            return answer
        click.echo(f"  The stack is locked:\n{answer.errors}")
        if self.may_unlock(self.pulumi.locks() or answer.locks):
            self.unlock()
        return self.pulumi.run(*words)

    def may_unlock(self, locks: tuple[Lock, ...]) -> bool:
        """Whether *locks*, which were read last, are to be removed.

        Raises:
            Declined: one of them may be an update at work.
        """
        self._no_update(locks)
        unseen = any(not lock.here for lock in locks)
        if unseen and self.yes and not self._cancel_lock and not self.dry_run:
            raise Declined(
                "the lock's holder cannot be seen from here. Make sure that no update of "
                f"{self.pulumi.stack} is running, then add --cancel-lock."
            )
        warning = " Make sure first that its holder has ended." if unseen else ""
        return self.agreed(f"Remove the lock: {self.pulumi.shown('cancel')}.{warning}")

    def unlock(self) -> None:
        """Remove the locks, which are looked at once more.

        Raises:
            Declined: one of them may be an update at work.
        """
        self._no_update(self.pulumi.locks())
        self.told(self.pulumi.run("cancel", "--yes"), "the lock is removed")

    def _no_update(self, locks: tuple[Lock, ...]) -> None:
        """None of *locks* is an update that runs, or that may: one begun since this run was."""
        for lock in locks:
            new = self._is_new(lock) and not lock.here
            if lock.running or new:
                raise Declined(
                    f"an update {'was begun meanwhile' if new else 'is at work'}: {lock}. Wait for "
                    "it to end, or end it with Ctrl-C where it runs, then run this again."
                )

    def _is_new(self, lock: Lock) -> bool:
        """Whether it was not there at first; of other backends, only its time can tell."""
        if self.pulumi.folder is not None:
            return lock not in self.locks
        return lock.since is not None and lock.since >= self._began

    def mend(self, freed: tuple[Lock, ...]) -> None:
        """Put a state that was cut off in the writing back, if that is the answer.

        The locks *freed* are to be removed, and may be there still: `pulumi cancel` may need
        a state that can be read.

        Raises:
            Declined: it cannot be read as it is, or an update may just be writing it.
            PulumiError: the file cannot be replaced.
        """
        torn = self.pulumi.torn()
        if torn is None:
            return
        click.echo(f"{self.pulumi.stack}: an engine was killed while it wrote the state.")
        if not self.agreed(str(torn)):
            raise Declined("the state cannot be read as it is.")
        for lock in self.pulumi.locks():
            if lock.running or not (lock.here or lock in freed):
                raise Declined(f"an update may just be writing the state: {lock}.")
        if self.pulumi.torn() != torn:
            raise Declined("somebody else has written the state meanwhile; run this again.")
        try:
            torn.mend()
        except OSError as error:
            raise PulumiError(f"{torn.file} cannot be replaced: {error.strerror}.") from None
        click.echo("  Done: the state can be read.")
