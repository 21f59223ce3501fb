"""The scanners' own files, written from the register: what each can say of a waiver.

Expired waivers are in none of them, so that the scanner finds again what nobody accepts.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Direction, Protocol
from segfw.export.formats import FORMATS
from segfw.flow import Point
from segfw.rule import Action
from segfw.sets.ports import PortSet
from segfw.settings.types import Cloud
from segfw.waivers.exported import names_in
from segfw.waivers.stock import STOCK, Tool
from segfw.waivers.tripping import containers, covered
from segfw.waivers.waiver import WILDCARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.waivers.waiver import Waiver, Waivers

SCANNED = {Cloud.AWS: ("terraform", "cloudformation"), Cloud.AZURE: ("terraform", "arm")}
"""The formats of an export that scanners read, by cloud."""
ENDS = r"( \||$)"
"""What follows a tag's value in prowler's text of all of them."""


class Target(NamedTuple):
    """A stack whose scanners' files are written."""

    plan: Plan
    account: str
    """The account or subscription that the stack names; ``*`` where it names none."""

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.plan.settings.stack

    def holds(self, waiver: Waiver) -> bool:
        """The waiver says something of the stack, whether anything trips there or not."""
        return waiver.holds_in(self.stack, self.plan.settings.gateway.environment.value)

    def covered(self, waiver: Waiver) -> tuple[str, ...]:
        """The names of what the waiver covers in the stack."""
        return covered(waiver, STOCK[waiver.check], self.plan)


class Uncovered(Exception):
    """A stack is on a cloud that the scanner's file is not for."""


def waivers_of(waivers: Waivers, tool: Tool, targets: Iterable[Target]) -> tuple[Waiver, ...]:
    """The waivers in force of a tool's checks that cover something in any of the stacks."""
    held = tuple(targets)
    return tuple(
        one
        for one in waivers.in_force
        if one.check in STOCK
        and STOCK[one.check].tool is tool
        and any(target.covered(one) for target in held)
    )


def checkov_config(waivers: Waivers, targets: Sequence[Target]) -> str:
    """Checkov's config: the checks that are waived on every resource of every stack."""
    everywhere = [
        one
        for one in waivers_of(waivers, Tool.CHECKOV, targets)
        if one.resource == WILDCARD and all(target.holds(one) for target in targets)
    ]
    lines = [
        *_head("checkov", targets),
        "# It has the checks that are waived on every resource; those of single resources are in",
        "# the baseline (--scanner checkov-baseline). Neither knows dates: write both anew before",
        "# a scan, and what has expired is gone from them.",
        "skip-check:" if everywhere else "skip-check: []",
    ]
    for one in everywhere:
        lines += [f"  {_comment(one)}", f"  - {one.check}"]
    return "\n".join(lines) + "\n"


