"""Generated stacks, at the level of settings, biased to where things go wrong.

What `read_settings` refuses is not generated (a changed port on a service's port, a
contradiction among options), except sizes: the compiler does not care how wide a peer is.
"""

from __future__ import annotations

import ipaddress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction, OptionKind, Protocol, Role
from segfw.plan import Plan, make_plan
from segfw.problems import ProblemsFound
from segfw.sets.addresses import Family, Prefix, parse_prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import (
    Cloud,
    CustomFlow,
    Environment,
    FeatureSettings,
    Fit,
    Gateway,
    HostSettings,
    Interface,
    Network,
    NetworkAclSettings,
    NsgSettings,
    Quotas,
    Reference,
    ReferenceKind,
    SecurityGroupSettings,
    Settings,
    Strategy,
)

if TYPE_CHECKING:
    from segfw.catalog.model import Feature

CATALOG = load_catalog()
BASES_4 = (
    "10.20.100.0",
    "10.20.100.128",
    "10.20.101.0",
    "10.20.102.255",
    "10.20.0.0",
    "10.0.0.0",
    "198.51.100.0",
    "198.51.100.16",
    "192.0.2.255",
    "0.0.0.0",
    "255.255.255.255",
)
LENGTHS_4 = (9, 16, 23, 24, 25, 28, 29, 31, 32)
BASES_6 = (
    "2001:db8:20:64::",
    "2001:db8:20:65::",
    "2001:db8:20:64:8000::",
    "2001:db8::",
    "fc00::",
    "::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)
LENGTHS_6 = (33, 47, 48, 63, 64, 65, 127, 128)
MOVED_PORTS = (1, 1023, 1024, 2223, 4430, 8443, 9999, 10000, 32768, 49151, 61000, 65535)
"""Where services are moved to: around the ephemeral ranges and the other services."""
EPHEMERAL = (PortRange(1024, 65535), PortRange(10000, 65535), PortRange(32768, 60999))
CUSTOM_INGRESS = ((8514, 8514), (6020, 6030), (7024, 7024), (7026, 7030), (30000, 30015))
CUSTOM_EGRESS = ((8514, 8514), (2222, 2222), (1, 16), (65530, 65535), (3128, 3128))
ROOM = 1_000_000
"""A quota that nothing is over."""


def prefix_of(text: str, length: int) -> Prefix:
    """The prefix of *length* around an address."""
    return parse_prefix(str(ipaddress.ip_network(f"{text}/{length}", strict=False)))


PREFIXES_4 = st.builds(prefix_of, st.sampled_from(BASES_4), st.sampled_from(LENGTHS_4))
PREFIXES_6 = st.builds(prefix_of, st.sampled_from(BASES_6), st.sampled_from(LENGTHS_6))
PREFIXES = st.one_of(PREFIXES_4, PREFIXES_4, PREFIXES_6)
BOTH = (Family.IPV4, Family.IPV6)
PREFIXES_OF: dict[tuple[Family, ...] | None, st.SearchStrategy[Prefix]] = {
    (Family.IPV4,): PREFIXES_4,
    (Family.IPV6,): PREFIXES_6,
}


class Shape(NamedTuple):
    """What kind of stacks to generate."""

    clouds: tuple[Cloud, ...] = (Cloud.AWS, Cloud.AZURE)
    acl_fits: tuple[Fit, ...] = (Fit.EACH, Fit.DROP, Fit.MERGE)
    fits: tuple[Fit, ...] = (Fit.EACH, Fit.DROP, Fit.MERGE)
    acl_entries: tuple[int, ...] = (ROOM,)
    features: tuple[int, int] = (3, 12)
    """The fewest and the most that are switched on."""


@st.composite
def stacks(draw: st.DrawFn, shape: Shape = Shape()) -> Settings:  # noqa: B008 - an immutable tuple
    """Settings of a stack that compiles."""
    cloud = draw(st.sampled_from(shape.clouds))
    families = draw(st.sampled_from(((Family.IPV4,), BOTH, BOTH, (Family.IPV6,), None)))
    interfaces = draw(_interfaces(cloud, NAMES, shape, families))
    prefixes = PREFIXES_OF.get(families, PREFIXES)
    with_acl = any(i.network_acl is not None for i in interfaces.values())
    networks = draw(_networks(cloud, prefixes, families or BOTH, prefixes_needed=with_acl))
    on = draw(
        st.lists(
            st.sampled_from([f for f in CATALOG.features.values() if f.id != "custom-flow"]),
            min_size=shape.features[0],
            max_size=shape.features[1],
            unique_by=lambda f: f.id,
        )
    )
    moved = dict(zip([f.id for f in on], draw(st.permutations(MOVED_PORTS)), strict=False))
    features = {
        f.id: draw(_feature(f, cloud, tuple(networks), interfaces, moved.get(f.id)))
        for f in CATALOG.features.values()
        if f in on
    }
    return Settings(
        stack="generated",
        cloud=cloud,
        region="us-east-1",
        gateway=Gateway(
            environment=Environment.LAB,
            release=draw(st.sampled_from(CATALOG.releases)),
            cisco_region=draw(st.sampled_from(CATALOG.regions)),
            ephemeral_ports=draw(st.sampled_from(EPHEMERAL)),
        ),
        interfaces=interfaces,
        networks=networks,
        hosts=draw(_hosts(tuple(networks), prefixes)),
        features=features,
        custom_flows=draw(_custom_flows(tuple(networks), tuple(interfaces))),
        quotas=Quotas(
            security_group_rules=ROOM,
            security_groups_per_interface=5,
            network_acl_entries=draw(st.sampled_from(shape.acl_entries)),
        ),
        tags={},
    )


REASONS = (
    "No setting of fit or groups fits",
    "a network ACL knows prefixes only",
    "add it to the families there",
)
"""Why a generated stack may have no plan."""


def has_no_plan(found: ProblemsFound) -> bool:
    """Whether a generated stack is refused for a good reason."""
    return any(reason in str(found) for reason in REASONS)


def plan_of(stack: Settings) -> Plan:
    """The plan of a generated stack; what is refused for a good reason is passed over."""
    try:
        return make_plan(stack, CATALOG)
    except ProblemsFound as found:
        assume(not has_no_plan(found))
        raise


NAMES = tuple(
    sorted(
        {
            name
            for feature in CATALOG.features.values()
            for flow in feature.flows
            for name in (flow.network or feature.network,)
            if name is not None and name != "internet"
        }
    )
)


@st.composite
def _networks(
    draw: st.DrawFn,
    cloud: Cloud,
    some: st.SearchStrategy[Prefix],
    families: tuple[Family, ...],
    *,
    prefixes_needed: bool,
) -> dict[str, Network]:
    """A network ACL knows prefixes only, so there each network has some."""
    pool = draw(st.lists(some, min_size=2, max_size=6, unique=True))
    found = {}
    for index, name in enumerate(NAMES):
        prefixes = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique=True))
        references = {}
        kind = draw(st.sampled_from(("none", "none", "none", "one", "two", "only")))
        if kind != "none":
            references[cloud] = draw(_reference(cloud, name, index, families))
        if kind == "only" and not prefixes_needed:
            prefixes = []
        elif references and prefixes_needed:
            lacking = set(families) - {p.family for p in prefixes}
            prefixes += [draw(PREFIXES_OF[family,]) for family in sorted(lacking)]
        found[name] = Network(name=name, prefixes=tuple(prefixes), references=references)
    return found


