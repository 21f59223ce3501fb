"""What EC2 refuses and moto does not is refused by the stand-in, with EC2's code.

Expected quotas: awsdocs/amazon-vpc-user-guide amazon-vpc-limits.md (60 rules per direction and
family, 5 groups per interface, 20 network ACL entries with the implicit deny, 100 list entries
per call).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import seed
from sandbox.ec2 import serving
from sandbox.providers.aws import Aws
from sandbox.providers.aws_api import Connection
from sandbox.providers.calls import Recorder
from sandbox.providers.probe import Probe, Refusal, Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ATTACHED = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
ACL = "aws:ec2/networkAcl:NetworkAcl"
LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
REGION = "us-east-1"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def aws(endpoint: str) -> Iterator[Probe]:
    endpoints = json.dumps([{"ec2": endpoint}])
    probe = Probe(Aws(Recorder(None)), {"region": REGION, "endpoints": endpoints})
    yield probe
    probe.close()


@pytest.fixture(scope="module")
def network(endpoint: str) -> seed.AwsNetwork:
    return seed.aws(endpoint, REGION, "shared", {"public": ["10.20.101.0/24"]})


@pytest.fixture
def fresh(endpoint: str, request: pytest.FixtureRequest) -> seed.AwsNetwork:
    """A network whose interface no other test has touched."""
    return seed.aws(endpoint, REGION, request.node.name, {"public": ["10.20.101.0/24"]})


@pytest.fixture
def group(aws: Probe, network: seed.AwsNetwork) -> Resource:
    return aws.create(GROUP, "g", {"vpcId": network.vpc_id})


def rule(group: Resource, **said: Any) -> dict[str, Any]:
    base = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 25, "toPort": 25}
    return {key: value for key, value in (base | said).items() if value is not None}


def refused(aws: Probe, token: str, inputs: dict[str, Any]) -> str:
    with pytest.raises(Refusal) as caught:
        aws.create(token, "r", inputs)
    return str(caught.value)


def of_ec2(action: str, error: str) -> str:
    return f"operation error EC2: {action}, https response error StatusCode: 400, api error {error}"


AUTHORIZE = "AuthorizeSecurityGroupIngress"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(
            {"cidrIpv4": "10.0.0.5/24"},
            'cidrIpv4: "10.0.0.5/24" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/24"?',
            id="host bits",
        ),
        pytest.param(
            {"cidrIpv6": "2001:db8::1/64"},
            'cidrIpv6: "2001:db8::1/64" is not a valid IPv6 CIDR block; did you mean'
            ' "2001:db8::/64"?',
            id="IPv6 host bits",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/33"},
            'cidrIpv4: "10.0.0.0/33" is not a valid IPv4 CIDR block',
            id="length",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.1"},
            'cidrIpv4: "10.0.0.1" is not a valid IPv4 CIDR block; a length is missing',
            id="bare address",
        ),
        pytest.param(
            {"cidrIpv4": "2001:db8::/64"},
            'cidrIpv4: "2001:db8::/64" is not a valid IPv4 CIDR block',
            id="other family",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "toPort": 70000},
            "toPort: value must be between -1 and 65535, got: 70000",
            id="port",
        ),
        pytest.param(
            {},
            "cidrIpv4: exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId"
            " is needed, and none was given",
            id="no peer",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "cidrIpv6": "2001:db8::/64"},
            "cidrIpv6: exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId"
            " is needed, and cidrIpv4 and cidrIpv6 was given",
            id="two peers",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1", "toPort": None},
            'fromPort: with the protocol "-1" AWS keeps no ports, and the difference never ends'
            " (terraform-provider-aws #30035); leave them out",
            id="ports without a protocol",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "fromPort": 26},
            of_ec2(AUTHORIZE, "InvalidParameterValue: Invalid TCP/UDP port range (26:25)"),
            id="from after to",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "toPort": None},
            of_ec2(
                AUTHORIZE,
                "InvalidParameterValue: Invalid value for portRange. Must specify both from and to"
                " ports with TCP/UDP.",
            ),
            id="one port",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "icmp", "fromPort": 300, "toPort": 0},
            of_ec2(AUTHORIZE, "InvalidParameterValue: ICMP type (300) out of range"),
            id="ICMP type",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "smtp"},
            of_ec2(
                AUTHORIZE,
                "InvalidParameterValue: Invalid value 'smtp' for IP protocol. Unknown protocol.",
            ),
            id="protocol",
        ),
        pytest.param(
            {"prefixListId": "pl-1"},
            of_ec2(
                AUTHORIZE, "InvalidPrefixListID.NotFound: The prefix list ID 'pl-1' does not exist"
            ),
            id="no such list",
        ),
        *[
            pytest.param(
                {"cidrIpv4": "10.0.0.0/8", "description": text},
                of_ec2(
                    AUTHORIZE,
                    "InvalidParameterValue: Invalid rule description. Valid descriptions are"
                    " strings less than 256 characters from the following set:  a-zA-Z0-9."
                    " _-:/()#,@[]+=&;{}!$*",
                ),
                id=name,
            )
            for name, text in {
                "arrow": "a -> b",
                "quote": 'say "smtp"',
                "percent": "100%",
                "newline": "a\nb",
                "umlaut": "für",
                "long": "x" * 256,
            }.items()
        ],
    ],
)
def test_a_rule_is_refused(aws: Probe, group: Resource, said: dict[str, Any], reason: str) -> None:
    assert refused(aws, IN, rule(group, **said)) == reason


def test_every_legal_character_of_a_description_is_taken(aws: Probe, group: Resource) -> None:
    text = "azAZ09 ._-:/()#,@[]+=&;{}!$*"

    made = aws.create(IN, "r", rule(group, cidrIpv4="10.0.0.0/8", description=text))
    assert made.outputs["description"] == text


def test_the_same_rule_twice_is_refused_whatever_it_says_of_itself(
    aws: Probe, group: Resource
) -> None:
    aws.create(IN, "r", rule(group, cidrIpv4="10.0.0.0/8", description="one"))
    aws.create(OUT, "r", rule(group, cidrIpv4="10.0.0.0/8"))
    text = refused(aws, IN, rule(group, cidrIpv4="10.0.0.0/8", description="other"))

    assert text == of_ec2(
        AUTHORIZE,
        'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/8, TCP, from port: 25, to'
        ' port: 25, ALLOW" already exists',
    )


def test_a_rule_changed_into_another_one_is_refused(aws: Probe, group: Resource) -> None:
    aws.create(IN, "one", rule(group, cidrIpv4="10.0.0.0/8"))
    other = aws.create(IN, "other", rule(group, cidrIpv4="11.0.0.0/8"))
    with pytest.raises(Refusal, match=r"InvalidPermission.Duplicate"):
        aws.update(other, rule(group, cidrIpv4="10.0.0.0/8"))


LIMIT = of_ec2(
    AUTHORIZE,
    "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been"
    " reached.",
)


def fill(endpoint: str, group: Resource, count: int) -> None:
    """Rules from elsewhere: they count like one's own."""
    ec2 = Connection(url=endpoint, access_key="test", secret_key="test").client("ec2", REGION)
    ranges = [{"CidrIp": f"10.{at}.0.0/16"} for at in range(count)]
    permission = {"IpProtocol": "tcp", "FromPort": 25, "ToPort": 25, "IpRanges": ranges}
    ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[permission])


