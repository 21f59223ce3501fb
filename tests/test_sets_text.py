"""Sets of packets in a reader's words, and what is in them."""

from __future__ import annotations

import pytest

from segfw.flow import reference_addresses
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace, Packet, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import Reference, ReferenceKind
from tests.making import prefixes

V4, V6 = Family
SERVICES = {
    "every protocol": Service.everything(),
    "tcp": Service.of_protocol(6),
    "protocol 47": Service.of_protocol(47),
    "tcp 22": Service.of_ports(6, PortRange(22, 22)),
    "udp 1024-65535": Service.of_ports(17, PortRange(1024, 65535)),
    "icmp": Service.of_protocol(1),
    "icmp type 3 code 4": Service.of_icmp(1, 3, 4),
    "icmpv6 type 128": Service.of_icmp(58, 128, None),
    "icmp type 0 code 0 to type 7": Service(
        Service.of_icmp(1, 0, None).first, Service.of_icmp(1, 7, None).last
    ),
    "tcp 65535 to protocol 7": Service(
        Service.of_ports(6, PortRange(65535, 65535)).first, Service.of_protocol(7).first
    ),
}


@pytest.mark.parametrize(("text", "service"), SERVICES.items(), ids=SERVICES)
def test_a_service_is_said_with_its_protocol(text, service):
    assert str(service) == text


WHOLE = AddressSet.whole(V4)
HALF = AddressSet.of(V4, prefixes("0.0.0.0/1"))
ADDRESSES = {
    "nothing": AddressSet(V4),
    "0.0.0.0/0": WHOLE,
    "::/0": AddressSet.whole(V6),
    "10.0.0.0/8, tag:a": AddressSet.of(V4, prefixes("10.0.0.0/8")) | AddressSet.atom(V4, "tag:a"),
    "128.0.0.0/1, every reference": WHOLE - HALF,
    "0.0.0.0/0, every reference but tag:a": WHOLE - AddressSet.atom(V4, "tag:a"),
}


@pytest.mark.parametrize(("text", "addresses"), ADDRESSES.items(), ids=ADDRESSES)
def test_addresses_are_prefixes_and_references(text, addresses):
    assert str(addresses) == text


SSH = HeaderSpace.of(Service.of_ports(6, PortRange(22, 22)), HALF)


def packet(family: Family = V4, remote: int | str = 1) -> Packet:
    return Packet(family, Service.of_ports(6, PortRange(22, 22)).first, remote)


def test_a_space_holds_its_own_packets_only():
    assert packet() in SSH
    assert packet(remote=1 << 31) not in SSH
    assert packet(remote="tag:a") not in SSH
    assert packet(V6) not in SSH
    assert "tcp 22" not in SSH


def test_a_prefix_list_of_one_family_has_no_members_of_the_other():
    four = Reference(kind=ReferenceKind.PREFIX_LIST, name="admins", id="pl-1", family=V4)

    assert reference_addresses(four, V4) == AddressSet.atom(V4, "prefix-list:admins")
    assert reference_addresses(four, V6) == AddressSet(V6)
