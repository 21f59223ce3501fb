"""Shared files whose addresses are examples: those that say so in a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXAMPLE = "Example addresses"
"""Stands in a comment of each shipped file with addresses; whoever replaces them takes it out."""


def with_examples(config_dir: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the shared files *names* that say that their addresses are examples."""
    return tuple(name for name in names if _says_so(config_dir / "shared" / f"{name}.yaml"))


def _says_so(path: Path) -> bool:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):  # no file, or no text: the settings reader says what it is
        return False
    return any(line.startswith("#") and EXAMPLE in line for line in lines)
