"""The engine, and small programs for it to run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.environment import Environment
from sandbox.progress import Progress
from sandbox.runner import Pulumi
from sandbox.toolchain import Engine, get_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPONENT = """\
import pulumi

class Thing(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("little:index:Thing", name, {}, opts)
        self.register_outputs({})

"""


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of this checkout; `make test` has built it."""
    return get_engine(Environment().tools, progress=Progress(stream=sys.stderr))


@pytest.fixture
def little(tmp_path: Path, engine: Engine) -> Callable[[str], Pulumi]:
    """A runner over a program of the given text, which has a component class `Thing`."""

    def make(text: str) -> Pulumi:
        folder = tmp_path / "program"
        folder.mkdir(exist_ok=True)
        (folder / "Pulumi.yaml").write_text("name: little\nruntime: python\n", "utf-8")
        (folder / "__main__.py").write_text(COMPONENT + text, "utf-8")
        return Pulumi(Environment(root=tmp_path / "sandbox"), cwd=folder, engine=engine)

    return make
