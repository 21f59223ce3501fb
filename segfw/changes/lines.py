"""Rules as a cloud holds them, whichever side they are on and whatever holds them.

A line is read from inputs alone, so that both sides are read by the same words; the
plan's flows and the state's record say why it is there.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.catalog.model import Direction
from segfw.changes.inventory import RULES
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import INGRESS_RULE
from segfw.clouds.azure_nsg.spec import ANY, NSG
from segfw.clouds.lifted import DECIMAL, LiftError, protocol_number, records, whole_number
from segfw.flow import Point
from segfw.sets.addresses import Family, PrefixError, parse_prefix
from segfw.sets.headerspace import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.changes.inventory import Inputs, Owned
    from segfw.sets.addresses import Prefix

ANY_ICMP = -1
NUMBERS = {keyword: str(number) for number, keyword in KEYWORDS.items()}
ICMP = {"1": (Family.IPV4,), "58": (Family.IPV6,)}
EVERY = ("-1", ANY)
"""How AWS and Azure write every protocol."""
FAR_ENDS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


class Reason(NamedTuple):
    """Why a rule is there."""

    features: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


class Line(NamedTuple):
    """One rule of a security group or NSG, or one entry of a network ACL."""

    point: Point
    interface: str
    token: str
    holder: str
    """The logical name of the group, ACL or NSG that it is in, as the plan has it."""
    name: str
    """The rule's name as the plan has it; of an ACL's entry, the one that its content gives."""
    number: int
    direction: Direction
    allows: bool
    protocol: str
    ports: str
    peers: tuple[str, ...]
    """Prefixes or one reference's id."""
    content: tuple[object, ...]
    """All that decides about packets but its number: equal content is the same rule."""
    description: str
    reason: Reason = Reason()
    called: str = ""
    """The name that a deployed one has until the update, where that is another one."""
    urn: str = ""
    inputs: Inputs = MappingProxyType({})
    """Of a security group's rule: what it is lifted from."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it apart on its side: where it is, and its name."""
        return self.token, self.holder, self.name

    @property
    def reading_order(self) -> tuple[object, ...]:
        """Sorts lines as a reader looks for them: direction, number, protocol, port, far end."""
        first = self.ports.replace(".", "-").replace(",", "-").partition("-")[0]
        port = int(first) if DECIMAL.fullmatch(first) else -1
        peers = tuple(prefix_of(peer) or (0, 0, 0) for peer in self.peers)
        out = self.direction is Direction.EGRESS
        return (out, self.number, self.protocol, port, peers, self.name, self.holder)

    @property
    def words(self) -> str:
        """``in tcp 22 from 10.40.0.0/28``."""
        deny = "" if self.allows else "deny "
        into = self.direction is Direction.INGRESS
        service = f"{self.protocol} {self.ports}".removesuffix(" any")
        way, side = ("in", "from") if into else ("out", "to")
        return f"{deny}{way} {service} {side} {', '.join(self.peers) or 'any'}"


def prefix_of(peer: str) -> Prefix | None:
    """The prefix that a far end is; None for a reference."""
    try:
        return parse_prefix(peer)
    except PrefixError:
        return None


def family_of(peer: str) -> Family | None:
    """The family of a prefix; None for a reference."""
    prefix = prefix_of(peer)
    return None if prefix is None else prefix.family


def lines_of(
    resources: Iterable[Owned], reasons: Mapping[str, Reason]
) -> Iterator[tuple[Owned, Line]]:
    """Every rule of *resources*, with the resource that it is, or that holds it.

    *reasons* are by ``{point}/{name}``, the name being the one of this side.

    Raises:
        LiftError: a resource has a value that no such resource can have; its first words
            are the resource's name.
    """
    for one in resources:
        try:
            if one.token in RULES:
                yield one, _group_rule(one, reasons)
            elif one.token == NETWORK_ACL:
                yield from ((one, line) for line in _entries(one, reasons))
            elif one.token == NSG:
                yield from ((one, line) for line in _nsg_rules(one, reasons))
        except LiftError as error:
            raise LiftError(f'"{one.called or one.name}": {error}') from None


def _group_rule(one: Owned, reasons: Mapping[str, Reason]) -> Line:
    inputs = one.inputs
    protocol = str(inputs.get("ipProtocol"))
    number = NUMBERS.get(protocol, protocol)
    bounds = tuple(_number(inputs, field) for field in ("fromPort", "toPort"))
    far = [(field, _text(inputs[field], field)) for field in FAR_ENDS if field in inputs]
    if len(far) != 1:
        raise LiftError(f"one of {', '.join(FAR_ENDS)} is needed, not {len(far)}")
    group = _text(inputs.get("securityGroupId"), "securityGroupId")
    called = one.called or one.name
    return Line(
        point=Point.SECURITY_GROUP,
        interface=one.interface,
        token=one.token,
        holder=group.removeprefix("${").removesuffix(".id}"),
        name=one.name,
        number=0,
        direction=Direction.INGRESS if one.token == INGRESS_RULE else Direction.EGRESS,
        allows=True,
        protocol=_protocol(number),
        ports=_ports(number, *bounds),
        peers=(far[0][1],),
        content=(number, *bounds, *far[0]),
        description=str(inputs.get("description") or ""),
        reason=reasons.get(f"{Point.SECURITY_GROUP.value}/{called}", Reason()),
        called=one.called,
        urn=one.urn,
        inputs=inputs,
    )


