"""An interface with a public address admits no management from the internet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from segfw.catalog.model import Role
from segfw.guardrails.asking import has_public, judged, may
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.values import given, mapping, plural, whole
from segfw.guardrails.rules.attached import can_attach, texts_within, uses
from segfw.inventory import UNKNOWN
from segfw.state import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.guardrails.view import View
    from segfw.inventory import Resource

Public = dict[str, tuple[str, bool]]
"""By URNs and ids: the name of what has a public address, and whether it surely has one."""

INSTANCE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
INTERFACE_ATTACHMENT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
SUBNET = "aws:ec2/subnet:Subnet"
ADDRESSES = {
    "aws:ec2/eip:Eip": ("networkInterface", "instance"),
    "aws:ec2/eipAssociation:EipAssociation": ("networkInterfaceId", "instanceId"),
}
"""What gives an interface or instance a public address, and the inputs that name it."""
INTERFACES_OF_INSTANCE = ("networkInterfaces", "primaryNetworkInterface")
LOAD_BALANCER = re.compile(
    r"aws:(lb|alb|elb|elasticloadbalancing(v2)?|applicationloadbalancing)/"
    r"loadBalancer:LoadBalancer"
)
TIE = re.compile(r"(aws|azure):.*SecurityGroup(Attachment|Association)")
"""What ties a group or NSG to an interface or subnet that is made elsewhere."""
IN_SUBNETS = re.compile(r"azure(-native(_\w+)?)?:.*(NetworkInterface|ScaleSet|VirtualMachine)")
"""What the NSG of its subnet stands before too."""

IS_NETWORK = re.compile(r"[:/]virtualNetwork(:VirtualNetwork)?::", re.IGNORECASE)

SWITCHES = ("associatePublicIpAddress", "assignPublicIp")
COUNTS = ("ipv6AddressCount", "ipv6PrefixCount")
GIVEN = (
    "ipv6Addresses",
    "ipv6Prefixes",
    "publicIPAddress",
    "publicIPAddressConfiguration",
    "publicIpAddressId",
    "publicIpAddresses",
)
CONTAINERS = ("ipConfigurations", "ipConfiguration", "networkInterfaces")
"""Inputs, however deep, that give an address: a switch, a number, a value, or these within."""
OF_SUBNET = ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation")


def judge(view: View) -> Iterator[Found]:
    """Management services that any public address reaches on what has a public address."""
    features = [one.id for one in view.catalog.features.values() if one.role is Role.MANAGEMENT]
    services = view.services(*features)
    attached = _attached(view)
    for front in view.fronts:
        here: dict[str, bool] = {}
        for holder in front.holders:
            for name, surely in attached.get(holder.urn, {}).items():
                here[name] = surely or here.get(name, False)
        for name, surely in here.items():
            for verdict, reach in judged(front, services, has_public):
                open_ = Verdict.VIOLATED if surely and verdict is Verdict.VIOLATED else Verdict.OPEN
                has = "has" if surely else "may have"
                said = f"management {may(verdict)} reached on {reach}"
                message = f'"{name}" {has} a public address, and {said}'
                yield Found(open_, front.urn, front.label, message)


def _attached(view: View) -> dict[str, dict[str, bool]]:
    """By the URN of a group or NSG: what it stands before, and whether that is surely public."""
    public = _public(view)
    holders = {holder.urn for holder in view.holders}
    found: dict[str, dict[str, bool]] = {}
    for one in view.inventory.resources:
        touched = _touched(view, one) if TIE.fullmatch(one.type) else {one.urn, one.id} - {""}
        for key in sorted(touched & public.keys()) if can_attach(one) else ():
            name, surely = public[key]
            for urn in {*uses(view, one), *_by_id(one)} & holders:
                held = found.setdefault(urn, {})
                held[name] = held.get(name, False) or surely
    return found


def _by_id(one: Resource) -> Iterator[str]:
    """What groups are called that the stack does not have."""
    yield from (f"id:{text}" for text in texts_within(one.inputs))


def _public(view: View) -> Public:
    """Everything that has a public address, and the subnets of such interfaces on Azure."""
    public: Public = {}
    for one in view.inventory.resources:
        if can_attach(one) and not TIE.fullmatch(one.type) and one.type not in ADDRESSES:
            _mark(public, [one.urn, one.id], one.name, surely=_has_address(view, one))
    for key in _named(view):
        _mark(public, [key], _called(view, key), surely=True)
    for one in view.inventory.resources:
        if one.urn in public and IN_SUBNETS.fullmatch(one.type):
            name, surely = public[one.urn]
            subnets = _touched(view, one, "subnet")
            _mark(public, subnets, name, surely=surely)
            # Which of the subnets that a network has inline is not looked up.
            networks = {each.partition("/subnets/")[0] for each in subnets if "/subnets/" in each}
            _mark(public, networks | _networks(view, one), name, surely=False)
    return public


def _networks(view: View, one: Resource) -> set[str]:
    """The URNs of the virtual networks from which it is computed."""
    urns = {urn for each in one.depends.values() for urn in each}
    return {urn for urn in urns & view.index.by_urn.keys() if IS_NETWORK.search(urn)}


def _mark(public: Public, keys: Iterable[str], name: str, *, surely: bool | None) -> None:
    for key in keys if surely is not None else ():
        if key and (surely or key not in public):
            public[key] = name, bool(surely)


def _named(view: View) -> set[str]:
    """URNs and ids of interfaces and instances that something else gives an address."""
    named = {
        each
        for kind, fields in ADDRESSES.items()
        for one in view.inventory.of_type(kind)
        for field in fields
        for each in _names(one, field)
    }
    named |= _same(view, named)
    for one in view.inventory.of_type(INSTANCE):
        if one.urn in named:
            for field in INTERFACES_OF_INSTANCE:
                named |= _names(one, field)
    for one in view.inventory.of_type(INTERFACE):
        if _names(one, "attachments") & named:
            named.add(one.urn)
    for one in view.inventory.of_type(INTERFACE_ATTACHMENT):
        if _names(one, "instanceId") & named:
            named |= _names(one, "networkInterfaceId")
    return named | _same(view, named)


def _same(view: View, named: set[str]) -> set[str]:
    """URNs and ids of the resources of which *named* has one or the other."""
    both = ({one.urn, one.id} - {""} for one in view.inventory.resources)
    return set[str]().union(*(each for each in both if each & named))


def _names(resource: Resource, field: str) -> set[str]:
    """URNs and ids of what an input names, itself or in mappings of its list."""
    found = set(resource.depends.get(field, ()))
    for one in plural(resource.inputs.get(field)):
        value = mapping(one).get("networkInterfaceId", mapping(one).get("instance", one))
        found |= {value} if isinstance(value, str) and value else set()
    return found


def _has_address(view: View, one: Resource) -> bool | None:
    """Whether its inputs give it one surely (True) or perhaps (False); None: they do not."""
    said = set(_markers(one))
    if LOAD_BALANCER.fullmatch(one.type):
        internal = one.inputs.get("internal")
        unknown = internal is UNKNOWN or internal is SECRET
        said.add(False if unknown else None if internal in (True, "true") else True)
    if one.type in (INSTANCE, SPOT) and one.inputs.get("associatePublicIpAddress") is None:
        said.add(_subnet_gives(view, one))
    return True if True in said else False if False in said else None


def _subnet_gives(view: View, one: Resource) -> bool | None:
    subnets = view.index.linked(one, "subnetId", (SUBNET,))
    urn = next(subnets, view.index.owner_by_id(one.inputs.get("subnetId"), (SUBNET,)))
    subnet = view.index.by_urn.get(urn)
    said = [subnet.inputs.get(field) for field in OF_SUBNET] if subnet is not None else []
    if any(each in (True, "true") for each in said):
        return True
    return False if any(each is UNKNOWN or each is SECRET for each in said) else None


def _markers(one: Resource) -> Iterator[bool | None]:
    """What each input says that gives an address, however deep it stands."""
    waiting: list[object] = [one.inputs]
    while waiting:
        value = waiting.pop()
        waiting += _items(value)
        for key, inner in mapping(value).items():
            yield _says(key, inner)
            waiting.append(inner)


def _says(key: str, value: object) -> bool | None:
    if key not in (*SWITCHES, *COUNTS, *GIVEN, *CONTAINERS):
        return None
    if any(each is UNKNOWN or each is SECRET for each in (value, *plural(value))):
        return False
    if key in SWITCHES:
        return True if value in (True, "true") else None
    if key in COUNTS:
        return True if (whole(value) or 0) > 0 else None
    return True if key in GIVEN and given(value) and value != {} else None


def _touched(view: View, one: Resource, field: str = "") -> set[str]:
    """URNs and ids of all that it names; with *field* only of what is called so."""
    inputs = _below(one.inputs, field) if field else one.inputs
    texts = set(texts_within(inputs))
    found = {each.urn for text in texts for each in view.index.by_id.get(text, ())}
    linked = {urn for urns in one.depends.values() for urn in urns if urn in view.index.by_urn}
    if field:
        linked = {urn for urn in linked if field in view.index.by_urn[urn].type.lower()}
    return texts | found | linked


def _below(value: object, field: str) -> list[object]:
    """Every value whose key has *field* in it, which is in small letters."""
    found: list[object] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        waiting += _items(one)
        for key, inner in mapping(one).items():
            (found if field in key.lower() else waiting).append(inner)
    return found


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _called(view: View, key: str) -> str:
    """The name of an interface, or its id where the stack does not have it."""
    found = [view.index.by_urn[key]] if key in view.index.by_urn else view.index.by_id.get(key, ())
    return found[0].name if found else key


GUARDRAIL = Guardrail(
    id="public-management",
    statement="Nothing with a public address admits management from a public address.",
    why="An interface that is internal on paper and has a public address is reached by everybody.",
    severity=Severity.CRITICAL,
    judge=judge,
    fix="Remove the public address, or admit management from private networks only.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.9",),
    answers=("AZU-0076", "network_public_ip_shodan"),
)
