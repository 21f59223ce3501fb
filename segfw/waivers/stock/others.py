"""Checks of other tools, read in their repositories and pages on 2026-11-24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.waivers.stock.check import (
    ACL,
    GROUP,
    IN,
    MAIL_IN,
    NSG,
    PUBLIC_MAIL_GROUP,
    REPLIES,
    StockCheck,
    Tool,
    Trips,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def others() -> Iterator[StockCheck]:
    """PSRule, Regula, CloudSploit, KICS, tflint and Pulumi's own policies."""
    for id_, tool, looks_at, trips in (
        (
            "Azure.NSG.AnyInboundSource",
            Tool.PSRULE,
            "an NSG rule whose source is `*`; ours name prefixes",
            None,
        ),
        ("Azure.NSG.DenyAllInbound", Tool.PSRULE, "an NSG that admits nothing at all", None),
        (
            "Azure.NSG.LateralTraversal",
            Tool.PSRULE,
            "an NSG that lets 22 and 3389 out to its own network",
            None,
        ),
        ("Azure.NSG.Associated", Tool.PSRULE, "an NSG that protects nothing", None),
        ("Azure.NSG.Name", Tool.PSRULE, "the name of an NSG", None),
        (
            "FG_R00377",
            Tool.REGULA,
            "a security group that admits any address to a port other than 80 and 443",
            PUBLIC_MAIL_GROUP,
        ),
        ("FG_R00040", Tool.REGULA, "a security group that admits any address to port 23", None),
        ("FG_R00041", Tool.REGULA, "a security group that admits any address to port 80", None),
        ("FG_R00085", Tool.REGULA, "a security group that admits any address to port 22", None),
        ("FG_R00087", Tool.REGULA, "a security group that admits any address to port 3389", None),
        ("FG_R00089", Tool.REGULA, "a VPC's default security group", None),
        ("FG_R00234", Tool.REGULA, "a security group that admits any address to port 389", None),
        ("FG_R00266", Tool.REGULA, "a security group that admits any address to port 636", None),
        ("FG_R00054", Tool.REGULA, "flow logs of a VPC", None),
        ("FG_R00357", Tool.REGULA, "a network ACL that admits any address to port 22", None),
        (
            "FG_R00359",
            Tool.REGULA,
            "a network ACL that admits any address to port 3389",
            Trips(REPLIES, ACL, IN, (3389,)),
        ),
        ("FG_R00190", Tool.REGULA, "an NSG that admits the internet to port 3389", None),
        ("FG_R00191", Tool.REGULA, "an NSG that admits the internet to port 22", None),
        ("FG_R00286", Tool.REGULA, "how long flow logs of NSGs are kept", None),
        (
            "openSMTP",
            Tool.CLOUDSPLOIT,
            "a group or NSG that admits any address to port 25",
            Trips(MAIL_IN, (*GROUP, *NSG), IN, (25,)),
        ),
        ("openSSH", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to port 22", None),
        ("openDNS", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to port 53", None),
        ("openFTP", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to 20 or 21", None),
        ("openLDAP", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to port 389", None),
        ("openLDAPS", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to port 636", None),
        ("openSNMP", Tool.CLOUDSPLOIT, "a group or NSG that admits any address to port 161", None),
        ("openUDP", Tool.CLOUDSPLOIT, "an NSG that admits the internet over UDP", None),
        (
            "openCustomPorts",
            Tool.CLOUDSPLOIT,
            "a group or NSG that admits any address to ports that its settings name",
            None,
        ),
        (
            "openAllPortsProtocols",
            Tool.CLOUDSPLOIT,
            "a group or NSG that admits any address to every port",
            None,
        ),
        (
            "openAllPortsProtocolsEgress",
            Tool.CLOUDSPLOIT,
            "a group or NSG that lets every port out to any address",
            None,
        ),
        ("excessiveSecurityGroups", Tool.CLOUDSPLOIT, "how many security groups there are", None),
        ("overlappingSecurityGroups", Tool.CLOUDSPLOIT, "groups that allow the same", None),
        (
            "networkAclInboundTraffic",
            Tool.CLOUDSPLOIT,
            "a network ACL that admits any address to 22 or 3389",
            Trips(REPLIES, ACL, IN, (22, 3389)),
        ),
        (
            "networkAclOutboundTraffic",
            Tool.CLOUDSPLOIT,
            "a network ACL that lets every port out to any address",
            None,
        ),
        (
            "381c3f2a-ef6f-4eff-99f7-b169cda3422c",
            Tool.KICS,
            "a port of a list that a whole network reaches",
            None,
        ),
        (
            "92fe237e-074c-4262-81a4-2077acb928c1",
            Tool.KICS,
            "a rule for a wide private network",
            None,
        ),
        (
            "aws_security_group_inline_rules",
            Tool.TFLINT,
            "rules that stand inside of their security group",
            None,
        ),
        (
            "aws_security_group_rule_deprecated",
            Tool.TFLINT,
            "the old resource for a security group rule",
            None,
        ),
        (
            "aws-ec2-securitygroup-disallow-inbound-http-traffic",
            Tool.PULUMI,
            "port 80 in rules inside of a security group",
            None,
        ),
        (
            "aws-ec2-securitygroup-disallow-public-internet-ingress",
            Tool.PULUMI,
            "0.0.0.0/0 in rules inside of a security group; ours stand apart",
            None,
        ),
        (
            "aws-ec2-securitygroup-missing-description",
            Tool.PULUMI,
            "a description on each security group",
            None,
        ),
        (
            "aws-ec2-securitygroup-missing-ingress-rule-description",
            Tool.PULUMI,
            "a description on each rule inside of a group",
            None,
        ),
        (
            "aws-ec2-securitygroup-missing-egress-rule-description",
            Tool.PULUMI,
            "a description on each rule inside of a group",
            None,
        ),
        (
            "securityGroupNoRuleManagementConflicts",
            Tool.PULUMI,
            "rules inside of a group and beside it at once",
            None,
        ),
    ):
        yield StockCheck(id_, tool, looks_at, trips)
