"""Azure's NSGs as a log of requests leaves them, request by request.

Doors: to each network interface and subnet that has an NSG, its rules in one direction.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.oracles import naive
from tests.oracles.replay import Door, Instant, NotKnown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATH = re.compile(
    r"/subscriptions/[^/]+/resourcegroups/(?P<group>[^/]+)"
    r"/providers/microsoft\.network/networksecuritygroups/(?P<nsg>[^/]+)"
    r"(?:/securityrules/(?P<rule>[^/]+))?"
)
DIRECTIONS = ("ingress", "egress")


class Request(NamedTuple):
    """One request of the log that could change something."""

    number: int
    method: str
    path: str
    body: Mapping[str, Any]
    outcome: str = "ok"
    operation: str = ""
    resource: str = ""


def requests_of(lines: Sequence[Mapping[str, Any]]) -> list[Request]:
    """The writing requests to ARM among the recorded *lines*, in order."""
    made = sorted(
        (line for line in lines if line["api"] == "arm" and line["writes"]),
        key=lambda line: line["at"],
    )
    return [
        Request(
            number,
            *line["action"].split(" ", 1),
            line["parameters"] or {},
            line["outcome"],
            line.get("operation", ""),
            line.get("resource", ""),
        )
        for number, line in enumerate(made, 1)
    ]


class Arm:
    """NSGs and who has them at one instant."""

    def __init__(self) -> None:
        """Nothing stands."""
        self.nsgs: dict[str, dict[str, dict[str, Any]]] = {}
        """``group/name`` in small letters to its rules by name."""
        self.users: dict[str, str] = {}
        """Network interface or subnet to its NSG."""

    @classmethod
    def seen(cls, store: Mapping[str, Any], resource_group: str) -> Arm:
        """What stands in one resource group of the stand-in's stored state."""
        self = cls()
        group = store["resourceGroups"][resource_group.lower()]
        for name, nsg in group["networkSecurityGroups"].items():
            key = f"{resource_group.lower()}/{name}"
            self.nsgs[key] = {rule["name"].lower(): _rule(rule) for rule in nsg["rules"]}
            for user in (*nsg["interfaces"], *nsg["subnets"]):
                self.users[user] = key
        return self

    def doors(self) -> dict[str, Door]:
        """What stands at each interface and subnet, in each direction."""
        found: dict[str, Door] = {}
        for user, nsg in self.users.items():
            if nsg not in self.nsgs:
                raise NotKnown(f"{user} has the NSG {nsg}, which is not there")
            inputs = {"securityRules": list(self.nsgs[nsg].values())}
            for direction in DIRECTIONS:
                rules = naive.nsg_rules(inputs, direction)
                found[f"{user} {direction}"] = (tuple(r._replace(label="") for r in rules),)
        return found

    def apply(self, request: Request) -> None:
        """The state after *request*; one that was refused leaves it as it is.

        A PUT of an NSG replaces all its rules at once.

        Raises:
            NotKnown: the request is not one whose effect is known here.
        """
        if request.outcome != "ok":
            return
        match = PATH.fullmatch(request.path.lower())
        if match is None:
            raise NotKnown(f"request {request.number}: {request.method} {request.path}")
        nsg, rule = f"{match['group']}/{match['nsg']}", match["rule"]
        match request.method, rule:
            case "PUT", None:
                rules = (request.body.get("properties") or {}).get("securityRules") or []
                self.nsgs[nsg] = {one["name"].lower(): _rule(one) for one in rules}
            case "PUT", str():
                self.nsgs[nsg][rule] = _rule({**request.body, "name": rule})
            case "DELETE", None:
                self.nsgs.pop(nsg, None)
            case "DELETE", str():
                self.nsgs[nsg].pop(rule, None)
            case _:
                raise NotKnown(f"request {request.number}: {request.method} {request.path}")


def instants(before: Arm, requests: Sequence[Request]) -> tuple[list[Instant], Arm]:
    """What stands before the first request and after each one, and the state in the end."""
    state = copy.deepcopy(before)
    found = [Instant(0, "before", state.doors())]
    for request in requests:
        state.apply(request)
        kind = "rule" if "/securityrules/" in request.path.lower() else "NSG"
        words = f"{request.method} {kind} {request.path.rpartition('/')[2]}"
        found.append(Instant(request.number, words, state.doors()))
    return found, state


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its properties beside its name, and nothing that is empty."""
    properties = rule.get("properties") or {}
    said = {key: value for key, value in properties.items() if value not in (None, "", [])}
    return {"name": rule["name"], **said}