def _entries(one: Owned, reasons: Mapping[str, Reason]) -> Iterator[Line]:
    interface = (one.called or one.name).removesuffix("-acl")
    for direction in Direction:
        for entry in records(one.inputs.get(direction.value), direction.value):
            number = str(entry.get("protocol"))
            icmp = number in ICMP
            bounds = tuple(
                _number(entry, field)
                for field in (("icmpType", "icmpCode") if icmp else ("fromPort", "toPort"))
            )
            peer = _text(entry.get("cidrBlock") or entry.get("ipv6CidrBlock"), "cidrBlock")
            allows = entry.get("action") == "allow"
            line = Line(
                point=Point.NETWORK_ACL,
                interface=one.interface,
                token=one.token,
                holder=one.name,
                name="",
                number=whole_number(entry.get("ruleNo"), "ruleNo"),
                direction=direction,
                allows=allows,
                protocol=_protocol(number),
                ports=_ports(number, *bounds),
                peers=(peer,),
                content=(number, *bounds, allows, peer),
                description="",
                urn=one.urn,
            )
            word = _content_word(line)
            yield line._replace(
                name=f"{one.interface}-{word}",
                reason=reasons.get(f"{Point.NETWORK_ACL.value}/{interface}-{word}", Reason()),
            )


def _content_word(line: Line) -> str:
    """An entry's name without its interface: `segfw.naming.content_word`, from inputs."""
    deny = "" if line.allows else "deny-"
    peer = line.peers[0].replace(":", "-").replace("/", "_")
    return f"{line.direction.short}-{deny}{line.protocol}-{line.ports}-{peer}"


WAYS = {"Inbound": (Direction.INGRESS, "source"), "Outbound": (Direction.EGRESS, "destination")}


def _nsg_rules(one: Owned, reasons: Mapping[str, Reason]) -> Iterator[Line]:
    for rule in records(one.inputs.get("securityRules"), "securityRules"):
        way = rule.get("direction")
        if not isinstance(way, str) or way not in WAYS:
            raise LiftError(f"direction {way!r} is neither Inbound nor Outbound")
        direction, side = WAYS[way]
        protocol = str(rule.get("protocol"))
        number = NUMBERS.get(protocol.casefold(), protocol)
        groups = records(rule.get(f"{side}ApplicationSecurityGroups") or [], "groups")
        peers = (
            *_values(rule, f"{side}AddressPrefix", "es"),
            *sorted(_text(group.get("id"), "id") for group in groups),
        )
        ports = _values(rule, "destinationPortRange", "s")
        name = str(rule.get("name"))
        called = str(rule.get("called") or name)
        allows = rule.get("access") == "Allow"
        yield Line(
            point=Point.NSG,
            interface=one.interface,
            token=one.token,
            holder=one.name,
            name=name,
            number=whole_number(rule.get("priority"), "priority"),
            direction=direction,
            allows=allows,
            protocol=_protocol(number),
            ports="any" if ports == (ANY,) else ",".join(ports),
            peers=() if peers == (ANY,) else peers,
            content=(number, ports, allows, peers),
            description=str(rule.get("description") or ""),
            reason=reasons.get(f"{Point.NSG.value}/{called}", Reason()),
            called="" if called == name else called,
            urn=one.urn,
        )


def _values(rule: Inputs, field: str, plural: str) -> tuple[str, ...]:
    """The one value or the several; their order has no meaning."""
    one, many = rule.get(field), rule.get(field + plural)
    if one is not None:
        return (_text(one, field),)
    if many is not None and not isinstance(many, list):
        raise LiftError(f"{field}{plural} is not a list")
    return tuple(sorted(_text(value, field) for value in cast("list[object]", many or [])))


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise LiftError(f"{field} is {'not there' if value is None else f'{value!r}, not text'}")
    return value


def _number(inputs: Inputs, field: str) -> int | None:
    value: Any = inputs.get(field)
    return None if value is None else whole_number(value, field)


def _protocol(number: str) -> str:
    if number in EVERY:
        return "any"
    known = protocol_number(number)
    return number.casefold() if known is None else KEYWORDS.get(known, number)


def _ports(number: str, first: int | None, last: int | None) -> str:
    """``22``, ``1024-65535``, ``3.4`` for ICMP, ``any``: as `Rule.ports_text` has it."""
    if number in ICMP:
        kind = ANY_ICMP if first is None else first
        code = ANY_ICMP if last is None else last
        if kind == ANY_ICMP:
            return "any"
        return str(kind) if code == ANY_ICMP else f"{kind}.{code}"
    if number in EVERY or first is None:
        return "any"
    return str(first) if first == last else f"{first}-{last}"
