"""From flags to a stack that can be written: values, what is missing, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.problems import Problem
from segfw.starting.asking import cisco_region, questions
from segfw.starting.draft import Draft, draft_of, judged
from segfw.starting.examples import with_examples
from segfw.starting.flags import read_flags, said
from segfw.starting.given import tidied
from segfw.starting.regions import strange_region
from segfw.starting.routes import default_route, proposed_routes
from segfw.starting.text import stack_text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from segfw.catalog.model import Catalog
    from segfw.starting.asking import Question
    from segfw.starting.given import Given

Values = dict[str, Any]
INTERFACE_KEYS = (
    "roles",
    "external",
    "families",
    "defaultRoute",
    "subnets",
    "routes",
    "vpc",
    "resourceGroup",
    "securityGroup",
    "networkAcl",
    "nsg",
)
"""In the order in which a reader wants them."""

MISSING = (
    'has no "',
    "has no interface",
    "no interface has it",
    "none has the default route",
    "needs the network",
    "no strategy",
    "no such network",
    "names its account",
)
"""How the settings reader says that something is not there."""


class Start(NamedTuple):
    """A stack on its way: what was said, and what follows from it."""

    stack: str
    given: Given
    values: Values
    """As a stack's config has them, what follows from others included."""
    draft: Draft
    questions: tuple[Question, ...]
    """What is not said yet; those that are not needed among them."""
    unread: tuple[Problem, ...]
    """Flags that have another form than theirs."""

    @property
    def missing(self) -> tuple[Question, ...]:
        """Without an answer to each of these there is no file."""
        return tuple(question for question in self.questions if question.needed)

    def text(self) -> str:
        """The stack's file."""
        gateway, region = self.draft.gateway("environment") or "", self.given.region or ""
        where = f"{region} on {'AWS' if self.given.cloud == 'aws' else 'Azure'}"
        title = f"Cisco Secure Email Gateways in {where}, {gateway}; begun with `segfw init`."
        return stack_text(self.values, self.draft, title=title)


def begin(
    given: Given, catalog: Catalog, config_dir: Path, *, name: str | None, shared: tuple[str, ...]
) -> Start:
    """What *given* comes to; *shared* are the names of files that it may import.

    Total: what is wrong is in the result, and in `wrong`.
    """
    given = tidied(given)
    values, unread = read_flags(given, catalog)
    imported = _interfaces_of_imports(values, catalog, config_dir)
    if imported:
        values, unread = read_flags(given, catalog, imported)
    draft = draft_of(values, catalog, config_dir, name or "")
    if draft.gateway("ciscoRegion") is None and given.region is not None:
        derived = cisco_region(given.region, catalog)
        if derived is not None:
            values["gateway"]["ciscoRegion"] = derived
    _families(values)
    draft = draft_of(values, catalog, config_dir, name or "")
    if not given.routes:
        for interface, networks in proposed_routes(draft.uses).items():
            values["interfaces"][interface].setdefault("routes", list(networks))
    if len(values["interfaces"]) > 1 and (home := default_route(draft.uses)) is not None:
        values["interfaces"][home].setdefault("defaultRoute", True)
    for interface, entry in values["interfaces"].items():
        values["interfaces"][interface] = _ordered(entry)
    if not values["features"]:  # they are all in the imports: what is on by itself stands for none
        on = draft.uses.settings.features
        values["features"] = {
            f.id: {} if f.id in on else False for f in catalog.features.values() if f.default_on
        }
    values = {key: value for key, value in values.items() if value}
    stack = name or named(given, draft)
    draft = draft_of(values, catalog, config_dir, stack)
    unclear = {problem.place.file for problem in unread}
    examples = () if given.imports else with_examples(config_dir, shared)
    asked = tuple(
        one
        for one in questions(given, draft, catalog, shared, examples)
        if f"{one.flag} {one.replaces}" not in unclear
    )
    return Start(stack, given, values, draft, asked, unread)


def _interfaces_of_imports(values: Values, catalog: Catalog, config_dir: Path) -> frozenset[str]:
    imports = {key: value for key, value in values.items() if key == "imports"}
    if not imports:
        return frozenset()
    there = draft_of(imports, catalog, config_dir, "").given.get("interfaces")
    return frozenset(there.mapping() if there is not None else ())


def named(given: Given, draft: Draft) -> str:
    """``aws-prod-us-east-1``: cloud, environment and region, as far as they are said."""
    parts = (given.cloud, draft.gateway("environment"), given.region)
    return "-".join(part.replace(" ", "").lower() for part in parts if part)


def _families(values: Values) -> None:
    """An interface with a subnet of IPv6 has both families; the default is IPv4 alone."""
    for entry in values["interfaces"].values():
        subnets = entry.get("subnets")
        if isinstance(subnets, list) and any(
            ":" in str(one) for one in cast("list[object]", subnets)
        ):
            entry.setdefault("families", ["ipv4", "ipv6"])


def _ordered(entry: Values) -> Values:
    known = [key for key in INTERFACE_KEYS if key in entry]
    return {key: entry[key] for key in (*known, *(k for k in entry if k not in known))}


def wrong(start: Start, catalog: Catalog, config_dir: Path, today: date) -> tuple[Problem, ...]:
    """Every problem of what was said, at its flag; what is missing is none of them."""
    given = start.given
    found = list(start.unread)
    if given.cloud is not None and given.region is not None:
        message = strange_region(given.cloud, given.region, catalog)
        if message is not None:
            found.append(Problem(said("--region", given.region), "", message))
    broken = {problem.place.file.partition(" ")[0] for problem in found}
    judgements = list(judged(start.values, catalog, config_dir, start.stack, today))
    partly = not start.draft.tree.complete
    if partly:  # an import could not be read: what this file says is judged without them
        own = {key: value for key, value in start.values.items() if key != "imports"}
        judgements += judged(own, catalog, config_dir, start.stack, today)
    for problem in judgements:
        flag = problem.place.file.partition(" ")[0]
        if flag not in broken and not (_is_missing(problem) and (start.missing or partly)):
            found.append(problem)
    return tuple(dict.fromkeys(found))


def _is_missing(problem: Problem) -> bool:
    """The reader misses what a question asks for, or what may stand where nobody could look."""
    return any(words in problem.message for words in MISSING)
