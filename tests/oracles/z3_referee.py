"""A second, unlike opinion: bit-vector formulas and a solver, with a packet where they differ.

Good for up to about a thousand rules; most of the time goes into building the terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from tests.oracles.cells import OTHER_ICMP
from tests.oracles.packets import ICMP, ICMPV6, LAST_VALUE, TCP, UDP, Match, Packet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.oracles.enforcement import Side

BITS = {4: 32, 6: 128}
WITH_VALUES = (ICMP, TCP, UDP, ICMPV6)


class Referee:
    """The variables of one packet of one family, and the formulas over them."""

    def __init__(self, family: int, reference: str | None = None) -> None:
        self.family = family
        self.reference = reference
        self.protocol = z3.BitVec("protocol", 8)
        self.value = z3.BitVec("value", 16)
        self.remote = z3.BitVec("remote", BITS[family])

    def of(self, match: Match) -> Any:
        """The packets that *match* matches."""
        far = [
            r for r in match.remotes if match._replace(remotes=(r,)).matches_remote(*self._any())
        ]
        ends = z3.BoolVal(bool(far)) if self.reference else self._spans(match)
        return z3.And(ends, z3.Or([self._service(*one) for one in match.services]))

    def _any(self) -> tuple[int, str]:
        return self.family, self.reference or "no reference"

    def _spans(self, match: Match) -> Any:
        found = []
        for one in match.remotes:
            if one == "*":
                return z3.BoolVal(val=True)
            if not isinstance(one, str) and one[0] == self.family:
                found.append(self._between(self.remote, one[1], one[2]))
        return z3.Or(found) if found else z3.BoolVal(val=False)

    def _service(self, protocol: int | None, first: int, last: int) -> Any:
        if protocol is None:
            return z3.BoolVal(val=True)
        return z3.And(self.protocol == protocol, self._between(self.value, first, last))

    @staticmethod
    def _between(variable: Any, first: int, last: int) -> Any:
        return z3.And(z3.ULE(first, variable), z3.ULE(variable, last))

    def any_of(self, matches: Iterable[Match]) -> Any:
        """The packets that some match matches."""
        return z3.Or([self.of(match) for match in matches])

    def first_of(self, rules: list[Match]) -> Any:
        """The packets that ordered rules let through."""
        decided = z3.BoolVal(val=False)
        for rule in reversed(rules):
            decided = z3.If(self.of(rule), z3.BoolVal(rule.allow), decided)
        return decided

    def well_formed(self) -> Any:
        """Only four protocols have ports or types."""
        plain = z3.And([self.protocol != number for number in WITH_VALUES])
        sane = z3.Implies(plain, self.value == 0)
        if self.reference:  # its members send no ICMP of the other family
            sane = z3.And(sane, self.protocol != OTHER_ICMP[self.family])
        return sane


def counterexample(side: Side) -> Packet | None:
    """A packet for which allowed is not meant plus declared; None where there is none."""
    references = sorted(
        {
            one
            for match in (*side.allowed.matches, *side.meant.matches)
            for one in match.remotes
            if isinstance(one, str) and one != "*" and one not in side.absent
        }
    )
    for reference in (None, *references):
        found = _differs(side, Referee(side.family, reference))
        if found is not None:
            return found
    return None


def _differs(side: Side, referee: Referee) -> Packet | None:
    allowed = referee.first_of(side.allowed.matches)
    guarded = z3.Or([referee.value == port for port in sorted(side.meant.guarded)])
    replies = z3.And(
        referee.any_of(side.meant.replies), z3.Not(z3.And(referee.protocol == TCP, guarded))
    )
    meant = z3.Or(referee.any_of(side.meant.requests), replies)
    declared = referee.any_of(side.declared.matches)
    everything = ((None, 0, LAST_VALUE),)
    unseen = z3.Or([referee.of(Match(everything, (one,))) for one in side.unseen])
    solver = z3.SolverFor("QF_BV")
    solver.add(
        referee.well_formed(),
        z3.BoolVal(val=True) if referee.reference else z3.Not(unseen),
        z3.Or(z3.And(meant, z3.Not(allowed)), z3.And(allowed, z3.Not(meant)) != declared),
    )
    if solver.check() != z3.sat:
        return None
    model: Any = solver.model()
    number = {
        variable: model.eval(variable, model_completion=True).as_long()
        for variable in (referee.protocol, referee.value, referee.remote)
    }
    remote = referee.reference or number[referee.remote]
    return Packet(referee.family, remote, number[referee.protocol], number[referee.value])
