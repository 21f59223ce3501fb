"""The benchmark runs, its inputs are those of their version, and its page names each measure."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import contenders, inputs
from bench.__main__ import line, main, whole
from bench.measures import MEASURES
from bench.sizes import stack_text
from bench.stacks import fill
from bench.timing import Result
from segfw.cli.load import load_plan
from segfw.cover import exact, union_space
from segfw.sets.addresses import Family
from tests.shipped import TODAY

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "performance.md").read_text("utf-8")
DIGESTS = {2: "75aeaa3900ce7c1f"}
"""Of the inputs of each version of the benchmark; other inputs are another version."""


def digest():
    made = [
        *(generate(500, family) for generate in inputs.SHAPES.values() for family in (4, 6)),
        inputs.users(500),
        *inputs.on_ports(12, 200),
    ]
    return hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16]


def test_inputs_change_only_with_the_version():
    assert DIGESTS[inputs.VERSION] == digest()


@pytest.mark.parametrize("shape", inputs.SHAPES)
@pytest.mark.parametrize("family", [4, 6])
def test_a_shape_has_as_many_prefixes_as_were_asked_for(shape, family):
    assert len(inputs.SHAPES[shape](500, family)) == 500


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_has_a_line_in_the_page(name):
    assert f"| `{name}` |" in PAGE


def test_the_page_is_of_this_version_of_the_benchmark():
    assert f"Benchmark version {inputs.VERSION}" in PAGE


def test_contenders_agree_on_what_is_left(tmp_path):
    source = tmp_path / "prefixes.txt"
    source.write_text("\n".join(inputs.role_shaped(500)), "utf-8")

    own, library = (contenders.worker(name, source) for name in ("segfw", "ipaddress"))

    assert own.digest == library.digest
    assert own.left == library.left < 500


def test_a_missing_contender_is_said(monkeypatch):
    monkeypatch.setattr(contenders, "versions", lambda: {"netaddr": "not installed"})

    assert not contenders.is_there("netaddr")
    assert line("libraries", contenders.missing("netaddr", "netaddr / ours")) == (
        "libraries     SKIPPED  netaddr / ours: netaddr is not installed; `make bench` installs it"
    )


def test_a_missed_goal_is_said():
    result = Result(what="a / b", value=1.5, most=1)

    assert line("sizes", result) == "sizes            1.50  goal <= 1      MISSED  a / b"


def test_generated_stacks_are_proven_and_differ(tmp_path):
    fill(tmp_path, 3)

    plans = [load_plan(tmp_path, f"s{number:04}", TODAY) for number in range(3)]

    assert len({plan.digest for plan in plans}) == 3


def test_the_stack_of_a_size_is_proven(tmp_path):
    (tmp_path / "Pulumi.n200.yaml").write_text(stack_text(inputs.users(200)), "utf-8")

    assert all(proof.holds for proof in load_plan(tmp_path, "n200", TODAY).proofs)


def test_a_cover_of_lists_on_ports_is_exact():
    from bench.spaces import parsed, space_of

    space = space_of(parsed(inputs.on_ports(4, 100)))

    assert union_space(Family.IPV4, exact(space)) == space


def bench(*words):
    return subprocess.run(
        [sys.executable, "-m", "bench", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_measure_prints_json():
    (result,) = json.loads(bench("--only", "modules", "--json").stdout)["results"]

    assert (result["measure"], result["value"]) == ("modules", 0)


def test_each_figure_begins_with_the_name_of_its_measure(monkeypatch, capsys):
    figures = [Result(what="a / b", value=1), Result(what="c / d", value=2)]
    monkeypatch.setattr("bench.__main__.MEASURES", {"twice": lambda rounds: iter(figures)})
    monkeypatch.setattr(sys, "argv", ["bench", "--rounds", "1"])

    assert main() == 0
    told = capsys.readouterr().out.splitlines()
    assert [one.split()[0] for one in told[1:-1]] == ["twice", "twice"]
    assert told[-1] == "2 figures, 0 miss their goal, 0 skipped."


def test_a_measure_that_is_not_there_is_a_wrong_call_that_names_those_that_are():
    done = bench("--only", "nosuch")

    assert (done.returncode, done.stdout) == (2, "")
    assert f'no measure has "nosuch" in its name; there are {", ".join(MEASURES)}.' in done.stderr


def test_help_lists_the_measures():
    listed = bench("--help").stdout.partition("measures:\n")[2].partition("\n\n")[0].splitlines()

    assert [one.split()[0] for one in listed] == list(MEASURES)


def test_the_page_has_no_measure_that_is_not_there():
    assert set(re.findall(r"^[|] `([a-z]+)` [|]", PAGE, re.MULTILINE)) == set(MEASURES)


def test_a_measure_that_gives_up_says_why_and_keeps_what_it_had():
    def measure():
        yield Result(what="one", value=1.0)
        raise SystemExit("error: it\nbroke")

    kept, failed = whole("engine", measure())

    assert kept.what == "one"
    assert (failed.what, failed.skipped) == ("engine gave up", "error: it broke")
