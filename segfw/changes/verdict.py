"""Whether one update can make a change, without losing anything and within the quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.changes.compare import Kind
from segfw.changes.inventory import RULES, list_at
from segfw.changes.resources import TAINTED, Effect
from segfw.changes.room import Twin, Use, security_group_changes, twins, uses
from segfw.changes.steps import Ways, ways
from segfw.changes.warnings import counted, warnings
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import ATTACHMENT, GROUP
from segfw.problems import NOWHERE, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.changes.compare import Changes


class Verdict(NamedTuple):
    """What is to be said of a change before it is made."""

    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    """Why one update cannot make it, or would lose something; none where it can."""
    ways: Ways | None
    """How several updates can, where a quota is what is in the way."""
    renames: tuple[tuple[str, str], ...]
    """Deployed rules by URN, with the name that the state would have to give them first."""
    warnings: tuple[str, ...]

    @property
    def tightest(self) -> Use | None:
        """Where the least room is left during the update."""
        return min(self.uses, key=lambda use: use.room, default=None)


def judge(changes: Changes) -> Verdict:
    """The verdict on a change."""
    used = uses(changes)
    over = tuple(use for use in used if use.room < 0)
    found = ways(changes, over) if over else None
    same = twins(changes)
    return Verdict(
        uses=used,
        problems=(
            *(_too_many(changes, use, found) for use in over),
            *_duplicates(changes, same),
            *_unattached(changes),
            *_crowded(changes),
            *_subnets_that_move(changes),
            *_protected(changes),
            *_tainted(changes),
        ),
        ways=found,
        renames=tuple(
            (twin.there.urn, twin.made.name) for twin in same if _renamable(changes, twin)
        ),
        warnings=tuple(warnings(changes)),
    )


def _place(changes: Changes, interface: str) -> tuple[Place, str]:
    path = f"interfaces.{interface}"
    settings = changes.plan.settings
    return (settings.place(path) if interface in settings.interfaces else NOWHERE), path


def _too_many(changes: Changes, use: Use, found: Ways | None) -> Problem:
    place, path = _place(changes, use.interface)
    return Problem(
        place,
        path,
        f'security group "{use.group}": {use.direction.value} {use.family.label} has {use.old} '
        f"now and {use.new} after the change, {use.together} side by side during the update, "
        f"{-use.room} over the quota of {use.limit}; the engine creates before it deletes. "
        f"{_way_out(found)}",
    )


def _way_out(found: Ways | None) -> str:
    """The steps in short; the report has them whole."""
    said: list[str] = []
    if found is not None and found.split is not None:
        named = [name for name in found.split.steps[0].features if name]
        what = f"the changes of {_joined(tuple(named))}" if named else "a part of the rules"
        said.append(f"take {what} first and the rest after ({len(found.split.steps)} updates)")
    if found is not None and found.groups is not None and found.groups.groups is not None:
        chosen = ", ".join(
            f"interfaces.{name}.securityGroup.groups: {groups}"
            for name, groups in found.groups.groups.items()
        )
        said.append(f"set {chosen} with the rules as they are, then make this change")
    if found is not None and found.quota is not None:
        said.append(
            f"have the quota raised to {found.quota.quota} and say so under "
            "quotas.securityGroup.rules"
        )
    if not said:
        return (
            "No split keeps all that is wanted open: first take out what may be closed for a "
            "while, then add the rest."
        )
    text = "; or ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _joined(names: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _duplicates(changes: Changes, same: tuple[Twin, ...]) -> Iterator[Problem]:
    """One problem to a group: a renamed network brings many twins."""
    by_group: dict[str, list[Twin]] = {}
    for twin in same:
        by_group.setdefault(twin.made.holder, []).append(twin)
    for group, held in sorted(by_group.items()):
        place, path = _place(changes, held[0].made.interface)
        first = held[0]
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        if all(_renamable(changes, twin) for twin in held):
            way = (
                "Keep the name of the network that the rule is named after, or first rename it in "
                "the state, which touches no cloud."
            )
        else:
            way = "Take the old rule out in an update of its own; what it let through is then "
            way += "closed until the next."
        yield Problem(
            place,
            path,
            f'security group "{group}": "{first.made.name}" would be made while '
            f'"{first.there.called or first.there.name}" is there and says the same: '
            f"{first.made.words}{more}; AWS refuses the second (InvalidPermission.Duplicate), "
            f"since the engine creates before it deletes. {way}",
        )


def _renamable(changes: Changes, twin: Twin) -> bool:
    """The rule that is there is of no use any more, and the made one is new: one is the other."""
    gone = {
        change.old.key
        for change in security_group_changes(changes)
        if change.kind is Kind.REMOVED and change.old is not None
    }
    new = {
        change.new.key
        for change in security_group_changes(changes)
        if change.kind is Kind.ADDED and change.new is not None
    }
    return twin.there.key in gone and twin.made.key in new


def _unattached(changes: Changes) -> Iterator[Problem]:
    """Rules that move to a group that nobody can have attached yet."""
    fresh = _names(changes, GROUP, Effect.ADDED)
    for name, interface in changes.plan.settings.interfaces.items():
        moved = [
            change.new
            for change in security_group_changes(changes)
            if change.kind is Kind.MOVED
            and change.new is not None
            and change.new.interface == name
            and change.new.holder in fresh
        ]
        if moved and not interface.security_group.attach:
            place, path = _place(changes, name)
            yield Problem(
                place,
                f"{path}.securityGroup",
                f"{counted(len(moved), 'rule')} would move to "
                f"{_joined(tuple(sorted({line.holder for line in moved})))}, which is on no "
                "network interface when the old ones go: what they let through would be closed. "
                "Name the network interfaces under attach first, so that this stack attaches the "
                "new group before the old rules go; or hold the traffic by a group made by hand, "
                'as docs/change-without-outage.md says under "More or fewer groups".',
            )


def _crowded(changes: Changes) -> Iterator[Problem]:
    """Network interfaces that would have too many of our groups for a while."""
    limit = changes.plan.settings.quotas.security_groups_per_interface
    sides = (changes.held.deployed, changes.held.planned)
    groups = [
        {(one.inputs["networkInterfaceId"], one.inputs["securityGroupId"]): one.interface}
        for side in sides
        for one in side
        if one.token == ATTACHMENT and isinstance(one.inputs.get("networkInterfaceId"), str)
    ]
    together: dict[str, set[str]] = {}
    where: dict[str, str] = {}
    for (network_interface, group), interface in (pair for one in groups for pair in one.items()):
        together.setdefault(network_interface, set()).add(group)
        where[network_interface] = interface
    for network_interface, held in sorted(together.items()):
        if len(held) > limit:
            place, path = _place(changes, where[network_interface])
            yield Problem(
                place,
                f"{path}.securityGroup.attach",
                f'"{network_interface}" would have {len(held)} groups side by side during the '
                f"update, {len(held) - limit} over the quota of {limit}; the engine attaches "
                "before it detaches. If an interface got another name, say so with renamedFrom; "
                "else take the old one out in an update of its own, and detach it first.",
            )


def _subnets_that_move(changes: Changes) -> Iterator[Problem]:
    """Subnets that go from one of our network ACLs to another in the same update."""
    before, after = _acl_of_subnets(changes, old=True), _acl_of_subnets(changes, old=False)
    for subnet in sorted(before.keys() & after.keys()):
        old, new = before[subnet], after[subnet]
        if old != new:
            place, path = _place(changes, new)
            yield Problem(
                place,
                f"{path}.networkAcl.subnetIds",
                f'"{subnet}" goes from the network ACL of "{old}" to that of "{new}", and the '
                "order in which one update does both is not settled: the subnet may end on the "
                "VPC's default ACL, which usually allows everything. Take it out of the old one in "
                "an update of its own, at a time when that is acceptable.",
            )


def _acl_of_subnets(changes: Changes, *, old: bool) -> dict[str, str]:
    side = changes.held.deployed if old else changes.held.planned
    return {
        subnet: one.interface
        for one in side
        if one.token == NETWORK_ACL
        for subnet in list_at(one.inputs, "subnetIds")
        if isinstance(subnet, str)
    }


def _protected(changes: Changes) -> Iterator[Problem]:
    """What the engine will not delete."""
    going = {
        (one.token, one.name)
        for one in changes.resources
        if one.effect in (Effect.REMOVED, Effect.REPLACED)
    }
    going |= {
        (change.old.token, change.old.name)
        for change in changes.lines
        if change.old is not None and change.kind in (Kind.REMOVED, Kind.MOVED)
    }
    for one in changes.held.deployed:
        if one.protected and one.key in going:
            place, path = _place(changes, one.interface)
            yield Problem(
                place,
                path,
                f'"{one.called or one.name}" is protected, and this change deletes it; the engine '
                f"refuses that. To let it go: pulumi state unprotect '{one.urn}'.",
            )


def _tainted(changes: Changes) -> Iterator[Problem]:
    """What the engine would make a second time beside the first."""
    anew = _names(changes, GROUP, Effect.REPLACED)
    again = {
        (one.token, one.name)
        for one in changes.resources
        if one.token in (*RULES, ATTACHMENT) and one.what == (TAINTED,)
    }
    for one in changes.held.deployed:
        group = str(one.inputs.get("securityGroupId")).removeprefix("${").removesuffix(".id}")
        if one.key in again and group not in anew:
            place, path = _place(changes, one.interface)
            what = "rule" if one.token in RULES else "attachment"
            yield Problem(
                place,
                path,
                f'"{one.called}" is tainted, so this update makes the {what} anew beside the one '
                "that is there; AWS refuses the second, since the engine creates before it "
                f"deletes. To keep what is there: pulumi state untaint '{one.urn}'.",
            )


def _names(changes: Changes, token: str, *effects: Effect) -> set[str]:
    return {one.name for one in changes.resources if one.token == token and one.effect in effects}
