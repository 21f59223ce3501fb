"""The JSON Schema of `segfw prove --format json`, with what each key means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction
from segfw.cli.reference.forms import DRAFT, count, family, flag, list_of, one_of, record, text
from segfw.flow import Point
from segfw.review.proving import FORMAT

if TYPE_CHECKING:
    Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:proof:{FORMAT}",
        "title": "A proof of seg-firewall",
        **record(
            "What `segfw prove STACK --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            stacks=list_of(_stack(), "The stacks, those with problems last."),
            totals=_totals("Sums over the stacks."),
        ),
    }


def _stack() -> Schema:
    return record(
        "The proof of one stack.",
        stack=text("The stack."),
        digest=text("The plan's digest; null where problems leave no plan.", null=True),
        proven=flag("Every resource was read back, and every comparison holds."),
        problems=list_of(_problem(), "What is wrong in the stack's files; then nothing is proven."),
        unreadable=text(
            "Why a resource cannot be read back, which is a bug of seg-firewall; else null.",
            null=True,
        ),
        comparisons=list_of(
            _comparison(), "One to an enforcement point, direction and address family."
        ),
        totals=_totals("Sums over the comparisons."),
    )


def _problem() -> Schema:
    return record(
        "A problem, as `segfw check` prints it.",
        kind=text("problem."),
        text=text("What it says."),
        file=text("The file."),
        line={"type": ["integer", "null"], "description": "The line; null where there is none."},
        path=text("The path in the settings."),
    )


def _comparison() -> Schema:
    return record(
        "What is meant, compared with what the resources let through.",
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface."),
        direction=one_of(Direction, "The direction."),
        family=family("The address family."),
        flows=list_of(
            text("A flow, or a reply to one."),
            "What needs something here: interface, way, traffic, peer, feature and row.",
        ),
        rules=count("How many of the stack's rules were read back; the cloud's own not counted."),
        meant=_size("What the flows, and for a network ACL their replies, need."),
        allowed=_size("What the rules let through."),
        declaredWidening=_size("The widening that the plan declares."),
        holds=flag("Meant and widening together are what is let through."),
        counterexample={
            **record(
                "One packet on which the comparison fails; null where it holds.",
                packet=text("What it asks for, and the far end: an address or a reference."),
                letThrough=flag("The rules let it through."),
                declared=flag("The plan declares it as a widening, and it is none."),
                meantBy=list_of(text("As in `flows`."), "Who means it; none where it was added."),
                decidedBy=list_of(
                    text("A rule's name, with its priority, or an entry's number and content."),
                    "The first rule that matches; in security groups all; none: no rule matches.",
                ),
                text=text("The same in a sentence."),
            ),
            "type": ["object", "null"],
        },
        milliseconds=_time("How long it took; reading an enforcement point counts for its first."),
    )


def _size(description: str) -> Schema:
    return record(
        description,
        pairs=text(
            "How many pairs of a service point (a protocol with a port, or a type and code) and "
            "an address; in decimal digits, as text, since it may have more than JSON readers "
            "keep. Members of references are not counted."
        ),
        slices=count("Runs of service points with the same addresses."),
        boxes=count("The same, split where the protocol changes."),
    )


def _totals(description: str) -> Schema:
    return record(
        description,
        comparisons=count("How many comparisons."),
        holding=count("How many of them hold."),
        rules=count("Rules read back; one that speaks of both families counts in each."),
        milliseconds=_time("How long they took."),
    )


def _time(description: str) -> Schema:
    return {"type": "number", "minimum": 0, "description": description}
