"""What a change opens and closes, in words: by feature and far end, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.changes.forms import Form
from segfw.changes.risk import Risk
from segfw.flow import Point
from segfw.resolve import INTERNET
from segfw.review.exposure import counted_addresses
from segfw.review.sections import Item, Section, counted
from segfw.review.spacewords import space_words
from segfw.review.tables import joined_labels
from segfw.sets.addresses import AddressSet, collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.catalog.model import Catalog
    from segfw.changes.forms import FormChange
    from segfw.changes.meaning import Group, Meaning, Part

RISKS = {
    Risk.FROM_INTERNET: "newly reachable from the internet",
    Risk.PERHAPS_FROM_INTERNET: "perhaps newly reachable from the internet",
    Risk.MANAGEMENT: "management, newly reachable",
    Risk.FROM_ANYWHERE: "newly reachable from anywhere",
    Risk.TO_ANYWHERE: "newly reaches anywhere",
    Risk.WIDENING: "not needed by any feature",
    Risk.NAMED: "",
}
"""What a reader is told before anything else; nothing of what is named and meant."""
AMONG = {
    Risk.PERHAPS_FROM_INTERNET: "perhaps the internet",
    Risk.MANAGEMENT: "management",
    Risk.FROM_ANYWHERE: "from anywhere",
    Risk.TO_ANYWHERE: "to anywhere",
}
"""What of the groups that a headline only counts is named in it, where it is not the first's."""
FORMS = {
    Form.RENAMED: "renamed",
    Form.MOVED: "moved to another group",
    Form.RENUMBERED: "another number",
    Form.DESCRIBED: "another description or name",
    Form.RESHAPED: "merged or split",
}
SERVICES = 3
"""How many services a line names before the rest is counted."""
NAMED = 6
"""How many rules a line names before the rest is counted."""


def group_sections(meaning: Meaning, catalog: Catalog) -> Iterator[Section]:
    """What to look at first, then what is closed."""
    if meaning.exposed:
        lines = ("No rule of these changes: the interface is external now.",)
        items = tuple(group_item(one, catalog) for one in meaning.exposed)
        yield Section("Newly reachable from the internet", lines, items=items)
    for title, groups in (("Opened", meaning.opened), ("Closed", meaning.closed)):
        items = tuple(group_item(one, catalog) for one in groups)
        yield Section(title, () if items else ("Nothing.",), items=items)


def group_item(group: Group, catalog: Catalog) -> Item:
    """One group with its packets at each enforcement point, and the lines of config behind it."""
    notes = [reason_of(group, catalog)]
    notes += [_part_words(part) for part in group.parts]
    notes += [f"{one.file}:{one.line} {one.path}" for one in group.origins]
    return Item(group_words(group), tuple(notes))


def group_words(group: Group) -> str:
    """``newly reachable from the internet: tcp 443 on public from admins (16 addresses)``."""
    risk = RISKS[group.risk]
    if group.risk is Risk.FROM_INTERNET and group.manages:
        risk = f"management, {risk}"
    return f"{risk}: {short_words(group)}" if risk else short_words(group)


def short_words(group: Group) -> str:
    """``tcp 22 on management from bastion (16 addresses)``."""
    parts = chief_parts(group)
    direction = group.because.direction or parts[0].direction
    end = "from" if direction is Direction.INGRESS else "to"
    services = services_of(parts)
    more = len(services) - SERVICES
    shown = ", ".join(services[:SERVICES]) + (f" and {more} more" if more > 0 else "")
    return f"{shown} on {group.interface} {end} {far_end(group, parts)}"


def chief_parts(group: Group) -> tuple[Part, ...]:
    """The requests at the group or NSG; at the network ACL where only that changes."""
    requests = tuple(one for one in group.parts if not one.reply) or group.parts
    return tuple(one for one in requests if one.point is not Point.NETWORK_ACL) or requests


def services_of(parts: Iterable[Part]) -> list[str]:
    """Each service once: ``tcp 22``."""
    return list(dict.fromkeys(str(box[0]) for part in parts for box in part.space.boxes()))


def addresses_of(parts: Iterable[Part]) -> tuple[AddressSet, ...]:
    """The far ends of any service, by family."""
    held = [addresses for part in parts for _, _, addresses in part.space.slices]
    return tuple(
        AddressSet.union(family, (one for one in held if one.family is family))
        for family in sorted({one.family for one in held})
    )


def far_end(group: Group, parts: Iterable[Part]) -> str:
    """``bastion (16 addresses)``, ``any IPv4 address``, ``pl-1 (known to the cloud only)``."""
    found = addresses_of(parts)
    whole = [one.family.label for one in found if one.held == ((0, one.family.last),)]
    if whole:
        return f"any {' or '.join(whole)} address"
    number = counted_addresses(collapse(prefix for one in found for prefix in one.prefixes()))
    name = group.because.peer
    if name == INTERNET:
        return f"the internet ({number})"
    nearly = [one.family.label for one in found if 2 * one.size() > one.family.last]
    if nearly:
        number = f"nearly any {' or '.join(nearly)} address"
        return f"{number} ({name})" if name else number
    return f"{name} ({number})" if name else number


