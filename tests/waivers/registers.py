"""Registers as texts, and what they are read into."""

from __future__ import annotations

from datetime import date

import pytest

from segfw.problems import ProblemsFound
from segfw.waivers import Known, read_waivers

TODAY = date(2026, 11, 24)
FILE = "config/waivers.yaml"
KNOWN = Known(
    checks=("gateway-checklist", "CKV_AWS_231", "AWS-0104"),
    features=("send-mail", "receive-mail"),
    stacks=("aws-lab", "aws-prod"),
)
GOOD = {
    "check": "CKV_AWS_231",
    "resource": "public-acl",
    "environment": "all",
    "reason": "Replies.",
    "owner": "net",
    "expires": '"2027-05-01"',
    "link": "https://wiki.example.com/1",
}
"""What an entry says, as it is written."""


def register(*entries, **changes):
    """The text of a register: of GOOD with *changes* (None takes out), or of *entries* of those."""
    lines = ["waivers:"]
    for entry in entries or (changes,):
        said = {key: value for key, value in {**GOOD, **entry}.items() if value is not None}
        for index, (key, value) in enumerate(said.items()):
            lines.append(f"  {'- ' if index == 0 else '  '}{key}: {value}")
    return "\n".join(lines) + "\n"


def read(text, known=KNOWN, today=TODAY):
    return read_waivers(text, FILE, known, today)


def problems(text, known=KNOWN):
    """The problems of a register, each as its text."""
    with pytest.raises(ProblemsFound) as found:
        read(text, known)
    return [str(problem) for problem in found.value.problems]
