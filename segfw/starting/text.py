"""Values of a stack as the text of its file, each part with what it is for.

What is written reads back as the same values (a test holds it): plain where every reader of
YAML agrees, quoted everywhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from segfw.changes.site import WORDS
from segfw.settings.node import NAMESPACE
from segfw.settings.types import FeatureSettings
from segfw.starting.opening import opening_words
from segfw.starting.usual import OFTEN_ADDED, USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.settings.uses import Uses
    from segfw.starting.draft import Draft

Values = dict[str, Any]
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-./_][A-Za-z0-9]+)*|[0-9]+(?:\.[0-9]+){3}/[0-9]+")
"""Text that is text to every reader of YAML, if it is none of the words below."""
NOT_PLAIN = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
ORDER = ("cloud", "imports", "gateway", "interfaces", "networks", "hosts", "features")
"""Our keys, in the order in which a reader wants them."""
ABOUT = {
    "imports": (
        "Files of shared/ that this one builds on: later ones win, and this one over all.",
    ),
    "gateway": (
        "The gateways: prod is stricter than dev, test and lab; release is the AsyncOS release;",
        "ciscoRegion says where the vendor's cloud services that they use are.",
    ),
    "interfaces": (
        "The gateway's network interfaces.",
        "roles: management (administration, monitoring, cluster), public (mail from the internet),",
        "private (mail from inside, quarantines).",
        "external: the internet can reach an address of it, by public IP, NAT or load balancer.",
        "subnets: the gateway's own there. routes: its static routes, as networks that it sends to",
        "by this interface. defaultRoute: everything that no route names leaves there.",
    ),
    "networks": ("Who the peers are: prefixes by a name that features use.",),
    "hosts": (
        "How the vendor's services whose names have no published addresses are reached:",
        "a proxy, prefixes that you answer for, or internet (any address on that port).",
    ),
    "features": (
        "What the gateways do. {} switches a feature on, false off what an import switches on.",
        "`segfw features NAME` lists a feature's options and rows.",
    ),
    "quotas": ("Limits that the account had raised.",),
    "tags": ("Tags for every resource.",),
}


def stack_text(values: Mapping[str, Any], draft: Draft, *, title: str) -> str:
    """The stack file with *values*, whose imports and features *draft* has read.

    *title* is one line that says what the stack is.
    """
    lines = ["# yaml-language-server: $schema=stack.schema.json", f"# {title}"]
    lines += ["# docs/stack-file.md explains each key, and an editor shows it from the schema."]
    lines.append("config:")
    for key in _provider_keys(values):
        about = " # the only account that this stack may change" if _is_account(key) else ""
        lines.append(f"  {key}: {flow(values[key])}{about}")
    ours = [key for key in values if key not in _provider_keys(values)]
    for key in sorted(ours, key=lambda key: (_rank(key), ours.index(key))):
        lines += [f"  # {line}" for line in ABOUT.get(key, ())]
        lines += _section(key, values[key], draft)
    return "\n".join(lines) + "\n"


def _provider_keys(values: Mapping[str, Any]) -> list[str]:
    return [key for key in values if ":" in key]


def _is_account(key: str) -> bool:
    return any(words.account_key == key for words in WORDS.values())


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _section(key: str, value: object, draft: Draft) -> Iterator[str]:
    ours = f"  {NAMESPACE}:{key}:"
    entries = cast("Values", value) if isinstance(value, dict) else {}
    if not entries:
        yield f"{ours} {flow(cast('object', value))}"
        return
    match key:
        case "interfaces":
            yield ours
            for name, interface in entries.items():
                yield f"    {scalar(name)}:"
                yield from _interface(cast("Values", interface))
        case "networks":
            yield ours
            users = _users(draft.uses)
            for name, network in entries.items():
                used = f" # for {', '.join(users[name])}" if name in users else ""
                yield f"    {scalar(name)}: {flow(network)}{used}"
        case "features":
            yield ours
            yield from _features(entries, draft)
            yield from _other_features(entries, draft)
        case "hosts" | "tags" | "quotas":
            yield ours
            yield from (f"    {scalar(name)}: {flow(entry)}" for name, entry in entries.items())
        case _:
            yield f"{ours} {flow(entries)}"


def _interface(interface: Values) -> Iterator[str]:
    yield from (f"      {key}: {flow(value)}" for key, value in interface.items())


def _users(uses: Uses) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for feature, flow_, row in uses.every_flow():
        names = list(uses.peer_names(feature, flow_))
        for host in uses.hosts(feature, flow_, row):
            strategy = uses.settings.hosts.get(host)
            names += [strategy.network] if strategy and strategy.network else []
        for name in names:
            found.setdefault(name, {})[feature.id] = None
    return {name: list(users) for name, users in found.items()}


def _features(entries: Values, draft: Draft) -> Iterator[str]:
    """Each feature of this file with what it opens."""
    uses = draft.uses
    for name, options in entries.items():
        if isinstance(options, list):  # custom flows: one to a line
            yield f"    {scalar(name)}:"
            yield from (f"      - {flow(item)}" for item in cast("list[object]", options))
            continue
        on = name in uses.settings.features
        about = f" # {opening_words(uses, uses.catalog.features[name])}" if on else ""
        yield f"    {scalar(name)}: {flow(options)}{about}"


def _other_features(entries: Values, draft: Draft) -> Iterator[str]:
    """What imports switch on, and what is commonly on and off here, in comments."""
    uses, catalog = draft.uses, draft.uses.catalog
    imported = [name for name in uses.settings.features if name not in entries]
    by_itself = [name for name in imported if catalog.features[name].default_on]
    if draft.tree.imports and len(imported) > len(by_itself):
        yield "    # On by the imports:"
        for name in imported:
            yield f"    #   {name}: {opening_words(uses, catalog.features[name])}"
    off = [name for name in (*USUAL, *OFTEN_ADDED) if name not in uses.settings.features]
    off = [name for name in off if name not in entries]
    if off:
        yield '    # Often on, and off here; take the "# " away to switch one on:'
    for name in off:
        yield f"    # {name}: {{}} # {opening_of(name, uses)}{_lacks(name, uses, draft)}"


def opening_of(name: str, uses: Uses) -> str:
    """What a feature that is off would open with its defaults; as `opening_words`."""
    return opening_words(_with(name, uses), uses.catalog.features[name])


def _with(name: str, uses: Uses) -> Uses:
    """The same uses with one feature more, with its defaults."""
    options = {one.name: one.default for one in uses.catalog.features[name].options.values()}
    features = {**uses.settings.features, name: FeatureSettings(id=name, options=options)}
    return replace(uses, settings=replace(uses.settings, features=features))


def _lacks(name: str, uses: Uses, draft: Draft) -> str:
    """What it needs that is not there: the reason why it is off."""
    feature = uses.catalog.features[name]
    needed = [
        one
        for one in draft._replace(uses=_with(name, uses)).needed_networks()
        if one not in draft.needed_networks()
    ]
    roles = {role for one in uses.settings.interfaces.values() for role in one.roles}
    said: list[str] = []
    if needed:
        said.append(f"needs the network {', '.join(needed)}")
    if feature.role is not None and feature.role not in roles:
        said.append(f"needs an interface with the role {feature.role.value}")
    if feature.required_from is not None:
        said.append(f"AsyncOS {feature.required_from} and later do not work without it")
    if any(option.required for option in feature.options.values()):
        said.append("has options that must be given")
    return f"; {', '.join(said)}" if said else ""


def flow(value: object) -> str:
    """A value on one line, as YAML that everybody reads alike."""
    if isinstance(value, dict):
        entries = cast("Values", value)
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in entries.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in cast("list[object]", value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """True, false, a whole number or text; quoted unless every reader takes it for text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = PLAIN.fullmatch(text) and text.lower() not in NOT_PLAIN
    return text if plain else json.dumps(text, ensure_ascii=False)
