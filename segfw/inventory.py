"""Resources as the engine has them, of whoever made them: what guardrails judge.

An inventory comes from a plan, from a state file, or from the engine itself (the policy
pack). What is not known yet during a preview is `UNKNOWN`, a secret is `segfw.state.SECRET`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.state import State

FIREWALL = "seg-firewall:index:SecureEmailGatewayFirewall"
GATEWAY_SECURITY_GROUP = "seg-firewall:index:GatewaySecurityGroup"
GATEWAY_NETWORK_ACL = "seg-firewall:index:GatewayNetworkAcl"
GATEWAY_NSG = "seg-firewall:index:GatewayNsg"
COMPONENTS = {
    "security-group": GATEWAY_SECURITY_GROUP,
    "network-acl": GATEWAY_NETWORK_ACL,
    "nsg": GATEWAY_NSG,
}


class Unknown:
    """A value that is not known before the update; there is one of it."""

    def __repr__(self) -> str:
        """``[not known yet]``."""
        return "[not known yet]"


UNKNOWN: Final = Unknown()


class Resource(NamedTuple):
    """One resource of a stack."""

    urn: str
    type: str
    name: str
    parent: str
    """The parent's URN; empty where there is none, or it is the stack."""
    inputs: Mapping[str, Any]
    """As the program gave them."""
    depends: Mapping[str, tuple[str, ...]] = {}
    """An input's name to the URNs of the resources that its value was computed from."""
    id: str = ""
    """Empty where it is not known."""
    external: bool = False
    """The program only reads it: what it holds is not known here."""


class Inventory(NamedTuple):
    """The resources of one stack, and where they were read."""

    stack: str
    resources: tuple[Resource, ...]
    pending: tuple[str, ...] = ()
    """Names of resources whose last operation was interrupted: what became of it is not known."""

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of any of *types*, in order."""
        return (one for one in self.resources if one.type in types)


LEAVING = " (waits to be deleted)"
"""Behind the URN of a resource that was replaced: the new one has the same, and both are there."""


def inventory_of_state(state: State) -> Inventory:
    """What is deployed, with what waits to be deleted: until then it lets through what it does."""
    return Inventory(
        state.stack,
        tuple(
            Resource(
                urn=one.urn + LEAVING * one.leaving,
                type=one.type,
                name=one.name,
                parent=one.parent,
                inputs={**one.inputs, **({"tagsAll": one.all_tags} if one.all_tags else {})},
                depends=one.depends,
                id=one.id,
                external=one.external,
            )
            for one in state.resources
        ),
        pending=state.pending,
    )