def test_sixty_rules_of_a_family_and_direction_are_the_limit(
    aws: Probe, group: Resource, endpoint: str
) -> None:
    fill(endpoint, group, 59)
    aws.create(IN, "last", rule(group, cidrIpv4="12.0.0.0/16"))

    assert refused(aws, IN, rule(group, cidrIpv4="11.0.0.0/16")) == LIMIT
    assert refused(aws, IN, rule(group, referencedSecurityGroupId=group.id)) == LIMIT
    aws.create(IN, "six", rule(group, cidrIpv6="2001:db8::/64"))
    aws.create(OUT, "out", rule(group, cidrIpv4="11.0.0.0/16"))


def test_a_prefix_list_counts_as_its_maximum(aws: Probe, group: Resource, endpoint: str) -> None:
    made = aws.create(LIST, "peers", {"addressFamily": "IPv4", "maxEntries": 58})
    aws.create(IN, "list", rule(group, prefixListId=made.id))
    fill(endpoint, group, 2)

    assert refused(aws, IN, rule(group, cidrIpv4="11.0.0.0/16")) == LIMIT
    grown = {"addressFamily": "IPv4", "maxEntries": 59}
    with pytest.raises(Refusal, match=r"RulesPerSecurityGroupLimitExceeded"):
        aws.update(made, grown)


def test_an_account_may_have_more_rules(
    aws: Probe, group: Resource, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEG_SANDBOX_GROUP_RULES", "61")
    fill(endpoint, group, 60)
    aws.create(IN, "last", rule(group, cidrIpv4="12.0.0.0/16"))

    assert refused(aws, IN, rule(group, cidrIpv4="11.0.0.0/16")) == LIMIT


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"description": ""}, 'description: "description" cannot be ""'),
        (
            {"description": "a > b"},
            ('description: "description" does not comply with restrictions'
            r' ("^[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]*$"): "a > b"'),
        ),
        ({"description": "x" * 256}, "description: cannot be longer than 255 characters"),
        ({"name": "sg-mail"}, "name: cannot begin with sg-"),
        (
            {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": ["10.1.1.1/8"]}]},
            ('ingress[0].cidrBlocks: "10.1.1.1/8" is not a valid IPv4 CIDR block; did you mean'
            ' "10.0.0.0/8"?'),
        ),
    ],
)  # fmt: skip
def test_a_group_is_refused(
    aws: Probe, network: seed.AwsNetwork, said: dict[str, Any], reason: str
) -> None:
    assert refused(aws, GROUP, {"vpcId": network.vpc_id} | said) == reason


