"""What Cisco says: the records that the catalog's data files are read into.

Named tuples: they take a quarter of a data class's time to define, which every command
would pay for at its start.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Direction(Enum):
    """Who opens the connection: ingress is towards the gateway, egress away from it."""

    INGRESS = "ingress"
    EGRESS = "egress"

    __hash__ = object.__hash__  # members are single; hashing their names takes five times as long

    @property
    def short(self) -> str:
        """``in`` or ``out``, as it stands in names."""
        return "in" if self is Direction.INGRESS else "out"

    @property
    def reverse(self) -> Direction:
        """The direction that replies travel in."""
        return Direction.EGRESS if self is Direction.INGRESS else Direction.INGRESS


class Protocol(Enum):
    """An IP protocol that a gateway uses, by its keyword in the IANA registry."""

    number: int
    """The protocol number (https://www.iana.org/assignments/protocol-numbers)."""
    family: int | None
    """4 or 6 where the protocol belongs to one family only, else None."""

    TCP = "tcp", 6
    UDP = "udp", 17
    ICMP = "icmp", 1, 4
    ICMPV6 = "icmpv6", 58, 6

    __hash__ = object.__hash__  # members are single; hashing their names takes five times as long

    def __new__(cls, keyword: str, number: int, family: int | None = None) -> Self:
        """A protocol whose value is its keyword."""
        made = object.__new__(cls)
        made._value_ = keyword
        made.number = number
        made.family = family
        return made


class Exposure(Enum):
    """Who may ever reach a row's service: anyone, named networks, or cluster members."""

    INTERNET = "internet"
    NAMED = "named"
    CLUSTER = "cluster"


class Role(Enum):
    """What an interface of the gateway is for; one interface may have all roles."""

    MANAGEMENT = "management"
    PUBLIC = "public"
    PRIVATE = "private"


class Source(NamedTuple):
    """A text that a fact was read in."""

    id: str
    title: str
    url: str | None
    read: str | None
    """The day it was read (ISO 8601); None: a standard or a list, cited and not read."""
    note: str | None = None


class Published(NamedTuple):
    """A row as the vendor's table prints it (translated, values untouched)."""

    ports: str
    protocol: str
    direction: str
    hosts: tuple[str, ...]


class Correction(NamedTuple):
    """One published value that is wrong, with the right one and who says so."""

    field: str
    """What is corrected: ports, protocol, direction, hosts, prefixes or applies."""
    published: str
    correct: str
    why: str
    source: str


class Row(NamedTuple):
    """One line of Cisco's firewall table, or an extra that the table lacks.

    Port bounds are inclusive. An ICMP row has no ports but one type and code.
    """

    id: str
    title: str
    purpose: str
    number: int | None
    """Its place in the edition that the catalog follows (1 to 48); None for an extra."""
    numbers: Mapping[str, int]
    """Its place per edition in which it was seen."""
    published: Published | None
    protocols: tuple[Protocol, ...]
    ports: tuple[tuple[int, int], ...]
    """The default destination ports as (first, last) pairs; empty for ICMP."""
    alternatives: tuple[int, ...]
    """Other ports that the gateway can be told to use instead of the default one."""
    icmp: tuple[int, int] | None
    """ICMP (type, code)."""
    source_port: int | None
    """The port that whoever opens the connection sends from, if fixed: replies go there."""
    directions: tuple[Direction, ...]
    hosts: tuple[str, ...]
    """Ids of hosts (hosts.yaml) that the table names."""
    prefixes: tuple[str, ...]
    """Published prefixes, as corrected, canonical text."""
    regions: tuple[str, ...]
    """Cisco regions for which the row holds; empty: all."""
    changeable: bool
    """The port can be changed on the gateway."""
    listens: bool
    """The gateway answers there."""
    guarded: bool
    """The published host is the gateway itself ("AsyncOS IP"), whatever the direction."""
    cleartext: str | None
    """What to use instead, in words, where the protocol is in the clear and there is a choice.

    None: encrypted, negotiated (SMTP), without an encrypted form on the gateway (DNS, NTP), or
    the data of another row, which speaks for it (FTP).
    """
    exposure: Exposure
    excludes_listening: bool
    """Towards the gateway, the range leaves out every port on which it listens (FTP data)."""
    no_rule: str | None
    """Why the row never becomes a rule of its own; None for rows that do."""
    corrections: tuple[Correction, ...]
    source: str
    from_release: str | None
    until_release: str | None
    note: str | None
    """What a reader of the plan should know about this row."""

    # One record to an id: what is worked out of it is kept by the record itself.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def label(self) -> str:
        """How a reader is pointed to the row: ``row 25``, or ``extra radius``."""
        return f"row {self.number}" if self.number is not None else f"extra {self.id}"


class OptionKind(Enum):
    """What values an option of a feature takes."""

    FLAG = "flag"
    CHOICE = "choice"
    PORT = "port"
    """A changeable port: any of 1 to 65535; sets the port of the option's rows."""
    PORT_CHOICE = "port-choice"
    """One of the default and alternative ports of the option's rows; sets theirs."""
    DATE = "date"


class Option(NamedTuple):
    """A choice that a feature leaves to the stack."""

    name: str
    kind: OptionKind
    title: str
    values: tuple[str, ...] = ()
    """The values of a choice."""
    default: bool | int | str | None = None
    """None: required, or for a port the row's own default."""
    required: bool = False
    rows: tuple[str, ...] = ()
    """The rows whose port the option sets."""
    when: Mapping[str, tuple[bool | int | str, ...]] | None = None
    """The option may be given only when other options have one of these values."""


class PeerKind(Enum):
    """Where the far end of a feature's flow comes from."""

    NETWORK = "network"
    """The feature's peer option (from, to, peers) or its default network, which may be internet."""
    HOSTS = "hosts"
    """The row's host names, by the strategy that the stack declares for each."""
    PUBLISHED = "published"
    """The row's published prefixes."""
    ANY = "any"
    """Any address (path MTU discovery)."""
    AZURE_LOAD_BALANCER = "azure-load-balancer"
    """Azure's own health probes; nothing on other clouds."""


class FeatureFlow(NamedTuple):
    """One row that a feature needs, in one direction, under conditions on its options."""

    row: str
    direction: Direction
    peer: PeerKind
    when: Mapping[str, tuple[bool | int | str, ...]]
    """Option name to the values for which the flow exists; empty: always."""
    network: str | None = None
    """For a NETWORK peer: the default network, where it is not the feature's own."""
    protocols: tuple[Protocol, ...] | None = None
    """A subset of the row's protocols; None: all of them."""
    with_feature: str | None = None
    """The flow exists only where that other feature is on."""
    implied: bool = False
    """The row belongs to another feature; it is added under this one (design D2)."""
    points: tuple[str, ...] | None = None
    """The enforcement points it is for (security-group, network-acl, nsg); None: all."""
    replaceable: bool = False
    """For a HOSTS peer: the feature's peer option, where given, takes the hosts' place."""


class Feature(NamedTuple):
    """Something a gateway does that needs the network."""

    id: str
    title: str
    what: str
    extra: bool
    """Cisco's table does not know it, though a row that it needs may stand there."""
    network: str | None
    """The default network: a name, ``internet``, or None where no named peer is involved."""
    peer_option: str | None
    """from, to or peers: the option that names networks in place of the default one."""
    role: Role | None
    """Where ingress sits; None for a feature without ingress. `every_interface` overrides it."""
    every_interface: bool
    egress: str | None
    """routed or default-route; None for a feature without egress."""
    default_on: bool
    options: Mapping[str, Option]
    flows: tuple[FeatureFlow, ...]
    one_of: tuple[tuple[str, ...], ...]
    """Sets of flag options of which at least one must be true."""
    required_from: str | None = None
    """The first release that does not work without it."""
    note: str | None = None
    """What the plan says where the feature is on."""


class Host(NamedTuple):
    """A host name, or a pool of names by Cisco region, that has no published addresses."""

    id: str
    names: Mapping[str, tuple[str, ...]]
    """Cisco region to names; the key ``all`` holds those that are the same everywhere."""
    countries: Mapping[str, str]
    """Cisco region (or ``all``) to the jurisdiction the data goes to (us, eu, apjc, unknown)."""
    source: str
    note: str | None = None


class Catalog(NamedTuple):
    """The whole of what Cisco says, with where it says it."""

    edition: str
    releases: tuple[str, ...]
    """Known releases of the gateway, oldest first."""
    regions: tuple[str, ...]
    """Cisco regions."""
    rows: Mapping[str, Row]
    """In the order of the table, extras last."""
    features: Mapping[str, Feature]
    hosts: Mapping[str, Host]
    sources: Mapping[str, Source]
    jurisdictions: Mapping[str, str]
    """Prefix of a cloud region's name to its jurisdiction (``eu-``: eu, ``westeurope``: eu)."""
    checklist: tuple[ChecklistItem, ...]

    # One record to an id: what is worked out of it is kept by the record itself.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class ChecklistItem(NamedTuple):
    """Something to be done on the gateway itself, which no cloud rule can do."""

    id: str
    title: str
    why: str
    commands: tuple[str, ...]
    """Lines for the gateway's command line; ``{name}`` marks what the plan fills in."""
    sourced: bool
    """The commands were read in a text; otherwise the plan says to confirm them."""
    source: str
    features: tuple[str, ...]
    """Shown where one of these features is on; empty: always.

    An item whose ``{name}`` the plan has nothing for is not shown.
    """
    when: Mapping[str, tuple[bool | int | str, ...]] | None = None
    """Shown only where the feature's options have one of these values."""
