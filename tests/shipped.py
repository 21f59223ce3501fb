"""The stacks that the project ships, read on a fixed day.

They are those that have a golden: stacks that were added in config/ are their owner's.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from segfw.settings.types import Settings

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "config"
GOLDENS = HERE / "golden"
TODAY = date(2026, 11, 24)
SHIPPED = sorted(path.stem for path in GOLDENS.glob("*.txt"))


@cache
def settings_of(name: str) -> Settings:
    """The settings of a shipped stack."""
    return read_settings(read_tree(CONFIG, name), load_catalog(), stack=name, today=TODAY)


@cache
def planned(name: str) -> Plan:
    """The proven plan of a shipped stack."""
    return make_plan(settings_of(name), load_catalog())
