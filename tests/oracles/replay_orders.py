"""Other orders in which the engine could have made the same calls.

The engine starts a step when what it depends on is done, many at a time; deletes come after all
creates and updates. So which of two steps that do not depend on each other comes first is
chance, and a log shows one throw of the dice. Here each step that takes something away is made
as early as its dependencies let it be.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.oracles.replay_aws import Call

TAKES_AWAY = (
    "Revoke",
    "Delete",
    "ModifySecurityGroupRules",
    "ModifyManagedPrefixList",
    "ReplaceNetworkAcl",
)


def needs(resources: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Each resource of a state with all that has to be done before it, near and far."""
    near = {
        each["urn"]: {
            *each.get("dependencies", []),
            *([each["parent"]] if "parent" in each else []),
        }
        for each in resources
        if not each.get("delete")
    }
    found: dict[str, frozenset[str]] = {}

    def far(urn: str) -> frozenset[str]:
        if urn not in found:
            found[urn] = frozenset(
                chain.from_iterable({one, *far(one)} for one in near.get(urn, ()))
            )
        return found[urn]

    return {urn: far(urn) for urn in near}


def orders(calls: Sequence[Call], required: Mapping[str, frozenset[str]]) -> Iterator[list[Call]]:
    """Orders of *calls* in which what takes something away comes as early as it may.

    Alone, in pairs, and all together; *calls* are in `relative` form.
    """
    forward = [call for call in calls if call.operation != "delete"]
    after = [call for call in calls if call.operation == "delete"]
    taking = sorted({call.resource for call in forward if _takes_away(call)})
    for early in dict.fromkeys([*combinations(taking, 1), *combinations(taking, 2), tuple(taking)]):
        first = set(early).union(*(required.get(urn, frozenset()) for urn in early))
        soon = [call for call in forward if call.resource in first]
        yield [*soon, *(call for call in forward if call.resource not in first), *after]


def _takes_away(call: Call) -> bool:
    """A new resource takes nothing away but by what it takes over."""
    if call.operation == "create":
        return call.action.startswith("Replace")
    return call.action.startswith(TAKES_AWAY) or bool(call.parameters.get("Detached"))
