"""From a stack's name to its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.plan import Plan, make_plan
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from segfw.settings.types import Settings


def load_settings(config_dir: Path, stack: str, today: date) -> Settings:
    """What the stack's file and its imports want.

    Raises:
        ProblemsFound: there is no such file, or it is wrong.
    """
    return read_settings(read_tree(config_dir, stack), load_catalog(), stack=stack, today=today)


def load_plan(config_dir: Path, stack: str, today: date) -> Plan:
    """The proven plan of the stack.

    Raises:
        ProblemsFound: the stack's file is wrong, or does not fit a quota.
        ProofFailed: the compile changed meaning, which is a bug in this project.
    """
    return make_plan(load_settings(config_dir, stack, today), load_catalog())
