"""What EC2 refuses and moto does not: the checks that come before each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sandbox.providers.aws_strict_acls import acl_entry
from sandbox.providers.aws_strict_groups import (
    authorize,
    delete_group,
    interface_groups,
    modify_rules,
)
from sandbox.providers.aws_strict_lists import create_list, delete_list, modify_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.providers.aws_api import Api

_CHECKS: Final[Mapping[str, tuple[Callable[[Api, Mapping[str, Any]], None], ...]]] = {
    "AuthorizeSecurityGroupIngress": (authorize(egress=False),),
    "AuthorizeSecurityGroupEgress": (authorize(egress=True),),
    "ModifySecurityGroupRules": (modify_rules,),
    "DeleteSecurityGroup": (delete_group,),
    "ModifyNetworkInterfaceAttribute": (interface_groups,),
    "CreateNetworkInterface": (interface_groups,),
    "CreateNetworkAclEntry": (acl_entry,),
    "CreateManagedPrefixList": (create_list,),
    "ModifyManagedPrefixList": (modify_list,),
    "DeleteManagedPrefixList": (delete_list,),
}


def refuse(api: Api, action: str, parameters: Mapping[str, Any]) -> None:
    """Returns if EC2 would take *action* with *parameters*.

    Raises:
        CloudError: with the code that EC2 would answer.
    """
    for check in _CHECKS.get(action, ()):
        check(api, parameters)
