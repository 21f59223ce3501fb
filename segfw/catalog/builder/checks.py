"""What must hold across the catalog's records: each check yields problems, and all of them run."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from segfw.catalog.builder import check_features, check_rows
from segfw.catalog.builder.finding import KEBAB, Findings, sound_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.builder.assemble import Draft
    from segfw.catalog.model import Catalog
    from segfw.problems import Problem

HOST_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = frozenset({"accessList", "routes", "ports", "interfaces", "members"})
"""What a checklist item may ask the plan to fill in."""
EVERYWHERE = "all"


def check(draft: Draft) -> list[Problem]:
    """Every problem between the records of *draft*; records that were refused are left out."""
    catalog = sound_catalog(draft)
    findings = Findings(draft)
    check_rows.check(catalog, findings)
    check_features.check(catalog, findings)
    _hosts(catalog, findings)
    _sources(catalog, findings)
    _gateway(catalog, findings)
    _checklist(catalog, findings)
    return findings.problems


def _hosts(catalog: Catalog, findings: Findings) -> None:
    used = {host for row in catalog.rows.values() for host in row.hosts}
    for host in catalog.hosts.values():
        say = findings.about("hosts", host.id)
        say.known("sources", host.source)
        if host.id not in used:
            say("is named by no row; leave it out.")
        if set(host.names) != set(host.countries):
            say("names and countries must have the same regions.")
        if EVERYWHERE in host.names and len(host.names) > 1:
            say('has both "all" and a region; keep one.')
        for region in host.names:
            if region != EVERYWHERE and region not in catalog.regions:
                say(f'"{region}" is no Cisco region.')
        for name in _flat(host.names.values()):
            if not HOST_NAME.fullmatch(name):
                say(f'"{name}" is no host name.')


def _sources(catalog: Catalog, findings: Findings) -> None:
    for source in catalog.sources.values():
        say = findings.about("sources", source.id)
        if not KEBAB.fullmatch(source.id):
            say("an id has lower-case words with hyphens between them.")
        if source.url is not None and not source.url.startswith("https://"):
            say("its url must start with https://.")
        if source.read is not None and not _is_date(source.read):
            say(f'read: "{source.read}" is no date such as "2026-11-24".')


def _gateway(catalog: Catalog, findings: Findings) -> None:
    say = findings.about("gateway", "gateway")
    say.known("sources", catalog.edition)
    if list(catalog.releases) != sorted(catalog.releases, key=_release_key):
        say("releases must run from the oldest to the newest.")
    for start, country in catalog.jurisdictions.items():
        if not re.fullmatch(r"[a-z][a-z-]*[a-z-](\d)?", start) or not re.fullmatch(
            "[a-z]{2,4}", country
        ):
            say(f'jurisdictions: "{start}: {country}" is no beginning of a region with a country.')


def _checklist(catalog: Catalog, findings: Findings) -> None:
    for item in catalog.checklist:
        say = findings.about("checklist", item.id)
        if not KEBAB.fullmatch(item.id):
            say("an id has lower-case words with hyphens between them.")
        say.known("sources", item.source)
        for name in item.features:
            say.known("features", name)
            if item.when is not None and name in catalog.features:
                check_features.conditions(item.when, catalog.features[name], say)
        for name in PLACEHOLDER.findall("\n".join((item.why, *item.commands))):
            if name not in PLACEHOLDERS:
                say(f"the plan knows no {{{name}}}; it fills in {', '.join(sorted(PLACEHOLDERS))}.")


def _flat(groups: Iterable[tuple[str, ...]]) -> Iterable[str]:
    return (name for group in groups for name in group)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _release_key(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdecimal())
