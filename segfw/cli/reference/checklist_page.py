"""`checklist.md`: what is to be done on the gateway itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.cli.reference.features_page import conditions
from segfw.cli.reference.markdown import anchor, cited, prose, text_of, title
from segfw.limits import CONFIRMED_FOR_DAYS

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, ChecklistItem


def page(catalog: Catalog) -> str:
    """The page."""
    lines = title(
        "Checklist items",
        "No cloud rule can do what is listed here; "
        "[the gateway's own checklist](../gateway-checklist.md) says how to work with it.",
        "`{name}` stands for what a plan fills in.",
        f"An item that was confirmed counts as done for {CONFIRMED_FOR_DAYS} days.",
    )
    for item in catalog.checklist:
        lines += _section(item, catalog)
    return text_of(lines)


def _section(item: ChecklistItem, catalog: Catalog) -> list[str]:
    lines = [f"## {item.id}", "", f"{item.title}.", prose(item.why)]
    if item.features:
        names = ", ".join(f"[`{name}`](features.md#{anchor(name)})" for name in item.features)
        when = f" ({conditions(item.when)})" if item.when else ""
        lines.append(f"Shown with {names}{when}.")
    lines.append("")
    if item.commands:
        lines += ["```text", *item.commands, "```", ""]
        if not item.sourced:
            lines.append("The commands were read in no text: confirm them in your release.")
    lines += [f"Source: {cited(catalog.sources[item.source])}.", ""]
    return lines
