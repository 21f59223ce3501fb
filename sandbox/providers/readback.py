"""From what the cloud holds to what a program would have written: the inputs that Read returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.providers.check import DEFAULTS
from sandbox.providers.diff import item_key
from sandbox.providers.tables import Kind, Property, ResourceType
from sandbox.providers.values import Values, frozen, is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping


def imported(resource_type: ResourceType, outputs: Values, path: Values) -> Values:
    """Inputs for a resource that no program has written yet: whatever says something."""
    inputs: Values = dict(path)
    for name, column in resource_type.inputs.items():
        value = outputs.get(name)
        if column.imported and name not in inputs and not is_empty(value):
            inputs[name] = _written(column, value)
    if not resource_type.compares_inputs:
        inputs[DEFAULTS] = []
    return inputs


def refreshed(resource_type: ResourceType, old_inputs: Values, outputs: Values) -> Values:
    """*old_inputs* with the values the cloud has now.

    A set keeps the program's order, a computed input that the program left out stays out, and
    another input that is set behind the program's back shows up.
    """
    inputs: Values = {DEFAULTS: list(old_inputs.get(DEFAULTS, []))}
    for name, column in resource_type.inputs.items():
        value = outputs.get(name)
        if name in old_inputs:
            if value is not None:
                inputs[name] = _in_order(column, old_inputs[name], value)
        elif column.imported and not column.computed and not is_empty(value):
            inputs[name] = _written(column, value)
    return inputs


def merged(old_input: Any, old_output: Any, new_output: Any) -> Any:
    """*old_input* with what changed between the two outputs, and nothing else.

    The way of azure-native: how the cloud spells a value is no change, a new value is.
    Items of lists meet by name.
    """
    if frozen(old_output) == frozen(new_output):
        return old_input
    if (
        isinstance(old_input, dict)
        and isinstance(old_output, dict)
        and isinstance(new_output, dict)
    ):
        result = {}
        for key in {**old_input, **new_output}:
            value = merged(old_input.get(key), old_output.get(key), new_output.get(key))
            if value is not None:
                result[key] = value
        return result
    if isinstance(old_input, list) and isinstance(new_output, list) and _named(new_output):
        inputs, outputs = _by_name(old_input), _by_name(old_output)
        return [
            merged(inputs[item["name"]], outputs.get(item["name"]), item)
            if item["name"] in inputs
            else item
            for item in new_output
        ]
    return new_output


def project(fields: Mapping[str, Property], outputs: Values) -> Values:
    """The part of *outputs* that a program may write, items of lists included."""
    return {
        name: _written(column, outputs[name]) for name, column in fields.items() if name in outputs
    }


def _written(column: Property, value: Any) -> Any:
    if column.item is None or not isinstance(value, list):
        return value
    return [
        {
            name: field
            for name, field in item.items()
            if name in column.item and (column.item[name].required or not is_empty(field))
        }
        for item in value
    ]


def _in_order(column: Property, old: Any, value: Any) -> Any:
    if column.kind is not Kind.SET or not isinstance(old, list):
        return value
    there = {item_key(column, item): item for item in value}
    kept = [item for item in old if item_key(column, item) in there]
    known = {item_key(column, item) for item in kept}
    fresh = [item for item in value if item_key(column, item) not in known]
    return kept + _written(column, fresh)


def _named(items: list[Any]) -> bool:
    return all(isinstance(item, dict) and "name" in item for item in items)


def _by_name(items: Any) -> dict[str, Any]:
    if not isinstance(items, list):
        return {}
    return {item["name"]: item for item in items if isinstance(item, dict) and "name" in item}