@st.composite
def _reference(
    draw: st.DrawFn, cloud: Cloud, name: str, index: int, families: tuple[Family, ...]
) -> Reference:
    if cloud is Cloud.AZURE:
        if draw(st.booleans()):
            return Reference(kind=ReferenceKind.SERVICE_TAG, name=name, id=f"Tag{index}")
        asg = f"/subscriptions/0/asg/{name}"
        return Reference(kind=ReferenceKind.APPLICATION_SECURITY_GROUP, name=name, id=asg)
    if draw(st.booleans()):
        return Reference(kind=ReferenceKind.SECURITY_GROUP, name=name, id=f"sg-{index:04d}")
    return Reference(
        kind=ReferenceKind.PREFIX_LIST,
        name=name,
        id=f"pl-{index:04d}",
        weight=draw(st.integers(1, 20)),
        family=draw(st.sampled_from(families)),
    )


@st.composite
def _interfaces(
    draw: st.DrawFn,
    cloud: Cloud,
    networks: tuple[str, ...],
    shape: Shape,
    given: tuple[Family, ...] | None,
) -> dict[str, Interface]:
    """Interfaces of the given families; None: each of its own, which often fits no peer."""
    names = ("management", "public", "private")[: draw(st.integers(1, 3))]
    routed = draw(st.lists(st.sampled_from(networks), max_size=8, unique=True))
    ways = {name: draw(st.sampled_from(names)) for name in routed}
    default = draw(st.sampled_from(names))
    found = {}
    for index, name in enumerate(names):
        roles = {Role(name)} if len(names) > 1 else set(Role)
        if draw(st.booleans()):
            roles.add(draw(st.sampled_from(Role)))
        families = given or draw(st.sampled_from(((Family.IPV4,), BOTH, (Family.IPV6,))))
        halves = draw(st.booleans())
        subnets = [f"10.20.{100 + index}.0/{25 if halves else 24}"]
        subnets += [f"10.20.{100 + index}.128/25"] * halves
        subnets += [f"2001:db8:20:{64 + index}::/64"]
        acl = None
        if cloud is Cloud.AWS and draw(st.integers(0, 3)):
            fit = draw(st.sampled_from(shape.acl_fits))
            ids = (f"subnet-{index}a", f"subnet-{index}b")
            spread = halves or draw(st.booleans())
            acl = NetworkAclSettings(subnet_ids=ids if spread else ids[:1], fit=fit)
        found[name] = Interface(
            name=name,
            roles=frozenset(roles),
            external=Role.PUBLIC in roles,
            families=families,
            subnets=tuple(p for p in (parse_prefix(s) for s in subnets) if p.family in families),
            routes=tuple(n for n, way in ways.items() if way == name),
            default_route=name == default,
            vpc="vpc-1",
            resource_group="rg",
            security_group=SecurityGroupSettings(
                groups=draw(st.integers(1, 3)),
                reserve=0,
                fit=draw(st.sampled_from(shape.fits)),
                attach={f"eni-{index}": f"eni-{index}"},
            ),
            network_acl=acl,
            nsg=NsgSettings(fit=draw(st.sampled_from(shape.fits))),
        )
    return found


