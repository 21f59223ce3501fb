"""The report as one record: words and numbers, free of how they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.problems import Remark
    from segfw.review.checklist import ToDo
    from segfw.review.report.answers import (
        Bound,
        CustomRow,
        FindingRow,
        HostRow,
        ListRow,
        Number,
        OpeningRow,
        Question,
        Unknown,
        WaiverRow,
        Worry,
    )
    from segfw.review.report.traffic import (
        Beyond,
        Edge,
        Gauge,
        InterfaceView,
        MatrixRow,
        PointView,
        Reached,
    )

    Dates = Mapping[tuple[str, int], str]
    """Since when a line of a file stands there, by file and line; no entry: not known."""


class Report(NamedTuple):
    """Everything about one stack."""

    stack: str
    cloud: str
    region: str
    environment: str
    release: str
    cisco_region: str
    edition: str
    digest: str
    today: str
    commit: str
    """What of git is known: empty where nothing is."""
    counts: tuple[tuple[str, int], ...]
    worries: tuple[Worry, ...]
    """What a reader has to know before the answers."""
    questions: tuple[Question, ...]
    reaches: tuple[Reached, ...]
    interfaces: tuple[InterfaceView, ...]
    edges: tuple[Edge, ...]
    openings: tuple[OpeningRow, ...]
    matrix: tuple[MatrixRow, ...]
    beyond: tuple[Beyond, ...]
    points: tuple[PointView, ...]
    gauges: tuple[Gauge, ...]
    widenings: tuple[str, ...]
    redundancies: tuple[str, ...]
    remarks: tuple[Remark, ...]
    findings: tuple[FindingRow, ...]
    waivers: tuple[WaiverRow, ...]
    customs: tuple[CustomRow, ...]
    checklist: tuple[ToDo, ...]
    lists: tuple[ListRow, ...]
    hosts: tuple[HostRow, ...]
    jurisdiction: str
    numbers: tuple[Number, ...]
    bounds: tuple[Bound, ...]
    unknowns: tuple[Unknown, ...]
    blocks: tuple[str, ...]
    proof: str

    @property
    def uncertain(self) -> tuple[Edge, ...]:
        """What may be open to the internet: only the cloud knows the far end's addresses."""
        external = {one.name for one in self.interfaces if one.external}
        return tuple(
            one
            for one in self.edges
            if one.inward and one.interface in external and one.public is None
        )

    @property
    def violations(self) -> tuple[FindingRow, ...]:
        """What the guardrails refuse and nobody accepted."""
        return tuple(one for one in self.findings if one.verdict == "violated")

    @property
    def warnings(self) -> int:
        """How many of the plan's remarks are warnings."""
        return sum(1 for one in self.remarks if one.severity is Severity.WARNING)

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature that opens something, in order."""
        return tuple(sorted({name for edge in self.edges for name in edge.features}))
