"""What a cloud says it has: answers of `aws` and `az` as resources in the engine's spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.live.reading import Live, read_files

if TYPE_CHECKING:
    from segfw.inventory import Inventory

__all__ = ["Live", "read_files", "read_live"]


def read_live(text: str, file: str) -> Inventory:
    """The resources that *text*, one answer or several one after the other, describes.

    *file* is its name for messages.

    Raises:
        ProblemsFound: it is no such answer, a part of one, or says two things of one resource.
    """
    return read_files([(file, text)]).inventory
