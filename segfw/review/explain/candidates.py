"""Changes of a stack file that might let denied packets pass, most likely first; untried."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import Direction, OptionKind, PeerKind, Protocol
from segfw.effective import default_ports, row_ports
from segfw.resolve import INTERNET, SELF, host_settings
from segfw.review.explain.reasons import origin_of
from segfw.review.explain.services import ECHOES
from segfw.sets.headerspace import POINTS, WITH_PORTS, Service
from segfw.sets.ports import PortRange
from segfw.settings.types import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Feature, FeatureFlow, Row
    from segfw.flow import Origin
    from segfw.plan import Plan
    from segfw.review.explain.question import Question
    from segfw.settings.types import Network, Settings

CUSTOM = "custom-flow"
CUSTOM_DAYS = 90
"""How long a proposed custom flow is to last: well within a year (design D18)."""


class Edit(NamedTuple):
    """One change of a stack file."""

    path: tuple[str, ...]
    value: Any
    adds: bool = False
    """The value is added to the list there; else it takes the place of what is there."""
    origin: Origin | None = None
    """The line to change; None for what is new."""

    @property
    def where(self) -> str:
        """``networks.admins``: as a stack file's paths are said."""
        return ".".join(one for one in self.path if one != "prefixes")


class Proposal(NamedTuple):
    """A change that might let the packets pass."""

    feature: str
    row: str
    """The row's label; empty for a custom flow."""
    title: str
    """What the row is for."""
    edits: tuple[Edit, ...]


class _Match(NamedTuple):
    """A feature's flow of the service that is asked."""

    feature: Feature
    flow: FeatureFlow
    row: Row
    options: tuple[tuple[str, Any], ...]
    """Options that it needs, and does not have."""
    narrow: bool
    """The row is about this service, not about a range in which it lies."""


def candidates(question: Question, plan: Plan, catalog: Catalog, today: date) -> Iterator[Proposal]:
    """Each change once: of features that are on, then off, then a custom flow, then wide rows.

    A row with a range of ports, such as FTP's data, opens far more than what is asked.
    """
    settings = plan.settings
    matches = sorted(_matches(question, settings, catalog), key=lambda one: _rank(one, settings))
    narrow = [match for match in matches if match.narrow]
    seen: set[str] = set()
    for match in narrow:
        yield from _proposals(question, plan, match, seen)
    if not narrow:
        yield from _custom(question, settings, today)
    for match in matches:
        if not match.narrow:
            yield from _proposals(question, plan, match, seen)


def _rank(match: _Match, settings: Settings) -> tuple[bool, bool]:
    return match.feature.id not in settings.features, bool(match.options)


def _proposals(question: Question, plan: Plan, match: _Match, seen: set[str]) -> Iterator[Proposal]:
    """The match's changes that were not *seen* yet."""
    for edits in _edits(question, plan, match):
        if edits and str(edits) not in seen:
            seen.add(str(edits))
            yield Proposal(match.feature.id, match.row.label, match.row.title, edits)


def _matches(question: Question, settings: Settings, catalog: Catalog) -> Iterator[_Match]:
    """The features' flows of the service and direction that are asked; rows of others left out."""
    for feature in catalog.features.values():
        for flow in feature.flows:
            row = catalog.rows[flow.row]
            if flow.direction is not question.direction or flow.implied or row.no_rule:
                continue
            if flow.with_feature is not None and flow.with_feature not in settings.features:
                continue
            if not any(p.number == question.protocol for p in flow.protocols or row.protocols):
                continue
            match = _match(question, settings, catalog, feature, flow)
            if match is not None:
                yield match


def _match(
    question: Question, settings: Settings, catalog: Catalog, feature: Feature, flow: FeatureFlow
) -> _Match | None:
    """The flow with the options that make it the service that is asked, if any do."""
    row = catalog.rows[flow.row]
    chosen = settings.features.get(feature.id)
    held = chosen.options if chosen else {o.name: o.default for o in feature.options.values()}
    options = [(n, values[0]) for n, values in flow.when.items() if held.get(n) not in values]
    first, last = question.service.first % POINTS, question.service.last % POINTS
    if question.protocol not in WITH_PORTS:
        services = [Service.of_icmp(question.protocol, *row.icmp)] if row.icmp else []
        meant = any(s.first <= question.service.first <= s.last for s in services)
        return _Match(feature, flow, row, tuple(options), narrow=True) if meant else None
    asked = PortRange(first, last)
    if chosen is not None:
        ports = row_ports(flow, feature, settings.features, catalog)
    else:
        ports = default_ports(row)
    holding = [r for r in ports.ranges() if r.first <= asked.first and asked.last <= r.last]
    if holding:
        return _Match(feature, flow, row, tuple(options), narrow=holding[0].single)
    if first == last and first in (*row.alternatives, *(f for f, end in row.ports if f == end)):
        option = _port_option(feature, row)
        if option is not None:
            return _Match(feature, flow, row, (*options, (option, first)), narrow=True)
    return None


def _port_option(feature: Feature, row: Row) -> str | None:
    kinds = (OptionKind.PORT, OptionKind.PORT_CHOICE)
    found = (o.name for o in feature.options.values() if o.kind in kinds and row.id in o.rows)
    return next(found, None)


