"""The Talos prefixes are open as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.effective import effective_rows
from segfw.guardrails.asking import VERDICTS, on, shown_prefixes
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.guardrails.reading.seen import prefix, together
from segfw.guardrails.reading.values import held, listed
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Row
    from segfw.guardrails.view import Gateway, View
    from segfw.sets.headerspace import HeaderSpace


def judge(view: View) -> Iterator[Found]:
    """Published prefixes of rows that a feature needs, to which no front of ours lets out."""
    for gateway in view.gateways:
        for row, ports in effective_rows(gateway.features, view.catalog):
            if row.prefixes and _is_on(view, gateway, row):
                services = [
                    Service.of_ports(protocol.number, each)
                    for protocol in row.protocols
                    for each in ports.ranges()
                ]
                for family in _families(gateway):
                    yield from _judge(view, gateway, row, on(family, services))


def _is_on(view: View, gateway: Gateway, row: Row) -> bool:
    chosen = gateway.features
    features = (view.catalog.features[one] for one in chosen if one in view.catalog.features)
    return any(
        flow.row == row.id
        and all(
            chosen[feature.id].options.get(name) in values for name, values in flow.when.items()
        )
        for feature in features
        for flow in feature.flows
    )


def _judge(view: View, gateway: Gateway, row: Row, wanted: HeaderSpace) -> Iterator[Found]:
    family = wanted.family
    published = together(prefix(one) for one in row.prefixes).get(family, AddressSet(family))
    for verdict, surely in VERDICTS:
        missing = published
        for front in view.fronts:
            if front.interface is not None and front.gateway in (None, gateway):
                space = front.allowed(Direction.EGRESS, family, surely=not surely)
                for _, addresses in (space & wanted).boxes():
                    missing -= addresses
        if missing:
            said = "are not open" if verdict is Verdict.VIOLATED else "may not be open"
            message = f"{row.label}: published prefixes {said}: {shown_prefixes(missing)}"
            yield Found(verdict, gateway.resource.urn, row.title, message)
            return


def _families(gateway: Gateway) -> list[Family]:
    """The families that any interface of the gateway has."""
    named = [listed(held(gateway.interfaces, one), "families") for one in gateway.interfaces]
    return [family for family in Family if any(family.keyword in each for each in named)]


GUARDRAIL = Guardrail(
    id="talos-published",
    statement=(
        "Where a feature needs Cisco's published prefixes, all of them are open as published."
    ),
    why=(
        "Reputation and rules come from there: without them the gateway lets spam "
        "through, silently."
    ),
    severity=Severity.HIGH,
    judge=judge,
    fix="Leave the feature's rules to the stack, and update to the newest edition of the catalog.",
    undecided=REPORTED,
)
