"""What must hold for the features."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.catalog.builder.finding import KEBAB
from segfw.catalog.model import Direction, Exposure, OptionKind, PeerKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.builder.finding import Findings, Say
    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Option, Row

    Value = bool | int | str
    Conditions = Mapping[str, tuple[Value, ...]]

INTERNET = "internet"
SPECIAL = "custom-flow"
"""The feature whose flows a stack writes itself."""
POINTS = ("security-group", "network-acl", "nsg")
EGRESS = ("routed", "default-route")
PEER_OPTIONS = {
    "from": {Direction.INGRESS},
    "to": {Direction.EGRESS},
    "peers": {Direction.INGRESS, Direction.EGRESS},
}
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
PORTS = (OptionKind.PORT, OptionKind.PORT_CHOICE)
RESERVED = (*PEER_OPTIONS, "interface")
"""Options that every feature has, or that the peer option takes."""
LONGEST_NSG_NAME = 80
"""Azure's limit on a rule name; an augmented one holds interface, feature and row (design D15)."""
LONGEST_INTERFACE = 16


def check(catalog: Catalog, findings: Findings) -> None:
    """Each feature on its own and against the rows."""
    for feature in catalog.features.values():
        say = findings.about("features", feature.id)
        if not KEBAB.fullmatch(feature.id):
            say("an id has lower-case words with hyphens between them.")
        if bool(feature.flows) == (feature.id == SPECIAL):
            say(f'needs flows; only "{SPECIAL}" has none of its own.')
        if feature.required_from is not None and feature.required_from not in catalog.releases:
            say(f'"{feature.required_from}" is no release that gateway.yaml knows.')
        _places(feature, say)
        _options(feature, catalog, findings)
        for flow in feature.flows:
            _flow(flow, feature, catalog, findings)


def conditions(when: Conditions, feature: Feature, say: Say) -> None:
    """*when* speaks of options that *feature* has, and of values that they take."""
    for name, values in when.items():
        option = feature.options.get(name)
        if option is None:
            say(f'when: {feature.id} has no option "{name}".')
            continue
        wrong = [value for value in values if not _takes(option, value)]
        if wrong or not values:
            say(f'when: "{name}" does not take {", ".join(map(str, wrong)) or "nothing"}.')


def _takes(option: Option, value: Value) -> bool:
    if option.kind is OptionKind.FLAG:
        return isinstance(value, bool)
    if option.kind in PORTS:
        return type(value) is int
    return value in option.values  # none for a date, which has no value that is known here


def _places(feature: Feature, say: Say) -> None:
    directions = {flow.direction for flow in feature.flows}
    placed: set[Direction] = set() if feature.every_interface else directions
    if (Direction.INGRESS in placed) != (feature.role is not None):
        say("a role says where ingress sits: it goes with ingress flows, and with nothing else.")
    if (Direction.EGRESS in placed) != (feature.egress is not None):
        say("egress says how what the gateway opens is sent: it goes with egress flows.")
    if feature.egress not in (None, *EGRESS):
        say(f"egress is {' or '.join(EGRESS)}.")
    named = {flow.direction for flow in feature.flows if flow.peer is PeerKind.NETWORK}
    named |= {flow.direction for flow in feature.flows if flow.replaceable}
    if feature.peer_option is None and named:
        say("needs a peerOption: it has flows with a named peer.")
    if feature.peer_option is not None and PEER_OPTIONS.get(feature.peer_option) != named:
        say("peerOption is from for ingress, to for egress, peers for both.")
    if feature.network is not None and not KEBAB.fullmatch(feature.network):
        say(f'network "{feature.network}" must be kebab-case.')
    flags = {o.name for o in feature.options.values() if o.kind is OptionKind.FLAG}
    for names in feature.one_of:
        if not names[1:] or not flags.issuperset(names):
            say(f"oneOf {', '.join(names)}: needs two flag options of the feature or more.")