def checkov_baseline(waivers: Waivers, targets: Sequence[Target], catalog: Catalog) -> str:
    """Checkov's baseline: the checks that are waived, by export and resource."""
    held = waivers_of(waivers, Tool.CHECKOV, targets)
    files: list[dict[str, object]] = []
    for target in targets:
        for form in SCANNED[target.plan.settings.cloud]:
            findings = _baseline(held, target, form, catalog)
            if findings:
                name = FORMATS[form].file.format(stack=target.stack)
                files.append({"file": f"/{name}", "findings": findings})
    document = {
        "madeBy": "segfw waivers --scanner checkov-baseline",
        "waivers": [f"{one.place}: {one.check}: {one.target}, {_until(one)}" for one in held],
        "failed_checks": files,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _baseline(
    held: Iterable[Waiver], target: Target, form: str, catalog: Catalog
) -> list[dict[str, object]]:
    named = names_in(FORMATS[form].write(target.plan, catalog), form)
    checks: dict[str, set[str]] = {}
    for one in held:
        names = set(target.covered(one))
        for id_, known in named.items():
            if known.name in names:
                checks.setdefault(id_, set()).add(one.check)
    return [{"resource": id_, "check_ids": sorted(checks[id_])} for id_ in named if id_ in checks]


def trivy_ignore(waivers: Waivers, targets: Sequence[Target]) -> str:
    """``.trivyignore.yaml``: with the last day and the reason, by file and not by resource."""
    held = waivers_of(waivers, Tool.TRIVY, targets)
    lines = [
        *_head("trivy", targets),
        "# trivy ignores a check in files, and knows no single resources there. It drops an",
        "# entry by itself once it has expired.",
        "misconfigurations:" if held else "misconfigurations: []",
    ]
    for one in held:
        stacks = [target.stack for target in targets if target.covered(one)]
        statement = f"{one.target}: {one.reason} ({one.owner}, {one.link})"
        lines += [f"  {_comment(one)}", f"  - id: {one.check}"]
        paths = [path for stack in stacks for path in (f"**/{stack}/**", f"**/{stack}.*")]
        lines += [
            f"    paths: {json.dumps(paths)}",
            # trivy's day is the first on which the entry no longer holds.
            f"    expired_at: {one.expires + timedelta(days=1)}",
            f"    statement: {_quoted(statement)}",
        ]
    return "\n".join(lines) + "\n"


class Muted(NamedTuple):
    """What prowler is told about one check in one account."""

    waivers: tuple[Waiver, ...]
    regions: tuple[str, ...]
    tags: tuple[str, ...]
    """Regular expressions for prowler's text of a resource's tags, any of which will do."""
    resources: tuple[str, ...]


def prowler_mutelist(waivers: Waivers, targets: Sequence[Target]) -> str:
    """Prowler's mute list: by account, region and the tags that the stack gives its resources."""
    muted: dict[str, dict[str, list[tuple[Waiver, Target]]]] = {}
    for one in waivers_of(waivers, Tool.PROWLER, targets):
        for target in targets:
            if target.covered(one):
                account = muted.setdefault(target.account, {})
                account.setdefault(one.check, []).append((one, target))
    lines = [
        *_head("prowler", targets),
        "# prowler knows no dates: write it anew before a scan. A name matches any text that it",
        "# is found in, so names stand between ^ and $.",
        "Mutelist:",
        "  Accounts:" if muted else "  Accounts: {}",
    ]
    for account, checks in muted.items():
        lines += [f"    {_quoted(account)}:", "      Checks:"]
        for check, pairs in checks.items():
            lines += _muted(check, pairs)
    return "\n".join(lines) + "\n"


def _muted(check: str, pairs: Sequence[tuple[Waiver, Target]]) -> Iterator[str]:
    held = list(dict.fromkeys(one for one, _ in pairs))
    targets = list({target.stack: target for _, target in pairs}.values())
    names = list(dict.fromkeys(name for one, target in pairs for name in _containers(one, target)))
    regions = list(dict.fromkeys(target.plan.settings.region or WILDCARD for target in targets))
    stacks = "|".join(_exactly(target.stack) for target in targets)
    tags = [f"seg-firewall:stack=({stacks}){ENDS}"]
    # A group of AWS is known by an id that no plan knows; an NSG by a name with Pulumi's digits.
    resources = [WILDCARD]
    named = "|".join(_exactly(name) for name in names)
    if targets[0].plan.settings.cloud is Cloud.AWS:
        named = "|".join(
            _exactly(name)
            for one, target in pairs
            for name in _name_tags(_containers(one, target), target)
        )
        tags.append(f"Name=({named}){ENDS}")
    else:
        resources = [f"^({named})[0-9a-f]*$"]
    yield from (f"        {_comment(one)}" for one in held)
    yield f"        {_quoted(f'^{check}$')}:"
    yield f"          Regions: {json.dumps(regions)}"
    yield f"          Resources: {json.dumps(resources)}"
    yield f"          Tags: {json.dumps(tags)}"
    yield f"          Description: {_quoted('; '.join(one.reason for one in held))}"


def _containers(waiver: Waiver, target: Target) -> tuple[str, ...]:
    """What prowler judges of what the waiver covers: groups, network ACLs and NSGs."""
    names = set(target.covered(waiver))
    return tuple(
        one.name
        for one in containers(target.plan)
        if one.name in names or any(rule.name in names for rule in one.rules)
    )


def _name_tags(names: Iterable[str], target: Target) -> Iterator[str]:
    tags = {one.name: one.tags for one in containers(target.plan)}
    yield from dict.fromkeys(tags[name]["Name"] for name in names)


def aws_config_parameters(plan: Plan) -> str:
    """The parameters of vpc-sg-open-only-to-authorized-ports: what the plan opens to anyone.

    Raises:
        Uncovered: the stack is not on AWS.
    """
    if plan.settings.cloud is not Cloud.AWS:
        raise Uncovered(f'stack "{plan.settings.stack}" is not on AWS, and AWS Config judges AWS')
    parameters = {
        "authorizedTcpPorts": _open_ports(plan, Protocol.TCP),
        "authorizedUdpPorts": _open_ports(plan, Protocol.UDP),
    }
    said: Mapping[str, str] = {key: ports for key, ports in parameters.items() if ports}
    return json.dumps(said, indent=2) + "\n"


def _open_ports(plan: Plan, protocol: Protocol) -> str:
    """``25,587``: the ports that security groups open to any address."""
    ranges = [
        ports
        for rule_set in plan.rule_sets
        if rule_set.point is Point.SECURITY_GROUP
        for rule in rule_set.rules
        if rule.direction is Direction.INGRESS
        and rule.action is Action.ALLOW
        and rule.protocol is protocol
        and any(prefix.whole for prefix in rule.prefixes)
        for ports in rule.ports
    ]
    return ",".join(str(ports) for ports in PortSet.of(ranges).ranges())


def _head(scanner: str, targets: Iterable[Target]) -> list[str]:
    stacks = ", ".join(target.stack for target in targets)
    return [f"# Written by `segfw waivers --scanner {scanner}` for {stacks}; changes are lost."]


def _comment(waiver: Waiver) -> str:
    return f"# {waiver.place}: {waiver.target} ({waiver.where}), {_until(waiver)}"


def _until(waiver: Waiver) -> str:
    return f"until {waiver.expires}, {waiver.owner}"


def _quoted(text: str) -> str:
    """Text in the double quotes of YAML, which are JSON's."""
    return json.dumps(text, ensure_ascii=False)


def _exactly(name: str) -> str:
    """A name as a regular expression: only a dot means something else there."""
    return name.replace(".", r"\.")
