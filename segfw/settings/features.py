"""Features and custom flows, checked against what the catalog says they take."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from typing import Protocol as Shape

from segfw.catalog.model import Direction, Option, OptionKind, Protocol
from segfw.limits import NAME_LENGTH
from segfw.sets.ports import LAST_PORT
from segfw.settings.forms import CustomFlowForm, FlowProtocol
from segfw.settings.node import said
from segfw.settings.structure import NAME
from segfw.settings.types import CustomFlow, FeatureSettings
from segfw.settings.words import quoted_list, unknown

if TYPE_CHECKING:
    from segfw.catalog.model import Catalog, Feature
    from segfw.settings.node import Node

CUSTOM_FLOW = "custom-flow"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OptionValue = bool | int | str


class Reader(Shape):
    """Where problems go, and how values are read: the settings reader."""

    def refuse(self, path: str, message: str) -> None:
        """Note a problem of a value that later checks must not judge again."""
        ...

    def value(self, path: str, value: object, kind: type[Any]) -> Any:
        """*value* as a *kind*; None with its problems noted."""
        ...


def read_features(
    node: Node | None, catalog: Catalog, reader: Reader
) -> tuple[dict[str, FeatureSettings], tuple[CustomFlow, ...]]:
    """The features that are on, in the catalog's order, and the custom flows."""
    if node is not None and not isinstance(node.value, dict):
        reader.refuse(
            "features", f"is {said(node.value)}; write a mapping from feature to options."
        )
    given = node.mapping() if node is not None else {}
    for name in given:
        if name not in catalog.features:
            reader.refuse(f"features.{name}", unknown("feature", name, catalog.features))
    found: dict[str, FeatureSettings] = {}
    flows: tuple[CustomFlow, ...] = ()
    for feature in catalog.features.values():
        entry = given.get(feature.id)
        if feature.id == CUSTOM_FLOW:
            flows = _custom_flows(entry, reader)
        elif entry is None:
            if feature.default_on:
                found[feature.id] = FeatureSettings(id=feature.id, options=_defaults(feature))
        elif entry.value is not False:
            settings = _feature(feature, entry, catalog, reader)
            if settings is not None:
                found[feature.id] = settings
    return found, flows


def _defaults(feature: Feature) -> dict[str, OptionValue | None]:
    return {option.name: option.default for option in feature.options.values()}


def _feature(
    feature: Feature, node: Node, catalog: Catalog, reader: Reader
) -> FeatureSettings | None:
    path = f"features.{feature.id}"
    if not isinstance(node.value, dict):
        reader.refuse(
            path,
            f"is {said(node.value)}; write {{}} to switch it on, false to switch it off, or its "
            "options.",
        )
        return None
    known = [*feature.options, *([feature.peer_option] if feature.peer_option else []), "interface"]
    options = _defaults(feature)
    peers: tuple[str, ...] | None = None
    interface: str | None = None
    sound = True
    for key, value in node.value.items():
        at = f"{path}.{key}"
        if key == "interface":
            interface = reader.value(at, value.plain(), str)
        elif key == feature.peer_option:
            peers = _peers(at, value, reader)
        elif key in feature.options:
            message = _wrong_option(feature.options[key], value, catalog)
            if message is None:
                options[key] = value.value  # pyright: ignore[reportArgumentType]
            else:
                reader.refuse(at, message)
                sound = False
        else:
            reader.refuse(at, _unknown_option(feature, key, known))
    for option in feature.options.values():
        if option.required and option.name not in node.value:
            what = f"{option.title[0].lower()}{option.title[1:]}"
            reader.refuse(path, f'has no "{option.name}"; write {what}.')
            sound = False
    if not sound or not _choices_agree(feature, node, options, reader):
        return None
    return FeatureSettings(id=feature.id, options=options, peers=peers, interface=interface)


def _unknown_option(feature: Feature, key: str, known: list[str]) -> str:
    if key in ("from", "to", "peers"):
        if feature.peer_option is None:
            return f"{feature.id} takes no networks; leave it out."
        ways = {"from": "connections come in", "to": "connections go out", "peers": "both ways"}
        return (
            f"no such option; networks of {feature.id} ({ways[feature.peer_option]}) are given by "
            f'"{feature.peer_option}".'
        )
    return unknown("option", key, known, f"{feature.id} takes {quoted_list(known)}")


def _peers(path: str, node: Node, reader: Reader) -> tuple[str, ...]:
    """The networks that are named; none where they were refused."""
    if isinstance(node.value, str):
        reader.refuse(path, f"is {said(node.value)}; write a list of networks: [{node.value}].")
        return ()
    names: tuple[str, ...] = reader.value(path, node.plain(), tuple[str, ...]) or ()
    if node.value == ():
        reader.refuse(path, "is an empty list; name a network, or leave it out for the default.")
    return names


