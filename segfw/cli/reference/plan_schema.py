"""The JSON Schema of `segfw plan --format json`, with what each key means.

Every key is required. Readers may meet keys that are new; a test on real output allows none
that is not here, so none is added, dropped or renamed without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction, Protocol
from segfw.cli.reference.forms import DRAFT, count, family, list_of, one_of, record, text
from segfw.flow import Point
from segfw.problems import Severity
from segfw.review.document import FORMAT
from segfw.review.exposure import Reach
from segfw.rule import Action
from segfw.settings.types import Cloud, Environment, Fit

if TYPE_CHECKING:
    Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:plan:{FORMAT}",
        "title": "A plan of seg-firewall",
        **record(
            "What `segfw plan STACK --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            stack=text("The stack."),
            cloud=one_of(Cloud, "The cloud."),
            region=text("The region; null where only the provider knows it.", null=True),
            environment=one_of(Environment, "How strict the stack is."),
            release=text("The gateway's release."),
            ciscoRegion=text("The Cisco region of its cloud services."),
            catalogEdition=text("The edition of the firewall table that the catalog follows."),
            digest=text("SHA-256 over every resource's type, name and inputs, hexadecimal."),
            customFlows=list_of(text("A name."), "Names of the custom flows."),
            exposure=list_of(
                _opening(),
                "Who reaches the gateway, and whom it reaches anywhere, as security groups or NSGs "
                "admit it.",
            ),
            ruleSets=list_of(_rule_set(), "One rule set to each enforcement point."),
            resources=list_of(_resource(), "The resources as Pulumi registers them."),
            widenings=list_of(text("A sentence."), "What is open beyond the flows, in sentences."),
            redundancies=list_of(text("A sentence."), "Rules that other rules cover."),
            remarks=list_of(_remark(), "Warnings and notes, warnings first."),
            checklist=list_of(_to_do(), "What is to be done on the gateway itself."),
            cloudBlocks=list_of(text("A sentence."), "What the cloud blocks outside of any rule."),
            proofs=list_of(
                _proof(), "One comparison to an enforcement point, direction and family."
            ),
        ),
    }


def _opening() -> Schema:
    return record(
        "One far end at one interface.",
        reach=one_of(
            Reach,
            "From the internet; from any address, on an interface that the internet does not "
            "reach; to what manages the gateway; or out to any address.",
        ),
        interface=text("The interface."),
        peer=text("The far end's name; internet for any address."),
        prefixes=list_of(text("A prefix."), "Its prefixes; none where only the cloud knows them."),
        addresses=text("How many addresses these are, for people."),
        public={
            "type": ["boolean", "null"],
            "description": "Some are on the internet; null where only the cloud knows.",
        },
        services=list_of(
            record(
                "A protocol with its ports.",
                protocol=one_of(Protocol, "The protocol."),
                ports=text("Destination ports, or type and code of ICMP."),
                features=list_of(text("A feature's id, or custom and a name."), "What opens it."),
            ),
            "What is open there.",
        ),
    )


def _rule_set() -> Schema:
    return record(
        "The rules of one enforcement point of one interface.",
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface."),
        fit=one_of(Fit, "How far rules may be reshaped."),
        groups=count("How many security groups the rules are spread over."),
        rulesBefore=count("How many rules the flows and replies need before any reshaping."),
        attached=text("Who attaches it to what."),
        usage=list_of(_usage(), "What it uses of each quota."),
        widenings=list_of(_widening(), "What it allows beyond the flows."),
        notFilteredHere=list_of(
            text("A network's name and a prefix."),
            "Peers in the interface's own subnet, which a network ACL never sees.",
        ),
        rules=list_of(_rule(), "The rules, in reading order."),
    )


def _usage() -> Schema:
    return record(
        "One quota.",
        what=text("What is counted."),
        direction=one_of(Direction, "The direction that is counted; null: both.", null=True),
        family=family("The family that is counted; null: both.", null=True),
        used=count("How many there are."),
        limit=count("How many there may be."),
        reserve=count("How many are kept free for an update."),
        room=count("How many may be added in one update."),
    )


def _widening() -> Schema:
    return record(
        "Packets that are allowed beyond the flows.",
        direction=one_of(Direction, "The direction."),
        family=family("The family."),
        why=text("Why."),
        space=list_of(
            record(
                "A service with the addresses that it reaches.",
                service=text("Protocol and ports, or ICMP types."),
                addresses=text("Prefixes and references."),
            ),
            "Which packets.",
        ),
    )


def _rule() -> Schema:
    return record(
        "One rule.",
        name=text("Its name, made of what it says: the last part of its resource's name."),
        number=count("The entry number (network ACL) or priority (NSG); 0 in a security group."),
        group=count("Which of the interface's security groups holds it, from 1."),
        direction=one_of(Direction, "Towards the gateway, or away from it."),
        action=one_of(Action, "What happens to what it matches."),
        protocol={
            "enum": [*(protocol.value for protocol in Protocol), "any"],
            "description": "The protocol.",
        },
        ports=text("Destination ports, type and code of ICMP, or any."),
        peer=text("The far end, for people."),
        prefixes=list_of(
            text("A prefix."), "The far end's prefixes; none where it is a reference."
        ),
        reference=text("The far end's reference, as kind and name; else null.", null=True),
        reply={
            "type": "boolean",
            "description": "It lets return traffic through and serves no request.",
        },
        serves=list_of(_served(), "The flows that it serves; none for a guard or a closing deny."),
    )


def _served() -> Schema:
    return record(
        "One flow.",
        feature=text("The feature, or custom-flow."),
        row=text("The row's id, or the custom flow's name."),
        label=text("The row, for people."),
        peer=text("The peer's name."),
        origins=list_of(
            text("File, line and path."), "Where the stack's files ask for it, as FILE:LINE PATH."
        ),
    )


def _resource() -> Schema:
    return record(
        "One resource.",
        type=text("The Pulumi type token."),
        name=text("The logical name."),
        inputs={
            "type": "object",
            "description": "The inputs as the engine spells them; `<name.id>` is an id to be.",
        },
    )


def _remark() -> Schema:
    return record(
        "A warning or note.",
        severity=one_of(Severity, "How much it matters."),
        place=text("File and line."),
        path=text("The path in the settings."),
        message=text("What it says."),
    )


def _to_do() -> Schema:
    return record(
        "An item of the checklist.",
        id=text("Its id."),
        title=text("What is to be done."),
        why=text("Why."),
        commands=list_of(text("A line."), "Lines for the gateway's command line."),
        sourced={
            "type": "boolean",
            "description": "The commands were read in a text; else confirm them in your release.",
        },
        confirmed=text("Who saw it done and when, while that counts; else null.", null=True),
    )


def _proof() -> Schema:
    return record(
        "One comparison of what is meant with what the resources allow.",
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface."),
        direction=one_of(Direction, "The direction."),
        family=family("The family."),
        holds={
            "type": "boolean",
            "description": "Meant and widening together are what is allowed.",
        },
        meant=text("What the flows, and for a network ACL their replies, need."),
        declaredWidening=text("The widening that the plan declares."),
    )
