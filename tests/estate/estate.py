"""The stacks themselves: written by what `segfw init` writes with, from a seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree
from segfw.settings.schema import text_of
from segfw.starting.given import Given
from segfw.starting.start import begin, wrong
from tests.estate.shared import REGIONS, write_shared
from tests.shipped import CONFIG, TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.plan import Plan
    from tests.estate.shared import Region

SIZE = 50
SEED = 7
ENVIRONMENTS = ("prod", "test", "dev", "lab")
SECOND = (("us-east-1", "prod"), ("westeurope", "prod"))
"""Regions with a second deployment, for the group's other company."""
SUBSCRIPTION = "00000000-0000-4000-8000-{:012x}"


class Site(NamedTuple):
    """One stack: where it is, and what distinguishes it."""

    region: Region
    environment: str
    unit: int
    random: Random

    @property
    def third(self) -> int:
        """The first of the eight third octets that are its own."""
        return 8 * (ENVIRONMENTS.index(self.environment) + len(ENVIRONMENTS) * self.unit)

    @property
    def name(self) -> str:
        suffix = f"-{chr(ord('a') + self.unit)}" if self.unit else ""
        return f"{self.region.cloud}-{self.environment}-{self.region.name}{suffix}"

    def subnet(self, index: int) -> str:
        return f"10.{self.region.octet}.{self.third + index}.0/24"

    def subnet_v6(self, index: int) -> str:
        return f"2001:db8:{self.region.octet:x}:{self.third + index:x}::/64"

    def host(self, index: int, number: int) -> str:
        return f"10.{self.region.octet}.{self.third + index}.{number}/32"

    def id(self, kind: str, number: int) -> str:
        return f"{kind}-{self.region.octet:02x}{self.third:02x}{number:013x}"


def write_estate(folder: Path, *, seed: int = SEED, today: date = TODAY) -> list[str]:
    """Write the stack files, what they import, the waivers and the schema; the stacks' names.

    The same *seed* and *today* write the same bytes.
    """
    write_shared(folder / "shared", today)
    (folder / "stack.schema.json").write_text(text_of(load_catalog()), encoding="utf-8")
    shared = tuple(sorted(path.stem for path in (folder / "shared").glob("*.yaml")))
    sites = [(region, environment, 0) for environment in ENVIRONMENTS for region in REGIONS]
    sites += [(region, e, 1) for name, e in SECOND for region in REGIONS if region.name == name]
    names: list[str] = []
    for region, environment, unit in sites:
        site = Site(region, environment, unit, Random(f"{seed}/{region}/{environment}/{unit}"))
        start = begin(given_of(site, today), load_catalog(), folder, name=site.name, shared=shared)
        problems = wrong(start, load_catalog(), folder, today)
        assert not problems and not start.missing, (site.name, problems, start.missing)
        (folder / f"Pulumi.{site.name}.yaml").write_text(start.text(), encoding="utf-8")
        names.append(site.name)
    _write_waivers(folder, today)
    return sorted(names)


def plans_of(folder: Path, *, today: date = TODAY) -> dict[str, Plan]:
    """The proven plan of each stack in *folder*."""
    catalog = load_catalog()
    names = [
        path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for path in folder.glob("Pulumi.*.yaml")
    ]
    return {
        name: make_plan(
            read_settings(read_tree(folder, name), catalog, stack=name, today=today), catalog
        )
        for name in sorted(names)
    }


def given_of(site: Site, today: date) -> Given:
    """The flags that `segfw init` would be called with."""
    production = site.environment == "prod"
    arms = site.random.choice((3, 3, 3, 2) if production else (1, 1, 2, 3))
    ipv6 = site.random.random() < 0.3
    given = Given(
        cloud=site.region.cloud,
        region=site.region.name,
        environment=site.environment,
        release=site.random.choice(
            ("15.0", "15.5", "15.5.3") if not production else ("15.5", "16.0")
        ),
        account=_account(site),
        imports=(
            "base",
            "company",
            "production" if production else "preproduction",
            site.region.name,
        ),
        **_interfaces(site, arms, ipv6=ipv6),
    )
    given = _with_cluster(given, site, arms) if production else given
    return _with_extras(given, site, arms, today)


def _account(site: Site) -> str:
    number = ENVIRONMENTS.index(site.environment) + 10 * site.unit + 1
    return f"{number:012d}" if site.region.cloud == "aws" else SUBSCRIPTION.format(number)


