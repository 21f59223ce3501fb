"""The JSON Schema of `segfw explain --format json`, with what each key means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction
from segfw.cli.reference.forms import DRAFT, family, flag, list_of, one_of, record, text
from segfw.flow import Point
from segfw.review.explain.document import FORMAT
from segfw.review.explain.nearest import Differs
from segfw.review.explain.path import Verdict
from segfw.review.explain.proposals import Outcome

if TYPE_CHECKING:
    Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:explain:{FORMAT}",
        "title": "An answer of seg-firewall to a question about packets",
        **record(
            "What `segfw explain STACK PACKET --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            askedOf=text("The stack, or the files that were asked."),
            deployed=flag("The answer is about what is deployed, not about what is planned."),
            question=_question(),
            verdict=one_of(Verdict, "The answer; partly: some of the packets are denied."),
            families=list_of(_family(), "The answer in each address family that was asked."),
            notes=list_of(text("A sentence."), "What is worth knowing beside the answer."),
            nearest=list_of(_near(), "Flows that are what was asked but for one thing."),
            proposals=list_of(_proposal(), "Changes of the stack file, each of them tried."),
        ),
    }


def _question() -> Schema:
    return record(
        "The question, as it was understood.",
        text=text("The question as a text, which can be asked again."),
        direction=one_of(Direction, "Who opens the connection: ingress is towards the gateway."),
        protocol=text("The protocol's keyword, or its number."),
        port=text("The port, or range, or ICMP type and code; null for others.", null=True),
        interface=text("The gateway's interface."),
        remote=text("The far end, as it was named."),
        prefixes=list_of(text("A prefix."), "The addresses that it stands for."),
        reference=text("A cloud's own name for the far end; null where it has none.", null=True),
    )


def _spaces(description: str) -> Schema:
    inner = record(
        "Packets of one service.",
        service=text("The protocol with ports, or with type and code."),
        addresses=text("The far ends, with commas between."),
    )
    return list_of(inner, description)


def _family() -> Schema:
    return record(
        "The answer in one family.",
        family=family("The family."),
        exact=flag(
            "The parts are exact; else the points ask for the far end in different forms, and "
            "each part is all or nothing."
        ),
        allowed=_spaces("What passes every point, and is answered."),
        denied=_spaces("What does not."),
        notKnown=_spaces("What depends on something that is not read here."),
        repliesCut=flag("Some requests pass every point, and no reply comes back."),
        points=list_of(_point(), "The enforcement points, in the order in which they are tried."),
    )


def _judged() -> dict[str, Schema]:
    return {
        "neverMet": _spaces("Packets within one subnet, which never meet a network ACL."),
        "allowed": _spaces("What it allows."),
        "denied": _spaces("What it denies."),
        "notKnown": _spaces("What it may allow, for all that is known."),
        "unmatched": _spaces("What no rule surely matches."),
        "rules": list_of(_rule(), "The rules that decide something, in their order."),
    }


def _point() -> Schema:
    return record(
        "An enforcement point.",
        point=one_of(Point, "What it is."),
        name=text("Its name: the interface's, or that of a resource which others made."),
        verdict=one_of(Verdict, "What it says of the request."),
        stateful=flag("It lets replies back by itself."),
        answered=flag("The traffic is answered at all, as far as is known."),
        **_judged(),
        replies={
            **record(
                "What a stateless point does with the replies; null where there is none to judge.",
                verdict=one_of(Verdict, "What it says of the replies."),
                **_judged(),
            ),
            "type": ["object", "null"],
        },
    )


def _rule() -> Schema:
    return record(
        "A rule that decides some of the packets.",
        label=text("What it is called."),
        name=text("Its own name; null for an entry of a network ACL.", null=True),
        number={
            "type": ["integer", "null"],
            "description": "When it is tried, 0 where all rules are; null where it is not known.",
        },
        action={
            "enum": ["allow", "deny", None],
            "description": "What it does; null where that is not known.",
        },
        decides=_spaces("The packets that it decides."),
        sure=flag("It surely decides all of them."),
        doubt=text("What is not known of it; null where nothing is.", null=True),
        serves=list_of(_reason(), "The flows that mean these packets."),
        closing=text("What a deny stands before; null for an allow.", null=True),
        widening=text("Why it lets through what no flow means; null where one does.", null=True),
        recorded=list_of(text("Features and rows."), "What the deployment recorded of it."),
        foreign=flag("The stack has no such rule."),
    )


def _origin(description: str) -> Schema:
    return {
        **record(
            description,
            path=text("The path of the setting, with its value."),
            file=text("The file."),
            line={"type": ["integer", "null"], "description": "The line; null where it has none."},
        ),
        "type": ["object", "null"],
    }


def _reason_keys() -> dict[str, Schema]:
    return {
        "feature": text("The feature."),
        "row": text("The row's id."),
        "label": text("How a reader is pointed to the row."),
        "title": text("What the row is for."),
        "custom": text("The name of a custom flow; null for others.", null=True),
        "reply": flag("The packets answer this flow."),
        "interface": text("The interface."),
        "flowDirection": one_of(Direction, "Who opens the connection."),
        "traffic": text("Protocol and ports."),
        "peer": text("The far end's name."),
        "options": list_of(
            record(
                "An option that made it so.",
                name=text("The option."),
                value=text("Its value."),
                origin=_origin("Where it is set; null for a default."),
            ),
            "Options of the feature that chose the row, its port, peers or interface.",
        ),
        "origins": list_of(_origin("A line."), "The lines of config that put it there."),
    }


def _reason() -> Schema:
    return record("A flow behind a rule.", **_reason_keys())


def _near() -> Schema:
    differs = {
        "enum": [one.name.lower() for one in Differs],
        "description": "In what it differs from the question.",
    }
    return record("A flow that comes near.", differs=differs, **_reason_keys())


def _proposal() -> Schema:
    return record(
        "A change of the stack file, and what became of it.",
        feature=text("The feature."),
        label=text("The row; null for a custom flow.", null=True),
        title=text("What it is for."),
        outcome=one_of(
            Outcome,
            "Allowed with it; allowed elsewhere; refused; or accepted, and still denied.",
        ),
        interfaces=list_of(text("An interface."), "Where the packets pass, if that is elsewhere."),
        reasons=list_of(text("A sentence."), "Why it is refused."),
        edits=list_of(
            record(
                "One edit.",
                path=text("The path of the setting."),
                adds=flag("The value is added to a list; else it is set."),
                value={
                    "type": ["string", "integer", "boolean", "array", "object"],
                    "description": "The value.",
                },
                origin=_origin("The line to change; null for what is new."),
            ),
            "The edits, to be made together.",
        ),
    )
