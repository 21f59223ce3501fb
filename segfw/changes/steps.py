"""Ways to make a change that one update cannot, each step checked against the quota."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction
from segfw.changes.known import members
from segfw.changes.room import Scales, worlds
from segfw.clouds.aws_security_group.spec import GROUP
from segfw.limits import SECURITY_GROUP_PRODUCT
from segfw.naming import rendezvous
from segfw.readback import lift
from segfw.sets.addresses import Family
from segfw.sets.headerspace import HeaderSpace
from segfw.settings.types import Fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segfw.changes.compare import Changes
    from segfw.changes.lines import Line
    from segfw.changes.points import Side
    from segfw.changes.room import Key, Use

    Held = frozenset[Key]

NO_FEATURE = ""
"""What rules are taken with whose features the state does not say."""


class Step(NamedTuple):
    """One update on the way."""

    features: tuple[str, ...]
    """The features whose change it takes; none where it takes single rules."""
    opens: tuple[Line, ...]
    closes: tuple[Line, ...]
    room: int
    """How many rules are free at its tightest moment."""
    exchanges: tuple[tuple[str, str], ...] = ()
    """The far ends that it takes: one that goes, one that comes for it; either may be empty."""


class Way(NamedTuple):
    """Updates after each other that end where the plan wants to be."""

    steps: tuple[Step, ...] = ()
    groups: Mapping[str, int] | None = None
    """Interfaces to their number of groups, which the first of two updates sets."""
    quota: int | None = None
    """The quota of rules that makes the change fit at once."""


class Ways(NamedTuple):
    """What can be done; each is None where it does not help."""

    split: Way | None
    """By features where their changes fit, else by far ends, else by rules.

    No wanted traffic is lost between.
    """
    groups: Way | None
    quota: Way | None


def ways(changes: Changes, over: Iterable[Use]) -> Ways:
    """The ways to make a change of which *over* does not fit in one update."""
    scales = Scales(changes)
    tight = tuple(over)
    interfaces = sorted({use.interface for use in tight})
    split = None
    if all(_splittable(changes, name) for name in interfaces):
        split = (
            by_features(changes, scales) or by_peers(changes, scales) or by_rules(changes, scales)
        )
    return Ways(split, _by_groups(changes, scales, interfaces), _by_quota(changes, tight))


def _splittable(changes: Changes, interface: str) -> bool:
    """Taking a part of the change leads to a part of its rules: nothing else reshapes them."""
    chosen = changes.plan.settings.interfaces[interface].security_group
    recorded = _recorded(changes, interface)
    return (
        chosen.fit is Fit.EACH
        and recorded.get("fit", chosen.fit.value) == chosen.fit.value
        and recorded.get("groups", chosen.groups) == chosen.groups
    )


def _recorded(changes: Changes, interface: str) -> Mapping[str, object]:
    """The interface's security group settings that were deployed."""
    called = changes.held.renamed.get(interface, interface)
    return changes.held.recorded_settings("interfaces", called, "securityGroup")


def by_features(changes: Changes, scales: Scales) -> Way | None:
    """Steps that each take whole features' changes, features that free rules first.

    A rule that serves several features is made with the first of them, and goes with the
    last. None where a single feature's change does not fit.
    """
    before, after = worlds(changes)
    old, new = before.keys, after.keys
    served = {
        key: set(line.reason.features) or {NO_FEATURE}
        for world in (before, after)
        for key, line in world.held.items()
    }

    def world(taken: set[str]) -> Held:
        made = {key for key in new - old if served[key] & taken}
        staying = {key for key in old - new if not served[key] <= taken}
        return frozenset((old & new) | made | staying)

    left = set[str]().union(*(served[key] for key in old ^ new))
    lines = {**before.held, **after.held}
    wanted = _wanted(changes, before.held.values(), after.held.values())
    taken: set[str] = set()
    here, steps = world(taken), list[Step]()
    while left:
        order = sorted(left, key=lambda one: (len(world(taken | {one})), one))
        chosen: list[str] = []
        for one in order:
            there = world({*taken, *chosen, one})
            if scales.fits(here | there) and _keeps(changes, lines, there, wanted):
                chosen.append(one)
        if not chosen:
            return None
        taken |= set(chosen)
        left -= set(chosen)
        there = world(taken)
        steps.append(_step(scales, lines, here, there, tuple(sorted(chosen))))
        here = there
    return Way(tuple(steps)) if len(steps) > 1 else None


def by_peers(changes: Changes, scales: Scales) -> Way | None:
    """Steps that each take whole far ends, one that goes beside one that comes.

    That is a change of a network's list, which a stack file can say. None where far ends
    only come or only go, or one exchange does not fit.
    """
    before, after = worlds(changes)
    old, new = before.keys, after.keys
    lines = {**before.held, **after.held}
    going, coming = (
        sorted({", ".join(lines[key].peers) for key in keys}) for keys in (old - new, new - old)
    )
    if not (going and coming):
        return None
    wanted = _wanted(changes, before.held.values(), after.held.values())
    exchanges = list(zip_longest(going, coming, fillvalue=""))
    here, steps = old, list[Step]()
    while exchanges:
        there, taken = here, 0
        for gone, come in exchanges:
            made = {key for key in new - old if ", ".join(lines[key].peers) == come}
            left = {key for key in old - new if ", ".join(lines[key].peers) == gone}
            following = frozenset((there | made) - left)
            if not scales.fits(here | following) or not _keeps(changes, lines, following, wanted):
                break
            there, taken = following, taken + 1
        if not taken:
            return None
        step = _step(scales, lines, here, there, ())
        steps.append(step._replace(exchanges=tuple(exchanges[:taken])))
        here, exchanges = there, exchanges[taken:]
    return Way(tuple(steps)) if len(steps) > 1 else None