def _interfaces(site: Site, arms: int, *, ipv6: bool) -> dict[str, tuple[str, ...]]:
    """One, two or three arms; with three, the public one is in a DMZ of its own."""
    public = {1: "data", 2: "mail", 3: site.random.choice(("public", "dmz"))}[arms]
    names = {
        1: ("data:management,public,private:external",),
        2: ("management:internal", "mail:public,private:external"),
        3: ("management:internal", f"{public}:public:external", "private:internal"),
    }[arms]
    subnets = []
    for index, name in enumerate(text.split(":")[0] for text in names):
        held = [site.subnet(index)]
        held += [site.subnet_v6(index)] if ipv6 and name == public else []
        subnets.append(f"{name}={','.join(held)}")
    if site.region.cloud == "azure":
        group = f"rg-mail-{site.environment}-{site.region.name}"
        return {"interfaces": names, "subnets": tuple(subnets), "resource_groups": (group,)}
    attached = tuple(
        f"{name.split(':')[0]}={site.id('eni', 2 * index)},{site.id('eni', 2 * index + 1)}"
        for index, name in enumerate(names)
    )
    acls = (f"{public}={site.id('subnet', 1)}:merge",) if arms == 3 and not ipv6 else ()
    return {
        "interfaces": names,
        "subnets": tuple(subnets),
        "vpcs": (site.id("vpc", 0),),
        "attached": attached,
        "acls": acls if site.random.random() < 0.7 else (),
    }


def _with_cluster(given: Given, site: Site, arms: int) -> Given:
    """Members here, and those of a partner region of the same cloud."""
    index = 0
    partners = [r for r in REGIONS if r.cloud == site.region.cloud and r.cisco == site.region.cisco]
    partner = partners[(partners.index(site.region) + 1) % len(partners)]
    members = [site.host(index, number) for number in (10, 11)]
    if partner != site.region:
        there = site._replace(region=partner)
        members += [there.host(index, number) for number in (10, 11)]
    transport = site.random.choice(("ssh", "ccs"))
    given = given._replace(networks=(*given.networks, f"cluster-members={','.join(members)}"))
    return given._replace(features=(*given.features, f"cluster:transport={transport}"))


def _with_extras(given: Given, site: Site, arms: int, today: date) -> Given:
    """What some stacks have and others have not."""
    chance = site.random.random
    features, more, networks = list(given.features), list(given.more), list(given.networks)
    if chance() < 0.4:
        features.append("submission")
    if chance() < 0.3:
        features.append("load-balancer")
    if chance() < 0.25 and arms == 3:
        networks.append("partner-relays-here=203.0.113.64/29")
        features.append("external-threat-feeds:to=partner-relays-here")
    if chance() < 0.2:
        features.append("syslog:protocol=both")
    if chance() < 0.2 and site.environment != "prod":
        features.append("gui-https:port=8443")
    if chance() < 0.2:
        more.append(f"tags.project=mail-{site.region.name}")
    if chance() < 0.25:
        more.append(f"features.custom-flow=[{_custom_flow(site, arms, today)}]")
    if site.environment == "prod" and chance() < 0.5:
        day = today - timedelta(days=30)
        confirmed = f'{{by: mail-operations, date: "{day}"}}'
        more.append(
            f"gateway.checklist={{ip-access-list: {confirmed}, static-routes: {confirmed}}}"
        )
    return given._replace(features=tuple(features), more=tuple(more), networks=tuple(networks))


def _custom_flow(site: Site, arms: int, today: date) -> str:
    interface = "data" if arms == 1 else "management"
    day = today + timedelta(days=site.random.choice((60, 180, 300)))
    port = site.random.choice((8514, 9100, 24224))
    return (
        f"{{name: metrics-push, interface: {interface}, direction: egress, protocol: tcp, "
        f"ports: [{port}], to: [collectors], owner: observability, "
        f'reason: "The collector takes metrics on its own port.", reviewBy: "{day}"}}'
    )


def _write_waivers(folder: Path, today: date) -> None:
    """What the estate accepts: nobody has confirmed some checklists yet, and icmp comes in."""
    for name in ("waivers.schema.json",):
        (folder / name).write_bytes((CONFIG / name).read_bytes())
    text = f"""\
# yaml-language-server: $schema=waivers.schema.json
waivers:
  - check: gateway-checklist
    resource: "*"
    environment: prod
    reason: The gateways are being moved, and the lists are confirmed when that is done.
    owner: mail-operations
    expires: "{today + timedelta(days=120)}"
    link: https://wiki.example.com/mail/firewall/checklist
"""
    (folder / "waivers.yaml").write_text(text, encoding="utf-8")
