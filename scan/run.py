"""The scanners as programs: their calls, offline, and their answers as JSON."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from scan.findings import FORMS, NotRead

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECONDS = 300
"""A scan of one stack takes a few; one that takes so long hangs."""


def checkov(tools: Path, folder: Path, skips: Sequence[str] = ()) -> Any:
    """Checkov's JSON about the exports in *folder*; it asks nobody on the network."""
    words = [str(tools / "checkov"), "--directory", str(folder), "--output", "json"]
    words += ["--framework", *FORMS, "--skip-download", "--compact", *skips]
    return _json(words, quiet={"LOG_LEVEL": "ERROR"})


def cfn_lint(tools: Path, template: Path) -> Any:
    """cfn-lint's JSON about a template."""
    return _json([str(tools / "cfn-lint"), "--format", "json", "--", str(template)])


def version(tools: Path, tool: str) -> str:
    """``cfn-lint 1.58.0``."""
    said = _output([str(tools / tool), "--version"]).strip()
    return said if said.startswith(tool) else f"{tool} {said}"


def _json(words: list[str], quiet: dict[str, str] | None = None) -> Any:
    text = _output(words, quiet)
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise NotRead(f"{words[0]} answered no JSON: {text[:200]!r}") from None


def _output(words: list[str], quiet: dict[str, str] | None = None) -> str:
    """What a program prints; scanners end with other statuses than 0 when they find something."""
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(quiet or {})},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise NotRead(f"{words[0]} is not there; run `make scan`, which installs it.") from None
    except subprocess.TimeoutExpired:
        raise NotRead(f"{words[0]} was ended after {SECONDS} s without an answer.") from None
    if not done.stdout.strip():
        raise NotRead(f"{words[0]} said nothing; on standard error: {done.stderr[-400:]!r}")
    return done.stdout
