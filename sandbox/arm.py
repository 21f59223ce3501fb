"""A strict Azure Resource Manager for network security groups, in memory and without I/O.

``Arm(state).request("PUT", path, body)`` answers as the real one would, with its status and error
codes; *state* is a plain JSON object that the caller loads and stores.  Only what the sandbox
needs exists: resource groups, network security groups and their rules.  Subscriptions are not
told apart: an id carries the one that was asked for.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from sandbox.arm_bodies import (
    NSG_TYPE,
    Response,
    Target,
    error,
    group_body,
    location_of,
    nsg_body,
    rule_body,
    stored_rule,
)
from sandbox.arm_rules import Refused, check_name, check_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
"""Used where nobody names one."""

_PATH: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"(?:/providers/Microsoft\.Network/networkSecurityGroups/(?P<nsg>[^/]+)"
    r"(?:/securityRules/(?P<rule>[^/]+))?)?",
    re.IGNORECASE,
)


def group_path(group: str, subscription: str = SUBSCRIPTION) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def nsg_path(group: str, nsg: str, subscription: str = SUBSCRIPTION) -> str:
    """The id of a network security group."""
    return f"{group_path(group, subscription)}/providers/{NSG_TYPE}/{nsg}"


class Arm:
    """Answers requests on *state*, which it changes; a refused request changes nothing."""

    def __init__(self, state: dict[str, Any]) -> None:
        """On *state*, a JSON object that may be empty."""
        self._groups: dict[str, Any] = state.setdefault("resourceGroups", {})

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Response:
        """The answer to *method* (GET, PUT or DELETE) on the resource *path*."""
        match = _PATH.fullmatch(path)
        if match is None:
            return error(
                404, "InvalidResourceType", f"The resource type of {path} could not be found."
            )
        target = Target(**match.groupdict())
        kind = "rule" if target.rule else "nsg" if target.nsg else "group"
        try:
            answer = getattr(self, f"_{method.lower()}_{kind}")
            return answer(target, deepcopy(dict(body or {})))
        except Refused as refused:
            refusal = refused.refusal
            return error(refusal.status, refusal.code, refusal.message)

    def attach(
        self, path: str, *, interfaces: tuple[str, ...] = (), subnets: tuple[str, ...] = ()
    ) -> None:
        """Record who uses the network security group *path*, as its owner would have done."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise ValueError(path)
        nsg = self._nsg(Target(**match.groupdict()))
        nsg["interfaces"], nsg["subnets"] = list(interfaces), list(subnets)

    # Resource groups

    def _group(self, target: Target) -> dict[str, Any]:
        found = self._groups.get(target.group.lower())
        if found is None:
            text = f"Resource group '{target.group}' could not be found."
            raise Refused("ResourceGroupNotFound", text, 404)
        return found

    def _get_group(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        return Response(status=200, body=group_body(target, self._group(target)))

    def _put_group(self, target: Target, body: dict[str, Any]) -> Response:
        old = self._groups.get(target.group.lower())
        location = location_of(body, old, target.group, "resource group")
        new = {
            "name": old["name"] if old else target.group,
            "location": location,
            "tags": body.get("tags") or {},
            "managedBy": body.get("managedBy"),
            "networkSecurityGroups": old["networkSecurityGroups"] if old else {},
        }
        self._groups[target.group.lower()] = new
        return Response(status=200 if old else 201, body=group_body(target, new))

    def _delete_group(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        self._group(target)
        del self._groups[target.group.lower()]
        return Response(status=200)

    # Network security groups

    def _nsg(self, target: Target) -> dict[str, Any]:
        found = self._group(target)["networkSecurityGroups"].get(str(target.nsg).lower())
        if found is None:
            text = (
                f"The Resource '{NSG_TYPE}/{target.nsg}' under resource group '{target.group}'"
                " was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
            )
            raise Refused("ResourceNotFound", text, 404)
        return found

    def _get_nsg(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        return Response(status=200, body=nsg_body(target, self._nsg(target)))

    def _put_nsg(self, target: Target, body: dict[str, Any]) -> Response:
        stored = self._group(target)["networkSecurityGroups"]
        check_name(str(target.nsg))
        old = stored.get(str(target.nsg).lower())
        location = location_of(body, old, str(target.nsg), target.group)
        properties = body.get("properties") or {}
        rules = [stored_rule(rule) for rule in properties.get("securityRules") or []]
        check_rules(target.nsg_id, rules)
        new = {
            "name": old["name"] if old else target.nsg,
            "location": location,
            "tags": body.get("tags") or {},
            "flushConnection": properties.get("flushConnection"),
            "rules": rules,
            "interfaces": old["interfaces"] if old else [],
            "subnets": old["subnets"] if old else [],
        }
        stored[str(target.nsg).lower()] = new
        return Response(status=200 if old else 201, body=nsg_body(target, new))

    def _delete_nsg(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        stored = self._group(target)["networkSecurityGroups"]
        nsg = stored.get(str(target.nsg).lower())
        if nsg is None:
            return Response(status=204)
        users = [*nsg["interfaces"], *nsg["subnets"]]
        if users:
            text = (
                f"Network security group {target.nsg_id} cannot be deleted because it is in use by"
                f" the following resources: {', '.join(users)}. In order to delete the Network"
                " security group, remove the association with the resource(s). To learn how to do"
                " this, see aka.ms/deletensg."
            )
            raise Refused("InUseNetworkSecurityGroupCannotBeDeleted", text)
        del stored[str(target.nsg).lower()]
        return Response(status=200)

    # Single rules

    def _get_rule(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        for rule in self._nsg(target)["rules"]:
            if rule["name"].lower() == str(target.rule).lower():
                return Response(status=200, body=rule_body(target.nsg_id, "securityRules", rule))
        raise Refused(
            "NotFound", f"Resource {target.nsg_id}/securityRules/{target.rule} not found.", 404
        )

    def _put_rule(self, target: Target, body: dict[str, Any]) -> Response:
        nsg = self._nsg(target)
        rule = stored_rule({**body, "name": target.rule})
        others = [old for old in nsg["rules"] if old["name"].lower() != str(target.rule).lower()]
        check_rules(target.nsg_id, [*others, rule])
        status = 200 if len(others) < len(nsg["rules"]) else 201
        nsg["rules"] = [*others, rule]
        return Response(status=status, body=rule_body(target.nsg_id, "securityRules", rule))

    def _delete_rule(self, target: Target, body: dict[str, Any]) -> Response:
        del body
        nsg = self._nsg(target)
        others = [old for old in nsg["rules"] if old["name"].lower() != str(target.rule).lower()]
        status = 200 if len(others) < len(nsg["rules"]) else 204
        nsg["rules"] = others
        return Response(status=status)