def by_rules(changes: Changes, scales: Scales) -> Way | None:
    """Steps that each make what fits, and delete what nothing wanted depends on any more.

    None where that ends before the change is made.
    """
    before, after = worlds(changes)
    old, new = before.keys, after.keys
    lines = {**before.held, **after.held}
    wanted = _wanted(changes, before.held.values(), after.held.values())
    here, steps = old, list[Step]()
    while here != new:
        together = set(here)
        for key in sorted(new - here, key=lambda one: lines[one].reading_order):
            if scales.fits(together | {key}):
                together.add(key)
        staying = frozenset(key for key in together if key in new)
        there = staying | _needed(changes, lines, frozenset(together) - new, staying, wanted)
        if there == here:
            return None
        steps.append(_step(scales, lines, here, there, ()))
        here = there
    return Way(tuple(steps)) if len(steps) > 1 else None


Wanted = dict[tuple[str, Direction, Family], HeaderSpace]


def _wanted(changes: Changes, old: Iterable[Line], new: Iterable[Line]) -> Wanted:
    """What is let through both before and after: it must be at every moment."""
    before, after = _spaces(changes, old), _spaces(changes, new)
    return {side: space & after[side] for side, space in before.items() if side in after}


def _keeps(changes: Changes, lines: Mapping[Key, Line], held: Held, wanted: Wanted) -> bool:
    """The rules of *held* let through all of *wanted*."""
    spaces = _spaces(changes, (lines[key] for key in held))
    return all(
        not space - spaces.get(side, HeaderSpace(space.family)) for side, space in wanted.items()
    )


def _spaces(changes: Changes, lines: Iterable[Line]) -> Wanted:
    by_interface: dict[str, list[Line]] = {}
    for line in lines:
        by_interface.setdefault(line.interface, []).append(line)
    return {
        (interface, *side): space
        for interface, held in by_interface.items()
        for side, space in space_of(changes, held).items()
    }


def space_of(changes: Changes, lines: Iterable[Line]) -> dict[Side, HeaderSpace]:
    """What rules of security groups let through together, by direction and family."""
    known = members({**changes.planned_ids, **changes.deployed_ids})
    return lift([(GROUP, {}), *((line.token, line.inputs) for line in lines)], known)


def _needed(
    changes: Changes,
    lines: Mapping[Key, Line],
    going: Held,
    staying: Held,
    wanted: Wanted,
) -> Held:
    """Those of *going* that let through wanted traffic that *staying* does not."""
    covered = _spaces(changes, (lines[key] for key in staying))
    found: set[Key] = set()
    for key in going:
        line = lines[key]
        for (direction, family), space in space_of(changes, [line]).items():
            side = (line.interface, direction, family)
            need = space & wanted.get(side, HeaderSpace(family))
            if need - covered.get(side, HeaderSpace(family)):
                found.add(key)
    return frozenset(found)


def _step(
    scales: Scales,
    lines: Mapping[Key, Line],
    here: Held,
    there: Held,
    features: tuple[str, ...],
) -> Step:
    used = scales.used(here | there)
    touched = {lines[key].holder for key in here ^ there}
    most = max((count for cell, count in used.items() if cell[0] in touched), default=0)
    return Step(
        features=features,
        opens=_sorted(lines, there - here),
        closes=_sorted(lines, here - there),
        room=scales.limit - most,
    )


def _sorted(lines: Mapping[Key, Line], keys: Iterable[Key]) -> tuple[Line, ...]:
    return tuple(sorted((lines[key] for key in keys), key=_reading_order))


def _reading_order(line: Line) -> tuple[object, ...]:
    return line.reading_order


def _by_groups(changes: Changes, scales: Scales, interfaces: Iterable[str]) -> Way | None:
    """More groups first, with the rules as they are; then the change, spread over them.

    Only where this stack attaches the groups itself: a rule that moved to a group that is
    on no interface would let nothing through.
    """
    most = changes.plan.settings.quotas.security_groups_per_interface
    before, after = worlds(changes)
    found: dict[str, int] = {}
    for name in interfaces:
        chosen = changes.plan.settings.interfaces[name].security_group
        recorded = _recorded(changes, name)
        if not (chosen.attach and recorded.get("attach")) or (
            recorded.get("groups") != chosen.groups
        ):
            return None
        old = [line for line in before.held.values() if line.interface == name]
        new = [line for line in after.held.values() if line.interface == name]
        for groups in range(chosen.groups + 1, most + 1):
            spread = [_spread(scales, lines, name, groups) for lines in (old, new)]
            first = {line.key for line in old} | spread[0]
            if scales.fits(first) and scales.fits(spread[0] | spread[1]):
                found[name] = groups
                break
        else:
            return None
    return Way(groups=found)


def _spread(scales: Scales, lines: Iterable[Line], interface: str, groups: int) -> set[Key]:
    """The rules as they would lie in that many groups."""
    found: set[Key] = set()
    for line in lines:
        group = rendezvous(line.name.removeprefix(f"{interface}-"), groups)
        holder = interface if group == 1 else f"{interface}-{group}"
        found.add(scales.weigh_as(line, holder))
    return found


def _by_quota(changes: Changes, over: Iterable[Use]) -> Way | None:
    """The quota that would do, where an account can have it."""
    needed = max((use.together for use in over), default=0)
    per_interface = changes.plan.settings.quotas.security_groups_per_interface
    within = needed * per_interface <= SECURITY_GROUP_PRODUCT
    return Way(quota=needed) if within and needed else None
