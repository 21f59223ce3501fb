"""Flags become the values of a stack's config: form only, the settings reader judges them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from segfw.catalog.model import OptionKind, Role
from segfw.changes.site import WORDS
from segfw.problems import Place, Problem
from segfw.resolve import INTERNET
from segfw.settings.types import Cloud, Strategy
from segfw.settings.words import did_you_mean, ended, problem, unknown
from segfw.starting.given import FLAGS
from segfw.starting.setting import Unclear, set_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from segfw.catalog.model import Catalog, Option
    from segfw.starting.given import Given

Values = dict[str, Any]
ROLES = tuple(role.value for role in Role)
REACHES = {"external": True, "internal": False}
"""The words that say whether an address of an interface can be reached from the internet."""
LISTS = ("from", "to", "peers")
TWICE = {
    "external": "says external or internal twice; keep one",
    "roles": "says its roles twice; write them in one part, with commas",
}
"""Of an interface."""
PORT = re.compile(r"[0-9]{1,9}")
"""A number that could be meant as a port; the settings reader says which are ports."""


class Reading(NamedTuple):
    """What flags say: values as a stack's config has them, and what could not be read."""

    values: Values
    """Keys of providers are whole; ours have no namespace (``gateway``)."""
    problems: tuple[Problem, ...]


def read_flags(given: Given, catalog: Catalog, imported: frozenset[str] = frozenset()) -> Reading:
    """What *given* says, as far as it has the form that its flags ask for.

    *imported* are the interfaces that its imports have: nothing is assumed of those.
    """
    reader = _Reader(catalog, imported)
    for field, flag in FLAGS.items():
        held: str | tuple[str, ...] | None = getattr(given, field)
        texts = held if isinstance(held, tuple) else () if held is None else (held,)
        if not all(text.strip(", ") for text in texts):
            reader.problems.append(
                problem(said(flag), "", "is empty; say a value, or leave it out.")
            )
    reader.head(given)
    reader.interfaces(given)
    reader.peers(given)
    reader.features(given)
    for text in given.more:
        reader.trying("--set", text, lambda one: set_value(reader.values, one))
    return Reading(reader.values, tuple(reader.problems))


def said(flag: str, text: str = "") -> Place:
    """A flag as the place of a problem: ``--network admins=10.0.0.0/8``."""
    return Place(f"{flag} {text}".rstrip(), 0)