@st.composite
def _feature(  # noqa: C901 - a case to a kind of option
    draw: st.DrawFn,
    feature: Feature,
    cloud: Cloud,
    networks: tuple[str, ...],
    interfaces: dict[str, Interface],
    moved: int | None,
) -> FeatureSettings:
    options: dict[str, bool | int | str | None] = {}
    for option in feature.options.values():
        match option.kind:
            case OptionKind.FLAG:
                options[option.name] = draw(st.booleans())
            case OptionKind.CHOICE:
                options[option.name] = draw(st.sampled_from(option.values))
            case OptionKind.PORT:
                options[option.name] = moved if draw(st.booleans()) else None
            case OptionKind.PORT_CHOICE:
                row = CATALOG.rows[option.rows[0]]
                ports = [first for first, _ in row.ports] + list(row.alternatives)
                options[option.name] = draw(st.sampled_from([None, *ports]))
            case OptionKind.DATE:
                options[option.name] = "2027-06-30"
    for flags in feature.one_of:
        if not any(options[flag] for flag in flags):
            options[flags[0]] = True
    with_acl = any(i.network_acl is not None for i in interfaces.values())
    if feature.id == "cluster" and (cloud is Cloud.AZURE or with_acl):
        options["peer"] = "networks"
    peers = None
    if feature.peer_option and options.get("peer") != "self" and draw(st.integers(0, 2)) == 0:
        chosen = draw(st.lists(st.sampled_from(networks), min_size=1, max_size=3, unique=True))
        peers = tuple(chosen)
    interface = None
    homes = [i.name for i in interfaces.values() if feature.role is None or feature.role in i.roles]
    if homes and draw(st.integers(0, 5)) == 0:
        interface = draw(st.sampled_from(homes))
    return FeatureSettings(id=feature.id, options=options, peers=peers, interface=interface)


@st.composite
def _hosts(
    draw: st.DrawFn, networks: tuple[str, ...], some: st.SearchStrategy[Prefix]
) -> dict[str, HostSettings]:
    internet = HostSettings(strategy=Strategy.INTERNET)
    by_name: dict[str, HostSettings] = {}
    default = draw(st.sampled_from(("internet", "proxy", "each")))
    if default == "proxy":
        port = draw(st.sampled_from((3128, 8080, 443)))
        proxy = HostSettings(
            strategy=Strategy.PROXY, network=draw(st.sampled_from(networks)), port=port
        )
        return {"default": proxy}
    if default == "each":
        for name in CATALOG.hosts:
            prefixes = draw(st.lists(some, min_size=1, max_size=2, unique=True))
            by_name[name] = HostSettings(strategy=Strategy.PREFIXES, prefixes=tuple(prefixes))
    return {**by_name, "default": internet}


@st.composite
def _custom_flows(
    draw: st.DrawFn, networks: tuple[str, ...], interfaces: tuple[str, ...]
) -> tuple[CustomFlow, ...]:
    found = []
    for index in range(draw(st.sampled_from((0, 0, 1, 2)))):
        direction = draw(st.sampled_from(Direction))
        protocol = draw(st.sampled_from((Protocol.TCP, Protocol.UDP, None)))
        pool = CUSTOM_INGRESS if direction is Direction.INGRESS else CUSTOM_EGRESS
        ports = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique=True))
        found.append(
            CustomFlow(
                name=f"flow-{index}",
                interface=draw(st.sampled_from(interfaces)),
                direction=direction,
                protocol=protocol,
                ports=tuple(PortRange(*one) for one in sorted(ports)) if protocol else (),
                network=draw(st.sampled_from(networks)),
                reason="The test asks for it.",
                owner="mail-operations",
                review_by=date(2027, 6, 30),
            )
        )
    return tuple(found)
