"""Which Pulumi engine the sandbox runs: the installed one, a built one, or one built now.

The choice, in this order:

1. `pulumi` on PATH, if its version fits the SDK and its Python language host is there too;
2. one built earlier into the tools folder, from the very go.mod and go.sum of this checkout;
3. one built now from its published Go module (`sandbox.build`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.progress import Progress

VERSION = "3.259.0"  # of the engine that is built; the pinned SDK has the same
OLDEST = (3, 231, 0)  # what pulumi-aws 7.51.1 and pulumi-azure-native 3.29.0 ask for

MODULE = Path(__file__).resolve().parent / "engine"  # go.mod and go.sum
HOST = "pulumi-language-python"

# The same text in every tools folder, since one may serve several checkouts: which language host
# and which Python to use is said by the environment of the run.
HOST_WRAPPER = """\
#!/bin/sh
: "${SEG_SANDBOX_PYTHON:?run this engine with: python -m sandbox pulumi -- ARGS}"
exec "$SEG_SANDBOX_PYTHON" -P -u "$SEG_SANDBOX_LANGUAGE_HOST" "$@"
"""


class Origin(Enum):
    """Where an engine came from."""

    INSTALLED = "found on PATH"
    BUILT = "built earlier"
    BUILT_NOW = "built now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A Pulumi command line that can run Python programs.

    `host_is_bundled` is true if the language host lies beside the command itself.
    """

    cli: Path
    version: str
    origin: Origin
    host_is_bundled: bool

    def __str__(self) -> str:
        """Version and origin, for people."""
        return f"Pulumi {self.version}, {self.origin.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUsed:
    """A `pulumi` on PATH that does not fit, and why."""

    cli: Path
    why: str


def get_engine(tools: Path, *, search_path: str | None = None, progress: Progress) -> Engine:
    """An engine that fits, built if need be.

    Raises:
        SandboxError: there is none and nothing to build it with; the text says what to install.
    """
    from sandbox.build import build

    searched = os.environ.get("PATH", os.defpath) if search_path is None else search_path
    installed = find_installed(searched)
    if isinstance(installed, Engine):
        return installed
    if installed is not None:
        progress.say(f"engine: {installed.cli} is not used: {installed.why}.")
    return find_built(tools) or build(tools, search_path=searched, progress=progress)


def find_engine(tools: Path, *, search_path: str | None = None) -> Engine | None:
    """An engine that is there already; nothing is built."""
    searched = os.environ.get("PATH", os.defpath) if search_path is None else search_path
    installed = find_installed(searched)
    return installed if isinstance(installed, Engine) else find_built(tools)


def find_installed(search_path: str) -> Engine | NotUsed | None:
    """The `pulumi` on *search_path*: fit, or not fit and why, or none."""
    found = shutil.which("pulumi", path=search_path)
    if found is None:
        return None
    cli = Path(found)
    version = version_of(cli)
    if version is None:
        return NotUsed(cli=cli, why='"pulumi version" prints no version')
    number = _number(version)
    if number is None or number < OLDEST or number[0] != OLDEST[0]:
        oldest = ".".join(map(str, OLDEST))
        return NotUsed(
            cli=cli, why=f"its version {version} is not {oldest} or a later {OLDEST[0]}.x"
        )
    bundled = os.access(cli.resolve().parent / HOST, os.X_OK)
    if not bundled and shutil.which(HOST, path=search_path) is None:
        return NotUsed(cli=cli, why=f"there is no {HOST} beside it or on PATH")
    return Engine(cli=cli, version=version, origin=Origin.INSTALLED, host_is_bundled=bundled)


def find_built(tools: Path) -> Engine | None:
    """The engine that was built into *tools* from this checkout's go.mod and go.sum, if any."""
    folder = built_folder(tools)
    cli = folder / "pulumi"
    try:
        record = json.loads((folder / "built.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if record != build_record() or not os.access(cli, os.X_OK):
        return None
    write_host_wrapper(folder)
    return Engine(cli=cli, version=VERSION, origin=Origin.BUILT, host_is_bundled=True)


def built_folder(tools: Path) -> Path:
    """Where the engine for this checkout's go.mod and go.sum is, or will be."""
    return tools / f"pulumi-{VERSION}-{build_record()['module'][:12]}"


def build_record() -> dict[str, str]:
    """What a built engine must say of itself to be used again."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULE / name).read_bytes())
    return {"version": VERSION, "module": digest.hexdigest()}


def write_host_wrapper(folder: Path) -> None:
    """Put the language host beside the engine in *folder*, where it is found without a warning."""
    wrapper = folder / HOST
    if wrapper.exists() and wrapper.read_text("utf-8") == HOST_WRAPPER:
        return
    draft = folder / f".{HOST}.{os.getpid()}"
    draft.write_text(HOST_WRAPPER, "utf-8")
    draft.chmod(0o755)
    draft.replace(wrapper)


def version_of(cli: Path) -> str | None:
    """What `pulumi version` prints, without the v; None if it is no version."""
    with tempfile.TemporaryDirectory(prefix="pulumi-home-") as home:  # never the user's own
        environment = os.environ | {"PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            process = subprocess.run(
                [cli, "version"],
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
                env=environment,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    version = process.stdout.strip().removeprefix("v")
    return version if process.returncode == 0 and _number(version) else None


def _number(version: str) -> tuple[int, int, int] | None:
    match = re.match(r"(\d+)\.(\d+)\.(\d+)(?![\d.])", version)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3]))
