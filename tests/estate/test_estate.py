"""The estate looks like a company's, is the same for a seed, and each stack means what it says."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from random import Random

from click.testing import CliRunner

import segfw.cli.check
import segfw.cli.policy
from segfw.catalog.model import Role
from segfw.cli.main import main
from segfw.settings.yamltext import read_yaml
from tests.estate import SIZE, plans_of, write_estate
from tests.oracles.cells import at
from tests.oracles.enforcement import sides
from tests.oracles.naive import lets_through
from tests.oracles.packets import LAST, TCP, UDP, Packet
from tests.shipped import TODAY

PORTS = (22, 25, 53, 80, 83, 161, 443, 514, 587, 2222, 4431, 6514, 7025, 8443, 31000)
PACKETS = 40


def test_it_has_50_stacks_in_both_clouds_and_every_environment(folder, plans):
    names = sorted(path.name for path in folder.glob("Pulumi.*.yaml"))
    where = Counter(
        (p.settings.cloud.value, p.settings.gateway.environment.value) for p in plans.values()
    )

    assert (len(plans), len(names)) == (SIZE, SIZE) == (50, 50)
    assert {cloud for cloud, _ in where} == {"aws", "azure"}
    assert {environment for _, environment in where} == {"dev", "test", "lab", "prod"}
    assert len({plan.settings.region for plan in plans.values()}) >= 8


def test_it_has_every_kind_of_stack(plans):
    settings = [plan.settings for plan in plans.values()]
    shapes = {tuple(sorted(one.interfaces)) for one in settings}

    assert {len(shape) for shape in shapes} == {1, 2, 3}
    assert any("dmz" in shape for shape in shapes)
    assert any(i.network_acl for one in settings for i in one.interfaces.values())
    assert any(len(i.families) == 2 for one in settings for i in one.interfaces.values())
    assert any(one.custom_flows for one in settings)
    assert any("cluster" in one.features for one in settings)
    assert any(one.gateway.checklist for one in settings)
    assert all(
        {role for i in one.interfaces.values() for role in i.roles} == set(Role) for one in settings
    )


def test_no_two_stacks_share_a_subnet_or_an_attached_interface(plans):
    subnets = Counter(
        s for p in plans.values() for i in p.settings.interfaces.values() for s in i.subnets
    )
    attached = Counter(
        eni
        for p in plans.values()
        for i in p.settings.interfaces.values()
        for eni in i.security_group.attach
    )

    assert set(subnets.values()) == {1}
    assert set(attached.values()) == {1}


def test_a_seed_writes_the_same_bytes_and_another_writes_others(tmp_path):
    def written(name: str, seed: int) -> dict[str, bytes]:
        write_estate(tmp_path / name, seed=seed)
        return {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*.yaml"))
        }

    first = written("a", 7)
    assert written("b", 7) == first
    assert written("c", 8) != first


def test_every_stack_checks_and_is_proven_by_the_command(folder, monkeypatch):
    monkeypatch.setattr(segfw.cli.check, "today", lambda: TODAY)
    words = ["check", "--all", "--config-dir", str(folder), "--format", "json"]
    result = CliRunner().invoke(main, words)
    found = json.loads(result.stdout)

    assert result.exit_code == 0
    assert len(found["stacks"]) == SIZE
    assert all(one["proven"] and not one["problems"] for one in found["stacks"].values())
    assert found["across"] == []


def test_it_stands_on_any_day(tmp_path):
    day = date(2031, 2, 28)
    write_estate(tmp_path / "later", today=day)

    assert len(plans_of(tmp_path / "later", today=day)) == SIZE


def test_its_waivers_are_used_and_nothing_stops_it(folder, monkeypatch):
    monkeypatch.setattr(segfw.cli.policy, "today", lambda: TODAY)
    result = CliRunner().invoke(main, ["policy", "--all", "--config-dir", str(folder)])

    assert (result.exit_code, result.stderr) == (0, "")


def test_the_naive_evaluator_agrees_with_the_intent_on_packets_of_each_stack(plans):
    asked = 0
    for name, plan in plans.items():
        random = Random(name)
        for side in sides(plan):
            for packet in _packets(side, random):
                if side._is_unseen(packet) or at(side.declared, packet):
                    continue
                asked += 1
                wanted = at(side.meant, packet)
                assert lets_through(side.allowed.matches, packet) is wanted, (
                    name,
                    str(side),
                    str(packet),
                )
    assert asked > SIZE * PACKETS


def _packets(side, random: Random):
    """Packets of far ends that some rule names, and of others, to ports that matter."""
    spans = [r for m in side.allowed.matches for r in m.remotes if not isinstance(r, str)]
    spans = [one for one in spans if one[0] == side.family]
    for _ in range(PACKETS):
        first, last = (
            random.choice(spans)[1:] if spans and random.random() < 0.8 else (0, LAST[side.family])
        )
        remote = random.choice((first, last, random.randint(first, last)))
        yield Packet(side.family, remote, random.choice((TCP, UDP)), random.choice(PORTS))


def test_a_file_is_what_a_person_would_keep(folder):
    text = (folder / "Pulumi.aws-prod-us-east-1.yaml").read_text()

    assert text.startswith("# yaml-language-server: $schema=stack.schema.json\n")
    assert read_yaml(text, "x").mapping().keys() == {"config"}
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
