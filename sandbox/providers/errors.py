"""What a stand-in raises, and the engine shows to the person at the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class CloudError(Exception):
    """A cloud refused a call; *code* is the cloud's own error code, and the text shows it."""

    def __init__(self, text: str, *, code: str) -> None:
        """With the words that the user reads."""
        super().__init__(text)
        self.code = code


class HalfDone(Exception):
    """A resource exists and is not finished: the engine keeps it, and retries as an update."""

    def __init__(
        self, *, resource_id: str, outputs: dict[str, Any], reasons: Sequence[str]
    ) -> None:
        """With the words that the user reads."""
        super().__init__("; ".join(reasons))
        self.resource_id = resource_id
        self.outputs = outputs
        self.reasons = list(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One input that Check refuses."""

    property: str
    reason: str
