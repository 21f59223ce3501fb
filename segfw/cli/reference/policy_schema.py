"""The JSON Schema of `segfw policy --format json`, with what each key means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.cli.reference.forms import DRAFT, count, flag, list_of, one_of, record, text
from segfw.guardrails.guardrail import Severity, Verdict
from segfw.guardrails.levels import Level
from segfw.review.judging import FORMAT

if TYPE_CHECKING:
    Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:policy:{FORMAT}",
        "title": "A judgement of seg-firewall's guardrails",
        **record(
            "What `segfw policy STACK --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            guardrails=list_of(_guardrail(), "Every guardrail, whether it found something or not."),
            stacks=list_of(_stack(), "The stacks, or the state, that were judged."),
        ),
    }


def _guardrail() -> Schema:
    return record(
        "A guardrail.",
        id=text("Its id: a public name, which is never used for anything else."),
        statement=text("What must hold."),
        why=text("Why."),
        severity=one_of(Severity, "How bad a violation is."),
        fix=text("The next step where it is violated."),
        undecided=text("What is decided where something is not known yet."),
        frameworks=list_of(text("A control."), "Controls of frameworks that ask for the same."),
        answers=list_of(text("An id."), "Checks of other tools that look at the same thing."),
    )


def _stack() -> Schema:
    return record(
        "What was found in one stack.",
        stack=text("The stack."),
        environment=text("Its environment; null where no firewall of ours says it.", null=True),
        resources=count("How many resources were judged."),
        stops=flag("A violation that no waiver covers is mandatory here."),
        findings=list_of(_finding(), "What was found, waived findings last."),
    )


def _finding() -> Schema:
    return record(
        "One finding.",
        guardrail=text("The guardrail's id."),
        verdict=one_of(Verdict, "Violated, not known yet, or allowed and listed."),
        level=one_of(Level, "What a violation of this guardrail does in this environment."),
        urn=text("The resource; null for the stack as a whole.", null=True),
        subject=text("What it is about."),
        message=text("What was found."),
        waivedBy=text("Who owns the waiver that covers it; null where none does.", null=True),
        waivedUntil=text("The last day of that waiver; null where there is none.", null=True),
    )
