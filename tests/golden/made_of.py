"""What the goldens were made of, and what has been edited since.

Whoever edits a shipped file for a gateway of their own has no use for what we print of it: tests
of such prints are skipped, and name the files. `.ci/run` sets SEG_GOLDENS=strict, which takes no
skip: a change of a shipped file is then reviewed by what it does to the plans.
"""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from segfw.settings import read_tree
from tests.shipped import CONFIG, GOLDENS

MADE_OF = GOLDENS / "made-of.sha256"
"""The files with their hashes, as `sha256sum` writes them."""
STRICT = os.environ.get("SEG_GOLDENS") == "strict"


def files_of(stack: str) -> list[str]:
    """The files that a stack's plan is made of: its own, and what it imports."""
    imports = [Path(file).resolve() for file in read_tree(CONFIG, stack).imports]
    files = [CONFIG / f"Pulumi.{stack}.yaml", *imports]
    return [file.relative_to(CONFIG.parent).as_posix() for file in files]


def hash_of(file: str) -> str:
    return sha256((CONFIG.parent / file).read_bytes()).hexdigest()


def edited(stack: str) -> list[str]:
    """The files of a stack that are no longer those that its golden was made of."""
    lines = MADE_OF.read_text(encoding="utf-8").splitlines()
    made_of = {file: digest for digest, file in (line.split("  ") for line in lines)}
    return [file for file in files_of(stack) if made_of.get(file) != hash_of(file)]


def skip_what_is_edited(stack: str) -> None:
    """Skips the test if the stack is no longer ours, unless the run is strict."""
    own = edited(stack)
    if own and not STRICT:
        pytest.skip(f"{', '.join(own)} edited: it is yours now; see CONTRIBUTING.md, Goldens")


def write_made_of(stacks: list[str]) -> None:
    files = sorted({file for stack in stacks for file in files_of(stack)})
    MADE_OF.write_text("".join(f"{hash_of(file)}  {file}\n" for file in files), encoding="utf-8")
