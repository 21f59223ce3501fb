"""What a stack file cannot say of a deployment, with the commands that find it out."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from segfw.resolve import SELF
from segfw.review.report.answers import Unknown
from segfw.review.report.edges import is_probe, opaque
from segfw.settings.types import ANY_EPHEMERAL, Cloud, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segfw.review.report.subject import Subject
    from segfw.settings.types import CloudId

LOG_DAYS = 14
"""How far back the questions to flow logs go."""


INTERNAL = "Whether an internal interface can be reached from the internet"


def unknowns(subject: Subject) -> tuple[Unknown, ...]:
    """What is outside of the rules, for this stack's cloud, with its own ids filled in.

    Words in capitals stand for what only the account knows. The commands are those of the
    reference of the AWS CLI (ec2, logs) and of the Azure CLI (network, monitor), compared with
    it on 2026-11-25.
    """
    on = _on_aws if subject.settings.cloud is Cloud.AWS else _on_azure
    return (_deployed(subject), *_members(subject), *on(subject), *_on_the_gateway(subject))


def _literal(ids: Iterable[CloudId | None]) -> list[str]:
    """The ids that are known here, each once, as a shell takes them.

    What another stack exports or a program passes in has no id yet.
    """
    return list(dict.fromkeys(quote(one) for one in ids if isinstance(one, str)))


def _deployed(subject: Subject) -> Unknown:
    stack = quote(subject.settings.stack)
    return Unknown(
        "What is deployed now",
        "This report says what the stack file asks for. Somebody may have changed rules by hand, "
        "or the last update may not have been made.",
        (
            f"pulumi preview --stack {stack} --refresh --diff",
            f"pulumi stack export --stack {stack} --file state.json",
            f"segfw diff {stack} --state state.json",
        ),
        "No difference. What is listed as newly denied is open now and asked for by nobody.",
    )


def _members(subject: Subject) -> Iterator[Unknown]:
    """Which addresses the lists, tags and groups of the cloud stand for."""
    used = {
        (flow.peer.name, one.kind, one.id)
        for flow in subject.opened
        if (one := opaque(flow)) is not None and one.name != SELF and not is_probe(one)
    }
    if used:
        named = sorted(used, key=str)
        yield Unknown(
            f"Who is in {', '.join(dict.fromkeys(name for name, _, _ in named))}",
            "These rules name what the cloud keeps a list of. Whoever changes that list changes "
            "what is open, and nothing here sees it.",
            tuple(_asks_members(subject, kind, id_) for _, kind, id_ in named),
            "The addresses that the stack file means, and no public ones that it does not.",
        )


def _asks_members(subject: Subject, kind: ReferenceKind, id_: CloudId) -> str:
    (shown,) = _literal([id_]) or ["ID"]
    region = quote(subject.settings.region or "REGION")
    match kind:
        case ReferenceKind.PREFIX_LIST:
            return (
                f"aws ec2 get-managed-prefix-list-entries --region {region} "
                f"--prefix-list-id {shown}"
            )
        case ReferenceKind.SECURITY_GROUP:
            return (
                f"aws ec2 describe-network-interfaces --region {region} "
                f"--filters Name=group-id,Values={shown} "
                "--query 'NetworkInterfaces[].PrivateIpAddresses[].PrivateIpAddress'"
            )
        case ReferenceKind.SERVICE_TAG:
            query = quote(f"values[?name=='{id_}'].properties.addressPrefixes")
            return f"az network list-service-tags --location {region} --query {query}"
        case ReferenceKind.APPLICATION_SECURITY_GROUP:
            query = (
                "[].ipConfigurations[].[privateIPAddress || privateIpAddress, "
                "applicationSecurityGroups[].id]"
            )
            return f"az network nic list --query '{query}'  # those with {shown}"


def _on_aws(subject: Subject) -> Iterator[Unknown]:
    interfaces = subject.settings.interfaces.values()
    attached = [one.security_group.attach for one in interfaces]
    ids = _literal(held[name] for held in attached for name in sorted(held)) or ["ENI-ID"]
    enis = " ".join(ids)
    vpcs = _literal(one.vpc for one in interfaces) or ["VPC-ID"]
    logged = ",".join((*ids, "SUBNET-ID", *vpcs))
    listed = ", ".join(f'"{one}"' for one in ids)
    region = f" --region {subject.settings.region}" if subject.settings.region else ""
    describe = f"aws ec2 describe-network-interfaces{region} --network-interface-ids {enis}"
    yield Unknown(
        "Other security groups on the interface",
        "A network interface may carry groups that this stack does not make. The rules of all of "
        "them add up: one that allows more opens more.",
        (
            f"{describe} --query 'NetworkInterfaces[].[NetworkInterfaceId,Groups[].GroupId]'",
            (
                f"aws ec2 describe-security-group-rules{region} "
                "--filters Name=group-id,Values=GROUP-ID"
            ),
        ),
        "Only the groups of this stack's output securityGroupIds.",
    )
    if not all(one.external for one in interfaces):
        yield _internal_on_aws(describe, region, vpcs)
    if any(one.network_acl is None for one in interfaces):
        names = ", ".join(one.name for one in interfaces if one.network_acl is None)
        yield Unknown(
            f"The network ACL of the subnet ({names})",
            "This stack makes no network ACL there. The one that the subnet has may deny what "
            "these rules allow, replies among it.",
            (
                (
                    f"aws ec2 describe-network-acls{region} --filters "
                    "Name=association.subnet-id,Values=SUBNET-ID"
                ),
            ),
            "Entries that let requests in and replies out, or the default network ACL.",
        )
    yield Unknown(
        "What carried traffic lately",
        "A rule that nothing used for weeks may be one that nobody needs. Only flow logs know.",
        (
            f"aws ec2 describe-flow-logs{region} --filter Name=resource-id,Values={logged}",
            (
                f"aws logs start-query{region} --log-group-name LOG-GROUP "
                f"--start-time $(date -d '{LOG_DAYS} days ago' +%s) --end-time $(date +%s) "
                f"--query-string 'filter interfaceId in [{listed}] and "
                'action = "ACCEPT" | stats count(*) as flows by dstAddr, dstPort, protocol '
                "| sort flows desc'"
            ),
            f"aws logs get-query-results{region} --query-id QUERY-ID",
        ),
        "A log on the interface, its subnet or its VPC. Each service of the port matrix with "
        f"flows; no other port below {ANY_EPHEMERAL.first}. Replies are flows of their own, to "
        f"ports from {ANY_EPHEMERAL.first} up.",
    )


def _internal_on_aws(describe: str, region: str, vpcs: list[str]) -> Unknown:
    return Unknown(
        INTERNAL,
        'An interface that is "external: false" is taken at its word. An elastic IP, a NAT rule '
        "or a load balancer in front of it would make it wrong.",
        (
            (
                f"{describe} --query "
                "'NetworkInterfaces[].[NetworkInterfaceId,SubnetId,"
                "PrivateIpAddresses[].Association.PublicIp,Ipv6Addresses[].Ipv6Address]'"
            ),
            (
                f"aws ec2 describe-route-tables{region} "
                "--filters Name=association.subnet-id,Values=SUBNET-ID"
            ),
            (
                f"aws ec2 describe-route-tables{region} "
                f"--filters Name=association.main,Values=true Name=vpc-id,Values={','.join(vpcs)}"
            ),
        ),
        "No public address on an internal interface, and no route from its subnet to an internet "
        "gateway. A subnet for which the second command finds nothing has the main route table "
        "of its VPC.",
    )


def _on_azure(subject: Subject) -> Iterator[Unknown]:
    groups = [one.resource_group for one in subject.settings.interfaces.values()]
    group = next(iter(_literal(groups)), "RESOURCE-GROUP")
    nic = f"--resource-group {group} --name NIC-NAME"
    yield Unknown(
        "An NSG on the subnet, and rules of a network manager",
        "Traffic must pass the NSG of the subnet and the NSG of the network interface. Admin rules "
        "of Azure Virtual Network Manager come before both, and may allow what both deny.",
        (
            f"az network nic list-effective-nsg {nic}",
            (
                f"az network vnet subnet show --resource-group {group} --vnet-name VNET "
                "--name SUBNET --query networkSecurityGroup.id"
            ),
            (
                f"az network manager list-effective-security-admin-rule --resource-group {group} "
                "--virtual-network-name VNET"
            ),
        ),
        "The NSGs of this stack's output nsgIds on each network interface, and no other that "
        "allows more. The first command needs a machine that runs.",
    )
    if not all(one.external for one in subject.settings.interfaces.values()):
        yield _internal_on_azure(nic)
    region = subject.settings.region or "REGION"
    yield Unknown(
        "What carried traffic lately",
        "A rule that nothing used for weeks may be one that nobody needs. Only flow logs of the "
        "virtual network with traffic analytics know.",
        (
            f"az network watcher flow-log list --location {region}",
            (
                "az monitor log-analytics query --workspace WORKSPACE-ID --timespan "
                f'P{LOG_DAYS}D --analytics-query \'NTANetAnalytics | where SubType == "FlowLog" | '
                "summarize count() by SrcIp, DestIp, DestPort, L4Protocol, FlowStatus'"
            ),
        ),
        "Each service of the port matrix with flows; no other port that is allowed.",
    )


def _internal_on_azure(nic: str) -> Unknown:
    return Unknown(
        INTERNAL,
        'An interface that is "external: false" is taken at its word. A public IP, a NAT rule or '
        "a load balancer in front of it would make it wrong.",
        (
            (
                f"az network nic show {nic} --query "
                "'ipConfigurations[].[publicIPAddress.id || publicIpAddress.id, "
                "loadBalancerBackendAddressPools[].id, loadBalancerInboundNatRules[].id]'"
            ),
        ),
        "No public IP, no NAT rule and no public load balancer on an internal interface.",
    )


def _on_the_gateway(subject: Subject) -> Iterator[Unknown]:
    yield Unknown(
        "What the gateway itself is set to",
        "A port that is open here leads nowhere while the gateway does not listen on it, and a "
        "service that was moved on the gateway is not the one that these rules mean.",
        ("interfaceconfig", "listenerconfig", "adminaccessconfig", "routeconfig", "netstat"),
        "Services and ports as the port matrix has them, on the interfaces that it names; the "
        "access list and the routes as the checklist has them.",
    )
    release = subject.settings.gateway.release
    yield Unknown(
        "Which release runs",
        f"The stack file says AsyncOS {release}. Another one may need other services.",
        ("version",),
        f"Version: {release}, with the number of its build.",
    )
