"""What a stack wants: frozen values that cannot be wrong once `read_settings` returned them.

Two settings are compared as they are spelled (`segfw.settings.spelling`); generated ``==``
and ``repr`` would only cost every command time at its start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from segfw.catalog.model import Direction, Protocol, Role
from segfw.problems import NOWHERE, Place
from segfw.sets.addresses import Family, Prefix
from segfw.sets.ports import PortRange

ANY_EPHEMERAL = PortRange(1024, 65535)
"""Every port that a client may open from: NAT gateways and load balancers use all of it
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html, "Ephemeral ports")."""


class Cloud(Enum):
    """Where a stack's gateway runs."""

    AWS = "aws"
    AZURE = "azure"


class Environment(Enum):
    """How strict a stack is; test and lab are enforced like dev."""

    DEV = "dev"
    TEST = "test"
    LAB = "lab"
    PROD = "prod"


class Fit(Enum):
    """How far rules may be reshaped to fit a quota (design D4)."""

    EACH = "each"
    DROP = "drop"
    MERGE = "merge"
    SUPERSET = "superset"


@dataclass(frozen=True, slots=True)
class StackOutput:
    """An id that another stack exports."""

    stack: str
    output: str

    def __str__(self) -> str:
        """``acme/network/prod:vpcId``."""
        return f"{self.stack}:{self.output}"


@dataclass(frozen=True, slots=True)
class ProgramValue:
    """An id that a Pulumi program passes in, known only while it runs."""

    label: str

    def __str__(self) -> str:
        """The label in angle brackets."""
        return f"<{self.label}>"


CloudId = str | StackOutput | ProgramValue
"""The id of a VPC, subnet, network interface or resource group."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Confirmation:
    """Who saw on the gateway that a checklist item is done, and when."""

    by: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Gateway:
    """The gateway itself."""

    environment: Environment
    release: str
    cisco_region: str
    checklist: Mapping[str, Confirmation] = field(default_factory=dict[str, Confirmation])
    ephemeral_ports: PortRange = ANY_EPHEMERAL
    """The ports that the gateway's own connections come from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SecurityGroupSettings:
    """An interface's security groups on AWS."""

    groups: int = 1
    reserve: int = 15
    """Rules per group, direction and family that are kept free for an update."""
    fit: Fit = Fit.EACH
    attach: Mapping[str, CloudId] = field(default_factory=dict[str, CloudId])
    """Network interfaces to attach the groups to, by a stable name (the literal id itself)."""
    exclusive: bool = True
    """Rules that others add to the group are removed at the next update."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class NetworkAclSettings:
    """The network ACL of subnets given over to one interface's gateways."""

    subnet_ids: tuple[CloudId, ...]
    fit: Fit = Fit.EACH


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class NsgSettings:
    """An interface's network security group on Azure."""

    fit: Fit = Fit.EACH


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Interface:
    """A network interface of the gateway (of every gateway of the deployment)."""

    name: str
    roles: frozenset[Role]
    external: bool
    families: tuple[Family, ...] = (Family.IPV4,)
    subnets: tuple[Prefix, ...] = ()
    routes: tuple[str, ...] = ()
    """Networks that the gateway's static routes send out by this interface."""
    default_route: bool = False
    vpc: CloudId | None = None
    resource_group: CloudId | None = None
    security_group: SecurityGroupSettings = SecurityGroupSettings()
    network_acl: NetworkAclSettings | None = None
    nsg: NsgSettings = NsgSettings()
    renamed_from: tuple[str, ...] = ()


class ReferenceKind(Enum):
    """What a reference names in its cloud."""

    PREFIX_LIST = "prefix-list"
    SECURITY_GROUP = "group"
    SERVICE_TAG = "tag"
    APPLICATION_SECURITY_GROUP = "asg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A cloud's own name for a set of addresses that is not known here."""

    kind: ReferenceKind
    name: str
    """The network's name in config (``self`` for the group itself): part of rule names."""
    id: CloudId
    """What the cloud calls it (``pl-…``, ``sg-…``, a tag, a resource id)."""
    weight: int = 1
    """What one rule with it counts against the quota (a prefix list: its maximum entries)."""
    family: Family | None = None
    """The family of a prefix list; None: both."""
    entries: tuple[Prefix, ...] = ()
    """What a list that this stack makes holds; empty for everyone else's, which is opaque."""

    @property
    def atom(self) -> str:
        """Its name on the address axis: ``prefix-list:admins``."""
        return f"{self.kind.value}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Network:
    """A named set of prefixes, with optional references per cloud."""

    name: str
    prefixes: tuple[Prefix, ...]
    references: Mapping[Cloud, Reference] = field(default_factory=dict[Cloud, Reference])
    owner: str | None = None
    source: str | None = None
    checked: date | None = None


class Strategy(Enum):
    """How a host name without published addresses becomes a peer (design D3)."""

    PREFIXES = "prefixes"
    INTERNET = "internet"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HostSettings:
    """The strategy for one host."""

    strategy: Strategy
    prefixes: tuple[Prefix, ...] = ()
    network: str | None = None
    """The proxy's network."""
    port: int | None = None
    """The proxy's port."""
    owner: str | None = None
    source: str | None = None
    checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class FeatureSettings:
    """One feature that is on, with every option's effective value."""

    id: str
    options: Mapping[str, bool | int | str | None]
    peers: tuple[str, ...] | None = None
    """Networks given by from, to or peers; None: the default network."""
    interface: str | None = None
    """The interface it is pinned to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CustomFlow:
    """One flow that the catalog does not know, with its guard (design D18)."""

    name: str
    interface: str
    direction: Direction
    protocol: Protocol | None
    """TCP or UDP; None for ICMP echo, of either family."""
    ports: tuple[PortRange, ...]
    network: str
    reason: str
    owner: str
    review_by: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Quotas:
    """Limits that an account had raised; the defaults are `segfw.limits`'."""

    security_group_rules: int
    security_groups_per_interface: int
    network_acl_entries: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Settings:
    """Everything that one stack wants, after imports, with defaults filled in."""

    stack: str
    cloud: Cloud
    region: str | None
    """`aws:region` or `azure-native:location`; None where a Pulumi program's provider knows it."""
    gateway: Gateway
    interfaces: Mapping[str, Interface]
    networks: Mapping[str, Network]
    hosts: Mapping[str, HostSettings]
    """By host id; a stack-wide default is under ``default``."""
    features: Mapping[str, FeatureSettings]
    """In the catalog's order; only those that are on."""
    custom_flows: tuple[CustomFlow, ...]
    quotas: Quotas
    tags: Mapping[str, str]
    drop_provider_aliases: bool = False
    """Leave out azure-native's aliases for old API versions (faster; new stacks only)."""
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    """Path to the place it was read from, for origins and remarks."""

    def place(self, path: str) -> Place:
        """Where *path* stands, or its nearest enclosing value."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition("[" if path.endswith("]") else ".")[0]
        return NOWHERE
