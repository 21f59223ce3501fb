"""The page of figures, written from a run."""

from __future__ import annotations

from bench.page import HEAD, page
from bench.timing import ROOT


def told(**fields):
    return {
        "measure": "check",
        "what": "a / b",
        "value": 0.5,
        "most": 0.7,
        "detail": "1 s / 2 s",
    } | (fields)


def test_figures_take_the_places_of_their_measures_and_all_else_stays():
    old = f"Before.\n\nBenchmark version 1, old.\nBold.\n\n{HEAD}| `check` | old |\n| `stacks` | kept |\n\nAfter.\n"
    document = {
        "versions": {"benchmark": "2", "python": "3.11.7", "machine": "x"},
        "results": [told(), told(value=0.9), told(most=None, value=None, skipped="not there")],
    }

    assert page(old, document) == (
        "Before.\n\nBenchmark version 2, on two cores, with python 3.11.7.\nBold.\n\n"
        f"{HEAD}"
        "| `check` | a / b | at most 0.7 | 0.50 | 1 s / 2 s |\n"
        "| `check` | a / b | at most 0.7 | **0.90**, missed | 1 s / 2 s |\n"
        "| `check` | a / b |  | not there | 1 s / 2 s |\n"
        "| `stacks` | kept |\n"
        "\nAfter.\n"
    )


def test_the_page_of_the_project_has_the_places():
    text = (ROOT / "docs" / "performance.md").read_text("utf-8")
    changed = page(text, {"versions": {"benchmark": "2"}, "results": [told(what="new")]})

    new = "| `check` | new | at most 0.7 | 0.50 | 1 s / 2 s |\n"
    assert [line for line in changed.splitlines(keepends=True) if "| `check` |" in line] == [new]
    assert changed.count("\n| `stacks` |") == text.count("\n| `stacks` |")
    assert "Benchmark version 2, on two cores, with .\n" in changed
