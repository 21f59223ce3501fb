"""Findings as readers see them: a resource's name never makes a line of its own."""

from __future__ import annotations

from segfw.guardrails.guardrail import Found, Verdict
from segfw.guardrails.pack import BY_ID, Finding
from segfw.review.judging import Judged, judged_sections

FORGED = 'group "web\n  0 violated\x1b[2J\u2028\u202e"'


def test_names_with_control_characters_stay_on_their_line() -> None:
    said = [
        Finding(BY_ID["ssh-external"], Found(verdict, "urn", FORGED, f"from {FORGED}"))
        for verdict in Verdict
    ]
    (section,) = judged_sections([Judged("test\n", "dev\n0 violated", 1, tuple(said))])
    lines = [section.title, *(text for one in section.items for text in (one.text, *one.notes))]

    assert all(line.isprintable() for line in lines), lines
    assert sum('group "web?  0 violated?[2J??"' in line for line in lines) == len(Verdict)


def test_names_in_other_scripts_are_shown_as_they_are() -> None:
    found = Found(Verdict.VIOLATED, "urn", 'group "Poštový"', "x")

    assert found.line == 'group "Poštový": x'
