"""Why each rule of the cloud is there: the features, rows and networks of the stack that need it.

By header spaces, exactly: a rule is held against what each rule of the plan decides at the
same enforcement point, and what none of them needs is left over.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from segfw.flow import Point
from segfw.live.reading_rules import entry_name
from segfw.rule import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segfw.adopt.existing import Existing
    from segfw.clouds.lifted import Side
    from segfw.live.reading_rules import Decision, Read
    from segfw.rule import Rule, RuleSet
    from segfw.sets.headerspace import HeaderSpace


class Kind(Enum):
    """How far the stack explains a rule."""

    SAME = "same"
    """The stack has the same rule: equal in all that decides about packets."""
    COVERED = "covered"
    """All that it decides is what the stack decides too, by rules of another form."""
    WIDER = "wider"
    """It lets through all that something in the stack needs, and more."""
    PARTLY = "partly"
    """The stack needs a part of it."""
    UNEXPLAINED = "unexplained"
    """Nothing in the stack needs it."""
    OVERRULED = "overruled"
    """It denies what the stack lets through."""
    IDLE = "idle"
    """Rules before it match all of its packets: it decides nothing."""
    UNREADABLE = "unreadable"
    """It has a value that cannot be read: what it lets through is not known."""

    @property
    def explained(self) -> bool:
        """The stack says all of it."""
        return self in (Kind.SAME, Kind.COVERED, Kind.IDLE)


class Reason(NamedTuple):
    """A rule of the plan that decides some packets of a rule of the cloud."""

    rule: Rule
    part: Mapping[Side, HeaderSpace]
    """The packets that both decide."""
    whole: bool
    """They are all that the plan's rule decides."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """``ssh-admin (row 2)``; what a reply answers, or what a guard is for."""
        words = dict.fromkeys(flow.purpose for flow in self.rule.flows)
        if not words:
            return ("denied by the stack",)
        return tuple(f"replies to {word}" if self.rule.reply else word for word in words)

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks of the stack file that the far ends are from."""
        return tuple(dict.fromkeys(flow.peer.name for flow in self.rule.flows))


class Explanation(NamedTuple):
    """A rule of the cloud, and what of it the stack explains."""

    existing: Existing
    kind: Kind
    same: str = ""
    """The name of the plan's rule that is the same."""
    reasons: tuple[Reason, ...] = ()
    beyond: Mapping[Side, HeaderSpace] = {}
    """What it lets through and the stack does not, or denies and the stack does not."""


class Planned(NamedTuple):
    """The plan's side of one enforcement point."""

    read: Read
    rules: tuple[tuple[Decision, Rule | None], ...]
    """What each rule decides; None for what the cloud adds."""
    names: Mapping[tuple[object, ...], str]
    """A holder's name with a rule's direction and content to the name of the plan's rule."""


def planned_rules(read: Read, rule_set: RuleSet) -> tuple[tuple[Decision, Rule | None], ...]:
    """Each decision of the plan with the rule that it is of."""
    acl = rule_set.point is Point.NETWORK_ACL
    by_name = {
        entry_name(rule.direction, rule.number) if acl else rule.name: rule
        for rule in rule_set.rules
    }
    return tuple(
        (one, by_name.get(entry_name(one.side[0], one.number) if acl else one.name))
        for one in read.decisions
    )


def explain(existing: Existing, planned: Planned, same: str) -> Explanation:
    """How far the plan explains one rule; *same* is the name of an equal one, or empty."""
    if existing.fault:
        return Explanation(existing, Kind.UNREADABLE)
    decisions = [one for one in existing.decisions if one.space]
    if not decisions:
        return Explanation(existing, Kind.SAME if same else Kind.IDLE, same)
    allows = decisions[0].allows
    needed = planned.read.most
    beyond: dict[Side, HeaderSpace] = {}
    for one in decisions:
        over = one.space - needed[one.side] if allows else one.space & needed[one.side]
        if over:
            beyond[one.side] = over
    reasons = tuple(_reasons(decisions, planned.rules, allows=allows))
    kind = _kind(reasons, allows=allows, exact=bool(same), beyond=bool(beyond))
    return Explanation(existing, kind, same if kind is Kind.SAME else "", reasons, beyond)


def _kind(reasons: tuple[Reason, ...], *, allows: bool, exact: bool, beyond: bool) -> Kind:
    if not beyond:
        return Kind.SAME if exact else Kind.COVERED
    if not allows:
        return Kind.OVERRULED
    if not reasons:
        return Kind.UNEXPLAINED
    return Kind.WIDER if any(one.whole for one in reasons) else Kind.PARTLY


def _reasons(
    decisions: list[Decision],
    rules: Iterable[tuple[Decision, Rule | None]],
    *,
    allows: bool,
) -> Iterator[Reason]:
    """The plan's rules that allow, or deny, what the rule of the cloud does."""
    wanted = Action.ALLOW if allows else Action.DENY
    parts: dict[str, tuple[Rule, dict[Side, HeaderSpace]]] = {}
    left_over: set[str] = set()
    for planned, rule in rules:
        if rule is None or rule.action is not wanted or not planned.space:
            continue
        part = _common(decisions, planned)
        if part:
            parts.setdefault(rule.name, (rule, {}))[1][planned.side] = part
        if part != planned.space:
            left_over.add(rule.name)
    for name, (rule, part) in parts.items():
        yield Reason(rule, part, name not in left_over)


def _common(decisions: list[Decision], planned: Decision) -> HeaderSpace | None:
    for one in decisions:
        if one.side == planned.side and _near(one.space, planned.space):
            return one.space & planned.space or None
    return None


def _near(left: HeaderSpace, right: HeaderSpace) -> bool:
    """They may meet: the runs of services that they lie in do."""
    return left.slices[0][0] <= right.slices[-1][1] and right.slices[0][0] <= left.slices[-1][1]
