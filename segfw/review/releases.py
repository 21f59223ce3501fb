"""What another release of the gateway needs opened or closed: in general, and for one stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.queries import covering_features
from segfw.plan import make_plan
from segfw.problems import ProblemsFound
from segfw.resolve import holds_for, release_key
from segfw.sets.headerspace import HeaderSpace
from segfw.settings import Node, merge, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from segfw.catalog.model import Catalog, Direction, Feature, Row
    from segfw.flow import Point
    from segfw.plan import Plan
    from segfw.proof import Proof
    from segfw.sets.addresses import Family
    from segfw.settings import Tree

APPENDIX = "firewall information"
"""What the vendor's user guides call the table: a source so titled is an edition of it."""


class Edition(NamedTuple):
    """One text of the firewall table that the catalog was read from."""

    id: str
    title: str
    rows: int
    """How many of the catalog's rows were seen in it; 0 for one that only gave facts."""
    followed: bool
    """The catalog's numbers and published values are this edition's."""
    note: str | None


class Changed(NamedTuple):
    """A row that gives way to another one, for a feature that has both in one direction."""

    old: Row
    new: Row
    features: tuple[str, ...]


class Difference(NamedTuple):
    """What the catalog knows to differ between two releases, *first* and *last*."""

    first: str
    last: str
    begun: tuple[Row, ...]
    """Rows of the last release that the first one has not."""
    ended: tuple[Row, ...]
    """Rows of the first release that the last one has not."""
    changed: tuple[Changed, ...]
    """Of these, the pairs that take each other's place."""
    needed: tuple[Feature, ...]
    """Features without which the last release does not work, and the first one does."""
    unneeded: tuple[Feature, ...]
    """The other way around."""
    renumbered: tuple[Row, ...]
    """Rows that stand in another place in another edition."""
    editions: tuple[Edition, ...]
    remarks: tuple[str, ...]
    """What to know of releases that the catalog does not list."""

    @property
    def any(self) -> bool:
        """Something differs that is opened or closed."""
        return bool(self.begun or self.ended or self.needed or self.unneeded)


def difference(catalog: Catalog, first: str, last: str) -> Difference:
    """What differs between two releases, each written as a release is (``15.5``)."""
    begun = tuple(row for row in _rows(catalog, last) if row not in set(_rows(catalog, first)))
    ended = tuple(row for row in _rows(catalog, first) if row not in set(_rows(catalog, last)))
    before, after = _needed(catalog, first), _needed(catalog, last)
    return Difference(
        first=first,
        last=last,
        begun=begun,
        ended=ended,
        changed=tuple(_changed(catalog, ended, begun)),
        needed=tuple(one for one in after if one.id not in {f.id for f in before}),
        unneeded=tuple(one for one in before if one.id not in {f.id for f in after}),
        renumbered=tuple(r for r in catalog.rows.values() if len(set(r.numbers.values())) > 1),
        editions=tuple(_editions(catalog)),
        remarks=tuple(
            remark
            for release in dict.fromkeys((first, last))
            if (remark := _unlisted(catalog, release)) is not None
        ),
    )


def _rows(catalog: Catalog, release: str) -> list[Row]:
    return [
        row
        for row in catalog.rows.values()
        if holds_for(release, row.from_release, row.until_release)
    ]


def _needed(catalog: Catalog, release: str) -> list[Feature]:
    return [
        feature
        for feature in catalog.features.values()
        if feature.required_from is not None and holds_for(release, feature.required_from, None)
    ]


def _changed(catalog: Catalog, ended: tuple[Row, ...], begun: tuple[Row, ...]) -> Iterator[Changed]:
    covering = covering_features(catalog)
    for old in ended:
        for new in begun:
            both = [name for name in covering[old.id] if name in covering[new.id]]
            if both and set(old.directions) & set(new.directions):
                yield Changed(old, new, tuple(both))


def _editions(catalog: Catalog) -> Iterator[Edition]:
    seen: dict[str, int] = {}
    for row in catalog.rows.values():
        for edition in row.numbers:
            seen[edition] = seen.get(edition, 0) + 1
    for source in catalog.sources.values():
        if source.id in seen or APPENDIX in source.title.casefold():
            followed = source.id == catalog.edition
            yield Edition(source.id, source.title, seen.get(source.id, 0), followed, source.note)


