"""Cleartext protocols, with what to use instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.guardrails.asking import on
from segfw.guardrails.guardrail import REPORTED, Found, Guardrail, Severity, Verdict
from segfw.sets.addresses import Family
from segfw.sets.headerspace import Service
from segfw.sets.ports import PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Row
    from segfw.guardrails.holders import Front
    from segfw.guardrails.view import View


def judge(view: View) -> Iterator[Found]:
    """Ports that only cleartext rows have in a direction, where somebody may use them."""
    for direction in Direction:
        way = "lets in" if direction is Direction.INGRESS else "sends"
        for row, services in _cleartext(view, direction):
            shown = ", ".join(map(str, services))
            message = f"{way} {row.title} ({shown}): {row.cleartext}"
            for front in view.fronts:
                verdict = _verdict(front, direction, services)
                if verdict is not None:
                    yield Found(verdict, front.urn, front.label, message)


def _verdict(front: Front, direction: Direction, services: Iterable[Service]) -> Verdict | None:
    held = tuple(services)
    for verdict, surely in ((Verdict.LISTED, True), (Verdict.OPEN, False)):
        for family in Family:
            if front.allowed(direction, family, surely=surely) & on(family, held):
                return verdict
    return None


def _cleartext(view: View, direction: Direction) -> Iterator[tuple[Row, tuple[Service, ...]]]:
    """Cleartext rows with their ports, without those that an encrypted row has too."""
    encrypted: dict[int, PortSet] = {}
    for row, ports in view.rows:
        if row.cleartext is None and direction in row.directions and not row.excludes_listening:
            for protocol in row.protocols:
                encrypted[protocol.number] = encrypted.get(protocol.number, PortSet()) | ports
    for row, ports in view.rows:
        inward = direction is Direction.INGRESS
        if row.cleartext is not None and (row.listens if inward else direction in row.directions):
            services = tuple(
                Service.of_ports(protocol.number, each)
                for protocol in row.protocols
                for each in (ports - encrypted.get(protocol.number, PortSet())).ranges()
            )
            if services:
                yield row, services


GUARDRAIL = Guardrail(
    id="cleartext",
    statement="Cleartext protocols are listed, with what to use instead.",
    why="Passwords and mail on FTP, HTTP, POP, IMAP, LDAP, syslog and QMQP can be read on the way.",
    severity=Severity.LOW,
    judge=judge,
    fix="Switch to the encrypted feature that the finding names.",
    undecided=REPORTED,
    frameworks=("AWS FSBP EC2.19",),
    answers=(
        "CKV_AWS_229",
        "CKV_AWS_230",
        "AZU-0074",
        "FG_R00234",
        "FG_R00041",
        "openFTP",
        "openLDAP",
        "openSNMP",
    ),
)
