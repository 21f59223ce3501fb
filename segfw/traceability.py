"""What a deployment's state says of each rule: why it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.sets.addresses import Family, Prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import ProgramValue, StackOutput

if TYPE_CHECKING:
    from segfw.plan import Plan


def rules_by_name(plan: Plan) -> dict[str, dict[str, list[str]]]:
    """Each rule's features and rows by ``{point}/{rule name}``; guards serve none."""
    return {
        f"{rule_set.point.value}/{rule.name}": {
            "features": list(rule.features),
            "rows": list(dict.fromkeys(flow.row for flow in rule.flows)),
        }
        for rule_set in plan.rule_sets
        for rule in rule_set.rules
    }


def plain(value: object) -> Any:
    """A value of ours as JSON has it: text for prefixes, ports, ids and days."""
    match value:
        case Family():
            return value.keyword
        case Enum():
            return value.value
        case Prefix() | PortRange() | StackOutput() | ProgramValue():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            spelled = {str(plain(key)): plain(inner) for key, inner in items}
            return dict(sorted(spelled.items()))
        case frozenset():
            return sorted(plain(inner) for inner in cast("frozenset[object]", value))
        case tuple() if hasattr(cast("object", value), "_asdict"):
            return _record(cast("NamedTuple", value)._asdict())
        case list() | tuple():
            return [plain(inner) for inner in cast("tuple[object, ...]", value)]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _record({field.name: getattr(value, field.name) for field in fields(value)})
        case _:
            return value


def _record(held: Mapping[str, object]) -> dict[str, Any]:
    """The parts of a record that are there."""
    return {name: plain(inner) for name, inner in held.items() if inner is not None}