def test_a_name_is_free_once_in_a_vpc(aws: Probe, network: seed.AwsNetwork) -> None:
    inputs = {"vpcId": network.vpc_id, "name": f"mail-{network.vpc_id}"}
    aws.create(GROUP, "one", inputs)

    assert "InvalidGroup.Duplicate" in refused(aws, GROUP, inputs)


def attach(aws: Probe, network: seed.AwsNetwork, count: int) -> str:
    card = network.interface_ids["public"]
    for at in range(count):
        group = aws.create(GROUP, f"g{at}", {"vpcId": network.vpc_id, "name": f"{card}-{at}"})
        aws.create(ATTACHED, f"a{at}", {"networkInterfaceId": card, "securityGroupId": group.id})
    extra = aws.create(GROUP, "extra", {"vpcId": network.vpc_id, "name": f"{card}-extra"})
    return refused(aws, ATTACHED, {"networkInterfaceId": card, "securityGroupId": extra.id})


TOO_MANY_GROUPS = of_ec2(
    "ModifyNetworkInterfaceAttribute",
    "SecurityGroupsPerInterfaceLimitExceeded: You have exceeded the maximum number of security"
    " groups allowed per network interface.",
)


def test_five_groups_on_an_interface_are_the_limit(aws: Probe, fresh: seed.AwsNetwork) -> None:
    # The default group is the fifth.
    assert attach(aws, fresh, 4) == TOO_MANY_GROUPS


def test_an_account_may_have_up_to_sixteen_groups_on_an_interface(
    aws: Probe, fresh: seed.AwsNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEG_SANDBOX_GROUPS_PER_INTERFACE", "20")

    assert attach(aws, fresh, 15) == TOO_MANY_GROUPS


def test_a_group_that_does_not_exist_is_not_attached(aws: Probe, network: seed.AwsNetwork) -> None:
    at = {"networkInterfaceId": network.interface_ids["public"], "securityGroupId": "sg-1"}

    assert refused(aws, ATTACHED, at) == of_ec2(
        "ModifyNetworkInterfaceAttribute",
        "InvalidGroup.NotFound: The security group 'sg-1' does not exist",
    )


def entry(number: int, **said: Any) -> dict[str, Any]:
    base = {"action": "allow", "protocol": "6", "ruleNo": number, "fromPort": 25, "toPort": 25}
    entry = base | {"cidrBlock": "10.0.0.0/24"} | said
    return {key: value for key, value in entry.items() if value is not None}


ENTRY = "CreateNetworkAclEntry"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(
            {"cidrBlock": "10.0.0.5/24"},
            'ingress[0].cidrBlock: "10.0.0.5/24" is not a valid IPv4 CIDR block; did you mean'
            ' "10.0.0.0/24"?',
            id="host bits",
        ),
        pytest.param(
            {"action": "permit"},
            'ingress[0].action: expected action to be one of ["allow" "deny"], got permit',
            id="action",
        ),
        pytest.param(
            {"toPort": 70000},
            "ingress[0].toPort: value must be between 0 and 65535, got: 70000",
            id="port",
        ),
        pytest.param(
            {"protocol": "-1"},
            "ingress[0]: to_port (25) and from_port (25) must both be 0 to use the the 'all' \"-1\""
            " protocol!",
            id="all with ports",
        ),
        pytest.param(
            {"fromPort": 26},
            of_ec2(ENTRY, "InvalidParameterValue: Invalid TCP/UDP port range (26:25)"),
            id="from after to",
        ),
        pytest.param(
            {"ruleNo": 0},
            of_ec2(
                ENTRY,
                "InvalidParameterValue: Invalid value '0' for ruleNumber. Must be from 1 to 32766.",
            ),
            id="number 0",
        ),
        pytest.param(
            {"ruleNo": 32767},
            of_ec2(
                ENTRY,
                "InvalidParameterValue: Invalid value '32767' for ruleNumber. Must be from 1 to"
                " 32766.",
            ),
            id="AWS's own number",
        ),
        pytest.param(
            {"protocol": "1", "fromPort": 0, "toPort": 0, "icmpType": -1, "icmpCode": 0},
            of_ec2(ENTRY, "InvalidParameterValue: Invalid ICMP type and code (-1:0)"),
            id="any ICMP type with a code",
        ),
        pytest.param(
            {"cidrBlock": None},
            of_ec2(
                ENTRY,
                "MissingParameter: The request must contain exactly one of the parameters cidrBlock"
                " and ipv6CidrBlock",
            ),
            id="no block",
        ),
        pytest.param(
            {"ipv6CidrBlock": "2001:db8::/64"},
            of_ec2(
                ENTRY,
                "MissingParameter: The request must contain exactly one of the parameters cidrBlock"
                " and ipv6CidrBlock",
            ),
            id="two blocks",
        ),
    ],
)
def test_an_acl_entry_is_refused(
    aws: Probe, network: seed.AwsNetwork, said: dict[str, Any], reason: str
) -> None:
    inputs = {"vpcId": network.vpc_id, "ingress": [entry(100, **said)]}

    assert refused(aws, ACL, inputs) == reason


