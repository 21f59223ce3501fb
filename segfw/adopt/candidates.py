"""Which features of the catalog need a service: by rows and their ports, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import OptionKind, PeerKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.catalog.model import Catalog, Direction, Feature, FeatureFlow, Row

    Options = Mapping[str, tuple[bool | int | str, ...]]

INTERNET = "internet"


class Service(NamedTuple):
    """What a rule lets through, but for its far end."""

    direction: Direction
    protocol: str
    ports: str
    """``22``, ``1024-65535``, ``3.4`` for ICMP, ``any``."""

    def __str__(self) -> str:
        """``in tcp 22``."""
        return f"{self.direction.short} {self.protocol} {self.ports}"


class Candidate(NamedTuple):
    """A feature with a row that needs a service, and what its options have to be for that."""

    feature: Feature
    flow: FeatureFlow
    row: Row
    options: Options
    """Values that an option may have; empty where any does."""

    @property
    def by_default(self) -> bool:
        """It holds with the feature's default options."""
        known = self.feature.options
        return all(known[name].default in values for name, values in self.options.items())

    @property
    def network(self) -> str:
        """The default network of the far end; empty where it has none."""
        return self.flow.network or self.feature.network or ""


Index = dict[Service, list[Candidate]]


def index_of(catalog: Catalog) -> Index:
    """Every service of one port, or one ICMP type, to the features that need it.

    Rows that a feature only implies are left out: they are another feature's. So are ranges,
    which every client's replies lie in.
    """
    found: Index = {}
    for feature in catalog.features.values():
        for flow in feature.flows:
            if flow.implied or flow.with_feature is not None:
                continue
            row = catalog.rows[flow.row]
            for ports, options in _ports(feature, row):
                for protocol in flow.protocols or row.protocols:
                    one = Candidate(feature, flow, row, {**flow.when, **options})
                    found.setdefault(Service(flow.direction, protocol.value, ports), []).append(one)
    return found


def _ports(feature: Feature, row: Row) -> Iterator[tuple[str, Options]]:
    """The row's ports one by one, with the option that chooses an alternative."""
    if row.icmp is not None:
        kind, code = row.icmp
        yield f"{kind}.{code}", {}
    for first, last in row.ports:
        if first == last:
            yield str(first), {}
    for option in feature.options.values():
        if option.kind is OptionKind.PORT_CHOICE and row.id in option.rows:
            for port in row.alternatives:
                yield str(port), {option.name: (port,)}


class Choice(NamedTuple):
    """The feature that a proposal takes for a service, or why it takes none."""

    taken: Candidate | None
    others: tuple[str, ...] = ()
    """Features that need the same service."""
    why: str = ""
    """Why none is taken; empty where one is."""


def chosen(index: Index, service: Service, prefixes: Iterable[str], *, internet: bool) -> Choice:
    """The first feature of the catalog that fits, where ports and far end leave no doubt.

    What goes to hosts without published addresses looks like anything else on that port, so
    there a feature is never taken for one.
    """
    fitting = index.get(service, [])
    names = tuple(dict.fromkeys(one.feature.id for one in fitting))
    able = [one for one in fitting if _needs_nothing(one.feature)]
    published = [one for one in able if _published(one, prefixes)]
    if published:
        return Choice(published[0])
    if any(one.flow.peer is PeerKind.HOSTS for one in fitting):
        return Choice(None, names, "to hosts without published addresses; it may be for")
    far = [one for one in able if _fits(one, internet=internet)]
    far.sort(key=lambda one: not one.by_default)
    if not far:
        return Choice(None, names, "the port is the one of" if names else "no feature needs it")
    others = dict.fromkeys(one.feature.id for one in far if one.feature != far[0].feature)
    return Choice(far[0], tuple(others))


def _published(one: Candidate, prefixes: Iterable[str]) -> bool:
    held = set(prefixes)
    return one.flow.peer is PeerKind.PUBLISHED and bool(held) and held <= set(one.row.prefixes)


def _needs_nothing(feature: Feature) -> bool:
    return not any(option.required for option in feature.options.values())


def _fits(one: Candidate, *, internet: bool) -> bool:
    if one.flow.peer is PeerKind.ANY:
        return internet
    if one.flow.peer is not PeerKind.NETWORK:
        return False
    return (one.network == INTERNET) is internet
