"""`stock-checks.md`: checks of others, which of them a gateway trips by design, and our answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.cli.reference.markdown import anchor, code, table, text_of, title
from segfw.guardrails.pack import GUARDRAILS
from segfw.waivers.stock import STOCK, Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.waivers.stock import StockCheck, Trips

GENERATED = {
    Tool.CHECKOV: "`--scanner checkov` and `checkov-baseline`",
    Tool.TRIVY: "`--scanner trivy`",
    Tool.PROWLER: "`--scanner prowler`",
    Tool.AWS_CONFIG: "`--scanner aws-config`, where it takes the parameter",
}
"""How a waiver reaches the tool."""
BY_HAND = "by hand, in the tool's own suppressions"


def page() -> str:
    """The page."""
    lines = title(
        "Stock checks",
        "Checks of scanners and benchmarks that look at security groups, network ACLs and NSGs.",
        "A gateway that is as it should be trips some of them, by design: those come first, with "
        "the reason, and a [waiver](../waivers.md) answers each.",
        "A finding of any other is to be mended; the last columns say which "
        "[guardrail](guardrails.md) of ours looks at the same thing.",
    )
    lines += ["## Tripped by design", ""]
    lines += table(
        ("Check", "Tool", "Looks at", "Why a gateway trips it", "A waiver names", "Handed on"),
        (
            (
                code(one.id),
                one.tool.value,
                one.looks_at,
                one.trips.why,
                _named(one.trips),
                GENERATED.get(one.tool, BY_HAND),
            )
            for one in STOCK.values()
            if one.trips is not None
        ),
    )
    for tool in Tool:
        lines += [f"## {tool.value}", ""]
        lines += table(
            ("Check", "Looks at", "By design", "Guardrails"),
            (
                (code(one.id), one.looks_at, "trips" if one.trips else "passes", _answers(one))
                for one in STOCK.values()
                if one.tool is tool
            ),
        )
    return text_of(lines)


def _named(trips: Trips) -> str:
    """What an entry of the register names to cover the finding."""
    points = " or ".join(point.label for point in trips.points)
    if trips.direction is None:
        return f"the {points}"
    return f"the {points}, or a feature that opens it"


def _answers(one: StockCheck) -> str:
    return ", ".join(f"[`{id_}`](guardrails.md#{anchor(id_)})" for id_ in _guardrails(one.id))


def _guardrails(check: str) -> Iterator[str]:
    return (one.id for one in GUARDRAILS if check in one.answers)
