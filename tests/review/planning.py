"""Plans of a sound stack with a few lines laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from tests.settings.reading import ON_AWS, TODAY, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOG = load_catalog()
__all__ = ["CATALOG", "TODAY", "plan_of"]


def plan_of(text: str, below: str = ON_AWS, shared: Mapping[str, str] | None = None) -> Plan:
    """The plan of *text*, which begins with ``config:``, over a sound stack."""
    return make_plan(settings_of(text, below, shared), CATALOG)


def features(text: str, more: str = "") -> str:
    """A stack with these features and these further lines."""
    return f"config:\n{more}  seg-firewall:features: {{{text}}}\n"
