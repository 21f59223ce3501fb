"""A stack's proof, comparison by comparison: what was compared, how much, and with what result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import Direction
from segfw.proof import counterexample
from segfw.review.sections import Item, Section, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segfw.flow import Point
    from segfw.plan import Plan
    from segfw.proof import Proof
    from segfw.sets.addresses import Family
    from segfw.sets.headerspace import HeaderSpace

FORMAT = 1
"""Raised when a key of the JSON form is removed or changes its meaning."""
EXACT = 10**12
"""From here up, a size is rounded for people."""
HEADERS = ("Enforcement point", "Traffic", "Flows", "Rules", "Pairs", "Widening", "Holds", "ms")
"""Of a table that fits 100 columns, whatever the stack is; the JSON form has more."""


class Compared(NamedTuple):
    """One comparison, and how long it took."""

    proof: Proof
    holds: bool
    seconds: float

    @property
    def empty(self) -> bool:
        """No flow means anything, the stack has no rule, and nothing is let through."""
        proof = self.proof
        return not (proof.meanings or self.own_rules or proof.allowed or proof.declared)

    @property
    def own_rules(self) -> int:
        """How many lifted rules are the stack's, not the cloud's own."""
        return sum(1 for rule in self.proof.rules if not rule.default)


class StackProof(NamedTuple):
    """Every comparison of one stack."""

    plan: Plan
    compared: tuple[Compared, ...]
    unreadable: str | None = None
    """Why a resource could not be read back; what was compared before it is kept."""

    @property
    def holds(self) -> bool:
        """Every resource was read, and every comparison holds."""
        return self.unreadable is None and all(one.holds for one in self.compared)

    @property
    def totals(self) -> Totals:
        """The sums over the comparisons."""
        return Totals(
            comparisons=len(self.compared),
            holding=sum(one.holds for one in self.compared),
            rules=sum(one.own_rules for one in self.compared),
            seconds=sum(one.seconds for one in self.compared),
        )


class Totals(NamedTuple):
    """Sums over comparisons."""

    comparisons: int
    holding: int
    rules: int
    """Rules of both families are read, and counted, in each."""
    seconds: float

    def __str__(self) -> str:
        """``16 of 16 comparisons hold; 120 rules read back; 4.2 ms``."""
        return (
            f"{self.holding} of {counted(self.comparisons, 'comparison')} hold; "
            f"{counted(self.rules, 'rule')} read back; {milliseconds(self.seconds)}"
        )


def together(proven: Sequence[StackProof]) -> Totals:
    """The sums over several stacks."""
    each = [one.totals for one in proven]
    return Totals(
        comparisons=sum(one.comparisons for one in each),
        holding=sum(one.holding for one in each),
        rules=sum(one.rules for one in each),
        seconds=sum(one.seconds for one in each),
    )


def milliseconds(seconds: float) -> str:
    """``4.2 ms``."""
    return f"{seconds * 1000:.1f} ms"


def size_text(pairs: int) -> str:
    """A number of pairs, exact while a reader can take it in."""
    return f"{pairs:,}" if pairs < EXACT else f"{pairs:.1e}".replace("e+", "e")


def proof_sections(proven: Sequence[StackProof]) -> Iterator[Section]:
    """A table to a stack, what does not hold above it; totals where there are several."""
    for one in proven:
        verdict = "proven" if one.holds else "not proven"
        items = [
            Item(f"{_where(proof)}: {shown}")
            for proof in (each.proof for each in one.compared if not each.holds)
            if (shown := counterexample(proof)) is not None
        ]
        if one.unreadable is not None:
            items.append(Item(f"a resource cannot be read back: {one.unreadable}."))
        yield Section(
            f"{one.plan.settings.stack}: {verdict}",
            lines=(f"{one.totals}.",),
            items=tuple(items),
            table=Table(HEADERS, tuple(_rows(one.compared))),
        )
    if len(proven) > 1:
        yield Section(f"{counted(len(proven), 'stack')} together", (f"{together(proven)}.",))


def _where(proof: Proof) -> str:
    return f'{proof.point.label} "{proof.interface}", {proof.direction.value} {proof.family.label}'


def _rows(compared: Sequence[Compared]) -> Iterator[tuple[str, ...]]:
    """A row to a comparison; a family that is empty in both directions has one for the two."""
    empty: dict[tuple[Point, str, Family], list[Compared]] = {}
    for one in compared:
        if one.empty:
            empty.setdefault(_family_of(one), []).append(one)
    for one in compared:
        same = empty.get(_family_of(one), []) if one.empty else []
        if len(same) == len(Direction):
            if one is same[0]:
                yield _row(one, one.proof.family.label, sum(each.seconds for each in same))
        else:
            traffic = f"{one.proof.direction.short} {one.proof.family.label}"
            yield _row(one, traffic, one.seconds)


def _family_of(one: Compared) -> tuple[Point, str, Family]:
    return one.proof.point, one.proof.interface, one.proof.family


def _row(one: Compared, traffic: str, seconds: float) -> tuple[str, ...]:
    proof = one.proof
    return (
        f'{proof.point.label} "{proof.interface}"',
        traffic,
        str(len(proof.meanings)),
        str(one.own_rules),
        size_text(proof.meant.size()),
        size_text(proof.declared.size()) if proof.declared else "none",
        "yes" if one.holds else "no",
        f"{seconds * 1000:.1f}",
    )


def proof_document(
    proven: Sequence[StackProof], problems: Mapping[str, list[dict[str, Any]]]
) -> Mapping[str, Any]:
    """The proof of each stack for machines; *problems* are of stacks that have no plan."""
    return {
        "format": FORMAT,
        "stacks": [*map(_stack, proven), *(_broken(*one) for one in problems.items())],
        "totals": _totals(together(proven)),
    }


def _stack(one: StackProof) -> dict[str, Any]:
    return {
        "stack": one.plan.settings.stack,
        "digest": one.plan.digest,
        "proven": one.holds,
        "problems": [],
        "unreadable": one.unreadable,
        "comparisons": [_comparison(each) for each in one.compared],
        "totals": _totals(one.totals),
    }


def _broken(stack: str, problems: list[dict[str, Any]]) -> dict[str, Any]:
    nothing = _totals(together(()))
    return {
        "stack": stack,
        "digest": None,
        "proven": False,
        "problems": problems,
        "unreadable": None,
        "comparisons": [],
        "totals": nothing,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "comparisons": totals.comparisons,
        "holding": totals.holding,
        "rules": totals.rules,
        "milliseconds": _rounded(totals.seconds),
    }


def _rounded(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _comparison(one: Compared) -> dict[str, Any]:
    proof = one.proof
    return {
        "point": proof.point.value,
        "interface": proof.interface,
        "direction": proof.direction.value,
        "family": proof.family.keyword,
        "flows": [str(meaning) for meaning in proof.meanings],
        "rules": one.own_rules,
        "meant": _size(proof.meant),
        "allowed": _size(proof.allowed),
        "declaredWidening": _size(proof.declared),
        "holds": one.holds,
        "counterexample": _counterexample(proof),
        "milliseconds": _rounded(one.seconds),
    }


def _size(space: HeaderSpace) -> dict[str, Any]:
    return {
        "pairs": str(space.size()),
        "slices": len(space.slices),
        "boxes": len(space.boxes()),
    }


def _counterexample(proof: Proof) -> dict[str, Any] | None:
    shown = counterexample(proof)
    if shown is None:
        return None
    return {
        "packet": str(shown.packet),
        "letThrough": shown.let_through,
        "declared": shown.declared,
        "meantBy": [str(meaning) for meaning in shown.meant_by],
        "decidedBy": [str(rule) for rule in shown.decided_by],
        "text": str(shown),
    }
