"""A small run of the differential, what it says of a wrong compile, and the solver as referee."""

from __future__ import annotations

import re

import pytest

import segfw.plan
from segfw.clouds.aws_security_group.spec import SecurityGroupRuleSpec
from segfw.flow import Point
from segfw.plan import lower, make_plan
from segfw.problems import ProblemsFound
from segfw.rule import Action
from segfw.settings.types import Cloud
from tests.differential import referee
from tests.differential import run as runs
from tests.differential.__main__ import main
from tests.differential.packets import Chooser
from tests.differential.run import Count, batch
from tests.oracles.packets import TCP, Match, span
from tests.strategies import CATALOG

SEED = 20_261_124


def test_a_few_thousand_packets_agree() -> None:
    count = runs.run(4000, SEED)

    assert count.packets == 4000
    assert 200 < count.let_through < 3800
    assert count.stacks > 3


def test_stacks_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    def stacks(number: int, seed: int) -> list[list[str]]:
        return [list(runs.spelled(stack)) for stack in batch.__wrapped__(number, seed)]

    once = stacks(0, SEED)
    assert once == [list(runs.spelled(stack)) for stack in batch(0, SEED)]
    assert once != stacks(0, SEED + 1)


def first_on_aws() -> int:
    """A stack whose security groups have rules in IPv4."""
    for number, stack in enumerate(batch(0, SEED)):
        if stack.cloud is Cloud.AWS:
            try:
                plan = make_plan(stack, CATALOG)
            except ProblemsFound:
                continue
            if any(r.prefixes for s in plan.rule_sets for r in s.rules if not r.reply):
                return number
    raise AssertionError("there is none")


def wide(specs: dict) -> dict:
    """Every rule of a security group reaches a port more."""
    return {
        key: tuple(
            spec._replace(to_port=spec.to_port + 1)
            if isinstance(spec, SecurityGroupRuleSpec)
            and spec.ip_protocol in ("tcp", "udp")
            and spec.to_port < 65535
            else spec
            for spec in held
        )
        for key, held in specs.items()
    }


def test_what_the_proof_refuses_ends_the_run_with_how_to_see_it_again(monkeypatch, capsys) -> None:
    number = str(first_on_aws())
    monkeypatch.setattr(segfw.plan, "lower", lambda *args: wide(lower(*args)))

    assert main(["--packets", "2000", "--seed", str(SEED), "--stack", number]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"seed {SEED}\nstack {number} is not proven: security group ")
    assert (
        f"python -m tests.differential --seed {SEED} --stack {number}\nThe stack:\n  stack: generated\n"
        in said
    )


def test_what_the_proof_would_miss_is_shown_as_one_packet_with_every_opinion(
    monkeypatch, capsys
) -> None:
    """The plan's proofs are of the right resources, and its resources are wrong."""
    number = str(first_on_aws())

    def wrong(stack, catalog):
        plan = make_plan(stack, catalog)
        return plan._replace(specs=wide(dict(plan.specs)))

    monkeypatch.setattr(runs, "make_plan", wrong)

    assert main(["--packets", "4000", "--seed", str(SEED), "--stack", number]) == 1
    said = capsys.readouterr().out.splitlines()
    assert re.match(r"security-group/\w+ (in|e)gress IPv[46]: protocol \d+ value \d+, ", said[1])
    assert said[2:7] == [
        "  meant, by the table     no",
        "  declared as a widening  no",
        "  compiled rules          no",
        "  resources, read back    no",
        "  resources, evaluated    yes",
    ]


def test_wrong_rules_before_lowering_are_seen_too(monkeypatch) -> None:
    """Compiled rules are judged on their own: here the plan's are without their first allow."""
    number = first_on_aws()

    def wrong(stack, catalog):
        plan = make_plan(stack, catalog)
        fewer = []
        for one in plan.rule_sets:
            dropped = one
            if one.point is Point.SECURITY_GROUP:
                kept = [r for r in one.rules if r.action is Action.ALLOW]
                dropped = one._replace(rules=tuple(kept[: len(kept) // 2]))
            fewer.append(dropped)
        return plan._replace(rule_sets=tuple(fewer))

    monkeypatch.setattr(runs, "make_plan", wrong)

    with pytest.raises(runs.Disagreement, match=r"compiled rules +no\n  resources, read back +yes"):
        runs.run(4000, SEED, number)


def test_progress_is_told_every_two_seconds(monkeypatch) -> None:
    heard: list[Count] = []
    monkeypatch.setattr(runs, "EACH", 0.0)
    runs.run(1500, SEED, tell=heard.append)

    assert [count.stacks for count in heard] == list(range(1, len(heard) + 1))
    assert " packets/s" in str(heard[-1])


def test_a_stack_needs_its_seed(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--stack", "3"])

    assert ended.value.code == 2


def test_packets_are_at_the_bounds_next_to_them_and_elsewhere() -> None:
    from random import Random

    rule = Match(((TCP, 100, 200),), (span("10.0.0.16/28"),))
    chosen = list(Chooser(4, [rule], Random(1)).packets(400))
    base = span("10.0.0.16/28")[1]

    assert len(chosen) == len(set(chosen))
    assert {99, 100, 101, 200, 201} <= {p.value for p in chosen}
    assert {base - 1, base, base + 15, base + 16} <= {p.remote for p in chosen}
    assert {p.protocol for p in chosen} > {TCP, 1, 17, 58}


@pytest.mark.parametrize(
    ("command", "name"),
    [(main, "tests.differential"), (referee.main, "tests.differential.referee")],
)
def test_help_has_examples_that_start_with_the_command(command, name, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        command(["--help"])

    examples = capsys.readouterr().out.partition("examples:\n")[2].splitlines()
    assert ended.value.code == 0
    assert examples
    assert all(line.startswith(f"  python -m {name} ") for line in examples)


@pytest.mark.parametrize("point", referee.POINTS)
def test_a_solver_agrees_with_the_proof_on_a_thousand_rules(point: str) -> None:
    """And both see a rule that is dropped; the solver's packet is one that the evaluator confirms."""
    verdict = referee.judged(point, 1000)

    assert verdict.agree
    assert verdict.rules >= referee.NSG_MOST


def test_the_referee_prints_a_line_to_a_point_and_size(capsys) -> None:
    assert referee.main(["10"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["point", *referee.POINTS]
    assert all(line.endswith("yes") for line in lines[1:])
