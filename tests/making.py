"""Flows, rules and interfaces for tests, with only what a test is about spelled out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segfw.catalog.model import Direction, Exposure, Protocol, Role
from segfw.flow import Flow, Peer, Point, Traffic
from segfw.rule import Action, Rule, RuleSet
from segfw.sets.addresses import Family, Prefix, parse_prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import Fit, Interface, NetworkAclSettings, SecurityGroupSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

TAGS = {"seg-firewall:stack": "small", "seg-firewall:environment": "dev"}


def prefixes(*texts: str) -> tuple[Prefix, ...]:
    return tuple(parse_prefix(text) for text in texts)


def ports(*bounds: int | tuple[int, int]) -> tuple[PortRange, ...]:
    return tuple(PortRange(*((b, b) if isinstance(b, int) else b)) for b in bounds)


def flow(feature: str = "ssh-admin", **changed: Any) -> Flow:
    """SSH from the administrators to the management interface."""
    parts: dict[str, Any] = {
        "row": "ssh-cli",
        "label": "row 2",
        "title": "SSH to the command line",
        "interface": "management",
        "direction": Direction.INGRESS,
        "traffic": Traffic(Protocol.TCP, ports(22)),
        "peer": Peer("admins", prefixes("10.9.0.0/28")),
        "families": (Family.IPV4,),
        "unmet": (),
        "source_port": None,
        "exposure": Exposure.NAMED,
        "points": frozenset(Point),
    }
    return Flow(feature=feature, **{**parts, **changed})


def rule(**changed: Any) -> Rule:
    """Allow tcp 22 in from 10.9.0.0/28."""
    parts: dict[str, Any] = {
        "direction": Direction.INGRESS,
        "action": Action.ALLOW,
        "protocol": Protocol.TCP,
        "ports": ports(22),
        "prefixes": prefixes("10.9.0.0/28"),
        "flows": (flow(),),
        "name": "management-in-tcp-22-10.9.0.0_28",
        "number": 100,
    }
    return Rule(**{**parts, **changed})


def closing(direction: Direction, **changed: Any) -> Rule:
    """Deny everything."""
    parts: dict[str, Any] = {"prefixes": (), "ports": (), "flows": (), "number": 4096}
    parts |= {"direction": direction, "action": Action.DENY, "protocol": None}
    return rule(**{**parts, "name": f"management-{direction.short}-deny-all", **changed})


def rule_set(point: Point, rules: Iterable[Rule], **changed: Any) -> RuleSet:
    held = tuple(rules)
    parts: dict[str, Any] = {
        "point": point,
        "interface": "management",
        "fit": Fit.EACH,
        "rules": held,
        "before": len(held),
        "usage": (),
    }
    return RuleSet(**{**parts, **changed})


def interface(**changed: Any) -> Interface:
    parts: dict[str, Any] = {
        "name": "management",
        "roles": frozenset({Role.MANAGEMENT}),
        "external": False,
        "subnets": prefixes("10.1.0.0/24"),
        "default_route": True,
        "vpc": "vpc-1",
        "resource_group": "rg-1",
        "security_group": SecurityGroupSettings(),
        "network_acl": NetworkAclSettings(subnet_ids=("subnet-1",)),
    }
    return Interface(**{**parts, **changed})
