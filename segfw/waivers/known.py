"""The words that a register may use: checks of ours and of others, features, stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.guardrails.pack import BY_ID
from segfw.waivers.stock import STOCK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from segfw.catalog.model import Catalog


class Known(NamedTuple):
    """What the entries of a register are held against."""

    checks: Collection[str]
    features: Collection[str]
    stacks: Collection[str] | None
    """None: which stacks there are is not known here."""


def known_words(catalog: Catalog, stacks: Iterable[str] | None = None) -> Known:
    """Every guardrail and stock check, every feature, and *stacks*."""
    return Known(
        checks=frozenset((*BY_ID, *STOCK)),
        features=frozenset(catalog.features),
        stacks=frozenset(stacks) if stacks is not None else None,
    )
