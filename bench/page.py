"""`python -m bench.page FIGURES PAGE`: the figures of a run, as the table of the page.

FIGURES is what `python -m bench --json` printed, PAGE is `docs/performance.md`. The line with
the versions and the rows of the measures that were run are written anew; all else stays as it is.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from bench.measures import MEASURES
from bench.timing import Result

HEAD = "| Measure | What is compared | Goal | Figure | Of |\n| --- | --- | --- | --- | --- |\n"
VERSIONS = re.compile(r"^Benchmark version .*$", re.MULTILINE)
TABLE = re.compile(re.escape(HEAD) + r"((?:\|.*\n)*)")
ROW = re.compile(r"\| `([a-z]+)` \|.*\n")


def row(told: dict[str, Any]) -> str:
    """One figure as a row; one that misses its goal is bold, and says so."""
    fields = {key: value for key, value in told.items() if key != "measure" and value is not None}
    result = Result(**fields)
    goal = result.goal_text.removeprefix("goal ").replace("<=", "at most").replace(">=", "at least")
    figure = result.skipped or result.shown
    if result.met is False:
        figure = f"**{figure}**, missed"
    cells = (f"`{told['measure']}`", result.what, goal, figure, result.detail)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def page(text: str, document: dict[str, Any]) -> str:
    """The page with the run's figures."""
    known = dict(document["versions"])
    number = known.pop("benchmark")
    known.pop("machine", None)
    said = ", ".join(f"{name} {each}" for name, each in known.items())
    text = VERSIONS.sub(lambda _: f"Benchmark version {number}, on two cores, with {said}.", text)
    return TABLE.sub(lambda table: HEAD + _rows(table[1], document["results"]), text)


def _rows(old: str, results: list[dict[str, Any]]) -> str:
    """The rows in the order of the measures; *old* ones where a measure was not run."""
    rows: dict[str, list[str]] = {}
    for told in results:
        rows.setdefault(told["measure"], []).append(row(told))
    run = set(rows)
    for found in ROW.finditer(old):
        if found[1] not in run:
            rows.setdefault(found[1], []).append(found[0])
    return "".join(each for name in MEASURES for each in rows.get(name, []))


def main() -> None:
    """Write the page anew."""
    if len(sys.argv) != 3:  # noqa: PLR2004 - two arguments
        sys.exit((__doc__ or "").partition("\n")[0])
    figures, path = (Path(one) for one in sys.argv[1:])
    document = json.loads(figures.read_text("utf-8"))
    path.write_text(page(path.read_text("utf-8"), document), "utf-8")


if __name__ == "__main__":
    main()
