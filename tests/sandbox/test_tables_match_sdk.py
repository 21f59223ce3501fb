"""The tables of the stand-in providers say what the SDKs say: no property more, none less."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

import pytest
from pulumi import _types

from sandbox.providers.aws_types import TYPES as AWS
from sandbox.providers.azure_types import TYPES as AZURE
from sandbox.providers.tables import Kind, Property, ResourceType

_CLASSES = {
    "aws:ec2/securityGroup:SecurityGroup": "pulumi_aws.ec2.security_group",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "pulumi_aws.vpc.security_group_ingress_rule"
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        "pulumi_aws.vpc.security_group_egress_rule"
    ),
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": (
        "pulumi_aws.ec2.vpc_security_group_rules_exclusive"
    ),
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment": (
        "pulumi_aws.ec2.network_interface_security_group_attachment"
    ),
    "aws:ec2/networkAcl:NetworkAcl": "pulumi_aws.ec2.network_acl",
    "aws:ec2/managedPrefixList:ManagedPrefixList": "pulumi_aws.ec2.managed_prefix_list",
    "aws:ec2/vpc:Vpc": "pulumi_aws.ec2.vpc",
    "aws:ec2/subnet:Subnet": "pulumi_aws.ec2.subnet",
    "aws:ec2/networkInterface:NetworkInterface": "pulumi_aws.ec2.network_interface",
    "azure-native:network:NetworkSecurityGroup": (
        "pulumi_azure_native.network.network_security_group"
    ),
    "azure-native:network:SecurityRule": "pulumi_azure_native.network.security_rule",
    "azure-native:resources:ResourceGroup": "pulumi_azure_native.resources.resource_group",
}

_ROWS = [
    pytest.param(row, id=row.urn_type.rpartition(":")[2])
    for row in (*AWS.values(), *AZURE.values())
]


def _sdk(row: ResourceType) -> tuple[Any, Any]:
    module = importlib.import_module(_CLASSES[row.urn_type])
    name = row.urn_type.rpartition(":")[2]
    arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    return getattr(module, name), arguments


def _required(arguments: Any) -> set[str]:
    parameters = inspect.signature(arguments.__init__).parameters
    names = _types.input_type_py_to_pulumi_names(arguments)
    return {
        name
        for python, name in names.items()
        if parameters[python].default is inspect.Parameter.empty
    }


def _first(annotation: Any) -> Any:
    """The plain type in an annotation such as Union[X, Awaitable[X], Output[X]]."""
    return annotation if get_origin(annotation) is not Union else get_args(annotation)[0]


def _kind(annotation: Any) -> str:
    plain = _first(annotation)
    origin = get_origin(plain)
    if origin is not None and issubclass(origin, Mapping):
        return "map"
    if origin is not None:
        return "list"
    return plain.__name__


def _as_sdk(column: Property) -> str:
    return "list" if column.kind is Kind.SET else str(column.kind)


def test_every_type_of_the_tables_is_compared_with_its_class() -> None:
    assert set(_CLASSES) == {*AWS, *AZURE}


@pytest.mark.parametrize("row", _ROWS)
def test_inputs_are_the_sdks(row: ResourceType) -> None:
    _, arguments = _sdk(row)

    assert set(row.inputs) | row.unsupported == set(_types.input_type_types(arguments))
    assert not set(row.inputs) & row.unsupported


@pytest.mark.parametrize("row", _ROWS)
def test_required_inputs_are_the_sdks(row: ResourceType) -> None:
    _, arguments = _sdk(row)

    assert {name for name, column in row.inputs.items() if column.required} == _required(arguments)


@pytest.mark.parametrize("row", _ROWS)
def test_kinds_of_inputs_are_the_sdks(row: ResourceType) -> None:
    _, arguments = _sdk(row)
    kinds = {name: _kind(kind) for name, kind in _types.input_type_types(arguments).items()}

    assert {name: _as_sdk(column) for name, column in row.inputs.items()} == {
        name: kinds[name] for name in row.inputs
    }


@pytest.mark.parametrize("row", _ROWS)
def test_outputs_are_the_sdks(row: ResourceType) -> None:
    resource, _ = _sdk(row)
    outputs = (set(row.inputs) - row.path) | row.computed | row.unsupported_outputs

    assert outputs | row.unsupported | {"id"} == set(_types.resource_types(resource)) | (
        row.unsupported | {"id"}
    )


@pytest.mark.parametrize("row", _ROWS)
def test_items_have_the_sdks_fields(row: ResourceType) -> None:
    _, arguments = _sdk(row)
    types = _types.input_type_types(arguments)
    for name, column in row.inputs.items():
        if column.item is None:
            continue
        item = _first(get_args(_first(types[name]))[0])
        fields = _types.input_type_types(item)

        assert set(column.item) | column.secondary == set(fields)
        assert {key: _as_sdk(field) for key, field in column.item.items()} == {
            key: _kind(fields[key]) for key in column.item
        }
        assert {key for key, field in column.item.items() if field.required} == _required(item)
