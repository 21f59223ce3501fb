"""What holders let through agrees with a slow evaluator that reads one packet at a time.

The evaluator is of the test's own: it knows small universes of addresses and ports, reads
the inputs as text, and shares nothing with the package.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.guardrails.holders import Holder
from segfw.guardrails.view import View
from segfw.inventory import UNKNOWN, Inventory
from segfw.sets.addresses import Family
from segfw.sets.headerspace import Packet
from tests.guardrails import building as b

CIDRS = {
    "0.0.0.0/0": range(1 << 32),
    "0.0.0.0/1": range(1 << 31),
    "128.0.0.0/1": range(1 << 31, 1 << 32),
    "10.0.0.0/8": range(10 << 24, 11 << 24),
    "10.0.0.0/30": range(10 << 24, (10 << 24) + 4),
    "10.0.0.2/32": range((10 << 24) + 2, (10 << 24) + 3),
    "203.0.113.0/24": range(0xCB007100, 0xCB007200),
}
REMOTES = [0, 10 << 24, (10 << 24) + 2, (10 << 24) + 4, 11 << 24, 0xCB007107, (1 << 32) - 1]
PORTS = [0, 21, 22, 23, 443, 65535]
RANGES = [(22, 22), (21, 23), (0, 65535), (443, 443), (23, 443)]
PROTOCOLS = {"tcp": {6}, "6": {6}, "udp": {17}, "17": {17}, "-1": {6, 17}}
PACKETS = [(number, port, remote) for number in (6, 17) for port in PORTS for remote in REMOTES]
cidrs = st.sampled_from(list(CIDRS))
ranges = st.sampled_from(RANGES)
protocols = st.sampled_from(list(PROTOCOLS))
mixed = settings(max_examples=120)


def decided(ordered: list[dict[str, Any]], packet: tuple[int, int, int], *, last: bool) -> bool:
    """The first rule that matches decides; none does: *last*."""
    number, port, remote = packet
    for one in ordered:
        first, end = one["ports"]
        every = one["protocol"] in ("-1", "*")
        if (
            number in one["numbers"]
            and (every or first <= port <= end)
            and any(remote in CIDRS[cidr] for cidr in one["cidrs"])
        ):
            return one["allow"]
    return last


def holder_of(*resources: Any) -> Holder:
    view = View(Inventory("test", resources), load_catalog(), b.TODAY)
    return view.holders[0]


def agrees(holder: Holder, ordered: list[dict[str, Any]]) -> None:
    for surely in (True, False):
        space = holder.own.allowed(Direction.INGRESS, Family.IPV4, surely=surely)
        for packet in PACKETS:
            number, port, remote = packet
            here = Packet(Family.IPV4, number * 65536 + port, remote) in space
            assert here == decided(ordered, packet, last=False), packet


@mixed
@given(st.lists(st.tuples(protocols, ranges, cidrs), max_size=6))
def test_standalone_rules_of_a_group_are_any_of_them(rules: list) -> None:
    web = b.group()
    made, read = [], []
    for index, (protocol, (first, last), cidr) in enumerate(rules):
        made.append(b.ingress(web, str(index), f"{first}-{last}", cidr, ipProtocol=protocol))
        read.append(
            {"protocol": protocol, "numbers": PROTOCOLS[protocol], "ports": (first, last)}
            | {"cidrs": [cidr], "allow": True}
        )
    agrees(holder_of(web, *made), read)


@mixed
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.booleans(), protocols, ranges, cidrs),
        max_size=7,
        unique_by=lambda one: one[0],
    )
)
def test_entries_of_an_acl_go_by_their_numbers(rules: list) -> None:
    made, read = [], []
    for number, allow, protocol, (first, last), cidr in rules:
        action = "allow" if allow else "deny"
        made.append(b.entry(number, action, f"{first}-{last}", cidr, protocol=protocol))
        read.append(
            {"protocol": protocol, "numbers": PROTOCOLS[protocol], "ports": (first, last)}
            | {"cidrs": [cidr], "allow": allow, "turn": number}
        )
    agrees(holder_of(b.acl(ingress=made)), sorted(read, key=lambda one: one["turn"]))


@mixed
@given(
    st.lists(
        st.tuples(
            st.integers(100, 140),
            st.booleans(),
            st.sampled_from(["Tcp", "Udp", "*"]),
            st.lists(ranges, min_size=1, max_size=2),
            st.lists(cidrs, min_size=1, max_size=2),
            st.booleans(),
        ),
        max_size=7,
        unique_by=lambda one: one[0],
    )
)
def test_rules_of_an_nsg_go_by_their_priorities(rules: list) -> None:
    """With ports even for every protocol: `*` is TCP and UDP here."""
    held, alone, read = [], [], []
    of = b.nsg(closed=False)
    for priority, allow, protocol, ports, sources, inline in rules:
        one = b.without(
            b.nsg_entry(
                priority,
                "Allow" if allow else "Deny",
                "",
                protocol=protocol,
                destinationPortRanges=["-".join(map(str, each)) for each in ports],
                sourceAddressPrefixes=sources,
            ),
            "sourceAddressPrefix",
        )
        (held if inline else alone).append(one)
        numbers = {"Tcp": {6}, "Udp": {17}, "*": {6, 17}}[protocol]
        read += [
            {"protocol": protocol.replace("*", "both"), "numbers": numbers, "ports": each}
            | {"cidrs": sources, "allow": allow, "turn": priority}
            for each in ports
        ]
    whole = b.nsg(*held, closed=False)
    standalone = [b.nsg_rule(of, str(n), one) for n, one in enumerate(alone)]
    agrees(holder_of(whole, *standalone), sorted(read, key=lambda one: one["turn"]))


@mixed
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.booleans(), ranges, cidrs),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one[0],
    ),
    st.data(),
)
def test_whatever_the_unknown_values_turn_out_to_be_lies_between(rules: list, data: Any) -> None:
    """Of an ACL with some values hidden, least and most enclose what the whole lets through."""
    full = [
        b.entry(number, "allow" if allow else "deny", f"{first}-{last}", cidr)
        for number, allow, (first, last), cidr in rules
    ]
    fields = ["ruleNo", "action", "protocol", "fromPort", "cidrBlock"]
    hidden = [
        {**one, **dict.fromkeys(data.draw(st.sets(st.sampled_from(fields), max_size=2)), UNKNOWN)}
        for one in full
    ]
    whole = holder_of(b.acl(ingress=full)).allowed(Direction.INGRESS, Family.IPV4, surely=True)
    partly = holder_of(b.acl(ingress=hidden))

    assert not partly.allowed(Direction.INGRESS, Family.IPV4, surely=True) - whole
    assert not whole - partly.allowed(Direction.INGRESS, Family.IPV4, surely=False)


@mixed
@given(
    st.lists(
        st.tuples(st.integers(100, 140), st.booleans(), ranges, cidrs),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one[0],
    ),
    st.data(),
)
def test_the_same_of_an_nsg_and_its_directions(rules: list, data: Any) -> None:
    full = [
        b.nsg_entry(number, "Allow" if allow else "Deny", f"{first}-{last}", cidr)
        for number, allow, (first, last), cidr in rules
    ]
    fields = ["priority", "access", "direction", "destinationPortRange", "sourceAddressPrefix"]
    fields += ["destinationAddressPrefix", "sourcePortRange"]
    hidden = [
        {**one, **dict.fromkeys(data.draw(st.sets(st.sampled_from(fields), max_size=2)), UNKNOWN)}
        for one in full
    ]
    whole = holder_of(b.nsg(*full)).allowed(Direction.INGRESS, Family.IPV4, surely=True)
    partly = holder_of(b.nsg(*hidden))

    assert not partly.allowed(Direction.INGRESS, Family.IPV4, surely=True) - whole
    assert not whole - partly.allowed(Direction.INGRESS, Family.IPV4, surely=False)