def _edits(question: Question, plan: Plan, match: _Match) -> Iterator[tuple[Edit, ...]]:
    """The sets of changes that might do for one flow of a feature."""
    settings = plan.settings
    feature, flow = match.feature, match.flow
    missing = any(
        o.required and o.name not in dict(match.options) for o in feature.options.values()
    )
    if missing and feature.id not in settings.features:
        return
    switched = tuple(_switching(settings, match))
    if flow.peer is PeerKind.HOSTS:
        yield from (switched + one for one in _to_hosts(question, settings, match.row))
    elif flow.peer is PeerKind.NETWORK:
        pinned = _pinned(question, plan, match)
        if pinned is not None:
            yield (*switched, pinned)
        else:
            yield from (switched + one for one in _to_networks(question, settings, match))
    elif switched:
        yield switched


def _switching(settings: Settings, match: _Match) -> Iterator[Edit]:
    """The feature switched on, and the options that the flow needs."""
    path = ("features", match.feature.id)
    origin = _origin(settings, ".".join(path))
    if match.feature.id not in settings.features:
        yield Edit(path, dict(match.options), origin=origin)
    else:
        yield from (Edit((*path, name), value, origin=origin) for name, value in match.options)


def _origin(settings: Settings, path: str) -> Origin | None:
    return origin_of(settings, path) if path in settings.places else None


def _pinned(question: Question, plan: Plan, match: _Match) -> Edit | None:
    """The feature put on this interface, where it is open to the far end on another one."""
    asked = set(question.remote.prefixes)
    for flow in plan.flows:
        same = flow.feature == match.feature.id and flow.row == match.row.id
        if not same or flow.direction is not question.direction:
            continue
        whole = all(any(own.holds(p) for own in flow.peer.prefixes) for p in asked)
        if whole and asked and flow.interface != question.interface:
            path = ("features", match.feature.id, "interface")
            origin = _origin(plan.settings, ".".join(path[:2]))
            return Edit(path, question.interface, origin=origin)
    return None


def _to_networks(
    question: Question, settings: Settings, match: _Match
) -> Iterator[tuple[Edit, ...]]:
    """The far end named as a peer, or its address added to a network that is one."""
    feature = match.feature
    chosen = settings.features.get(feature.id)
    default = match.flow.network or feature.network
    peers = chosen.peers if chosen is not None and chosen.peers is not None else None
    names = list(peers) if peers is not None else [default] if default else []
    if default == INTERNET and peers is None:
        yield ()
        return
    named = _names_of(question, settings)
    if feature.peer_option is not None and match.flow.network in (None, feature.network):
        path = ("features", feature.id, feature.peer_option)
        kept = [n for n in names if n in settings.networks] if chosen is not None else []
        origin = _origin(settings, f"features.{feature.id}")
        for name in named:
            if name in names:
                yield ()  # it is a peer already: something else is missing, if anything
            else:
                yield (Edit(path, [*kept, name], origin=origin),)
    if not set(named) & {question.remote.name, *names}:
        for name in names:
            if name not in (INTERNET, SELF):
                yield tuple(_added(question, settings, ("networks", name)))


def _names_of(question: Question, settings: Settings) -> list[str]:
    """The stack's networks that hold all that is asked, the smallest first."""
    remote = question.remote
    if remote.internet or remote.name in settings.networks:
        return [remote.name]
    if remote.reference is not None:
        return [
            n.name
            for n in settings.networks.values()
            if n.references.get(settings.cloud) == remote.reference
        ]
    holding = [n for n in settings.networks.values() if remote.prefixes and _holds(n, remote)]
    return [n.name for n in sorted(holding, key=lambda n: sum(p.size for p in n.prefixes))[:2]]


def _holds(network: Network, remote: Any) -> bool:
    return all(any(own.holds(p) for own in network.prefixes) for p in remote.prefixes)


def _added(question: Question, settings: Settings, path: tuple[str, str]) -> Iterator[Edit]:
    """The far end's prefixes added to a network or a host, which may be new."""
    origin = _origin(settings, ".".join(path))
    for prefix in question.remote.prefixes:
        yield Edit((*path, "prefixes"), str(prefix), adds=True, origin=origin)


def _to_hosts(question: Question, settings: Settings, row: Row) -> Iterator[tuple[Edit, ...]]:
    """The far end added to a host of which the operator lists the prefixes."""
    for host in row.hosts:
        known = host in settings.hosts or "default" in settings.hosts
        if known and host_settings(settings, host).strategy is Strategy.PREFIXES:
            name = host if host in settings.hosts else "default"
            yield tuple(_added(question, settings, ("hosts", name)))


def _custom(question: Question, settings: Settings, today: date) -> Iterator[Proposal]:
    """The escape hatch, for a service that no feature has; who owns it is to be filled in."""
    protocol = next((p for p in Protocol if p.number == question.protocol), None)
    echo = question.port == ECHOES.get((question.protocol, "echo-request"))
    if protocol is None or (question.protocol not in WITH_PORTS and not echo):
        return
    named = [name for name in _names_of(question, settings) if name in settings.networks]
    edits: list[Edit] = []
    if not named:
        named = ["new-network"]
        edits.extend(_added(question, settings, ("networks", named[0])))
    incoming = question.direction is Direction.INGRESS
    ports = {"ports": [int(p) if p.isdigit() else p for p in [question.port]]}
    entry: dict[str, Any] = {
        "name": "new-flow",
        "interface": question.interface,
        "direction": question.direction.value,
        "protocol": "icmp-echo" if echo else protocol.value,
        **({} if echo else ports),
        ("from" if incoming else "to"): [named[0]],
        "reason": "to be said",
        "owner": "to be named",
        "reviewBy": (today + timedelta(days=CUSTOM_DAYS)).isoformat(),
    }
    origin = _origin(settings, f"features.{CUSTOM}")
    edits.append(Edit(("features", CUSTOM), entry, adds=True, origin=origin))
    yield Proposal(CUSTOM, "", "a flow that no feature has", tuple(edits))
