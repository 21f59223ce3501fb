"""The files that the estate's stacks import: base, company, environments and regions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from segfw.settings.node import NAMESPACE
from segfw.starting.text import flow
from tests.shipped import CONFIG

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import Any


class Region(NamedTuple):
    """A region of a cloud, and the second octet of its addresses."""

    cloud: str
    name: str
    cisco: str
    octet: int


REGIONS = (
    Region("aws", "us-east-1", "americas", 20),
    Region("aws", "us-west-2", "americas", 24),
    Region("aws", "ca-central-1", "americas", 28),
    Region("aws", "eu-central-1", "europe", 32),
    Region("aws", "eu-west-1", "europe", 36),
    Region("aws", "ap-southeast-2", "apjc", 44),
    Region("aws", "ap-northeast-1", "apjc", 48),
    Region("azure", "westeurope", "europe", 52),
    Region("azure", "northeurope", "europe", 56),
    Region("azure", "eastus2", "americas", 60),
    Region("azure", "uksouth", "europe", 64),
    Region("azure", "southeastasia", "apjc", 68),
)


def write_shared(folder: Path, today: date) -> None:
    """Write them into *folder*; base.yaml is the project's own."""
    folder.mkdir(parents=True)
    (folder / "base.yaml").write_bytes((CONFIG / "shared" / "base.yaml").read_bytes())
    _write(folder, "company", "What the whole company shares.", _company(today))
    _write(folder, "production", "What production has besides.", PRODUCTION)
    _write(folder, "preproduction", "What the stages before production have.", BEFORE)
    for region in REGIONS:
        _write(folder, region.name, f"What stands in {region.name}.", _region(region))


def _write(folder: Path, name: str, about: str, settings: dict[str, Any]) -> None:
    lines = ["# yaml-language-server: $schema=../stack.schema.json", f"# {about}", "config:"]
    for key, value in settings.items():
        lines.append(f"  {NAMESPACE}:{key}:")
        lines += [f"    {name}: {flow(entry)}" for name, entry in value.items()]
    (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _company(today: date) -> dict[str, Any]:
    fresh, stale = (str(today - timedelta(days=days)) for days in (20, 140))

    def kept(*prefixes: str, owner: str, checked: str = fresh) -> dict[str, Any]:
        return {"prefixes": list(prefixes), "owner": owner, "source": "IPAM", "checked": checked}

    return {
        "networks": {
            "admins": kept("10.8.0.0/26", "10.8.1.0/27", owner="mail-operations"),
            "bastion": kept("10.8.8.4/32", "10.8.8.5/32", owner="platform"),
            "monitoring": kept("10.8.16.0/28", owner="observability"),
            "snmp-managers": kept("10.8.16.20/32", owner="observability"),
            "trap-receivers": kept("10.8.16.21/32", owner="observability"),
            "collectors": kept("10.8.17.0/29", owner="observability"),
            "sma": kept("10.8.24.10/32", owner="mail-operations"),
            "sma-mail": kept("10.8.24.26/32", owner="mail-operations"),
            "web-proxies": kept("10.8.32.16/29", owner="network", checked=stale),
            "partner-relays": kept("192.0.2.32/29", owner="partner-desk", checked=stale),
            "scanners": kept("10.8.40.0/28", owner="security-operations"),
        },
        "hosts": {"default": {"proxy": {"network": "web-proxies", "port": 3128}}},
        "tags": {"owner": "mail-operations", "cost-center": "4711"},
    }


PRODUCTION = {
    "gateway": {"environment": "prod", "release": "15.5"},
    "features": {
        "ssh-admin": {"from": ["bastion"]},
        "new-ui": {},
        "relay-mail": {},
        "ldaps": {},
        "cluster": {},
        "central-reporting": {},
        "central-spam-quarantine": {},
        "central-quarantines": {},
        "sma-mail": {"from": ["sma-mail"]},
        "quarantine-https": False,
        "smart-licensing": {},
        "file-reputation": {},
        "file-analysis": {},
        "encryption": {},
        "snmp": {},
        "snmp-traps": {},
        "icmp-echo": {},
    },
}
BEFORE = {
    "features": {"smart-licensing": {}, "file-reputation": {}, "relay-mail": {}, "icmp-echo": {}}
}


def _region(region: Region) -> dict[str, Any]:
    net = f"10.{region.octet}"
    networks = {
        "dns-servers": [f"{net}.253.53/32", f"{net}.253.54/32"],
        "ntp-servers": [f"{net}.253.123/32"],
        "internal-mail": [f"{net}.250.0/28"],
        "mail-servers": [f"{net}.250.0/28"],
        "ldaps-servers": [f"{net}.251.8/29"],
        "quarantine-users": [f"10.{128 + region.octet}.0.0/16"],
        "syslog-servers": [f"{net}.252.0/28"],
        "load-balancers": [f"{net}.249.0/28"],
    }
    return {"gateway": {"ciscoRegion": region.cisco}, "networks": networks}
