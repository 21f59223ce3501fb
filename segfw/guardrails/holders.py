"""What holds rules, and what stands before an interface: what they let through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.guardrails.reading.nsgs import LOAD_BALANCER, NETWORK
from segfw.guardrails.reading.seen import (
    EVERY_SERVICE,
    Seen,
    Spaces,
    atom,
    public,
    spaces,
    together,
)
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.guardrails.view import Gateway
    from segfw.inventory import Resource

AZURE_DEFAULTS_FROM = 65000
"""The priority of Azure's first default rule; no rule of anybody's comes after it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Holder:
    """A security group, network ACL or NSG with every rule that the stack has for it."""

    urn: str
    """``id:...`` where the stack has its rules and not the holder itself."""
    kind: str
    """``security group``, ``network ACL``, ``NSG``."""
    name: str
    resource: Resource | None
    interface: str | None
    """Of the gateway's interfaces, the one it is for; None for what others made."""
    rules: tuple[Seen, ...]
    gateway: Gateway | None = None
    """What the firewall recorded that it is part of; None for what others made."""

    @property
    def label(self) -> str:
        """``security group "management"``."""
        return f'{self.kind} "{self.name}"'

    @property
    def own_rules(self) -> tuple[Seen, ...]:
        """Its rules without those that the cloud has by itself."""
        return tuple(rule for rule in self.rules if not rule.built_in)

    @cached_property
    def own(self) -> Holder:
        """The holder without the rules that the cloud has by itself."""
        return replace(self, rules=self.own_rules)

    def allowed(self, direction: Direction, family: Family, *, surely: bool) -> HeaderSpace:
        """What it surely lets through, or what it may let through for all that is known."""
        return self._allowed[direction, family, surely]

    @cached_property
    def _allowed(self) -> dict[tuple[Direction, Family, bool], HeaderSpace]:
        return {
            (direction, family, surely): self._worked_out(direction, family, surely=surely)
            for direction in Direction
            for family in Family
            for surely in (True, False)
        }

    def _worked_out(self, direction: Direction, family: Family, *, surely: bool) -> HeaderSpace:
        """From the last rule tried to the first, each over what those after it leave."""
        found = HeaderSpace(family)
        for allows, matched in reversed(self._tried(direction, surely=surely)):
            space = matched.get(family)
            if space is not None:
                found = found | space if allows else found - space
        return found

    def _tried(self, direction: Direction, *, surely: bool) -> list[tuple[bool, Spaces]]:
        """What the rules say in their order; where a turn is open, for the worse.

        What is surely let through is so whatever the turn of the rule that does it: such a
        rule is tried last, and one that denies first. For what may be let through it is the
        other way round.
        """

        def turn(rule: Seen) -> tuple[float, bool]:
            helps = rule.says(surely=surely)[0] is surely
            if rule.number is None:
                return (inf if helps else -inf), helps
            return rule.number, helps

        here = sorted((rule for rule in self.rules if rule.direction is direction), key=turn)
        if here and all(rule.allows and rule.number == 0 for rule in here):
            return [(True, _joined(rule.says(surely=surely)[1] for rule in here))]
        return [rule.says(surely=surely) for rule in here]


def _joined(spaces: Iterable[Spaces]) -> Spaces:
    """The union of spaces, in one sweep."""
    held = list(spaces)
    return {
        family: HeaderSpace.union(
            family, (box for one in held if family in one for box in one[family].boxes())
        )
        for family in Family
    }


class Front(NamedTuple):
    """What stands before one interface at one kind of enforcement point: one holder or several."""

    label: str
    kind: str
    interface: str | None
    external: bool | None
    """An address of the interface can be reached from the internet; None: not known."""
    holders: tuple[Holder, ...]
    gateway: Gateway | None = None
    """What the firewall recorded whose interface it is."""

    @property
    def urn(self) -> str:
        """The first holder's."""
        return self.holders[0].urn

    def allowed(self, direction: Direction, family: Family, *, surely: bool) -> HeaderSpace:
        """What any of the holders lets through."""
        found = HeaderSpace(family)
        for holder in self.holders:
            found |= holder.allowed(direction, family, surely=surely)
        return found


def azure_defaults(holder: Holder) -> Iterator[Seen]:
    """Azure's default rules (Azure, "Network security groups"): tried after a holder's own.

    None for an NSG whose own rules are not known here: nobody can say what those leave.
    """
    if holder.resource is None or holder.resource.external:
        return
    internet = {family: public(family) for family in Family}
    for direction, ends in (
        (Direction.INGRESS, together((atom(NETWORK), atom(LOAD_BALANCER)))),
        (Direction.EGRESS, together((atom(NETWORK), internet))),
    ):
        matched = spaces(EVERY_SERVICE, ends)
        yield Seen(
            resource=holder.resource,
            where="",
            name="a default rule of Azure",
            direction=direction,
            allows=True,
            number=AZURE_DEFAULTS_FROM,
            least=matched,
            most=matched,
            description=None,
            undecided=(),
            faults=(),
            built_in=True,
        )
