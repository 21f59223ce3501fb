"""The JSON Schema of `segfw diff --format json`, with what each key means.

Every key is required; see `plan_schema` for what that promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction
from segfw.changes.compare import Effect, Kind
from segfw.changes.comparison import Status
from segfw.changes.forms import Form
from segfw.changes.risk import Risk
from segfw.cli.reference.forms import DRAFT, count, family, flag, list_of, one_of, record, text
from segfw.flow import Point
from segfw.review.changes_document import FORMAT, MODES
from segfw.rule import Action
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:seg-firewall:diff:{FORMAT}",
        "title": "Comparisons of stacks, revisions and states",
        **record(
            "What `segfw diff ... --format json` prints.",
            format={"const": FORMAT, "description": "The number of this form."},
            compiledBy=text("The seg-firewall that compiled both sides, with its version."),
            mode={"enum": list(MODES), "description": "What is compared."},
            old=_compared("The old side."),
            new=_compared("The new side."),
            notes=list_of(text("A sentence."), "What should be known of the sides."),
            changes=flag("Some stack differs."),
            problems=list_of(_problem(), "Why nothing could be compared; none where something is."),
            stacks=list_of(_stack(), "Each stack that was asked for."),
        ),
    }


def _compared(description: str) -> Schema:
    return record(
        description,
        name=text("A stack, a revision, the work tree, or the file of a state."),
        commit=text("The commit of a revision.", null=True),
    )


def _stack() -> Schema:
    return record(
        "One stack.",
        stack=text("The stack; of two, the new one."),
        status=one_of(Status, "What became of it; an unchanged one was not compiled."),
        headline=text("The first line of the text."),
        cloud=one_of(Cloud, "The new side's cloud; null where it was not compiled.", null=True),
        digest=text("The new plan's digest; null where there is none.", null=True),
        verdict=text("What becomes of the rules; null where no update leads there.", null=True),
        changes=flag("Something differs."),
        oneUpdate={
            "type": ["boolean", "null"],
            "description": "One update can do it, within the quotas and without losing anything; "
            "null where no update leads there.",
        },
        counts=record(
            "How many rules there are of each kind; 0 where no update leads there.",
            **{kind.value: count(KINDS[kind]) for kind in Kind},
        ),
        problems=list_of(_problem(), "Why it is not compared, or one update cannot do it."),
        ways=_ways(),
        warnings=list_of(text("A sentence."), "What should be known before the update."),
        exposed=list_of(
            _group(), "What the internet reaches since the interface is external, by old rules."
        ),
        opened=list_of(_group(), "What is newly let through, the worst first."),
        closed=list_of(_group(), "What is let through no more."),
        forms=list_of(
            _form(), "Rules of which no packet changes: written differently, or covered by others."
        ),
        uncompared=list_of(text("A sentence."), "What of two stacks cannot be compared."),
        points=list_of(_point(), "Each enforcement point of either side."),
        rules=list_of(_rule(), "Every rule that is not kept as it is."),
        resources=list_of(_resource(), "What changes besides rules."),
        room=list_of(_use(), "What security groups hold, by direction and family."),
    )


def _group() -> Schema:
    return record(
        "One feature and far end on one interface.",
        words=text("It in one line."),
        risk=one_of(Risk, "What to look at first; named for what is closed."),
        management=flag("It reaches what administers the gateway."),
        feature=text("The feature; null where none means it.", null=True),
        custom=text("The name of a custom flow; null where it is none.", null=True),
        rows=list_of(text("A row's id."), "The rows."),
        why=text("Feature and rows, for people; why, where no feature means it."),
        interface=text("The interface."),
        peer=text("The network or host; null where no feature means it.", null=True),
        addresses=count("How many addresses are newly let through, references apart."),
        packets=list_of(_group_packets(), "The packets, exactly."),
        origins=list_of(
            record(
                "A line of config.",
                file=text("The file, with its revision."),
                line={"type": ["integer", "null"], "description": "The line."},
                path=text("The path in the settings."),
            ),
            "The lines that say so, of the side that lets them through; none of a state.",
        ),
    )


def _group_packets() -> Schema:
    return record(
        "Packets of one service at one enforcement point.",
        point=one_of(Point, "The kind of enforcement point."),
        absent=flag("It is a network ACL that this side has not: nothing is filtered there."),
        reply=flag("They answer the feature's connections."),
        direction=one_of(Direction, "Towards the gateway, or away from it."),
        family=family("The family."),
        service=text("Protocol and ports, or ICMP types."),
        addresses=text("Prefixes and references."),
    )


def _form() -> Schema:
    return record(
        "Rules of one enforcement point and direction.",
        form=one_of(Form, "How they differ."),
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface."),
        direction=one_of(Direction, "The direction."),
        old=list_of(text("A name."), "The old rules."),
        new=list_of(text("A name."), "The new rules; of pairs, in the order of the old ones."),
        by=list_of(
            text("A name."), "Of covered ones: the other side's rules that have their packets."
        ),
    )


KINDS = {
    Kind.ADDED: "Only planned.",
    Kind.REMOVED: "Only deployed.",
    Kind.CHANGED: "The same name in the same place, and other packets.",
    Kind.MOVED: "In another of the interface's groups.",
    Kind.RENUMBERED: "Another entry number or priority, and nothing else.",
    Kind.DESCRIBED: "Another description or name, and nothing else.",
    Kind.KEPT: "As deployed.",
}


def _problem() -> Schema:
    return record(
        "One problem.",
        text=text("What it says."),
        file=text("The file that the interface stands in."),
        line={"type": ["integer", "null"], "description": "Its line; null where it has none."},
        path=text("The path in the settings."),
    )


def _ways() -> Schema:
    return record(
        "What can be done where one update cannot.",
        steps=list_of(
            record(
                "One update on the way.",
                features=list_of(text("A feature."), "Whose changes it takes; none: single rules."),
                exchanges=list_of(
                    record(
                        "One change of a list of addresses.",
                        gone=text("The far end that goes; empty where one is added."),
                        come=text("The far end that comes in its place; empty where one goes."),
                    ),
                    "Far ends that it takes, where it takes far ends.",
                ),
                adds=list_of(text("A name."), "Rules that it makes."),
                removes=list_of(text("A name."), "Rules that it deletes."),
                room=count("How many rules are free at its tightest moment."),
            ),
            "Updates after each other; none where there is no such split, or none is needed.",
        ),
        groups={
            "type": "object",
            "description": "Interfaces to the number of groups to set first, with the rules as "
            "they are; empty where that does not help.",
        },
        quota={
            "type": ["integer", "null"],
            "description": "The quota of rules with which one update does; null where an account "
            "cannot have it, or none is needed.",
        },
        renames=list_of(
            record(
                "One `pulumi state rename`.",
                urn=text("The deployed rule."),
                name=text("The name that it needs."),
            ),
            "Rules to rename in the state first, since AWS refuses a second one like them.",
        ),
    )


def _point() -> Schema:
    return record(
        "One enforcement point.",
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface, as the plan calls it."),
        deployed=flag("It is in the state."),
        planned=flag("It is in the plan."),
        attached=text(
            "What the state says of where it is attached; null where it goes.", null=True
        ),
        opened=list_of(
            _packets(),
            "Packets that it newly lets through; none for an NSG or network ACL that comes or "
            "goes, since others decide then.",
        ),
        closed=list_of(_packets(), "Packets that it lets through no more."),
    )


def _packets() -> Schema:
    return record(
        "Packets of one service.",
        direction=one_of(Direction, "Towards the gateway, or away from it."),
        family=family("The family."),
        service=text("Protocol and ports, or ICMP types."),
        addresses=text("Prefixes and references."),
    )


def _rule() -> Schema:
    return record(
        "One rule that differs.",
        change=one_of(Kind, "How it differs."),
        point=one_of(Point, "The kind of enforcement point."),
        interface=text("The interface, as the plan calls it."),
        name=text("Its name in the plan; of an entry of a network ACL, what its content gives."),
        direction=one_of(Direction, "Towards the gateway, or away from it."),
        action=one_of(Action, "What happens to what it matches."),
        protocol=text("The protocol, or any."),
        ports=text("Destination ports, type and code of ICMP, or any."),
        peer=text("The far end, for people."),
        why=text("Features and rows, for people."),
        features=list_of(text("A feature."), "What it serves, or served."),
        rows=list_of(text("A row's id."), "The rows that it is for."),
        old=_side("As it is deployed; null where it is not."),
        new=_side("As it is planned; null where it is not."),
    )


def _side(description: str) -> Schema:
    held = record(
        description,
        name=text("Its name on this side."),
        holder=text("The group, network ACL or NSG that it is in."),
        number=count("The entry number or priority; 0 in a security group."),
        peers=list_of(text("A prefix or reference."), "The far ends."),
        description=text("Its description; empty where it has none."),
    )
    return {**held, "type": ["object", "null"]}


def _resource() -> Schema:
    return record(
        "One resource that differs, rules apart.",
        change=one_of(Effect, "What the update does to it."),
        type=text("The Pulumi type token."),
        name=text("The logical name."),
        interface=text("The interface; null for a prefix list, which all share.", null=True),
        what=list_of(text("A part."), "Which of its parts differ."),
    )


def _use() -> Schema:
    return record(
        "One direction and family of a security group; prefix lists count their entries.",
        group=text("The group's logical name."),
        interface=text("The interface."),
        direction=one_of(Direction, "The direction."),
        family=family("The family."),
        old=count("What it holds now."),
        new=count("What it holds after the update."),
        together=count("What it holds during the update: old and new side by side."),
        limit=count("The quota."),
        room={"type": "integer", "description": "What is free then; below 0: it does not fit."},
    )