def _unlisted(catalog: Catalog, release: str) -> str | None:
    """What to know of a release that the catalog does not list; None where it does."""
    key = release_key(release)
    listed = [release_key(name) for name in catalog.releases]
    if key[:2] in listed:
        return None
    known = ", ".join(catalog.releases)
    what = f"is newer than {catalog.releases[-1]}" if key > listed[-1] else "is not listed"
    return (
        f"{release} {what}; the catalog knows {known}, and rules for it follow the edition "
        f"{catalog.edition}: compare with the firewall table of that release."
    )


class PointDifference(NamedTuple):
    """What one enforcement point lets through at one release and not at the other."""

    point: Point
    interface: str
    direction: Direction
    family: Family
    opened: HeaderSpace
    closed: HeaderSpace
    because: tuple[str, ...]
    """The flows that need it: ``smart-licensing (extra smart-licensing)``."""


class Needs(NamedTuple):
    """A feature that the last release does not work without, and the stack has off."""

    feature: Feature
    opens: tuple[PointDifference, ...]
    """What switching it on would open."""
    problems: tuple[str, ...]
    """Why it cannot be switched on as the stack is; nothing is known of what it opens then."""


class StackDifference(NamedTuple):
    """What two releases differ in for one stack."""

    stack: str
    release: str
    """The one that the stack file says."""
    points: tuple[PointDifference, ...]
    """With the stack file as it is but for the release."""
    needs: tuple[Needs, ...]


def stack_difference(
    tree: Tree, catalog: Catalog, wanted: Difference, *, stack: str, today: date
) -> StackDifference:
    """What the stack of *tree* would let through at each release, compared as header spaces.

    Raises:
        ProblemsFound: the stack file is wrong, or does not fit a quota at one of the releases.
        ProofFailed: a compile changed meaning, which is a bug in this project.
    """

    def planned(release: str, *features: str) -> Plan:
        changed = _overlaid(tree, release, features)
        return make_plan(read_settings(changed, catalog, stack=stack, today=today), catalog)

    own = read_settings(tree, catalog, stack=stack, today=today).gateway.release
    first, last = planned(wanted.first), planned(wanted.last)
    needs: list[Needs] = []
    for feature in wanted.needed:
        if feature.id in last.settings.features:
            continue
        try:
            opens = tuple(compared(last, planned(wanted.last, feature.id)))
        except ProblemsFound as found:
            needs.append(Needs(feature, (), tuple(one.message for one in found.problems)))
        else:
            needs.append(Needs(feature, opens, ()))
    return StackDifference(stack, own, tuple(compared(first, last)), tuple(needs))


def _overlaid(tree: Tree, release: str, features: Iterable[str]) -> Tree:
    """The stack at another release, with *features* on as they are by default."""
    place = tree.place
    said = {
        "gateway": Node({"release": Node(release, place)}, place),
        "features": Node({name: Node({}, place) for name in features}, place),
    }
    return replace(tree, settings=merge(tree.settings, Node(said, place), "", None))


def compared(old: Plan, new: Plan) -> Iterator[PointDifference]:
    """What differs at each enforcement point, direction and family; exact, by set algebra."""
    before = {_key(proof): proof for proof in old.proofs}
    after = {_key(proof): proof for proof in new.proofs}
    for key in dict.fromkeys((*before, *after)):
        was, will = before.get(key), after.get(key)
        point, interface, direction, family = key
        empty = HeaderSpace(family)
        opened = (will.allowed if will else empty) - (was.allowed if was else empty)
        closed = (was.allowed if was else empty) - (will.allowed if will else empty)
        if opened or closed:
            because = dict.fromkeys((*_because(will, opened), *_because(was, closed)))
            yield PointDifference(
                point, interface, direction, family, opened, closed, tuple(because)
            )


def _key(proof: Proof) -> tuple[Point, str, Direction, Family]:
    return proof.point, proof.interface, proof.direction, proof.family


def _because(proof: Proof | None, space: HeaderSpace) -> Iterator[str]:
    """The flows of a plan that need something of *space*."""
    for meaning in proof.meanings if proof is not None else ():
        if HeaderSpace.union(space.family, meaning.boxes) & space:
            yield f"a reply to {meaning.flow.purpose}" if meaning.reply else meaning.flow.purpose
