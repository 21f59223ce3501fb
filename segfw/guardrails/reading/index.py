"""Who belongs to whom in an inventory: a rule's group, a list's entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.clouds.aws_security_group.spec import PREFIX_LIST
from segfw.guardrails.reading.seen import ANY_END, EVERYBODY, NOBODY, Ends, atom, prefix, together
from segfw.guardrails.reading.values import (
    Malformed,
    Notes,
    entries,
    text,
    whole,
)
from segfw.inventory import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.inventory import Inventory, Resource

PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
NOT_KNOWN = "not known yet"
"""The owner of a rule that names it by a value that nothing here decides."""


class Members(NamedTuple):
    """The addresses of a prefix list."""

    least: Ends
    most: Ends
    weight: int
    """How many rules a rule with the list counts as: its most entries, as declared."""
    fault: str = ""
    """What no list, or entry of one, can have; empty where there is nothing."""


NO_MEMBERS = Members(*ANY_END, 0)


class Index(NamedTuple):
    """An inventory's resources by URN and by id, and the entries of its prefix lists."""

    by_urn: Mapping[str, Resource]
    by_id: Mapping[str, tuple[Resource, ...]]
    """Several may have one id: an exclusive resource has its group's."""
    lists: Mapping[str, Members]
    """By the URN of the prefix list."""

    @classmethod
    def of(cls, inventory: Inventory) -> Index:
        """The index of an inventory."""
        by_id: dict[str, tuple[Resource, ...]] = {}
        for one in inventory.resources:
            if one.id:
                by_id[one.id] = (*by_id.get(one.id, ()), one)
        index = cls({one.urn: one for one in inventory.resources}, by_id, {})
        alone: dict[str, list[Resource]] = {}
        for entry in inventory.of_type(PREFIX_LIST_ENTRY):
            alone.setdefault(index.owner(entry, "prefixListId", (PREFIX_LIST,)), []).append(entry)
        nobodys = bool(alone.get(NOT_KNOWN))
        lists = {
            one.urn: _members(one, alone.get(one.urn, []), open_end=nobodys)
            for one in inventory.of_type(PREFIX_LIST)
        }
        return index._replace(lists=lists)

    def owner(self, resource: Resource, field: str, types: Iterable[str]) -> str:
        """The URN of the resource that an input names; ``id:...`` for one of nobody's here.

        A known id decides, whatever it was computed from. What is computed from several and not
        known yet is one of these, which is said so; `NOT_KNOWN` where it is computed from
        nothing of that type.
        """
        wanted = tuple(types)
        named = self.owner_by_id(resource.inputs.get(field), wanted)
        linked = tuple(dict.fromkeys(self.linked(resource, field, wanted)))
        if named in self.by_urn or not linked:
            return named
        without_id = [urn for urn in linked if not self.by_urn[urn].id]
        if named != NOT_KNOWN:
            return without_id[0] if len(linked) == len(without_id) == 1 else named
        if len(linked) == 1:
            return linked[0]
        return f"id:one of {', '.join(self.by_urn[urn].name for urn in linked)}"

    def owner_by_id(self, value: object, types: Iterable[str]) -> str:
        """The URN of the resource with an id, ``id:...`` or `NOT_KNOWN`.

        One that the program manages goes before one that it only reads.
        """
        if not isinstance(value, str) or not value:
            return NOT_KNOWN
        wanted = tuple(types)
        found = [one for one in self.by_id.get(value, ()) if one.type in wanted]
        return min(found, key=_read_last).urn if found else f"id:{value}"

    def linked(self, resource: Resource, field: str, types: Iterable[str]) -> Iterator[str]:
        """The URNs of the resources of *types* that an input was computed from."""
        wanted = tuple(types)
        for urn in resource.depends.get(field, ()):
            if urn in self.by_urn and self.by_urn[urn].type in wanted:
                yield urn

    def prefix_lists(
        self, values: Iterable[object], linked: Iterable[str]
    ) -> Iterator[tuple[object, Members]]:
        """Each of *values* with the members of the list whose id it is.

        Ids that only the update knows are those of the *linked* lists, where each has one.
        """
        held = tuple(values)
        lists = list(linked)
        if sum(1 for value in held if value is UNKNOWN) != len(lists):
            lists = []
        for value in held:
            named = self.owner_by_id(value, (PREFIX_LIST,))
            if named in self.lists:
                yield value, self.lists[named]
            elif value is UNKNOWN and lists:
                yield value, self.lists[lists.pop(0)]
            elif isinstance(value, str):
                yield value, Members(atom(f"prefix-list:{value}"), EVERYBODY, 0)
            else:
                yield value, NO_MEMBERS


def _read_last(resource: Resource) -> bool:
    return resource.external


def _members(resource: Resource, alone: list[Resource], *, open_end: bool) -> Members:
    """The entries of a list, inline and standalone; *open_end*: it may have others.

    So it may where the program gives it none at all, or only reads it.
    """
    if resource.external:
        return Members(atom(f"prefix-list:{resource.id}"), EVERYBODY, 0)
    notes = Notes()
    inline = notes.read(lambda: list(entries(resource.inputs, "entries")), [])
    open_end = open_end or not (alone or "entries" in resource.inputs)
    rows = [(one.inputs, one.lacking) for one in inline]
    found: list[Ends] = []
    for inputs, lacking in (*rows, *((one.inputs, None) for one in alone)):
        if lacking is not None:
            notes.add(lacking)
        else:
            found.append(notes.read(lambda inputs=inputs: _entry(inputs), NOBODY))
    least = together(found)
    sure = not (notes.undecided or notes.faults or open_end)
    weight = whole(resource.inputs.get("maxEntries")) or len(found)
    fault = "; ".join(dict.fromkeys(notes.faults))
    return Members(least, least if sure else EVERYBODY, weight, fault)


def _entry(inputs: Mapping[str, object]) -> Ends:
    written = text(inputs, "cidr")
    if written is None:
        raise Malformed("cidr is absent")
    return prefix(written)
