"""What the cloud has and the state does not know: how `segfw recover` takes it in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segfw import recovery
from segfw.cli.pulumi import PulumiError
from segfw.review.sections import counted
from segfw.unfinished import EXCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.cli.pulumi import Answer
    from segfw.cli.steps import Steps
    from segfw.recovery import Adoption
    from segfw.unfinished import Preview, Resource, State


class Adopting:
    """Takes into the state what an update would make and the cloud has already."""

    def __init__(self, steps: Steps) -> None:
        """Make each change as one of *steps*."""
        self._steps = steps
        self._pulumi = steps.pulumi

    def adopt(self, was: State, preview: Preview, named: dict[str, str]) -> set[str]:
        """The names of planned resources that are in the state now.

        *was* is the state before its pending operations were cleared; *named* has the ids that
        somebody looked up.
        """
        state = self._pulumi.state()
        names = self._adopt_named(preview, named)
        names |= self._adopt_sure(state, was, preview)
        return names | self._adopt_strays(state, preview)

    def _adopt_named(self, preview: Preview, adopted: dict[str, str]) -> set[str]:
        planned = {each.name: each for each in preview.creates}
        for name, id_ in adopted.items():
            if name not in planned:
                names = ", ".join(sorted(planned)) or "nothing"
                raise click.UsageError(
                    f'--adopt {name}={id_}: the update makes no "{name}"; it makes {names}.'
                )
        chosen = [recovery.adoption(planned[name], id_) for name, id_ in adopted.items()]
        if not chosen or not self._steps.agreed(f"Take {_listed(chosen)} into the state."):
            return set()
        self._steps.told(self._import(chosen), f"in the state: {_listed(chosen)}")
        return set(adopted)

    def _adopt_sure(self, state: State, was: State, preview: Preview) -> set[str]:
        names: set[str] = set()
        for each in recovery.sure_adoptions(state, was, preview):
            if not self._steps.agreed(f"If the cloud has {each.id}, take it into the state."):
                continue
            answer = self._import([each])
            if answer.status == 0:
                names.add(each.name)
                click.echo(f"  Done: in the state as {each.name}.")
            elif "does not exist" in answer.stdout + answer.stderr:
                click.echo("  It is not there: the update makes it.")
            else:
                self._steps.told(answer, "")
        return names

    def _adopt_strays(self, state: State, preview: Preview) -> set[str]:
        strays = recovery.strays(state, [*preview.owners, *self._probed(state, preview)])
        for stray in strays:
            click.echo(f"  in the cloud, and not in the state: {stray}")
        left = recovery.provisional(state)
        if not strays and not left:
            return set()
        many = len(strays) + len(left)
        if not self._steps.agreed(
            f"Take {counted(many, 'such rule')} into the state if the update would make "
            f"{'it' if many == 1 else 'them'}. It changes the state only."
        ):
            return set()
        if strays:
            self._steps.told(
                self._import([stray.adoption for stray in strays]), "read from the cloud"
            )
        return self._settle(preview)

    def _probed(self, state: State, preview: Preview) -> list[Resource]:
        """Who owns the rules of groups without an owner, read into the state for a moment."""
        groups = recovery.unlisted_groups(state, preview)
        if not groups or not self._steps.agreed(
            f"List the rules that the cloud has in {', '.join(group.name for group in groups)}. "
            "It changes the state only."
        ):
            return []
        probes = [
            recovery.Adoption(
                f"{recovery.PROVISIONAL}{group.id}",
                EXCLUSIVE,
                group.id,
                group.parent,
                group.provider,
            )
            for group in groups
        ]
        self._steps.told(self._import(probes), "listed")
        found = [
            each
            for each in self._pulumi.state().of_type(EXCLUSIVE)
            if each.name.startswith(recovery.PROVISIONAL)
        ]
        for each in found:
            self._forget(each)
        return found

    def _settle(self, preview: Preview) -> set[str]:
        """Give each rule that was read its planned name, or take it out of the state again."""
        names: set[str] = set()
        state = self._pulumi.state()
        owned = {
            each.inputs.get("securityGroupId")
            for each in (*state.of_type(EXCLUSIVE), *preview.creates)
            if each.type == EXCLUSIVE
        }
        for each in recovery.provisional(state):
            planned = recovery.matched(each, preview.creates)
            if planned is not None:
                answer = self._steps.change("state", "rename", each.urn, planned.name, "--yes")
                self._steps.told(answer, f"{each.id} is {planned.name}")
                names.add(planned.name)
                continue
            self._forget(each)
            fate = "the update revokes it, since the group is this stack's alone"
            if each.outputs.get("securityGroupId") not in owned:
                fate = "it is left alone, since the group is not this stack's alone"
            click.echo(f"  {each.id} is no rule of this stack's: {fate}.")
        return names

    def _forget(self, resource: Resource) -> None:
        answer = self._steps.change("state", "delete", resource.urn, "--yes", "--force")
        if answer.status != 0:
            raise PulumiError(f"{resource.name} cannot leave the state:\n{answer.errors}")

    def _import(self, adoptions: Iterable[Adoption]) -> Answer:
        with tempfile.TemporaryDirectory(prefix="segfw-") as folder:
            file = Path(folder) / "import.json"
            file.write_text(json.dumps(recovery.import_file(adoptions)), "utf-8")
            return self._steps.change(
                "import",
                "--file",
                str(file),
                "--yes",
                "--skip-preview",
                "--generate-code=false",
                "--protect=false",
            )


def _listed(adoptions: Iterable[Adoption]) -> str:
    return ", ".join(f"{each.id} as {each.name}" for each in adoptions)
