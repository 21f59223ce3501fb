"""The files that the stacks of a config folder are made of, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Files:
    """The files that stacks are made of, on one side."""

    held: Mapping[str, bytes]
    """By their names in the config folder: ``Pulumi.x.yaml``, ``shared/base.yaml``."""

    @cached_property
    def stacks(self) -> list[str]:
        """The stacks that have a file, in order."""
        return sorted(
            name.removeprefix("Pulumi.").removesuffix(".yaml")
            for name in self.held
            if "/" not in name
        )

    def write_to(self, folder: Path) -> None:
        """Put the files below *folder*."""
        (folder / "shared").mkdir(parents=True)
        for name, content in self.held.items():
            (folder / name).write_bytes(content)


def files_in(folder: Path) -> Files:
    """The files of a config folder as they are now; one that cannot be read is left out."""
    found: dict[str, bytes] = {}
    for path in (*folder.glob("Pulumi.*.yaml"), *folder.glob("shared/*.yaml")):
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = path.read_bytes()
        except OSError:
            continue
    return Files(found)
