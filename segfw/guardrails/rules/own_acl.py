"""Subnets have the network ACL that the stack asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.network_acls import ACLS
from segfw.guardrails.reading.values import held, listed, mapping, plural
from segfw.guardrails.rules.attached import ASSOCIATION
from segfw.inventory import UNKNOWN
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.guardrails.holders import Holder
    from segfw.guardrails.view import Gateway, View


def judge(view: View) -> Iterator[Found]:
    """Subnets of an interface with an ACL that another ACL holds, or none of ours does."""
    for gateway in view.gateways:
        yield from _of(view, gateway)


def _of(view: View, gateway: Gateway) -> Iterator[Found]:
    for name in gateway.interfaces:
        acl = held(gateway.interfaces, name).get("networkAcl")
        if mapping(acl):
            wanted = [one for one in listed(acl, "subnetIds") if isinstance(one, str)]
            subject = f'interface "{name}"'
            ours = [
                one
                for one in view.network_acls
                if one.interface == name and one.gateway in (None, gateway)
            ]
            if ours:
                yield from _judge(view, subject, ours, [s for s in wanted if _is_id(s)])
            else:
                message = "the stack asks for a network ACL and has none"
                yield Found(Verdict.VIOLATED, gateway.resource.urn, subject, message)


def _is_id(subnet: str) -> bool:
    """An id, and no mark for one that the program gives."""
    return subnet.startswith("subnet-")


def _judge(view: View, subject: str, ours: list[Holder], wanted: list[str]) -> Iterator[Found]:
    urns = {one.urn for one in ours}
    inputs = [one.resource.inputs for one in ours if one.resource is not None]
    known = {subnet for one in inputs for subnet in _subnets(one)}
    verdict = Verdict.OPEN if any(_is_open(one) for one in inputs) else Verdict.VIOLATED
    may = "may not be" if verdict is Verdict.OPEN else "is not"
    for subnet in wanted:
        if subnet not in known:
            yield Found(verdict, ours[0].urn, subject, f"{subnet} {may} on its network ACL")
        for other in view.inventory.of_type(*ACLS, ASSOCIATION):
            if other.urn not in urns and subnet in _subnets(other.inputs):
                message = f'{subnet} is put on "{other.name}" as well'
                yield Found(Verdict.VIOLATED, other.urn, subject, message)


def _values(inputs: Mapping[str, Any]) -> list[object]:
    return [*plural(inputs.get("subnetIds")), *plural(inputs.get("subnetId"))]


def _subnets(inputs: Mapping[str, Any]) -> set[str]:
    """The subnets that a resource surely takes."""
    return {one for one in _values(inputs) if isinstance(one, str)}


def _is_open(inputs: Mapping[str, Any]) -> bool:
    """Some of its subnets are not known yet."""
    return any(one is UNKNOWN or one is SECRET for one in _values(inputs))


GUARDRAIL = Guardrail(
    id="own-acl",
    statement=(
        "Subnets that a stack gives a network ACL of its own are on that ACL, and on no other."
    ),
    why="A default ACL lets everything through, and two ACLs take a subnet from each other.",
    severity=Severity.HIGH,
    judge=judge,
    fix="Name each subnet in one place: the interface's `networkAcl.subnetIds`.",
    undecided=REPORTED,
    frameworks=("CIS AWS 5.0 5.2",),
    answers=("CKV2_AWS_1",),
)
