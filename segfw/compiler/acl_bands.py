"""The three bands of a network ACL, in the order in which its entries are looked at (design D6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.compiler.fit import merged
from segfw.rule import union_of
from segfw.sets.ports import PortSet

if TYPE_CHECKING:
    from segfw.rule import Rule
    from segfw.sets.addresses import Family
    from segfw.sets.headerspace import HeaderSpace


class Bands(NamedTuple):
    """Entries by where they stand; covers never cross from one band to another."""

    first: list[Rule]
    """Named allows on guarded ports."""
    guards: list[Rule]
    """Denies of every guarded port that the wide ranges behind them would open."""
    rest: list[Rule]
    """Everything else, the wide reply ranges among it."""

    def in_order(self) -> list[Rule]:
        """Every entry, as the cloud goes through them."""
        return [*self.first, *self.guards, *self.rest]

    def guarded(self) -> PortSet:
        """The ports that the guards deny."""
        return PortSet.of(ports for guard in self.guards for ports in guard.ports)

    def space(self, family: Family) -> HeaderSpace:
        """What the entries let through in one family, the first that matches deciding."""
        behind = union_of(self.rest, family) - union_of(self.guards, family)
        return union_of(self.first, family) | behind

    def merged(self) -> Bands:
        """The fewest entries with the same meaning."""
        return Bands(merged(self.first), self.guards, merged(self.rest, self.guarded()))
