"""What is measured, each with its goal."""

from __future__ import annotations

import ipaddress
import random
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.contenders import libraries
from bench.covers import covers
from bench.engine import engine
from bench.inputs import SEED
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
from segfw.sets.addresses import collapse, parse_prefix
from segfw.settings import read_settings, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABS = ("aws-lab", "azure-lab")
PREFIXES = 100_000


def modules(_: int) -> Iterator[Result]:
    """The command line does without Pulumi."""
    code = "import sys, segfw.cli; print(sum(m.startswith('pulumi') for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    yield Result(what="pulumi modules that import segfw.cli loads", value=int(done.stdout), most=0)


def check(rounds: int) -> Iterator[Result]:
    """A whole `segfw check` against Pulumi's import alone."""

    def run() -> float:
        return process_seconds([sys.executable, "-m", "segfw", "check", "aws-lab"])

    nothing, cli, checked, imported = in_turn(
        rounds, python("pass"), python("import segfw.cli"), run, python("import pulumi")
    )
    yield Result(
        what="segfw check aws-lab / import pulumi",
        value=checked / imported,
        most=0.7,
        detail=f"{checked:.3f} s / {imported:.3f} s; Python itself {nothing:.3f} s, "
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


def prefix_texts(family: int) -> list[str]:
    """Half of a block of hosts, half of it scattered: what merges and what does not."""
    chosen = random.Random(SEED)  # noqa: S311 - the same prefixes each time
    bits, base = (32, 10 << 24) if family == 4 else (128, 0x2001_0DB8 << 96)  # noqa: PLR2004
    kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address  # noqa: PLR2004
    dense = [f"{kind(base + n)}/{bits}" for n in chosen.sample(range(PREFIXES), PREFIXES // 2)]
    scattered = []
    for _ in range(PREFIXES - len(dense)):
        length = chosen.randint(bits - 12, bits)
        block = 1 << (bits - length)
        scattered.append(f"{kind(chosen.getrandbits(bits) // block * block)}/{length}")
    return dense + scattered


def collapsing(rounds: int) -> Iterator[Result]:
    """Collapsing a hundred thousand prefixes against the standard library."""
    for family in (4, 6):
        texts = prefix_texts(family)
        own = [parse_prefix(t) for t in texts]
        theirs: list[Any] = [ipaddress.ip_network(t) for t in texts]
        mine, library, parsed, parsed_there = in_turn(
            min(rounds, 3),
            lambda own=own: seconds(lambda: collapse(own)),
            lambda theirs=theirs: seconds(lambda: list(ipaddress.collapse_addresses(theirs))),
            lambda texts=texts: seconds(lambda: [parse_prefix(t) for t in texts]),
            lambda texts=texts: seconds(lambda: [ipaddress.ip_network(t) for t in texts]),
        )
        assert [str(p) for p in collapse(own)] == [
            str(n) for n in ipaddress.collapse_addresses(theirs)
        ]
        yield Result(
            what=f"ipaddress.collapse_addresses / collapse of {PREFIXES:,} IPv{family} prefixes",
            value=library / mine,
            least=10,
            detail=f"{library:.2f} s / {mine:.2f} s",
        )
        yield Result(
            what=f"ipaddress.ip_network / parse_prefix, IPv{family}",
            value=parsed_there / parsed,
            detail=f"{parsed_there:.2f} s / {parsed:.2f} s",
        )


MEASURES: dict[str, Callable[[int], Iterator[Result]]] = {
    "modules": modules,
    "check": check,
    "starts": starts,
    "components": components,
    "compiling": compiling,
    "collapsing": collapsing,
    "libraries": libraries,
    "scaling": scaling,
    "sizes": sizes,
    "covers": covers,
    "stacks": stacks,
    "engine": engine,
}
