"""The gateway itself, and days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from segfw import limits
from segfw.catalog.model import OptionKind
from segfw.resolve import release_key
from segfw.settings.types import ANY_EPHEMERAL
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.settings.checks.case import Case

RELEASE = re.compile(r"[1-9][0-9]?\.(?:0|[1-9][0-9]?)(?:\.(?:0|[1-9][0-9]{0,2}))*")
RELEASE_INSIDE = re.compile(rf"(?<![0-9.]){RELEASE.pattern}(?![0-9.])")
BUILD = re.compile(r"(?:-| |, )(?:[Bb]uild[- ]?)?[0-9]+")
"""What AsyncOS prints behind a release: ``15.0.1-030``, ``15.0.1 build 030``."""
"""Ports below are system ports (RFC 6335), from which no connection of the gateway comes."""


def release_is_supported(case: Case) -> Iterator[tuple[str, str]]:
    """A release is a number that is not older than the oldest known one."""
    if case.gateway is None:
        return
    release, known = case.gateway.release, case.catalog.releases
    if not RELEASE.fullmatch(release):
        yield "gateway.release", no_release(release, known[-1])
    elif release_key(release) < release_key(known[0]):
        yield (
            "gateway.release",
            (
                f'"{release}" is older than {known[0]}, the oldest release that the catalog knows; '
                f"known are {quoted_list(known)}."
            ),
        )


def no_release(text: str, example: str) -> str:
    """What to write in place of *text*: the release in it, where it says more than that."""
    found = RELEASE_INSIDE.search(text)
    if found is None:
        return f'"{text}" is no release of the gateway; write one such as "{example}".'
    if BUILD.fullmatch(text, found.end()):
        return f'"{text}" names a build; write its release alone: "{found[0]}".'
    return f'"{text}" is more than a release; write the release alone: "{found[0]}".'


def cisco_region_is_known(case: Case) -> Iterator[tuple[str, str]]:
    """The Cisco region is one of the catalog's."""
    if case.gateway is not None and case.gateway.cisco_region not in case.catalog.regions:
        name = case.gateway.cisco_region
        yield "gateway.ciscoRegion", unknown("Cisco region", name, case.catalog.regions)


def checklist_items_are_known(case: Case) -> Iterator[tuple[str, str]]:
    """Confirmed checklist items exist, and were not confirmed in the future."""
    if case.gateway is None:
        return
    known = [item.id for item in case.catalog.checklist]
    for name, confirmation in case.gateway.checklist.items():
        path = f"gateway.checklist.{name}"
        if name not in known:
            yield path, unknown("checklist item", name, known)
        elif confirmation.date > case.today:
            yield f"{path}.date", _in_the_future(confirmation.date)


def ephemeral_ports_are_high(case: Case) -> Iterator[tuple[str, str]]:
    """The gateway's own connections come from ports above the system ports."""
    if case.gateway is None:
        return
    ports = case.gateway.ephemeral_ports
    if ports.single:
        yield "gateway.ephemeralPorts", f'{ports} is one port; write a range such as "10000-65535".'
    elif ports.first < ANY_EPHEMERAL.first:
        yield (
            "gateway.ephemeralPorts",
            (
                f"{ports} begins below {ANY_EPHEMERAL.first}, where no connection comes from; "
                f'write a range such as "10000-65535", or leave it out.'
            ),
        )


def days_are_within_a_year(case: Case) -> Iterator[tuple[str, str]]:
    """What is opened until a day (a tunnel, a custom flow) is looked at again within a year."""
    for feature, chosen in case.features():
        for option in feature.options.values():
            value = chosen.options.get(option.name)
            if option.kind is OptionKind.DATE and isinstance(value, str):
                yield from _review(case, f"features.{feature.id}.{option.name}", _day(value))
    for flow in case.settings.custom_flows:
        path = f"features.custom-flow[{flow.name}].reviewBy"
        yield from _review(case, path, flow.review_by)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _review(case: Case, path: str, until: date) -> Iterator[tuple[str, str]]:
    last = case.today + timedelta(days=limits.REVIEW_DAYS)
    if until > last:
        yield path, f"{until} is more than {limits.REVIEW_DAYS} days ahead; write {last} at most."
    elif until < case.today and case.production:
        yield (
            path,
            (
                f"{until} is past, and this is a production stack; look at it again, then write a "
                "new day or take it out."
            ),
        )


def checked_days_are_past(case: Case) -> Iterator[tuple[str, str]]:
    """Nobody has checked anything in the future."""
    for kind, entries in (("networks", case.settings.networks), ("hosts", case.settings.hosts)):
        for name, entry in entries.items():
            if entry.checked is not None and entry.checked > case.today:
                yield f"{kind}.{name}.checked", _in_the_future(entry.checked)


def _in_the_future(day: date) -> str:
    return f"{day} is in the future; write the day on which it was done."


CHECKS = (
    release_is_supported,
    cisco_region_is_known,
    checklist_items_are_known,
    ephemeral_ports_are_high,
    days_are_within_a_year,
    checked_days_are_past,
)
