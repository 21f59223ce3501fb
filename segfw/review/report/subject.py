"""What a report is about: a plan with the day, and since when its config lines stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segfw.catalog.model import Exposure
from segfw.resolve import INTERNET
from segfw.review.exposure import Reach, firewall_point, ports_words, reach_of
from segfw.review.report.traffic import Line, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.flow import Flow, Point
    from segfw.plan import Plan
    from segfw.review.report.model import Dates
    from segfw.settings.types import Interface, Settings

NAMED = "named"
"""The reach of what a named peer may do that administers nothing."""
REACHES = (
    Reached(
        Reach.FROM_INTERNET.value,
        "from the internet",
        "public addresses are admitted where the internet reaches the interface",
    ),
    Reached(
        Reach.FROM_ANYWHERE.value,
        "from anyone inside",
        "any address is admitted where the internet does not reach the interface",
    ),
    Reached(Reach.MANAGEMENT.value, "management", "named networks administer the gateway"),
    Reached(Reach.TO_ANYWHERE.value, "to any address", "the gateway may call any address"),
    Reached(NAMED, "named peers", "everything else: named networks and hosts"),
)
"""Who may reach whom, the widest first."""
ORDER = {one.id: index for index, one in enumerate(REACHES)}
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Subject:
    """A plan with its catalog, the day, and the dates of config lines."""

    plan: Plan
    catalog: Catalog
    today: date
    dates: Dates

    @property
    def settings(self) -> Settings:
        """What the stack wants."""
        return self.plan.settings

    @cached_property
    def interfaces(self) -> tuple[tuple[str, Interface], ...]:
        """Those that the internet reaches first, then as the stack names them."""
        held = self.settings.interfaces.items()
        return tuple(sorted(held, key=lambda one: not one[1].external))

    @cached_property
    def point(self) -> Point | None:
        """What admits traffic to an interface; None without interfaces."""
        return firewall_point(self.plan)

    @cached_property
    def opened(self) -> tuple[Flow, ...]:
        """The flows that security groups or NSGs admit, in the plan's order."""
        return tuple(
            flow for flow in self.plan.flows if flow.families and self.point in flow.points
        )

    def reach(self, flow: Flow) -> str:
        """The id of a `Reached`."""
        external = self.settings.interfaces[flow.interface].external
        found = reach_of(flow, self.catalog, external=external)
        return found.value if found is not None else NAMED

    def lines(self, flows: Iterable[Flow]) -> tuple[Line, ...]:
        """The config lines behind *flows*, each once."""
        origins = dict.fromkeys(origin for flow in flows for origin in flow.origins)
        return tuple(self.line(one.path, one.file, one.line) for one in origins)

    def line(self, path: str, file: str, line: int) -> Line:
        """One line of config, with since when it stands there."""
        place = f"{file}:{line}" if line else file
        return Line(path, place, self.dates.get((file, line)))

    def line_of(self, path: str) -> Line:
        """The line on which *path* stands, or its nearest enclosing value."""
        place = self.settings.place(path)
        return self.line(path, place.file, place.line)


def widest(reaches: Iterable[str]) -> str:
    """The reach that a reviewer looks at first; `NAMED` for none."""
    return min(reaches, key=ORDER.__getitem__, default=NAMED)


def is_expected(flow: Flow) -> bool:
    """The firewall table means the service for the internet, and no host stands for any address."""
    in_place_of_a_host = flow.peer.internet and flow.peer.name != INTERNET
    return flow.exposure is Exposure.INTERNET and not in_place_of_a_host


def feature_name(flow: Flow) -> str:
    """The feature, or ``custom NAME``: what a filter and a reader call it."""
    return f"custom {flow.custom}" if flow.custom else flow.feature


def service_words(flow: Flow) -> str:
    """``tcp 22``, ``icmp type 3 code 4``."""
    return f"{flow.traffic.protocol.value} {ports_words(flow.traffic.ports, flow.traffic.icmp)}"


def anchor(*parts: str) -> str:
    """An id for a place in a page: letters, digits, dots and dashes only."""
    return NOT_IN_AN_ID.sub("_", "-".join(parts))
