"""The stand-in `aws` provider: ``python -u -m sandbox.providers.aws``.

Its cloud is the moto server that `aws:endpoints` names; :mod:`sandbox.providers.aws_strict` adds
what EC2 refuses and moto does not.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from sandbox.providers.aws_acls import NetworkAcls
from sandbox.providers.aws_api import Api, Connection
from sandbox.providers.aws_attachments import Attachments
from sandbox.providers.aws_data import answer
from sandbox.providers.aws_groups import SecurityGroups
from sandbox.providers.aws_lists import PrefixLists
from sandbox.providers.aws_network import NetworkInterfaces, Subnets, Vpcs
from sandbox.providers.aws_rules import ExclusiveRules, SecurityGroupRules
from sandbox.providers.aws_types import TYPES, with_defaults
from sandbox.providers.calls import Recorder
from sandbox.providers.errors import CloudError
from sandbox.providers.faults import Faults
from sandbox.providers.process import run
from sandbox.providers.values import UNKNOWN, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.providers.cloud import Family
    from sandbox.providers.tables import ResourceType

_FAMILIES: Final[Mapping[str, Callable[[Api, Mapping[str, str]], Family]]] = {
    "aws:ec2/securityGroup:SecurityGroup": SecurityGroups,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        lambda api, tags: SecurityGroupRules(api, tags, egress=False)
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        lambda api, tags: SecurityGroupRules(api, tags, egress=True)
    ),
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": (
        lambda api, _: ExclusiveRules(api)
    ),
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment": (
        lambda api, _: Attachments(api)
    ),
    "aws:ec2/networkAcl:NetworkAcl": NetworkAcls,
    "aws:ec2/managedPrefixList:ManagedPrefixList": PrefixLists,
    "aws:ec2/vpc:Vpc": Vpcs,
    "aws:ec2/subnet:Subnet": Subnets,
    "aws:ec2/networkInterface:NetworkInterface": NetworkInterfaces,
}


class Aws:
    """Answers the generic provider over one moto server; regions are told apart."""

    name = "aws"
    types = TYPES

    def __init__(self, recorder: Recorder, faults: Faults | None = None) -> None:
        """Writes its calls to *recorder*."""
        self.version = version("pulumi-aws")
        self._recorder = recorder
        self._faults = faults
        self._connection: Connection | None = None
        self._apis: dict[str, Api] = {}
        self._making = threading.Lock()
        self.region = ""
        self.account = ""
        self.default_tags: dict[str, str] = {}

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Connects, and refuses an account that is not allowed.

        Raises:
            CloudError: no region, no endpoint, or another account.
        """
        endpoints: dict[str, str] = {}
        for entry in settings.get("endpoints") or []:
            endpoints.update(entry)
        self.region = settings.get("region") or ""
        if not self.region or "ec2" not in endpoints:
            text = (
                "the sandbox's aws provider needs aws:region and aws:endpoints with an ec2 "
                "address; for a stack of the sandbox they are in its copy of the stack file: add "
                "--config-file .sandbox/config/Pulumi.<stack>.yaml"
            )
            raise CloudError(text, code="MissingConfiguration")
        keys = {
            "access_key": settings.get("accessKey") or "test",
            "secret_key": settings.get("secretKey") or "test",
        }
        self._connection = Connection(url=endpoints["ec2"], **keys)
        self._apis = {}
        self.default_tags = dict((settings.get("defaultTags") or {}).get("tags") or {})
        asker = Connection(url=endpoints.get("sts", endpoints["ec2"]), **keys)
        self.account = asker.client("sts", self.region).get_caller_identity()["Account"]
        allowed = settings.get("allowedAccountIds") or []
        forbidden = settings.get("forbiddenAccountIds") or []
        if (allowed and self.account not in allowed) or self.account in forbidden:
            raise CloudError(
                f"AWS account ID not allowed: {self.account}", code="AccountNotAllowed"
            )

    def api(self, region: str = "") -> Api:
        """EC2 in *region*, or in the provider's own."""
        region = region if region and region != UNKNOWN else self.region
        with self._making:
            if region not in self._apis:
                if self._connection is None:
                    raise CloudError("the provider is not configured", code="MissingConfiguration")
                client = self._connection.client("ec2", region)
                self._apis[region] = Api(
                    client,
                    region=region,
                    account=self.account,
                    recorder=self._recorder,
                    faults=self._faults,
                )
            return self._apis[region]

    def family(self, token: str, inputs: Values) -> Family:
        """The life of *token* in the region that *inputs* name, else the provider's."""
        return _FAMILIES[token](self.api(inputs.get("region", "")), self.default_tags)

    def defaults(self, resource_type: ResourceType) -> Values:
        """Nothing: default tags are only seen in `tagsAll`."""
        del resource_type
        return {}

    def planned(self, resource_type: ResourceType, inputs: Values) -> Values:
        """The region, and all tags."""
        known: Values = {"region": inputs.get("region", self.region)}
        if "tagsAll" in resource_type.computed:
            known["tagsAll"] = with_defaults(inputs.get("tags"), self.default_tags)
        return known

    def path_of(self, resource_type: ResourceType, resource_id: str) -> Values:
        """Nothing: an AWS id tells no input."""
        del resource_type, resource_id
        return {}

    def invoke(self, token: str, arguments: Values) -> Values:
        """A region, an account, a VPC or a subnet."""
        return answer(self.api(arguments.get("region", "")), token, arguments)


def main() -> None:
    """Serve the moto server that the engine's configuration names."""
    run(Aws(Recorder.from_environment(), Faults.from_environment()))


if __name__ == "__main__":
    main()
