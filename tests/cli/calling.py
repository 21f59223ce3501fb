"""Calls of `segfw` in a folder of its own, on one day."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import segfw.cli.check
import segfw.cli.plan
import segfw.cli.prove
import segfw.cli.settings
from segfw.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

TODAY = date(2026, 11, 24)

SMALL = """\
config:
  aws:region: eu-central-1
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    data:
      roles: [management]
      external: false
      subnets: [10.1.0.0/24]
      vpc: vpc-1
  seg-firewall:networks:
    admins: [10.9.0.0/28]
  seg-firewall:features: {pmtu: false, ssh-admin: {}}
"""
WITH_ACL = SMALL.replace(
    "      vpc: vpc-1\n", "      vpc: vpc-1\n      networkAcl: {subnetIds: [subnet-1]}\n"
)
BROKEN = SMALL.replace("ssh-admin: {}", "ssh-admn: {}")
WARNED = SMALL.replace("{pmtu: false, ssh-admin: {}}", "{pmtu: false, receive-mail: {}}").replace(
    "roles: [management]\n      external: false", "roles: [public]\n      external: true"
)
"""It receives mail and sends none on: a warning; and nobody uses its admins: a note."""


class Folder:
    """A folder with stack files, and what `segfw` says when it is called there."""

    def __init__(self, root: Path) -> None:
        self.config = root / "config"
        (self.config / "shared").mkdir(parents=True)

    def stack(self, name: str, text: str = SMALL) -> Folder:
        (self.config / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
        return self

    def shared(self, name: str, text: str) -> Folder:
        (self.config / "shared" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return self

    def call(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    def output(self, *words: str, status: int = 0) -> str:
        """Standard output of a call that says nothing else."""
        result = self.call(*words)
        assert (result.exit_code, result.stderr) == (status, "")
        return result.stdout

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.output(*words, "--format", "json", status=status))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    for module in (segfw.cli.check, segfw.cli.plan, segfw.cli.prove, segfw.cli.settings):
        monkeypatch.setattr(module, "today", lambda: TODAY)
    return Folder(tmp_path)
