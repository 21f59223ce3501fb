"""`limits.md`: the numbers of `segfw/limits.py` with their sources, read from its text."""

from __future__ import annotations

from segfw import limits
from segfw.cli.limits import groups
from segfw.cli.reference.markdown import code, table, text_of, title


def page() -> str:
    """The page."""
    lines = title(
        "Limits",
        "Every number from outside has one home, `segfw/limits.py`, with its source.",
        "Those that an account can have raised are defaults: a stack raises them under "
        "[`quotas`](settings.md#seg-firewallquotas).",
    )
    for group in groups():
        lines += [group.source, ""]
        lines += table(
            ("Limit", "Value", "Meaning"),
            (
                (code(name), f"{getattr(limits, name):,}", meaning)
                for name, meaning in group.entries
            ),
        )
    return text_of(lines)
