"""What was said of a new stack, flag by flag, as text."""

from __future__ import annotations

import re
from typing import NamedTuple

from segfw.settings.types import Cloud

PRINTED_ACCOUNT = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}")
"""The number of an account as the console of AWS prints it."""


class Given(NamedTuple):
    """The flags of ``segfw init`` as they were written; None and empty where nothing was said.

    An entry of a list is ``NAME=VALUE`` where it belongs to one interface, network or host.
    """

    cloud: str | None = None
    region: str | None = None
    environment: str | None = None
    release: str | None = None
    cisco_region: str | None = None
    account: str | None = None
    default_route: str | None = None
    imports: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    acls: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The call that says the same, one flag or value to a word."""
        found: list[str] = []
        for field, flag in FLAGS.items():
            held: str | tuple[str, ...] | None = getattr(self, field)
            for value in (held,) if isinstance(held, str) else held or ():
                found += [flag, value]
        return tuple(found)


FLAGS = {
    "cloud": "--cloud",
    "region": "--region",
    "environment": "--environment",
    "account": "--account",
    "imports": "--import",
    "release": "--release",
    "cisco_region": "--cisco-region",
    "interfaces": "--interface",
    "subnets": "--subnet",
    "default_route": "--default-route",
    "routes": "--route",
    "vpcs": "--vpc",
    "resource_groups": "--resource-group",
    "attached": "--attach",
    "acls": "--network-acl",
    "networks": "--network",
    "hosts": "--host",
    "features": "--feature",
    "without": "--without",
    "more": "--set",
}
"""Each field's flag, in the order of a call."""


def tidied(given: Given) -> Given:
    """*given* with what a console prints for people as the clouds' tools take it.

    ``West Europe`` is a title of ``westeurope`` on Azure, ``4444-5555-6666`` an account of AWS.
    """
    if given.cloud == Cloud.AZURE.value and given.region is not None:
        return given._replace(region="".join(given.region.split()).lower())
    if given.cloud == Cloud.AWS.value and given.account is not None:
        items = given.account.replace(",", " ").split()
        plain = (i.replace("-", "") if PRINTED_ACCOUNT.fullmatch(i) else i for i in items)
        return given._replace(account=",".join(plain))
    return given
