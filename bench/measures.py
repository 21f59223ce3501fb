"""What is measured, each with its goal."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.answers import answers
from bench.contenders import libraries
from bench.covers import covers
from bench.differing import differing
from bench.engine import engine
from bench.policing import policing
from bench.scaling import scaling
from bench.sizes import sizes
from bench.stacks import stacks
from bench.timing import (
    AWS_START,
    AZURE_START,
    ROOT,
    Result,
    environment,
    in_turn,
    process_seconds,
    python,
    seconds,
)
from segfw.catalog import load_catalog
from segfw.compiler import compile_rules
from segfw.effective import guarded_ports
from segfw.plan import lower
from segfw.proof import prove
from segfw.resolve import resolve
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABS = ("aws-lab", "azure-lab")
CHECKED = ("aws-prod-us-east-1", "azure-prod-westeurope", "aws-lab")


def modules(_: int) -> Iterator[Result]:
    """The command line does without Pulumi."""
    code = "import sys, segfw.cli; print(sum(m.startswith('pulumi') for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    yield Result(what="pulumi modules that import segfw.cli loads", value=int(done.stdout), most=0)


def check(rounds: int) -> Iterator[Result]:
    """A whole `segfw check` against Pulumi's import alone."""
    nothing, cli, imported, *checked = in_turn(
        rounds,
        python("pass"),
        python("import segfw.cli"),
        python("import pulumi"),
        *(
            lambda s=s: process_seconds([sys.executable, "-m", "segfw", "check", s])
            for s in CHECKED
        ),
    )
    for stack, seconds_taken in zip(CHECKED, checked, strict=True):
        yield Result(
            what=f"segfw check {stack} / import pulumi",
            value=seconds_taken / imported,
            most=0.7,
            detail=f"{seconds_taken:.3f} s / {imported:.3f} s; Python itself {nothing:.3f} s, "
            f"import segfw.cli {cli:.3f} s",
        )


def starts(rounds: int) -> Iterator[Result]:
    """A program of one cloud against one that touches both SDKs."""
    aws, azure, both = in_turn(
        rounds, python(AWS_START), python(AZURE_START), python(f"{AWS_START};{AZURE_START}")
    )
    for name, start, goal in (("AWS", aws, 0.55), ("Azure", azure, 0.65)):
        yield Result(
            what=f"start of an {name} program / of one that touches both SDKs",
            value=start / both,
            most=goal,
            detail=f"{start:.2f} s / {both:.2f} s",
        )


def components(rounds: int) -> Iterator[Result]:
    """The components against a bare loop over the same resources, under mocks."""
    for stack in LABS:
        done = subprocess.run(
            [sys.executable, "-m", "bench.under_mocks", stack, str(max(rounds, 5))],
            cwd=ROOT,
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        component, bare, count = (float(word) for word in done.stdout.split())
        yield Result(
            what=f"components of {stack} / a bare loop over its {count:.0f} resources (mocks)",
            value=component / bare,
            most=1.3,
            detail=f"{component * 1000:.0f} ms / {bare * 1000:.0f} ms",
        )


def compiling(rounds: int) -> Iterator[Result]:
    """Reading, compiling and proving the labs, in one process."""
    catalog = load_catalog()
    for stack in LABS:
        held = read_settings(
            read_tree(ROOT / "config", stack), catalog, stack=stack, today=datetime.now(UTC).date()
        )
        guarded = guarded_ports(held.features, catalog)

        def made(held=held) -> tuple:  # noqa: ANN001
            flows = resolve(held, catalog)
            rule_sets = compile_rules(held, catalog, flows)
            return flows, rule_sets, lower(held, flows, rule_sets)

        def compiled(made=made) -> float:  # noqa: ANN001
            return seconds(made)

        flows, rule_sets, specs = made()

        def proven(held=held, made=(guarded, flows, rule_sets, specs)) -> float:  # noqa: ANN001
            return seconds(lambda: prove(held, *made))

        compiling_, proving = in_turn(rounds * 3, compiled, proven)
        rules = sum(len(rule_set.rules) for rule_set in rule_sets)
        yield Result(
            what=f"compile of {stack}",
            value=compiling_ * 1000,
            unit=" ms",
            detail=f"{len(flows)} flows, {rules} rules",
        )
        yield Result(
            what=f"proof of {stack} / its compile",
            value=proving / compiling_,
            most=3,
            detail=f"{proving * 1000:.0f} ms",
        )


MEASURES: dict[str, Callable[[int], Iterator[Result]]] = {
    "modules": modules,
    "check": check,
    "answers": answers,
    "starts": starts,
    "components": components,
    "compiling": compiling,
    "libraries": libraries,
    "scaling": scaling,
    "sizes": sizes,
    "covers": covers,
    "stacks": stacks,
    "differing": differing,
    "engine": engine,
    "policing": policing,
}