def _wrong_option(option: Option, node: Node, catalog: Catalog) -> str | None:
    """What is wrong with an option's value; None where nothing is."""
    value = node.value
    match option.kind:
        case OptionKind.FLAG:
            if not isinstance(value, bool):
                return f"is {said(node.value)}; write true or false, without quotes."
        case OptionKind.CHOICE:
            if not isinstance(value, str):
                return f"is {said(node.value)}; write one of {', '.join(option.values)}."
            if value not in option.values:
                return unknown(
                    f'value "{value}"',
                    value,
                    option.values,
                    f"write one of {', '.join(option.values)}",
                )
        case OptionKind.PORT:
            wrong = _wrong_port(node)
            if wrong is not None:
                return wrong
        case OptionKind.PORT_CHOICE:
            return _wrong_port(node) or _no_alternative(option, node, catalog)
        case OptionKind.DATE:  # pragma: no branch
            return _wrong_day(node)
    return None


def _wrong_port(node: Node) -> str | None:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int):
        return f"is {said(node.value)}; write a port number, without quotes."
    if not 1 <= value <= LAST_PORT:
        return f"{value} is no port; ports are 1 to {LAST_PORT}."
    return None


def _no_alternative(option: Option, node: Node, catalog: Catalog) -> str | None:
    ports: list[int] = []
    for row in option.rows:
        record = catalog.rows[row]
        ports += [first for first, last in record.ports if first == last]
        ports += record.alternatives
    if node.value in ports:
        return None
    said_ports = " or ".join(str(port) for port in sorted(set(ports)))
    return f"{node.text} is none of its ports; write {said_ports}."


def _wrong_day(node: Node) -> str | None:
    if isinstance(node.value, str) and DAY.fullmatch(node.value):
        try:
            date.fromisoformat(node.value)
        except ValueError:
            pass
        else:
            return None
    return f'is {said(node.value)}; write a day, quoted, such as "2026-11-24".'


def _choices_agree(
    feature: Feature, node: Node, options: dict[str, OptionValue | None], reader: Reader
) -> bool:
    """No options contradict each other."""
    path = f"features.{feature.id}"
    agree = True
    for names in feature.one_of:
        if not any(options.get(name) is True for name in names):
            reader.refuse(
                path,
                f"has {' and '.join(names)} false, so nothing of it is left; set one true, or "
                "write false for the feature.",
            )
            agree = False
    for option in feature.options.values():
        if option.name not in node.mapping() or option.when is None:
            continue
        for other, values in option.when.items():
            if options.get(other) not in values:
                wanted = " or ".join(_text(value) for value in values)
                reader.refuse(
                    f"{path}.{option.name}",
                    f"is only for {other}: {wanted}, and here {other} is "
                    f"{_text(options.get(other))}; leave one of them out.",
                )
                agree = False
    return agree


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _custom_flows(node: Node | None, reader: Reader) -> tuple[CustomFlow, ...]:
    path = f"features.{CUSTOM_FLOW}"
    if node is None or node.value is False:
        return ()
    if not isinstance(node.value, tuple):
        reader.refuse(
            path, f"is {said(node.value)}; write a list of flows, each a mapping with a name."
        )
        return ()
    found: list[CustomFlow] = []
    for item in node.value:
        name = item.mapping().get("name")
        at = f"{path}[{name.text}]" if name is not None and name.text else path
        form: CustomFlowForm | None = reader.value(at, item.plain(), CustomFlowForm)
        flow = _custom_flow(at, form, reader) if form is not None else None
        if flow is not None:
            found.append(flow)
    return tuple(found)


def _custom_flow(path: str, form: CustomFlowForm, reader: Reader) -> CustomFlow | None:
    if not NAME.fullmatch(form.name) or len(form.name) > NAME_LENGTH:
        reader.refuse(
            f"{path}.name",
            f"is not kebab-case of at most {NAME_LENGTH} characters; "
            "write lower-case words, digits and hyphens.",
        )
        return None
    ingress = form.direction is Direction.INGRESS
    right, wrong = ("from", "to") if ingress else ("to", "from")
    networks, others = (form.from_, form.to) if ingress else (form.to, form.from_)
    if others is not None:
        reader.refuse(
            f"{path}.{wrong}", f'an {form.direction.value} flow names its network in "{right}".'
        )
        return None
    if networks is None:
        reader.refuse(path, f'has no "{right}"; write {right}: [<network>].')
        return None
    if len(networks) != 1:
        reader.refuse(
            f"{path}.{right}",
            f"names {len(networks)} networks; write one, and a flow of its own for each other.",
        )
        return None
    echo = form.protocol is FlowProtocol.ICMP_ECHO
    if echo and form.ports:
        reader.refuse(f"{path}.ports", "icmp-echo has no ports; leave them out.")
        return None
    if not echo and not form.ports:
        reader.refuse(path, f"has no ports; write the ports that {form.protocol.value} needs.")
        return None
    return CustomFlow(
        name=form.name,
        interface=form.interface,
        direction=form.direction,
        protocol=None if echo else Protocol(form.protocol.value),
        ports=form.ports,
        network=networks[0],
        reason=form.reason,
        owner=form.owner,
        review_by=form.review_by,
    )
