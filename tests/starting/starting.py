"""Flags for tests, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog import load_catalog
from segfw.starting.given import Given
from segfw.starting.start import Start, begin, wrong
from tests.shipped import CONFIG, TODAY

if TYPE_CHECKING:
    from pathlib import Path

SHARED = tuple(sorted(path.stem for path in (CONFIG / "shared").glob("*.yaml")))
ONE = Given(
    cloud="aws",
    region="eu-central-1",
    environment="dev",
    release="15.5",
    interfaces=("data:management,public,private:external",),
    vpcs=("vpc-1",),
    features=("receive-mail,ssh-admin",),
    networks=("admins=10.9.0.0/28",),
)
"""One interface that does everything, and two features."""


def begun(given: Given = ONE, folder: Path = CONFIG, **changed: Any) -> Start:
    return begin(given._replace(**changed), load_catalog(), folder, name=None, shared=SHARED)


def problems(folder: Path = CONFIG, **changed: Any) -> list[str]:
    start = begun(ONE, folder, **changed)
    return [str(problem) for problem in wrong(start, load_catalog(), folder, TODAY)]
