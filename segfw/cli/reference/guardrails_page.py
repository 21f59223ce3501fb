"""`guardrails.md`: each guardrail, what it asks for and why, and what of others it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.cli.reference.markdown import anchor, code, codes, prose, sentence, table, text_of, title
from segfw.guardrails.levels import PRODUCTION, RELAXED, level
from segfw.guardrails.pack import GUARDRAILS
from segfw.waivers.stock import STOCK

if TYPE_CHECKING:
    from segfw.guardrails.guardrail import Guardrail

STOCK_PAGE = "stock-checks.md"


def page() -> str:
    """The page."""
    lines = title(
        "Guardrails",
        "What `segfw policy` and the policy pack judge, in the order in which a reviewer should "
        "read it.",
        f"A violation is advisory in {codes(RELAXED)}; the table says what it is in "
        f"{code(PRODUCTION)}, and in a program that is not ours.",
        "[Waivers](../waivers.md) accept a violation for a while.",
    )
    lines += table(
        ("Guardrail", "What must hold", "Severity", "In production"),
        (
            (f"[`{one.id}`](#{anchor(one.id)})", one.statement, one.severity.value, _level(one))
            for one in GUARDRAILS
        ),
    )
    for one in GUARDRAILS:
        lines += _section(one)
    return text_of(lines)


def _section(one: Guardrail) -> list[str]:
    rows = [
        ("Severity", f"{one.severity.value}; {_level(one)} in production"),
        ("Where something is not known yet", one.undecided),
        ("Frameworks", ", ".join(one.frameworks)),
        ("Checks of others that it answers", ", ".join(_linked(id_) for id_ in one.answers)),
        ("What to do", one.fix),
    ]
    return [
        f"## {one.id}",
        "",
        sentence(prose(one.statement)),
        sentence(prose(one.why)),
        "",
        *table(("", ""), (row for row in rows if row[1])),
    ]


def _level(one: Guardrail) -> str:
    return level(one, PRODUCTION).value


def _linked(id_: str) -> str:
    tool = f" ({STOCK[id_].tool.value})" if id_ in STOCK else ""
    return f"{code(id_)}{tool}"
