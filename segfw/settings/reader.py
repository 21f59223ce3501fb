"""Tree and catalog become settings, or every problem at once.

First each entry is read by itself; then the checks judge what could be read, so that
one mistake neither hides another nor is reported twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from cattrs import ClassValidationError

from segfw import limits
from segfw.catalog.model import Role
from segfw.problems import NOWHERE, Place, Problem, ProblemsFound
from segfw.sets.addresses import PrefixError, parse_prefix
from segfw.settings.checks import CHECKS
from segfw.settings.checks.case import AnyName, Case
from segfw.settings.complaints import MISSING_KEYS, Inside, Refused, complaints
from segfw.settings.features import read_features
from segfw.settings.forms import HostForm, NetworkForm, QuotasForm, camel
from segfw.settings.node import KEYS, Node, said, walk
from segfw.settings.structure import NAME, structure
from segfw.settings.types import (
    Cloud,
    Environment,
    Gateway,
    HostSettings,
    Interface,
    Network,
    Quotas,
    Reference,
    ReferenceKind,
    Settings,
    Strategy,
)
from segfw.settings.words import printable, problem, unknown

if TYPE_CHECKING:
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.settings.forms import AwsForm, AzureForm
    from segfw.settings.tree import Tree

T = TypeVar("T")

INTERNET = "internet"
NETWORK_NAME_LENGTH = 32
"""A network's name stands in rule names, which have `limits.NSG_RULE_NAME_LENGTH` characters."""


def read_settings(tree: Tree, catalog: Catalog, *, stack: str, today: date) -> Settings:
    """What *tree* wants, with defaults filled in.

    Raises:
        ProblemsFound: with every problem, those of the tree among them.
    """
    if not tree.complete:
        raise ProblemsFound(tree.problems)
    reader = _Reader(tree, catalog)
    case = reader.case(stack, today)
    for check in CHECKS:
        for path, message in check(case):
            reader.add(path, message)
    if reader.problems:
        raise ProblemsFound(reader.problems)
    return case.settings


