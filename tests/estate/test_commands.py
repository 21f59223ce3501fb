"""The reviewers' commands over the whole estate, as they are called."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from random import Random

import pytest
from click.testing import CliRunner

import segfw.cli.adopt
import segfw.cli.comparing
import segfw.cli.explain
import segfw.cli.report.command
from segfw.cli.load import accounts_of
from segfw.cli.main import main
from tests.oracles.enforcement import sides
from tests.oracles.naive import lets_through
from tests.oracles.packets import LAST, TCP, UDP, Packet
from tests.shipped import TODAY
from tests.states import ACCOUNT, exported

KEYWORDS = {TCP: "tcp", UDP: "udp"}
ASKED = 6
"""Questions to each stack; the others' tests ask the shipped stacks very many."""


@pytest.fixture(autouse=True)
def _the_day(monkeypatch):
    for module in (segfw.cli.adopt, segfw.cli.explain, segfw.cli.report.command):
        monkeypatch.setattr(module, "today", lambda: TODAY)


def call(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_explain_and_the_naive_evaluator_agree_on_packets_of_each_stack(folder, plans):
    random = Random(7)
    answers = set()
    for stack, plan in plans.items():
        for question, passes in questions(plan, random):
            result = call("explain", stack, question, "--json", "--config-dir", folder)
            answers.add(passes)

            assert result.exit_code == (0 if passes else 1), (stack, question, result.output)

    assert answers == {True, False}


def questions(plan, random):
    """Packets towards the gateway as they are typed, and whether every point lets them through."""
    held = [one for one in sides(plan) if one.direction == "ingress"]
    for _ in range(ASKED):
        side = random.choice(held)
        interface = side.key.partition("/")[2]
        family = side.family
        if family not in {int(f) for f in plan.settings.interfaces[interface].families}:
            continue
        match = random.choice(side.allowed.matches)
        spans = [one for one in match.remotes if not isinstance(one, str) and one[0] == family]
        first, last = random.choice(spans)[1:] if spans else (0, LAST[family])
        protocol, low, _ = random.choice(match.services)
        packet = Packet(
            family,
            random.choice((first, last, random.randint(0, LAST[family]))),
            protocol if protocol in KEYWORDS else TCP,
            random.choice((low, 22, 25, 443)),
        )
        points = [
            one for one in held if (one.key.partition("/")[2], one.family) == (interface, family)
        ]
        passes = all(
            lets_through(one.allowed.matches, packet)
            for one in points
            if not one._is_unseen(packet)
        )
        far = (IPv4Address if family == 4 else IPv6Address)(packet.remote)
        said = f"[{far}]" if family == 6 else str(far)
        yield f"in {KEYWORDS[packet.protocol]} {said} -> {interface}:{packet.value}", passes


def test_diff_compares_each_stack_with_the_next(folder, plans):
    for one, other in pairwise(plans):
        result = call("diff", one, other, "--format", "json", "--config-dir", folder)

        assert result.exit_code == 0, (one, other, result.output)
        assert json.loads(result.stdout)["stacks"]


def test_a_stacks_own_state_differs_in_nothing_and_is_explained_rule_by_rule(
    folder, plans, tmp_path
):
    for stack, plan in plans.items():
        state = tmp_path / f"{stack}.json"
        account = accounts_of(folder, stack, plan.settings.cloud)[0]
        state.write_text(exported(plan).replace(ACCOUNT, account), "utf-8")
        result = call("diff", stack, "--state", state, "--exit-code", "--config-dir", folder)
        assert result.exit_code == 0, (stack, result.output)
        result = call("adopt", stack, state, "--config-dir", folder)
        assert result.exit_code == 0, (stack, result.output)


def test_the_report_has_a_page_to_a_stack_and_an_index(folder, plans, tmp_path):
    out = tmp_path / "report"
    result = call("report", "--all", "--output", out, "--config-dir", folder)

    assert result.exit_code == 0, result.output
    assert {path.stem for path in out.glob("*.html")} == {
        "index",
        *(f"stack-{stack}" for stack in plans),
    }
    index = (out / "index.html").read_text("utf-8")
    assert all(f'"stack-{stack}.html"' in index for stack in plans)
