"""Problems between records, each with the place of the record that it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from segfw.catalog.loader import catalog_from
from segfw.problems import NOWHERE, Problem
from segfw.settings.words import unknown

if TYPE_CHECKING:
    from segfw.catalog.builder.assemble import Draft
    from segfw.catalog.model import Catalog

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KINDS = {"rows": "row", "features": "feature", "hosts": "host", "sources": "source"}


class Findings:
    """Collects what is wrong, by record."""

    def __init__(self, draft: Draft) -> None:
        """Places and ids come from *draft*."""
        self.places = draft.places
        self.unsound = draft.unsound
        self.problems: list[Problem] = []

    def about(self, kind: str, name: str, inner: str = "") -> Say:
        """Where to say what is wrong with one record, or with the part *inner* of it."""
        return Say(self, kind, name, f"{name}.{inner}" if inner else name)

    def all_sound(self, kind: str) -> bool:
        """Whether no record of *kind* was refused."""
        return all(held != kind for held, _ in self.unsound)

    def ids(self, kind: str) -> list[str]:
        """Every id of *kind*, those of refused records included."""
        return [name for held, name in self.places if held == kind]


class Say:
    """Says what is wrong with one record."""

    def __init__(self, findings: Findings, kind: str, name: str, path: str) -> None:
        """See `Findings.about`."""
        self.findings = findings
        self.place = findings.places.get((kind, name), NOWHERE)
        self.path = path

    def __call__(self, message: str) -> None:
        """*message* is wrong with the record."""
        self.findings.problems.append(Problem(self.place, self.path, message))

    def known(self, kind: str, name: str) -> bool:
        """Whether there is a *kind* called *name*; if not, that is a problem."""
        ids = self.findings.ids(kind)
        if name in ids:
            return True
        self(f'"{name}": {unknown(KINDS[kind], name, ids)}')
        return False


def sound_catalog(draft: Draft) -> Catalog:
    """The catalog of those records that could be read."""
    data: dict[str, Any] = dict(draft.data)
    for kind in (*KINDS, "checklist"):
        data[kind] = [
            record for record in data[kind] if (kind, record.get("id")) not in draft.unsound
        ]
    return catalog_from(data)
