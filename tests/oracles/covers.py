"""The best covers there are, by trying everything: ports x addresses as the bits of a number.

Shares nothing with the compiler. A *board* has a few ports and 2**bits addresses; the
packet of port p and address a is bit p * 2**bits + a.
"""

from __future__ import annotations

from typing import NamedTuple


class Board(NamedTuple):
    """How many ports, and how many address bits."""

    ports: int
    bits: int

    def boxes(self) -> list[int]:
        """Every port range x aligned block of addresses."""
        found = []
        for first in range(self.ports):
            for last in range(first, self.ports):
                for length in range(self.bits + 1):
                    size = 1 << (self.bits - length)
                    found.extend(
                        sum(
                            ((1 << size) - 1) << (port << self.bits) + start
                            for port in range(first, last + 1)
                        )
                        for start in range(0, 1 << self.bits, size)
                    )
        return found

    def fewest(self, wanted: int) -> int:
        """The least number of boxes whose union is *wanted*."""
        inside = [box for box in self.boxes() if not box & ~wanted]
        count, reached = 0, {0}
        while wanted not in reached:
            reached = {
                covered | box
                for covered in reached
                for box in inside
                if box & (wanted & ~covered) & -(wanted & ~covered)
            }
            count += 1
        return count

    def least_added(self, wanted: int, budget: int, forbidden: int) -> int | None:
        """The fewest packets that *budget* boxes holding *wanted* add; None: there are none."""
        usable = [box for box in self.boxes() if not box & forbidden & ~wanted]
        best: int | None = None
        waiting = [(0, 0)]
        while waiting:
            covered, used = waiting.pop()
            added = (covered & ~wanted).bit_count()
            if best is not None and added >= best:
                continue
            rest = wanted & ~covered
            if not rest:
                best = added
            elif used < budget:
                lowest = rest & -rest
                waiting.extend((covered | box, used + 1) for box in usable if box & lowest)
        return best
