"""Text to a register, refusing whatever is not plainly said; every problem at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from cattrs import ClassValidationError

from segfw import limits
from segfw.problems import ProblemsFound
from segfw.settings.complaints import Inside, Refused, complaints
from segfw.settings.node import said
from segfw.settings.structure import structure, unknown_value
from segfw.settings.types import Environment
from segfw.settings.words import did_you_mean, ended, problem, unknown
from segfw.settings.yamltext import scan_yaml
from segfw.waivers.waiver import ALL, WILDCARD, Waiver, Waivers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.problems import Problem
    from segfw.settings.node import Node
    from segfw.waivers.known import Known

T = TypeVar("T")

TOP = "waivers"
KEYS = (
    "check",
    "resource",
    "feature",
    "environment",
    "stacks",
    "reason",
    "owner",
    "expires",
    "link",
)
MISSING = {
    "check": "write the id of a guardrail or of a scanner's check",
    "environment": "write one of dev, test, lab and prod, or all",
    "reason": "write why the finding is accepted",
    "owner": "write who answers for it",
    "expires": "write the last day on which it holds, quoted, at most a year ahead",
    "link": "write the https address of the ticket or page where it was decided",
}
"""What must be said, and how it is asked for."""
ENVIRONMENTS = (*(one.value for one in Environment), ALL)
LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/\S*)?")
FORM = f"write {TOP}: and below it a list of entries"


def read_waivers(text: str, file: str, known: Known, today: date) -> Waivers:
    """The register that *text* holds; *file* is how its user names it.

    An entry that is past is read like any other: `Waivers.expired` is about those.

    Raises:
        ProblemsFound: with every problem.
    """
    node, problems = scan_yaml(text, file)
    reading = _Reading(known, today, list(problems))
    entries = [one for entry in reading.list_of(node) if (one := reading.entry(entry)) is not None]
    reading.problems.extend(_repeated(entries))
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return Waivers(tuple(entries), today)


class _Reading:
    """The entries of one register while they are being read."""

    def __init__(self, known: Known, today: date, problems: list[Problem]) -> None:
        self.known = known
        self.today = today
        self.problems = problems

    def list_of(self, node: Node) -> tuple[Node, ...]:
        """The entries, where the file has the form of a register."""
        if not isinstance(node.value, dict):
            self.refuse(node, "", f"the file holds {node.kind}; {FORM}.")
            return ()
        for key, child in node.value.items():
            if key != TOP:
                self.refuse(child, key, unknown("key", key, [TOP]))
        held = node.value.get(TOP)
        if held is not None and not isinstance(held.value, tuple):
            self.refuse(held, TOP, f"is {said(held.value)}; write a list of entries.")
        return held.items() if held is not None else ()

    def refuse(self, node: Node, path: str, message: str) -> None:
        self.problems.append(problem(node.place, path, message))

    def entry(self, node: Node) -> Waiver | None:
        """One entry; None with its problems noted."""
        if not isinstance(node.value, dict):
            self.refuse(node, TOP, f"is {said(node.value)}; write a mapping with check, reason...")
            return None
        given, before = node.value, len(self.problems)
        check = given.get("check")
        path = f"{TOP}[{check.text}]" if check is not None and check.text else TOP
        for key, child in given.items():
            if key not in KEYS:
                self.refuse(child, f"{path}.{key}", unknown("key", key, KEYS))
        for key, asked in MISSING.items():
            if key not in given:
                self.refuse(node, path, f'has no "{key}"; {asked}.')
        self.exactly_one_target(node, path)
        texts = {key: self.value(given, path, key, str) or "" for key in KEYS if key in TEXTS}
        stacks = self.value(given, path, "stacks", tuple[str, ...]) or ()
        expires = self.value(given, path, "expires", date) or self.today
        for key, message in self.misfits(texts, stacks, expires, given):
            self.refuse(given[key], f"{path}.{key}", message)
        if len(self.problems) > before:
            return None
        return Waiver(**texts, stacks=stacks, expires=expires, place=node.place)

    def exactly_one_target(self, node: Node, path: str) -> None:
        targets = [key for key in ("resource", "feature") if key in node.mapping()]
        if not targets:
            self.refuse(
                node, path, 'has no "resource" and no "feature"; write the one that it is about.'
            )
        elif len(targets) > 1:
            self.refuse(
                node, path, 'has both "resource" and "feature"; keep one, or write two entries.'
            )

    def value(self, given: dict[str, Node], path: str, key: str, kind: type[T]) -> T | None:
        """The value of *key* as a *kind*; None without one, or with its problems noted."""
        node = given.get(key)
        if node is None:
            return None
        try:
            return structure(node.plain(), kind)
        except (Refused, Inside, ClassValidationError) as error:
            for where, message in complaints(error, f"{path}.{key}"):
                self.refuse(node, where, message)
            return None

    def misfits(
        self, texts: dict[str, str], stacks: tuple[str, ...], expires: date, given: dict[str, Node]
    ) -> Iterator[tuple[str, str]]:
        """What each value that could be read is not; a key and a sentence."""
        if texts["check"] and texts["check"] not in self.known.checks:
            yield "check", _no_such_check(texts["check"], self.known)
        if texts["feature"] and texts["feature"] not in self.known.features:
            yield "feature", unknown("feature", texts["feature"], self.known.features)
        if WILDCARD in texts["resource"][1:-1] or texts["resource"].count(WILDCARD) > 1:
            yield "resource", f'"{texts["resource"]}" {ONE_END}'
        if texts["environment"] and texts["environment"] not in ENVIRONMENTS:
            yield "environment", ended(unknown_value(texts["environment"], list(ENVIRONMENTS)))
        if texts["link"] and not LINK.fullmatch(texts["link"]):
            yield "link", f'"{texts["link"]}" is no https address; {MISSING["link"]}.'
        if "stacks" in given:
            yield from (("stacks", message) for message in self.stacks(stacks, given["stacks"]))
        furthest = self.today + timedelta(days=limits.REVIEW_DAYS)
        if expires > furthest:
            message = f"is more than {limits.REVIEW_DAYS} days ahead; write {furthest} at most"
            yield "expires", f"{expires} {message}."

    def stacks(self, stacks: tuple[str, ...], node: Node) -> Iterator[str]:
        """What is wrong with the names of stacks."""
        if node.value == ():
            yield "is empty; name stacks, or leave the key out for all of them."
        known = self.known.stacks
        if known is not None:
            yield from (unknown("stack", one, known) for one in stacks if one not in known)


ONE_END = (
    'has "*" elsewhere than at one end; write a name, or how names begin or end and one "*" there.'
)
TEXTS = tuple(key for key in KEYS if key not in {"stacks", "expires"})


def _no_such_check(check: str, known: Known) -> str:
    hint = did_you_mean(check, known.checks)
    where = "docs/reference/guardrails.md and docs/reference/stock-checks.md list them"
    return ended(f"no such check; {hint or where}")


def _repeated(entries: list[Waiver]) -> Iterator[Problem]:
    """Entries that say what an earlier one says of the same stacks."""
    for index, one in enumerate(entries):
        for other in entries[:index]:
            if _overlap(one, other):
                yield problem(
                    one.place,
                    one.path,
                    f"{one.target} ({one.where}) is waived in line {other.place.line} too; keep "
                    "one.",
                )
                break


def _overlap(one: Waiver, other: Waiver) -> bool:
    environments = {one.environment, other.environment}
    return (
        (one.check, one.resource, one.feature) == (other.check, other.resource, other.feature)
        and (len(environments) == 1 or ALL in environments)
        and (not one.stacks or not other.stacks or not set(one.stacks).isdisjoint(other.stacks))
    )