@dataclass(slots=True)
class _Reader:
    """Reads one tree, and keeps what was wrong with it."""

    tree: Tree
    catalog: Catalog
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    problems: list[Problem] = field(default_factory=list[Problem])
    broken: set[str] = field(default_factory=set[str])
    known_region: str | None = None
    """The gateway's Cisco region, where it could be read."""

    def __post_init__(self) -> None:
        """Know every place, and begin with the tree's own problems."""
        for path, node in walk(self.tree.settings):
            self.places.setdefault(path, node.place)
        for key, node in self.tree.provider.items():
            for path, inner in walk(node, key):
                self.places.setdefault(path, inner.place)
        self.places[""] = self.tree.place
        self.problems.extend(self.tree.problems)
        self.broken.update(known.path for known in self.tree.problems)

    def add(self, path: str, message: str) -> None:
        """Note a problem, unless the value there or around it was refused already."""
        said = printable(path)
        if any(said == known or _inside(said, known) for known in self.broken if known):
            return
        self.problems.append(problem(self.place(path), path, message))

    def refuse(self, path: str, message: str) -> None:
        """Note a problem of a value that later checks must not judge again."""
        self.add(path, message)
        self.broken.add(printable(path))

    def place(self, path: str) -> Place:
        """Where *path* stands, or what encloses it."""
        known = [p for p in self.places if p and (path == p or _inside(path, p))]
        return self.places[max(known, key=len)] if known else self.places.get("", NOWHERE)

    def entry(self, path: str, node: Node, kind: type[T]) -> T | None:
        """*node* as a *kind*; None with its problems noted."""
        return self.value(path, node.plain(), kind)

    def value(self, path: str, value: object, kind: type[T]) -> T | None:
        """*value* as a *kind*; None with its problems noted."""
        try:
            return structure(value, kind)
        except (Refused, Inside, ClassValidationError) as error:
            found = list(complaints(error, path))
        for where, message in found:
            self.add(where, message)
        self.broken.update(printable(where) for where, _ in found)
        return None

    def case(self, stack: str, today: date) -> Case:
        """The settings as far as they can be read."""
        top = self.tree.settings.mapping()
        for key in top:
            if key not in KEYS:
                self.add(key, unknown("setting", key, (*KEYS, "imports")))
        cloud = self._cloud(top)
        gateway = self._gateway(top)
        networks = self._networks(top)
        interfaces = self._with_default_route(self._interfaces(top))
        hosts = self._hosts(top)
        features, flows = read_features(top.get("features"), self.catalog, self)
        settings = Settings(
            stack=stack,
            cloud=cloud or Cloud.AWS,
            region=self._region(cloud),
            gateway=gateway or _any_gateway(self.catalog),
            interfaces=interfaces,
            networks=networks,
            hosts=hosts,
            features=features,
            custom_flows=flows,
            quotas=self._quotas(top),
            tags=self._section(top, "tags", Mapping[str, str]) or {},
            drop_provider_aliases=bool(self._section(top, "dropProviderAliases", bool)),
            places=self._settled_places(),
        )
        return Case(
            settings=settings,
            catalog=self.catalog,
            today=today,
            tree=self.tree,
            cloud=cloud,
            gateway=gateway,
            cisco_region=self.known_region if self.known_region in self.catalog.regions else None,
            network_names=self._names(top, "networks"),
            interface_names=self._names(top, "interfaces"),
            feature_names=self._names(top, "features"),
            host_names=self._names(top, "hosts"),
        )

    def _given(self, top: Mapping[str, Node], key: str) -> Mapping[str, Node]:
        """The entries of a mapping by name: the engine hands them over in that order too."""
        node = top.get(key)
        return dict(sorted(node.mapping().items())) if node else {}

    def _names(self, top: Mapping[str, Node], key: str) -> frozenset[str]:
        node = top.get(key)
        readable = node is None or isinstance(node.value, dict)
        return frozenset(self._given(top, key)) if readable else AnyName()

    def _section(self, top: Mapping[str, Node], key: str, kind: type[T]) -> T | None:
        node = top.get(key)
        return self.entry(key, node, kind) if node is not None else None

    def _entries(self, top: Mapping[str, Node], key: str) -> Mapping[str, Node]:
        node = top.get(key)
        if node is not None and not isinstance(node.value, dict):
            self.refuse(key, f"is {said(node.value)}; write a mapping.")
        return self._given(top, key)

    def _cloud(self, top: Mapping[str, Node]) -> Cloud | None:
        if "cloud" not in top:
            self.refuse("", 'has no "seg-firewall:cloud"; write aws or azure.')
            return None
        return self._section(top, "cloud", Cloud)

    def _gateway(self, top: Mapping[str, Node]) -> Gateway | None:
        if "gateway" not in top:
            message = (
                'has no "seg-firewall:gateway"; write {environment: ..., release: ..., '
                "ciscoRegion: ...}."
            )
            self.refuse("", message)
            return None
        given = self._entries(top, "gateway")
        kinds = {camel(each.name): each for each in fields(Gateway)}
        hints = get_type_hints(Gateway)
        read: dict[str, Any] = {}
        for key, node in given.items():
            path = f"gateway.{key}"
            if key not in kinds:
                self.refuse(path, unknown("key", key, kinds))
            else:
                name = kinds[key].name
                value = self.entry(path, node, hints[name])
                if value is not None:
                    read[name] = value
        for key, each in kinds.items():
            if key not in given and each.default is MISSING and each.default_factory is MISSING:
                self.add("gateway", f'has no "{key}"; {MISSING_KEYS[key]}.')
        self.known_region = read.get("cisco_region")
        return replace(_any_gateway(self.catalog), **read)

    def _region(self, cloud: Cloud | None) -> str | None:
        if cloud is None:
            return None
        key = "aws:region" if cloud is Cloud.AWS else "azure-native:location"
        node = self.tree.provider.get(key)
        return self.entry(key, node, str) if node is not None else None

    def _interfaces(self, top: Mapping[str, Node]) -> dict[str, Interface]:
        found: dict[str, Interface] = {}
        for name, node in self._entries(top, "interfaces").items():
            path = f"interfaces.{name}"
            if not self._named(path, name, limits.INTERFACE_NAME_LENGTH):
                continue
            if not isinstance(node.value, dict):
                self.refuse(path, f"is {said(node.value)}; write a mapping.")
            elif "name" in node.value:
                keys = ("roles", "external", "families", "subnets", "renamedFrom")
                self.refuse(f"{path}.name", unknown("key", "name", keys, "the key is the name"))
            else:
                given = self.value(path, {**_plain(node), "name": name}, Interface)
                if given is not None:
                    found[name] = given
        return found

    def _with_default_route(self, given: dict[str, Interface]) -> dict[str, Interface]:
        """The only interface, or the only public one, has the default route unless it is said."""
        if any(interface.default_route for interface in given.values()):
            return given
        public = [name for name, i in given.items() if Role.PUBLIC in i.roles]
        chosen = list(given) if len(given) == 1 else public
        if len(chosen) != 1 or f"interfaces.{chosen[0]}.defaultRoute" in self.places:
            return given
        return {**given, chosen[0]: replace(given[chosen[0]], default_route=True)}

    def _named(self, path: str, name: str, longest: int) -> bool:
        if NAME.fullmatch(name) and len(name) <= longest:
            return True
        self.refuse(
            path,
            f"the name is not kebab-case of at most {longest} characters; "
            "write lower-case words, digits and hyphens.",
        )
        return False

    def _networks(self, top: Mapping[str, Node]) -> dict[str, Network]:
        found: dict[str, Network] = {}
        for name, node in self._entries(top, "networks").items():
            path = f"networks.{name}"
            if not self._named(path, name, NETWORK_NAME_LENGTH):
                continue
            if isinstance(node.value, tuple):
                form = self.value(path, {"prefixes": node.plain()}, NetworkForm)
                self._shorten(path)
            elif isinstance(node.value, dict):
                form = self.entry(path, node, NetworkForm)
            else:
                self.refuse(
                    path,
                    f"is {said(node.value)}; write a list of prefixes, or a mapping with prefixes.",
                )
                continue
            if form is not None:
                found[name] = Network(
                    name=name,
                    prefixes=form.prefixes,
                    references=self._references(name, form.aws, form.azure),
                    owner=form.owner,
                    source=form.source,
                    checked=form.checked,
                )
        return found

    def _shorten(self, path: str) -> None:
        """Problems of a list that was read as ``prefixes`` stand at the list itself."""
        long = f"{path}.prefixes"
        self.problems = [
            problem._replace(
                path=path + problem.path.removeprefix(long),
                place=self.place(path + problem.path.removeprefix(long)),
            )
            if problem.path.startswith(long)
            else problem
            for problem in self.problems
        ]
        self.broken = {
            path + known.removeprefix(long) if known.startswith(long) else known
            for known in self.broken
        }

    def _references(
        self, name: str, aws: AwsForm | None, azure: AzureForm | None
    ) -> dict[Cloud, Reference]:
        found: dict[Cloud, Reference] = {}
        path = f"networks.{name}"
        if aws is not None:
            if (aws.prefix_list is None) == (aws.security_group is None):
                self.refuse(
                    f"{path}.aws", "needs prefixList or securityGroup, and only one of them."
                )
            elif aws.prefix_list is not None:
                found[Cloud.AWS] = Reference(
                    kind=ReferenceKind.PREFIX_LIST,
                    name=name,
                    id=aws.prefix_list.id,
                    weight=aws.prefix_list.weight,
                    family=aws.prefix_list.family,
                )
            elif aws.security_group is not None:  # pragma: no branch
                found[Cloud.AWS] = Reference(
                    kind=ReferenceKind.SECURITY_GROUP, name=name, id=aws.security_group
                )
        if azure is not None:
            if (azure.service_tag is None) == (azure.application_security_group is None):
                self.refuse(
                    f"{path}.azure",
                    "needs serviceTag or applicationSecurityGroup, and only one of them.",
                )
            elif azure.service_tag is not None:
                found[Cloud.AZURE] = Reference(
                    kind=ReferenceKind.SERVICE_TAG, name=name, id=azure.service_tag
                )
            elif azure.application_security_group is not None:  # pragma: no branch
                found[Cloud.AZURE] = Reference(
                    kind=ReferenceKind.APPLICATION_SECURITY_GROUP,
                    name=name,
                    id=azure.application_security_group,
                )
        return found

    def _hosts(self, top: Mapping[str, Node]) -> dict[str, HostSettings]:
        found: dict[str, HostSettings] = {}
        for name, node in self._entries(top, "hosts").items():
            path = f"hosts.{name}"
            if node.value == INTERNET:
                found[name] = HostSettings(strategy=Strategy.INTERNET)
                continue
            if isinstance(node.value, tuple):
                form = self.value(path, {"prefixes": node.plain()}, HostForm)
                self._shorten(path)
            elif isinstance(node.value, dict):
                form = self.entry(path, node, HostForm)
            else:
                self.refuse(
                    path,
                    f"is {said(node.value)}; write a list of prefixes, internet, or "
                    "{proxy: {network: ..., port: ...}}.",
                )
                continue
            if form is None:
                continue
            if bool(form.prefixes) == (form.proxy is not None):
                self.refuse(
                    path, "needs prefixes or a proxy, and only one of them; or write internet."
                )
                continue
            found[name] = HostSettings(
                strategy=Strategy.PREFIXES if form.proxy is None else Strategy.PROXY,
                prefixes=form.prefixes,
                network=form.proxy.network if form.proxy else None,
                port=form.proxy.port if form.proxy else None,
                owner=form.owner,
                source=form.source,
                checked=form.checked,
            )
        return found

    def _quotas(self, top: Mapping[str, Node]) -> Quotas:
        form = self._section(top, "quotas", QuotasForm) or QuotasForm()
        groups = form.security_group
        return Quotas(
            security_group_rules=_or(groups.rules, limits.SECURITY_GROUP_RULES),
            security_groups_per_interface=_or(
                groups.groups_per_interface, limits.SECURITY_GROUPS_PER_INTERFACE
            ),
            network_acl_entries=_or(form.network_acl.entries, limits.NETWORK_ACL_ENTRIES),
        )

    def _settled_places(self) -> dict[str, Place]:
        """Every path's place; a prefix's also under its canonical text."""
        places = dict(self.places)
        for path, place in self.places.items():
            if path.endswith("]"):
                head, _, written = path[:-1].rpartition("[")
                if ":" not in written:
                    continue  # an IPv4 prefix has one text only
                try:
                    places.setdefault(f"{head}[{parse_prefix(written)}]", place)
                except (PrefixError, ValueError):
                    continue
        return places


def _plain(node: Node) -> dict[str, object]:
    return {key: child.plain() for key, child in node.mapping().items()}


def _or(given: int | None, default: int) -> int:
    return default if given is None else given


def _inside(path: str, known: str) -> bool:
    return path.startswith((f"{known}.", f"{known}["))


def _any_gateway(catalog: Catalog) -> Gateway:
    """Stands in for a gateway that could not be read; never returned to a caller."""
    return Gateway(
        environment=Environment.DEV,
        release=catalog.releases[-1],
        cisco_region=catalog.regions[0],
    )
