"""The order in which a stack's files are written changes no byte, save that of ``imports``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest
import yaml

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree
from tests.shipped import CONFIG, SHIPPED, planned

TODAY = date(2026, 11, 24)
IMPORTS = "seg-firewall:imports"


def shuffled(value, random: Random, key: str = ""):
    """*value* with every mapping and list in another order."""
    if isinstance(value, dict):
        entries = [(k, shuffled(v, random, k)) for k, v in value.items()]
        random.shuffle(entries)
        return dict(entries)
    if isinstance(value, list) and key not in (IMPORTS, "imports"):
        entries = [shuffled(v, random) for v in value]
        random.shuffle(entries)
        return entries
    return value


def written_anew(folder: Path, random: Random) -> None:
    for source in (*CONFIG.glob("Pulumi.*.yaml"), *CONFIG.glob("shared/*.yaml")):
        target = folder / source.relative_to(CONFIG)
        target.parent.mkdir(parents=True, exist_ok=True)
        document = shuffled(yaml.safe_load(source.read_text(encoding="utf-8")), random)
        target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def as_bytes(plan) -> str:
    return json.dumps([[spec.token, spec.name, spec.inputs()] for spec in plan.resources()])


@pytest.mark.parametrize("seed", range(4))
def test_shuffling_the_files_changes_no_byte(tmp_path, seed) -> None:
    written_anew(tmp_path, Random(seed))

    for name in SHIPPED:
        settings = read_settings(read_tree(tmp_path, name), load_catalog(), stack=name, today=TODAY)
        assert as_bytes(make_plan(settings, load_catalog())) == as_bytes(planned(name)), name
