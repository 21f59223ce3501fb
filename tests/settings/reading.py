"""A sound stack, and what is wrong with it once a few lines are laid over it."""

from __future__ import annotations

import tempfile
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.settings import Tree
    from segfw.settings.types import Settings

TODAY = date(2026, 11, 24)

SOUND = """\
config:
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces:
    management:
      roles: [management]
      external: false
      subnets: [10.1.0.0/24]
      routes: [admins, sma]
    public: {roles: [public], external: true, subnets: [10.1.1.0/24]}
    private: {roles: [private], external: false, subnets: [10.1.2.0/24], routes: [mail-servers]}
  seg-firewall:networks:
    admins: [10.9.0.0/28]
    mail-servers: [10.9.1.0/28]
    sma: [10.9.2.0/32]
"""
AWS = """\
config:
  seg-firewall:imports: [sound]
  seg-firewall:cloud: aws
  seg-firewall:interfaces: {management: {vpc: vpc-1}, public: {vpc: vpc-1}, private: {vpc: vpc-1}}
"""
AZURE = """\
config:
  seg-firewall:imports: [sound]
  seg-firewall:cloud: azure
  seg-firewall:interfaces:
    management: {resourceGroup: rg-1}
    public: {resourceGroup: rg-1}
    private: {resourceGroup: rg-1}
"""
ON_AWS = "  aws:region: eu-central-1\n  seg-firewall:imports: [aws]\n"
ON_AZURE = "  azure-native:location: westeurope\n  seg-firewall:imports: [azure]\n"
ALONE = ""


def write(folder: Path, text: str, shared: Mapping[str, str] | None = None) -> Path:
    """A config folder with the stack ``test`` and shared files beside the sound ones."""
    config = folder / "config"
    (config / "shared").mkdir(parents=True, exist_ok=True)
    (config / "Pulumi.test.yaml").write_text(text, encoding="utf-8")
    for name, content in {"sound": SOUND, "aws": AWS, "azure": AZURE, **(shared or {})}.items():
        (config / "shared" / f"{name}.yaml").write_text(content, encoding="utf-8")
    return config


def tree_of(text: str, below: str = ON_AWS, shared: Mapping[str, str] | None = None) -> Tree:
    """The tree of *text*, which begins with ``config:``, with the lines of *below* at its end."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return read_tree(write(Path(), text.lstrip("\n") + below, shared), "test")


def settings_of(
    text: str, below: str = ON_AWS, shared: Mapping[str, str] | None = None
) -> Settings:
    """The settings of *text* over a sound stack."""
    return read_settings(tree_of(text, below, shared), load_catalog(), stack="test", today=TODAY)


def problems_of(
    text: str, below: str = ON_AWS, shared: Mapping[str, str] | None = None
) -> list[str]:
    """Every problem of *text* over a sound stack, as it is printed."""
    try:
        settings_of(text, below, shared)
    except ProblemsFound as found:
        return str(found).split("\n")
    return []