def reason_of(group: Group, catalog: Catalog) -> str:
    """``ssh-admin (row 2)``; why, where no feature needs it."""
    because = group.because
    if not because.feature:
        return f"{group.note}."
    labels = [
        catalog.rows[row].label if row in catalog.rows else row for row in because.rows if row
    ]
    rows = f" ({', '.join(joined_labels(dict.fromkeys(labels)))})" if labels else ""
    said = f"custom {because.custom}" if because.custom else f"{because.feature}{rows}"
    return f"{said}; {group.note}" if group.note else said


def _part_words(part: Part) -> str:
    """``security group, in: tcp 22: 10.40.9.0/28``."""
    point = f"no {part.point.label}" if part.absent else part.point.label
    reply = " (replies)" if part.reply else ""
    return f"{point}, {part.direction.short}{reply}: {space_words(part.space)}"


def form_section(forms: Iterable[FormChange]) -> Iterator[Section]:
    """Rules of which no packet changes: written differently, or covered by the other side's."""
    held = tuple(forms)
    same = tuple(_form_line(one) for one in held if one.form is not Form.COVERED)
    if same:
        yield Section("The same meaning in another form", same)
    covered = tuple(_covered_line(one) for one in held if one.form is Form.COVERED)
    if covered:
        yield Section("Covered by other rules", covered)


def _form_line(one: FormChange) -> str:
    """``security group data, in: 2 rules renamed: a to b, c to d``."""
    where = f"{one.point.label} {one.interface}, {one.direction.short}"
    if one.form is Form.RESHAPED:
        became = f"{counted(len(one.old), 'rule')} became {len(one.new)}"
        names = f"{_some(one.old)} became {_some(one.new)}"
        return f"{where}: {became} ({FORMS[one.form]}): {names}"
    pairs = [a if a == b else f"{a} to {b}" for a, b in zip(one.old, one.new, strict=True)]
    return f"{where}: {counted(len(pairs), 'rule')}, {FORMS[one.form]}: {_some(pairs)}"


def _covered_line(one: FormChange) -> str:
    """``security group data, in: a goes; its packets are let through by b``."""
    where = f"{one.point.label} {one.interface}, {one.direction.short}"
    names, goes = one.old or one.new, bool(one.old)
    alone = len(names) == 1
    verb = ("goes" if alone else "go") if goes else ("comes" if alone else "come")
    whose = "its" if alone else "their"
    if not one.by:
        return f"{where}: {_some(names)} {verb}, which changes no packet"
    before = "are" if goes else "were already"
    # Entries of an ACL and rules of an NSG may deny.
    does = "let through" if one.point is Point.SECURITY_GROUP else "matched"
    return f"{where}: {_some(names)} {verb}; {whose} packets {before} {does} by {_some(one.by)}"


def _some(names: Iterable[str]) -> str:
    held = list(names)
    more = len(held) - NAMED
    return ", ".join(held[:NAMED]) + (f" and {more} more" if more > 0 else "")


def opens_and_closes(meaning: Meaning) -> str:
    """``opens tcp 22 on management from bastion (16 addresses) and 2 more; closes nothing``."""
    opened = (*meaning.exposed, *meaning.opened)
    out = dict.fromkeys(one.interface for one in meaning.exposed)
    said = [f"interface {', '.join(out)} is external now"] if out else []
    return "; ".join((*said, f"opens {_first(opened)}", f"closes {_first(meaning.closed)}"))


def acls_that_come_or_go(meaning: Meaning) -> Iterator[str]:
    """``network ACL dmz goes``: it filters for all of the subnet, even where nothing opens."""
    stay = {one.key[0] for one in meaning.differences if one.was and one.will_be and not one.key[1]}
    for one in meaning.differences:
        if one.key[1] and one.was is not one.will_be and one.key[0] in stay:
            yield f"{one.point.label} {one.key[0]} {'goes' if one.was else 'is new'}"


def _first(groups: tuple[Group, ...]) -> str:
    """The worst group, and how many more there are."""
    if not groups:
        return "nothing"
    one = groups[0]
    words = short_words(one)
    if one.risk is Risk.FROM_INTERNET and "any " not in words and "the internet" not in words:
        words += " of the internet"
    elif one.risk is Risk.PERHAPS_FROM_INTERNET:
        words += ", perhaps of the internet"
    elif one.risk is Risk.WIDENING:
        words += f", {RISKS[one.risk]}"
    if len(groups) == 1:
        return words
    rest = {group.risk for group in groups[1:]} - {one.risk}
    among = [said for risk, said in AMONG.items() if risk in rest]
    return f"{words} and {len(groups) - 1} more" + (
        f" ({', '.join(among)} among them)" if among else ""
    )
