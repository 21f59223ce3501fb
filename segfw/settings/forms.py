"""The form of config values, where it differs from what settings keep of them."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from segfw.catalog.model import Direction
from segfw.sets.addresses import Family, Prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import CloudId


class FlowProtocol(Enum):
    """What a custom flow may carry."""

    TCP = "tcp"
    UDP = "udp"
    ICMP_ECHO = "icmp-echo"


# Forms are read, turned into settings and forgotten: no comparison, so a third of the time.
form = dataclass(kw_only=True, eq=False, repr=False)


@form
class PrefixListForm:
    """`networks.*.aws.prefixList`: a prefix list that exists."""

    id: CloudId
    weight: int
    family: Family


@form
class AwsForm:
    """`networks.*.aws`."""

    prefix_list: PrefixListForm | None = None
    security_group: CloudId | None = None


@form
class AzureForm:
    """`networks.*.azure`."""

    service_tag: str | None = None
    application_security_group: CloudId | None = None


@form
class NetworkForm:
    """`networks.*` in its long form."""

    prefixes: tuple[Prefix, ...] = ()
    owner: str | None = None
    source: str | None = None
    checked: date | None = None
    aws: AwsForm | None = None
    azure: AzureForm | None = None


@form
class ProxyForm:
    """`hosts.*.proxy`."""

    network: str
    port: int


@form
class HostForm:
    """`hosts.*` in its long form."""

    prefixes: tuple[Prefix, ...] = ()
    proxy: ProxyForm | None = None
    owner: str | None = None
    source: str | None = None
    checked: date | None = None


@form
class CustomFlowForm:
    """An item of `features.custom-flow`."""

    name: str
    interface: str
    direction: Direction
    protocol: FlowProtocol
    reason: str
    owner: str
    review_by: date
    ports: tuple[PortRange, ...] = ()
    from_: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None


@form
class SecurityGroupQuotas:
    """`quotas.securityGroup`."""

    rules: int | None = None
    groups_per_interface: int | None = None


@form
class NetworkAclQuotas:
    """`quotas.networkAcl`."""

    entries: int | None = None


@form
class QuotasForm:
    """`quotas`."""

    security_group: SecurityGroupQuotas = field(default_factory=SecurityGroupQuotas)
    network_acl: NetworkAclQuotas = field(default_factory=NetworkAclQuotas)


def camel(name: str) -> str:
    """The key of a field: ``resource_group`` is ``resourceGroup``, ``from_`` is ``from``."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
