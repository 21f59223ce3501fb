"""The JSON Schema of `segfw plan --format json`, with what each key means.

Every key is required. Readers may meet keys that are new; a test on real output allows none
that is not here, so none is added, dropped or renamed without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction, Protocol
from segfw.flow import Point
from segfw.problems import Severity
from segfw.review.document import FORMAT
from segfw.review.exposure import Reach
from segfw.rule import Action
from segfw.sets.addresses import Family
from segfw.settings.types import Cloud, Environment, Fit

if TYPE_CHECKING:
    from enum import Enum

    Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:plan:{FORMAT}",
        "title": "A plan of seg-firewall",
        **_object(
            "What `segfw plan STACK --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            stack=_text("The stack."),
            cloud=_one_of(Cloud, "The cloud."),
            region=_text("The region; null where only the provider knows it.", null=True),
            environment=_one_of(Environment, "How strict the stack is."),
            release=_text("The gateway's release."),
            ciscoRegion=_text("The Cisco region of its cloud services."),
            catalogEdition=_text("The edition of the firewall table that the catalog follows."),
            digest=_text("SHA-256 over every resource's type, name and inputs, hexadecimal."),
            customFlows=_list(_text("A name."), "Names of the custom flows."),
            exposure=_list(
                _opening(),
                "Who reaches the gateway, and whom it reaches anywhere, as security groups or NSGs "
                "admit it.",
            ),
            ruleSets=_list(_rule_set(), "One rule set to each enforcement point."),
            resources=_list(_resource(), "The resources as Pulumi registers them."),
            widenings=_list(_text("A sentence."), "What is open beyond the flows, in sentences."),
            redundancies=_list(_text("A sentence."), "Rules that other rules cover."),
            remarks=_list(_remark(), "Warnings and notes, warnings first."),
            checklist=_list(_to_do(), "What is to be done on the gateway itself."),
            cloudBlocks=_list(_text("A sentence."), "What the cloud blocks outside of any rule."),
            proofs=_list(_proof(), "One comparison to an enforcement point, direction and family."),
        ),
    }


def _opening() -> Schema:
    return _object(
        "One far end at one interface.",
        reach=_one_of(
            Reach,
            "From the internet; from any address, on an interface that the internet does not "
            "reach; to what manages the gateway; or out to any address.",
        ),
        interface=_text("The interface."),
        peer=_text("The far end's name; internet for any address."),
        prefixes=_list(_text("A prefix."), "Its prefixes; none where only the cloud knows them."),
        addresses=_text("How many addresses these are, for people."),
        public={
            "type": ["boolean", "null"],
            "description": "Some are on the internet; null where only the cloud knows.",
        },
        services=_list(
            _object(
                "A protocol with its ports.",
                protocol=_one_of(Protocol, "The protocol."),
                ports=_text("Destination ports, or type and code of ICMP."),
                features=_list(_text("A feature's id, or custom and a name."), "What opens it."),
            ),
            "What is open there.",
        ),
    )


def _rule_set() -> Schema:
    return _object(
        "The rules of one enforcement point of one interface.",
        point=_one_of(Point, "The kind of enforcement point."),
        interface=_text("The interface."),
        fit=_one_of(Fit, "How far rules may be reshaped."),
        groups=_count("How many security groups the rules are spread over."),
        rulesBefore=_count("How many rules the flows and replies need before any reshaping."),
        attached=_text("Who attaches it to what."),
        usage=_list(_usage(), "What it uses of each quota."),
        widenings=_list(_widening(), "What it allows beyond the flows."),
        notFilteredHere=_list(
            _text("A network's name and a prefix."),
            "Peers in the interface's own subnet, which a network ACL never sees.",
        ),
        rules=_list(_rule(), "The rules, in reading order."),
    )


def _usage() -> Schema:
    return _object(
        "One quota.",
        what=_text("What is counted."),
        direction=_one_of(Direction, "The direction that is counted; null: both.", null=True),
        family=_family("The family that is counted; null: both.", null=True),
        used=_count("How many there are."),
        limit=_count("How many there may be."),
        reserve=_count("How many are kept free for an update."),
        room=_count("How many may be added in one update."),
    )


def _widening() -> Schema:
    return _object(
        "Packets that are allowed beyond the flows.",
        direction=_one_of(Direction, "The direction."),
        family=_family("The family."),
        why=_text("Why."),
        space=_list(
            _object(
                "A service with the addresses that it reaches.",
                service=_text("Protocol and ports, or ICMP types."),
                addresses=_text("Prefixes and references."),
            ),
            "Which packets.",
        ),
    )


def _rule() -> Schema:
    return _object(
        "One rule.",
        name=_text("Its name, made of what it says: the last part of its resource's name."),
        number=_count("The entry number (network ACL) or priority (NSG); 0 in a security group."),
        group=_count("Which of the interface's security groups holds it, from 1."),
        direction=_one_of(Direction, "Towards the gateway, or away from it."),
        action=_one_of(Action, "What happens to what it matches."),
        protocol={
            "enum": [*(protocol.value for protocol in Protocol), "any"],
            "description": "The protocol.",
        },
        ports=_text("Destination ports, type and code of ICMP, or any."),
        peer=_text("The far end, for people."),
        prefixes=_list(_text("A prefix."), "The far end's prefixes; none where it is a reference."),
        reference=_text("The far end's reference, as kind and name; else null.", null=True),
        reply={
            "type": "boolean",
            "description": "It lets return traffic through and serves no request.",
        },
        serves=_list(_served(), "The flows that it serves; none for a guard or a closing deny."),
    )


def _served() -> Schema:
    return _object(
        "One flow.",
        feature=_text("The feature, or custom-flow."),
        row=_text("The row's id, or the custom flow's name."),
        label=_text("The row, for people."),
        peer=_text("The peer's name."),
        origins=_list(
            _text("File, line and path."), "Where the stack's files ask for it, as FILE:LINE PATH."
        ),
    )


def _resource() -> Schema:
    return _object(
        "One resource.",
        type=_text("The Pulumi type token."),
        name=_text("The logical name."),
        inputs={
            "type": "object",
            "description": "The inputs as the engine spells them; `<name.id>` is an id to be.",
        },
    )


def _remark() -> Schema:
    return _object(
        "A warning or note.",
        severity=_one_of(Severity, "How much it matters."),
        place=_text("File and line."),
        path=_text("The path in the settings."),
        message=_text("What it says."),
    )


def _to_do() -> Schema:
    return _object(
        "An item of the checklist.",
        id=_text("Its id."),
        title=_text("What is to be done."),
        why=_text("Why."),
        commands=_list(_text("A line."), "Lines for the gateway's command line."),
        sourced={
            "type": "boolean",
            "description": "The commands were read in a text; else confirm them in your release.",
        },
        confirmed=_text("Who saw it done and when, while that counts; else null.", null=True),
    )


def _proof() -> Schema:
    return _object(
        "One comparison of what is meant with what the resources allow.",
        point=_one_of(Point, "The kind of enforcement point."),
        interface=_text("The interface."),
        direction=_one_of(Direction, "The direction."),
        family=_family("The family."),
        holds={
            "type": "boolean",
            "description": "Meant and widening together are what is allowed.",
        },
        meant=_text("What the flows, and for a network ACL their replies, need."),
        declaredWidening=_text("The widening that the plan declares."),
    )


def _object(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _text(description: str, *, null: bool = False) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": description}


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _one_of(kind: type[Enum], description: str, *, null: bool = False) -> Schema:
    values = [member.value for member in kind]
    return {"enum": [*values, None] if null else values, "description": description}


def _family(description: str, *, null: bool = False) -> Schema:
    values = [family.keyword for family in Family]
    return {"enum": [*values, None] if null else values, "description": description}
