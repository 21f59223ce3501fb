"""Several answers of one cloud put together: one inventory, or every problem of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.inventory import Inventory, Resource
from segfw.live.answers import json_values
from segfw.live.fields import Refused
from segfw.live.found import urn
from segfw.live.kinds import Answers, read_answer
from segfw.live.merging import apart, merged, with_names
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.live.found import Found


class Live(NamedTuple):
    """What the answers of a cloud describe, and of which account."""

    inventory: Inventory
    account: str
    """AWS account or Azure subscription; empty where no answer says it."""
    region: str
    """Empty where no answer says it."""
    defaults: frozenset[str]
    """Ids of what the cloud makes by itself with a network: default groups and ACLs."""

    @property
    def cloud(self) -> str:
        """``aws`` or ``azure``, by the account's form; empty where no answer says it."""
        return ("aws" if self.account.isdigit() else "azure") if self.account else ""


def read_files(files: Iterable[tuple[str, str]]) -> Live:
    """The resources that the answers in *files*, names with texts, describe together.

    Rules that `describe-security-groups` and `describe-security-group-rules` both tell are
    there once, with the ids that only the second says.

    Raises:
        ProblemsFound: a file is no such answer, or a part of one; or two answers disagree.
    """
    problems: list[Problem] = []
    answers = Answers()
    for name, text in files:
        try:
            for start, value in json_values(text):
                for path, message in read_answer(value, name, answers):
                    problems.append(Problem(Place(name, 0), start + path, message))
        except Refused as found:
            problems.append(Problem(Place(name, 0), found.path, found.message))
    if not problems:
        problems += apart(answers)
    if problems:
        raise ProblemsFound(problems)
    resources = merged(answers)
    accounts = sorted({one.account for _, one in resources} - {""})
    regions = sorted({one.region for _, one in resources} - {""})
    return Live(
        inventory=Inventory("", tuple(_resource(one) for one in with_names(resources))),
        account=accounts[0] if accounts else "",
        region=regions[0] if regions else "",
        defaults=frozenset(one.id for _, one in resources if one.default),
    )


def _resource(one: Found) -> Resource:
    inputs: dict[str, Any] = one.inputs
    return Resource(
        urn=one.urn or urn(one.type, one.id),
        type=one.type,
        name=one.name,
        parent="",
        inputs=inputs,
        id=one.id,
        external=one.external,
    )