class _Reader:
    def __init__(self, catalog: Catalog, imported: frozenset[str]) -> None:
        self.catalog = catalog
        self.imported = imported
        self.values: Values = {}
        self.problems: list[Problem] = []

    def trying(self, flag: str, text: str, read: Callable[[str], None]) -> None:
        """Read one flag's text; what is unclear about it becomes a problem of the flag."""
        try:
            read(text)
        except Unclear as unclear:
            shown = text if unclear.shown is None else unclear.shown
            self.problems.append(problem(said(flag, shown), "", ended(str(unclear))))

    def head(self, given: Given) -> None:
        """Cloud, place and the gateway itself."""
        if given.cloud is not None:
            azure = given.cloud == Cloud.AZURE.value
            words = WORDS[Cloud.AZURE if azure else Cloud.AWS]
            self.values["cloud"] = given.cloud
            if given.region is not None:
                self.values[words.region_key] = given.region
            if given.account is not None:
                account = given.account if azure else _items(given.account)
                self.values[words.account_key] = account
        if given.imports:
            self.values["imports"] = [name for text in given.imports for name in _items(text)]
        gateway = {
            "environment": given.environment,
            "release": given.release,
            "ciscoRegion": given.cisco_region,
        }
        self.values["gateway"] = {key: text for key, text in gateway.items() if text is not None}

    def interfaces(self, given: Given) -> None:
        """Interfaces, and what belongs to one of them."""
        self.values["interfaces"] = {}
        alone = len(given.interfaces) == 1 and not self.imported
        for text in given.interfaces:
            self.trying("--interface", text, lambda one: self._interface(one, alone=alone))
        for text in given.subnets:
            self.trying("--subnet", text, lambda one: self._each("subnets", one, _items))
        for flag, key, texts in (
            ("--vpc", "vpc", given.vpcs),
            ("--resource-group", "resourceGroup", given.resource_groups),
        ):
            self._all(flag, key, texts)
        for text in given.attached:
            self.trying("--attach", text, lambda one: self._each("attach", one, _items))
        for text in given.acls:
            self.trying("--network-acl", text, lambda one: self._each("networkAcl", one, _acl))
        for text in given.routes:
            self.trying("--route", text, lambda one: self._each("routes", one, _items))
        if given.default_route is not None:
            self.trying("--default-route", given.default_route, self._default_route)

    def _interface(self, text: str, *, alone: bool) -> None:
        name, *rest = (part.strip() for part in text.rstrip(", ").split(":"))
        if not name:
            raise Unclear("says no name; write NAME:ROLE,ROLE:external or :internal")
        entry: Values = {}
        for part in rest:
            if not part:
                raise Unclear("has an empty part; write NAME:ROLE,ROLE:external or :internal")
            if part in REACHES:
                key, read = "external", REACHES[part]
            else:
                key, read = "roles", self._roles(part)
            if key in entry:
                raise Unclear(TWICE[key])
            entry[key] = read
        if "roles" not in entry and name not in self.imported:
            if name in ROLES:
                entry["roles"] = [name]
            elif alone:
                entry["roles"] = list(ROLES)
        if name in self.values["interfaces"]:
            raise Unclear(f'"{name}" is given twice; keep one')
        self.values["interfaces"][name] = entry

    @staticmethod
    def _roles(part: str) -> list[str]:
        names = _items(part)
        for name in names:
            if name in REACHES:
                raise Unclear(
                    f'"{name}" stands among roles; write NAME:role,role:{name}, and each interface '
                    "by itself"
                )
            if name not in ROLES:
                known = (*ROLES, *REACHES)
                hint = did_you_mean(name, known)
                raise Unclear(
                    f'"{name}" is none of {", ".join(known)}'
                    + (f"; {hint}" if hint else "; write NAME:role,role:external or :internal")
                )
        return names

    def _each(self, key: str, text: str, read: Callable[[str], Any]) -> None:
        """The value of one interface: ``NAME=VALUE``, or the value alone where there is one."""
        interface, value = self._of_interface(text)
        held = interface.setdefault("securityGroup", {}) if key == "attach" else interface
        if not value.strip(", "):
            raise Unclear("says nothing behind the name; write NAME=VALUE, or leave it out")
        if key in held:
            raise Unclear("is said of this interface already; write it in one flag")
        held[key] = read(value)

    def _all(self, flag: str, key: str, texts: tuple[str, ...]) -> None:
        """The value of one interface, or of each that has none where none is named."""
        for text in texts:
            if "=" in text:
                self.trying(flag, text, lambda one: self._each(key, one, str))
        for_all = [text for text in texts if "=" not in text]
        for text in for_all[1:]:
            message = f'"{for_all[0]}" is said of every interface already; write NAME={text}.'
            self.problems.append(problem(said(flag, text), "", message))
        for interface in self.values["interfaces"].values():
            for text in for_all[:1]:
                interface.setdefault(key, text)

    def _of_interface(self, text: str) -> tuple[Values, str]:
        interfaces: dict[str, Values] = self.values["interfaces"]
        name, equals, value = text.partition("=")
        if not equals and len(interfaces) == 1:
            return next(iter(interfaces.values())), text
        if not equals:
            raise Unclear("says no interface; write NAME=VALUE")
        if name not in interfaces:
            raise Unclear(unknown("interface", name, interfaces).rstrip(".?"))
        return interfaces[name], value

    def _default_route(self, name: str) -> None:
        interfaces: dict[str, Values] = self.values["interfaces"]
        if name not in interfaces:
            raise Unclear(unknown("interface", name, interfaces).rstrip(".?"))
        interfaces[name]["defaultRoute"] = True

    def peers(self, given: Given) -> None:
        """Networks and hosts."""
        for text in given.networks:
            self.trying("--network", text, lambda one: self._named("networks", one, _items))
        for text in given.hosts:
            self.trying("--host", text, lambda one: self._named("hosts", one, _host))

    def _named(self, section: str, text: str, read: Callable[[str], Any]) -> None:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise Unclear("has another form; write NAME=VALUE")
        held: Values = self.values.setdefault(section, {})
        if name in held:
            raise Unclear(f'"{name}" is given twice; write its values in one flag, with commas')
        held[name] = read(value)

    def features(self, given: Given) -> None:
        """What is on, with its options, and what of an import is off."""
        held: Values = {}
        self.values["features"] = held
        for text in given.features:
            self.trying("--feature", text, self._feature)
        for text in given.without:
            self.trying("--without", text, self._without)

    def _without(self, text: str) -> None:
        for name in _items(text):
            if self.values["features"].setdefault(name, False) is not False:
                raise Unclear(f'"{name}" is switched on by --feature; keep one of them')

    def _feature(self, text: str) -> None:
        features: dict[str, Values] = self.values["features"]
        if ":" not in text:
            for name in _items(text):
                features.setdefault(name, {})
            return
        name, *options = text.split(":")
        if not name:
            raise Unclear("says no feature; write NAME:option=value")
        nothing: Values = {}
        entry = features.setdefault(name, nothing)
        known = self.catalog.features.get(name)
        for option in options:
            key, equals, value = option.partition("=")
            if not equals:
                raise Unclear(f'the option "{option}" has no value; write NAME:option=value')
            if key in entry:
                raise Unclear(f'the option "{key}" of "{name}" is given twice; keep one')
            of_feature = known.options.get(key) if known else None
            entry[key] = _items(value) if key in LISTS else _option_value(of_feature, value)


def _items(text: str) -> list[str]:
    """What commas, spaces or both separate."""
    return text.replace(",", " ").split()


def _acl(text: str) -> Values:
    """``subnet-1,subnet-2``, with the fit behind a colon."""
    ids, colon, fit = text.partition(":")
    return {"subnetIds": _items(ids), **({"fit": fit} if colon else {})}


def _host(text: str) -> object:
    """``internet``, ``proxy:NETWORK:PORT``, or prefixes."""
    if text == INTERNET:
        return text
    word, _, rest = text.partition(":")
    if word != Strategy.PROXY.value:
        return _items(text)
    network, _, port = rest.partition(":")
    if not network or not PORT.fullmatch(port):
        raise Unclear("has another form; write proxy:NETWORK:PORT")
    return {"proxy": {"network": network, "port": int(port)}}


def _option_value(option: Option | None, text: str) -> object:
    if option is not None and option.kind is OptionKind.FLAG and text in ("true", "false"):
        return text == "true"
    ports = (OptionKind.PORT, OptionKind.PORT_CHOICE)
    if option is not None and option.kind in ports and PORT.fullmatch(text):
        return int(text)
    return text
