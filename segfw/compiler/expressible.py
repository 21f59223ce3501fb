"""What an enforcement point cannot say: peers that are only a reference (design D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.flow import Point
from segfw.problems import Problem, ProblemsFound
from segfw.resolve import SELF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.flow import Flow
    from segfw.settings.types import Settings


def refuse_inexpressible(settings: Settings, flows: Iterable[Flow]) -> None:
    """Raise a problem for each peer that a network ACL would have to name by a reference.

    Raises:
        ProblemsFound: an interface with a network ACL has such a peer.
    """
    problems = {
        problem
        for flow in flows
        if settings.interfaces[flow.interface].network_acl is not None
        and Point.NETWORK_ACL in flow.points
        and not flow.peer.prefixes
        for problem in [_problem(settings, flow)]
    }
    if problems:
        raise ProblemsFound(list(problems))


def _problem(settings: Settings, flow: Flow) -> Problem:
    if flow.peer.name == SELF:
        path = f"features.{flow.feature}"
        way_out = (
            f"write {path}: {{peer: networks}}, or leave out interfaces.{flow.interface}.networkAcl"
        )
    else:
        path = f"networks.{flow.peer.name}"
        way_out = "give it prefixes besides"
    message = (
        f'the network ACL of "{flow.interface}" cannot name the members of "{flow.peer.name}", '
        f"which {flow.feature} needs: a network ACL knows prefixes only; {way_out}."
    )
    return Problem(settings.place(path), path, message)
