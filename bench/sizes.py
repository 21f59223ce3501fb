"""A whole compile with its proof, by the size of one network, and against aerleon's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.contenders import is_there, missing, worker
from bench.inputs import users
from bench.timing import ROOT, Result, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (10, 100, 1_000, 10_000)
LABS = ("aws-lab", "azure-lab")
ROUNDS = 3
MOST_PROOF = 3
MOST_RIVAL = 0.2
STACK = """\
config:
  azure-native:location: westeurope
  seg-firewall:cloud: azure
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: americas}
  seg-firewall:interfaces:
    private:
      roles: [private]
      external: false
      subnets: [192.168.102.0/24]
      routes: [quarantine-users]
      resourceGroup: rg-mail-bench
      nsg: {fit: merge}
  seg-firewall:networks:
    quarantine-users:
%s
  seg-firewall:features:
    quarantine-https: {}
    quarantine-http: {}
"""


def stack_text(texts: list[str]) -> str:
    """An Azure stack whose users' quarantine is reached from *texts*."""
    return STACK % "\n".join(f"      - {text}" for text in texts)


def sizes(rounds: int) -> Iterator[Result]:
    """Proofs against the compiles they prove, and the largest of both against aerleon."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        shutil.copytree(ROOT / "config", config)
        source = Path(folder) / "prefixes.txt"
        largest: dict[str, float] = {}
        for size in SIZES:
            texts = users(size)
            (config / f"Pulumi.n{size}.yaml").write_text(stack_text(texts), "utf-8")
            source.write_text("\n".join(texts), "utf-8")
            largest = _compiled(config, f"n{size}", min(rounds, ROUNDS))
            yield _proof(f"an Azure stack with {size:,} prefixes", largest)
        for stack in LABS:
            yield _proof(
                f"{stack}, nothing of it known", _compiled(config, stack, min(rounds, ROUNDS))
            )
        what = f"compile and proof / aerleon's cisco text of the same {SIZES[-1]:,} prefixes"
        if not is_there("aerleon"):
            yield missing("aerleon", what)
            return
        theirs = median(worker("aerleon", source).figure for _ in range(min(rounds, ROUNDS)))
        own = largest["compiling"] + largest["proving"]
        yield Result(
            what=what,
            value=own / theirs,
            most=MOST_RIVAL,
            detail=f"{own * 1000:.0f} ms / {theirs * 1000:.0f} ms; "
            f"{largest['prefixes']:,.0f} prefixes left",
        )


def _compiled(config: Path, stack: str, rounds: int) -> dict[str, float]:
    """The medians of a stack's compile and proof, each time in a new process."""
    found: list[dict[str, float]] = []
    other = "aws-dev-us-east-1" if stack == "aws-lab" else "azure-prod-westeurope"
    for _ in range(rounds):
        words = ["-m", "bench.one_compile", str(config), stack, other]
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"error: {stack}: {done.stderr[-2000:]}")
        found.append(json.loads(done.stdout))
    return {key: median(one[key] for one in found) for key in found[0]}


def _proof(what: str, figures: dict[str, float]) -> Result:
    return Result(
        what=f"proof / compile of {what}",
        value=figures["proving"] / figures["compiling"],
        most=MOST_PROOF,
        detail=f"{figures['proving'] * 1000:.1f} ms / {figures['compiling'] * 1000:.1f} ms; "
        f"{figures['rules']:.0f} rules",
    )