def _options(feature: Feature, catalog: Catalog, findings: Findings) -> None:
    reached = {flow.row for flow in feature.flows}
    for option in feature.options.values():
        say = findings.about("features", feature.id, option.name)
        if not CAMEL.fullmatch(option.name) or option.name in RESERVED:
            say(f"an option is written in camelCase and is none of {', '.join(RESERVED)}.")
        _default(option, say)
        if bool(option.values) != (option.kind is OptionKind.CHOICE):
            say("values go with a choice, and with nothing else.")
        if bool(option.rows) != (option.kind in PORTS):
            say("rows go with a port option, and with nothing else.")
        for name in option.rows:
            if say.known("rows", name) and name not in reached:
                say(f'sets the port of "{name}", which the feature does not reach.')
            if name in catalog.rows:
                _port_option(option, catalog.rows[name], say)
        if option.when is not None:
            conditions(option.when, feature, say)


def _default(option: Option, say: Say) -> None:
    if option.default is None:
        if option.kind not in (*PORTS, OptionKind.DATE) and not option.required:
            say("needs a default, or must be required.")
        return
    if option.required:
        say("is required and has a default; keep one.")
    if not _takes(option, option.default):
        say(f"does not take its own default {option.default}.")


def _port_option(option: Option, row: Row, say: Say) -> None:
    if option.kind is OptionKind.PORT and not row.changeable:
        say(f'the port of "{row.id}" cannot be changed on the gateway.')
    if option.kind is OptionKind.PORT_CHOICE and not row.alternatives:
        say(f'"{row.id}" has no alternative ports to choose from.')


def _flow(flow: FeatureFlow, feature: Feature, catalog: Catalog, findings: Findings) -> None:
    say = findings.about("features", feature.id, flow.row)
    conditions(flow.when, feature, say)
    if flow.with_feature is not None:
        say.known("features", flow.with_feature)
    if flow.points is not None and not set(flow.points) <= set(POINTS):
        say(f"points are {', '.join(POINTS)}.")
    if flow.replaceable and (flow.peer is not PeerKind.HOSTS or feature.peer_option is None):
        say("only hosts can be replaced, and only by a peer option.")
    if flow.network is not None and flow.peer is not PeerKind.NETWORK:
        say("a network goes with a peer that is a network.")
    if not say.known("rows", flow.row) or flow.row not in catalog.rows:
        return
    row = catalog.rows[flow.row]
    if flow.direction not in row.directions:
        say(f"{flow.direction.value}: the row has no such direction.")
    if flow.protocols is not None and not set(flow.protocols) < set(row.protocols):
        say("protocols must be some of the row's, and not all of them.")
    if flow.implied and not _has_owner(flow.row, feature, catalog):
        say("is implied, but no other feature has the row as its own.")
    _peer(flow, row, feature, say)
    longest = "-".join(
        (
            "x" * LONGEST_INTERFACE,
            flow.direction.short,
            max((p.value for p in row.protocols), key=len),
            feature.id,
            row.id,
            "ipv4",
        )
    )
    if len(longest) > LONGEST_NSG_NAME:
        say(f"makes rule names of {len(longest)} characters, over Azure's {LONGEST_NSG_NAME}.")


def _peer(flow: FeatureFlow, row: Row, feature: Feature, say: Say) -> None:
    may_face_internet = row.exposure is Exposure.INTERNET
    network = flow.network or feature.network
    match flow.peer:
        case PeerKind.NETWORK if network is None:
            say("needs a network, its own or the feature's.")
        case PeerKind.NETWORK if network == INTERNET and not may_face_internet:
            say("faces the internet, but the row's exposure does not allow it.")
        case PeerKind.HOSTS if not row.hosts:
            say("has hosts as its peer, but the row names none.")
        case PeerKind.PUBLISHED if not row.prefixes:
            say("has published prefixes as its peer, but the row has none.")
        case PeerKind.ANY if not may_face_internet:
            say("faces any address, but the row's exposure does not allow it.")
        case PeerKind.AZURE_LOAD_BALANCER if flow.direction is not Direction.INGRESS:
            say("health probes come in.")
        case _:
            pass


def _has_owner(row: str, feature: Feature, catalog: Catalog) -> bool:
    return any(
        flow.row == row and not flow.implied
        for other in catalog.features.values()
        if other.id != feature.id
        for flow in other.flows
    )
