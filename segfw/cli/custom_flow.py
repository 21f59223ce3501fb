"""`segfw features custom-flow`: the keys of a custom flow, and what keeps it small (design D18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw import limits
from segfw.cli.reference.settings_page import custom_flow_keys
from segfw.review.sections import Section, Table
from segfw.settings.checks.flows import CHECKS

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, Feature


def custom_flow_section(feature: Feature, catalog: Catalog) -> Section:
    """The keys, from the forms that the reader reads; the guard, from the checks that hold it."""
    guards = (str(check.__doc__).partition("\n")[0] for check in CHECKS)
    return Section(
        feature.id,
        (
            feature.title,
            feature.what,
            f"note: {feature.note}",
            "written as a list, custom-flow: [{name: ..., ...}]; false takes an import's list away",
            (
                f"guard: At most {limits.CUSTOM_FLOWS} to a stack, {limits.CUSTOM_FLOW_PORTS} "
                f"ports to a flow, and {limits.REVIEW_DAYS} days until its review."
            ),
            *(f"guard: {guard}" for guard in guards),
        ),
        Table(("Key", "Form", "Default", "Meaning"), tuple(custom_flow_keys(catalog))),
    )
