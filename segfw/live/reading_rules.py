"""The rules of one holder as the cloud tries them, each with what it decides.

A rule of an NSG may be narrower than a header space can say: only towards one address of
the gateway, or only from one source port. Such a rule is read as wide as it may be where
it is asked what is let through, and as nothing where it is asked what surely is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.catalog.model import Direction
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import EGRESS_RULE, GROUP, INGRESS_RULE
from segfw.clouds.azure_nsg.spec import ANY, NSG
from segfw.clouds.lifted import LiftError, let_through
from segfw.readback import read_rules
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from segfw.clouds.lifted import LiftedRule, LiftedRules, Side
    from segfw.sets.addresses import AddressSet

    Known = Mapping[str, Mapping[Family, AddressSet]]
    Inputs = Mapping[str, Any]
    Resource = tuple[str, str, Inputs]
    """A name, a type and inputs."""

NEAR = {"Inbound": "destination", "Outbound": "source"}
SIDES = tuple((direction, family) for direction in Direction for family in Family)


class Decision(NamedTuple):
    """One rule, and the packets of one direction and family that it is the first to match."""

    name: str
    """Its own name; empty for an entry of a network ACL."""
    number: int | None
    side: Side
    allows: bool
    space: HeaderSpace
    default: bool
    """The cloud adds it on its own."""


class Read(NamedTuple):
    """What one enforcement point lets through."""

    most: Mapping[Side, HeaderSpace]
    """At most, for all that is known."""
    least: Mapping[Side, HeaderSpace]
    """Surely; the same as `most` where every rule says exactly what it matches."""
    decisions: tuple[Decision, ...]
    """By side, in the order in which they are tried; each as wide as it may be."""
    narrowed: Mapping[str, str]
    """Names of rules to what narrows them beyond a header space."""
    unreadable: Mapping[str, str]
    """Names of rules that no cloud can have to what is wrong with them: they are left out."""


def read_point(resources: Iterable[Resource], known: Known) -> Read:
    """What the resources of one enforcement point let through; see the module's first lines.

    A group's rules go by the names of their resources, an NSG's by their own, and an ACL's
    entries by direction and number.
    """
    unreadable: dict[str, str] = {}
    narrowed: dict[str, str] = {}
    readable = [_readable(one, known, unreadable, narrowed) for one in resources]
    held = [one for one in readable if one is not None]
    rules: LiftedRules = read_rules(held, known) if held else dict.fromkeys(SIDES, ())
    most = {side: _without(tried, narrowed, allows=False) for side, tried in rules.items()}
    least = {side: _without(tried, narrowed, allows=True) for side, tried in rules.items()}
    return Read(
        most={side: let_through(side[1], most[side]) for side in SIDES},
        least={side: let_through(side[1], least[side]) for side in SIDES},
        decisions=tuple(
            one
            for side in SIDES
            for one in (*_decided(side, most[side]), *_left_out(side, rules[side], narrowed))
        ),
        narrowed=narrowed,
        unreadable=unreadable,
    )


def _without(
    rules: tuple[LiftedRule, ...], narrowed: Mapping[str, str], *, allows: bool
) -> tuple[LiftedRule, ...]:
    """The rules but for the narrowed ones that allow, or that deny."""
    return tuple(one for one in rules if one.name not in narrowed or one.allows is not allows)


def _decided(side: Side, rules: Iterable[LiftedRule]) -> Iterator[Decision]:
    """Each rule with the packets that no rule before it matches; all of a group's are tried."""
    before = HeaderSpace(side[1])
    for rule in rules:
        matched = HeaderSpace.union(side[1], rule.boxes)
        space = matched
        if rule.number is not None:
            space, before = matched - before, before | matched
        yield Decision(rule.name, rule.number, side, rule.allows, space, rule.default)


def _left_out(
    side: Side, rules: Iterable[LiftedRule], narrowed: Mapping[str, str]
) -> Iterator[Decision]:
    """The denies that surely deny nothing, with what they may deny."""
    for rule in rules:
        if rule.name in narrowed and not rule.allows:
            space = HeaderSpace.union(side[1], rule.boxes)
            yield Decision(rule.name, rule.number, side, rule.allows, space, rule.default)


def _readable(
    one: Resource, known: Known, unreadable: dict[str, str], narrowed: dict[str, str]
) -> Resource | None:
    """The resource without the rules that cannot be read, which the two last tell apart."""
    name, token, inputs = one

    def fits(alone: list[Resource], called: str) -> bool:
        try:
            read_rules(alone, known)
        except LiftError as error:
            unreadable[called] = str(error)
            return False
        return True

    if token in GROUP_RULES:
        return one if fits([("", GROUP, {}), one], name) else None
    if token == NSG:
        rules = [_widened(rule, narrowed) for rule in listed(inputs, "securityRules")]
        kept = [r for r in rules if fits([(name, NSG, {"securityRules": [r]})], str(r.get("name")))]
        return name, token, {**inputs, "securityRules": kept}
    if token == NETWORK_ACL:
        return name, token, {**inputs, **_kept_entries(inputs, fits)}
    return one


GROUP_RULES = (INGRESS_RULE, EGRESS_RULE)
ACL_SIDES = ("ingress", "egress")


def entry_name(direction: Direction, number: int | None) -> str:
    """How an entry of a network ACL, which has no name, is told apart."""
    return f"{direction.value} entry {number}"


def _kept_entries(
    inputs: Inputs, fits: Callable[[list[Resource], str], bool]
) -> dict[str, list[Inputs]]:
    nothing: dict[str, list[Inputs]] = {side: [] for side in ACL_SIDES}
    return {
        side: [
            entry
            for entry in listed(inputs, side)
            if fits(
                [("", NETWORK_ACL, {**nothing, side: [entry]})],
                f"{side} entry {entry.get('ruleNo')}",
            )
        ]
        for side in ACL_SIDES
    }


def listed(inputs: Inputs, field: str) -> list[Inputs]:
    """The mappings in the list under *field*; none where there is no list."""
    value = inputs.get(field)
    held = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Inputs", one) for one in held if isinstance(one, dict)]


def _widened(rule: Inputs, narrowed: dict[str, str]) -> Inputs:
    """An NSG's rule with any near end and any source port, told where it had others."""
    near = NEAR.get(str(rule.get("direction")), "destination")
    found = dict(rule)
    said: list[str] = []
    ends = (
        (f"{near}AddressPrefix", f"{near}AddressPrefixes", f"only {near}"),
        ("sourcePortRange", "sourcePortRanges", "only source port"),
    )
    for one, many, words in ends:
        values = [found[one]] if found.get(one) else list(found.get(many) or [])
        if values and values != [ANY]:
            said.append(f"{words} {', '.join(map(str, values))}")
            found.pop(many, None)
            found[one] = ANY
    if found.pop(f"{near}ApplicationSecurityGroups", None):
        said.append(f"only {near} application security groups")
        found[f"{near}AddressPrefix"] = ANY
    if said:
        narrowed[str(rule.get("name"))] = "; ".join(said)
    return found
