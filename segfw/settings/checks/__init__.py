"""What settings must hold besides their form: one function to a rule.

Each check takes a `Case` and yields pairs of a path and a sentence. The checks run
only on what could be read; they judge the user's data and not our own mistakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.settings.checks import (
    account,
    clouds,
    exposure,
    families,
    flows,
    gateway,
    interfaces,
    networks,
    peers,
    ports,
    references,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segfw.settings.checks.case import Case

    Check = Callable[[Case], Iterator[tuple[str, str]]]

CHECKS: tuple[Check, ...] = (
    *gateway.CHECKS,
    *account.CHECKS,
    *clouds.CHECKS,
    *interfaces.CHECKS,
    *networks.CHECKS,
    *peers.CHECKS,
    *families.CHECKS,
    *references.CHECKS,
    *exposure.CHECKS,
    *ports.CHECKS,
    *flows.CHECKS,
)