FULL = of_ec2(
    ENTRY,
    "NetworkAclEntryLimitExceeded: The maximum number of network ACL entries has been reached.",
)


def entries(count: int, first: int = 1, **said: Any) -> list[dict[str, Any]]:
    return [entry(first + at, **said) for at in range(count)]


def test_nineteen_entries_of_a_family_and_direction_are_the_limit(
    aws: Probe, network: seed.AwsNetwork
) -> None:
    six = entries(19, first=100, cidrBlock=None, ipv6CidrBlock="2001:db8::/64")
    both = {"ingress": entries(19) + six, "egress": entries(19)}
    aws.create(ACL, "full", {"vpcId": network.vpc_id, **both})

    assert refused(aws, ACL, {"vpcId": network.vpc_id, "ingress": entries(20)}) == FULL


def test_an_account_may_have_up_to_forty_entries(
    aws: Probe, network: seed.AwsNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEG_SANDBOX_NACL_ENTRIES", "50")
    aws.create(ACL, "full", {"vpcId": network.vpc_id, "ingress": entries(39)})

    assert refused(aws, ACL, {"vpcId": network.vpc_id, "ingress": entries(40)}) == FULL


def test_a_number_is_used_once_in_a_direction_by_both_families(
    aws: Probe, network: seed.AwsNetwork
) -> None:
    six = entry(100, cidrBlock=None, ipv6CidrBlock="2001:db8::/64")
    inputs = {"vpcId": network.vpc_id, "ingress": [entry(100), six]}

    assert "NetworkAclEntryAlreadyExists" in refused(aws, ACL, inputs)


def peers(most: int, *cidrs: str, family: str = "IPv4") -> dict[str, Any]:
    entries = [{"cidr": cidr} for cidr in cidrs]
    return {"addressFamily": family, "maxEntries": most, "entries": entries}


CREATE_LIST = "CreateManagedPrefixList"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (
            peers(1, "10.1.0.0/16", "10.2.0.0/16"),
            (
                "PrefixListMaxEntriesExceeded: You've reached the maximum number of entries for the"
                " prefix list."
            ),
        ),
        (
            peers(200, *[f"10.0.{at}.0/24" for at in range(101)]),
            "InvalidParameterValue: The number of entries per request cannot exceeds limit (100).",
        ),
        (
            peers(2, "10.1.0.0/16", "10.1.0.0/16"),
            "InvalidParameterValue: Duplicate CIDR 10.1.0.0/16 in the prefix list.",
        ),
        (
            peers(2, "10.1.0.0/16", family="IPv6"),
            "InvalidParameterValue: The CIDR 10.1.0.0/16 does not match the address family IPv6.",
        ),
        (
            peers(1001),
            "InvalidParameterValue: Invalid value '1001' for MaxEntries. Must be from 1 to 1000.",
        ),
    ],
)
def test_a_list_is_refused(aws: Probe, inputs: dict[str, Any], reason: str) -> None:
    assert refused(aws, LIST, inputs) == of_ec2(CREATE_LIST, reason)


def test_a_list_that_a_rule_names_cannot_be_deleted(aws: Probe, group: Resource) -> None:
    made = aws.create(LIST, "peers", peers(1))
    aws.create(IN, "list", rule(group, prefixListId=made.id))
    with pytest.raises(Refusal, match=r"DependencyViolation"):
        aws.delete(made)


@pytest.mark.parametrize(
    "inputs", [{"vpcId": 1}, {"vpcId": "vpc-1", "ingress": [{"protocol": "tcp"}]}]
)
def test_check_refuses_what_does_not_fit_the_table(aws: Probe, inputs: dict[str, Any]) -> None:
    assert aws.check(GROUP, "g", inputs)[1]
