"""The strict ARM refuses what Azure refuses, with Azure's code and words.

Expected codes and texts: the sources that `sandbox/arm_rules.py` names.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.arm import SUBSCRIPTION, Arm, group_path, nsg_path
from sandbox.arm_bodies import Response
from sandbox.arm_rules import OURS

GROUP = group_path("rg-mail")
NSG = nsg_path("rg-mail", "management")
ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-mail/providers/Microsoft.Network/networkSecurityGroups/management"


def rule(name: str = "ssh", priority: int = 100, **said: Any) -> dict[str, Any]:
    properties = {
        "access": "Allow",
        "direction": "Inbound",
        "priority": priority,
        "protocol": "Tcp",
        "sourceAddressPrefix": "198.51.100.0/28",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.20.100.0/24",
        "destinationPortRange": "22",
        **said,
    }
    return {"name": name, "properties": {k: v for k, v in properties.items() if v is not None}}


def body(*rules: dict[str, Any], location: str = "westeurope", **properties: Any) -> dict[str, Any]:
    return {"location": location, "properties": {"securityRules": list(rules), **properties}}


@pytest.fixture
def state() -> dict[str, Any]:
    return {}


@pytest.fixture
def arm(state: dict[str, Any]) -> Arm:
    result = Arm(state)
    assert result.request("PUT", GROUP, {"location": "westeurope"}).status == 201
    return result


def put(arm: Arm, *rules: dict[str, Any]) -> Response:
    return arm.request("PUT", NSG, body(*rules))


def test_what_was_put_is_read_back(arm: Arm) -> None:
    assert put(arm, rule()).status == 201
    answer = arm.request("GET", NSG)

    (got,) = answer.body["properties"]["securityRules"]
    assert answer.status == 200
    assert got["id"] == f"{ID}/securityRules/ssh"
    assert got["type"] == "Microsoft.Network/networkSecurityGroups/securityRules"
    assert got["properties"] == {
        **rule()["properties"],
        "provisioningState": "Succeeded",
        "sourceAddressPrefixes": [],
        "destinationAddressPrefixes": [],
        "sourcePortRanges": [],
        "destinationPortRanges": [],
    }


def test_every_group_has_azures_default_rules(arm: Arm) -> None:
    put(arm)
    defaults = arm.request("GET", NSG).body["properties"]["defaultSecurityRules"]

    # network-security-groups-overview.md, "Default security rules"
    assert [
        (item["name"], item["properties"]["priority"], item["properties"]["access"])
        for item in defaults
    ] == [
        ("AllowVnetInBound", 65000, "Allow"),
        ("AllowAzureLoadBalancerInBound", 65001, "Allow"),
        ("DenyAllInBound", 65500, "Deny"),
        ("AllowVnetOutBound", 65000, "Allow"),
        ("AllowInternetOutBound", 65001, "Allow"),
        ("DenyAllOutBound", 65500, "Deny"),
    ]


def test_a_second_put_replaces_all_rules(arm: Arm) -> None:
    put(arm, rule())
    answer = put(arm, rule("smtp", destinationPortRange="25"))

    assert answer.status == 200
    assert [item["name"] for item in answer.body["properties"]["securityRules"]] == ["smtp"]


def test_priorities_are_free_again_in_the_other_direction(arm: Arm) -> None:
    assert put(arm, rule(), rule("out", direction="Outbound")).status == 201


def test_a_refused_request_changes_nothing(arm: Arm, state: dict[str, Any]) -> None:
    put(arm, rule())
    before = copy.deepcopy(state)
    assert put(arm, rule(priority=99)).status == 400

    assert state == before


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        pytest.param(
            {"priority": 99},
            "SecurityRuleInvalidPriority",
            "Security rule has invalid Priority. Value provided: 99 Allowed range 100-4096.",
            id="priority below 100",
        ),
        pytest.param(
            {"priority": 4097},
            "SecurityRuleInvalidPriority",
            "Security rule has invalid Priority. Value provided: 4097 Allowed range 100-4096.",
            id="priority above 4096",
        ),
        pytest.param(
            {"sourceAddressPrefix": "20.20.20.20/16"},
            "SecurityRuleInvalidAddressPrefix",
            "Security rule has invalid Address prefix. Value provided: 20.20.20.20/16",
            id="host bits",
        ),
        pytest.param(
            {"sourceAddressPrefix": "MailServers"},
            "SecurityRuleInvalidAddressPrefix",
            "Security rule has invalid Address prefix. Value provided: MailServers",
            id="no such tag",
        ),
        pytest.param(
            {
                "sourceAddressPrefix": None,
                "sourceAddressPrefixes": ["149.173.0.0/16", "149.173.8.27/32"],
            },
            "OverlappingSubnetsNotPermittedInSecurityRule",
            f"Security rule parameter SourceAddressPrefix for rule with Id {ID}/securityRules/ssh"
            " contains overlapping subnets [149.173.0.0/16, 149.173.8.27/32], which is not"
            " permitted.",
            id="overlap",
        ),
        pytest.param(
            {"destinationAddressPrefix": "2001:db8::/64"},
            "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
            f"Resource {ID}/securityRules/ssh cannot contain address prefixes from different"
            " address families.",
            id="source and destination of two families",
        ),
        pytest.param(
            {
                "destinationAddressPrefix": None,
                "destinationAddressPrefixes": ["AzureContainerRegistry", "10.0.0.0/8"],
            },
            "SecurityRuleParameterContainsUnsupportedValue",
            "Security rule parameter DestinationAddressPrefix for rule with Id"
            f" {ID}/securityRules/ssh cannot specify existing VIRTUALNETWORK, INTERNET,"
            " AZURELOADBALANCER, '*' or system tags. Unsupported value used:"
            " AzureContainerRegistry.",
            id="tag in the plural field",
        ),
        pytest.param(
            {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["*"]},
            "SecurityRuleParameterContainsUnsupportedValue",
            f"Security rule parameter SourceAddressPrefix for rule with Id {ID}/securityRules/ssh"
            " cannot specify existing VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or system"
            " tags. Unsupported value used: *.",
            id="star in the plural field",
        ),
        pytest.param(
            {"destinationPortRange": None, "destinationPortRanges": ["*"]},
            "SecurityRuleParameterContainsInvalidPortRanges",
            f"Security rule parameter DestinationPortRange for rule with Id {ID}/securityRules/ssh"
            " cannot specify '*' among several port ranges.",
            id="star in the plural ports",
        ),
        pytest.param(
            {"destinationPortRange": "80,443"},
            "SecurityRuleInvalidPortRange",
            "Security rule has invalid Port range. Value provided: 80,443. Value should be an"
            " integer OR integer range with '-' delimiter. Valid range 0-65535.",
            id="two ports in one text",
        ),
        pytest.param(
            {"destinationPortRange": "70000"},
            "SecurityRuleInvalidPortRange",
            "Security rule has invalid Port range. Value provided: 70000. Value should be an"
            " integer OR integer range with '-' delimiter. Valid range 0-65535.",
            id="port too high",
        ),
        pytest.param(
            {"sourceAddressPrefixes": ["10.0.0.0/8"]},
            "SecurityRuleParameterConflict",
            f"Security rule {ID}/securityRules/ssh sets SourceAddressPrefix in more than one form;"
            " set one.",
            id="singular and plural",
        ),
        pytest.param(
            {"sourceAddressPrefix": None},
            "SecurityRuleMissingParameter",
            f"Security rule {ID}/securityRules/ssh sets SourceAddressPrefix in no form; set one.",
            id="no source",
        ),
        pytest.param(
            {"description": "x" * 141},
            "SecurityRuleDescriptionTooLong",
            f"Security rule {ID}/securityRules/ssh has a description of 141 characters; at most 140"
            " are allowed.",
            id="description",
        ),
        pytest.param(
            {"protocol": "Icmp"},
            "SecurityRulePortsNotSupportedForProtocol",
            f"Security rule {ID}/securityRules/ssh has protocol Icmp; its port ranges must be '*'.",
            id="ICMP with a port",
        ),
        pytest.param(
            {"protocol": "tcp"},
            "InvalidRequestFormat",
            "Cannot parse the request. Security rule ssh has protocol 'tcp'; one of Tcp, Udp, Icmp,"
            " Esp, Ah, * is expected, in this case.",
            id="protocol in lower case",
        ),
        pytest.param(
            {"access": "allow"},
            "InvalidRequestFormat",
            "Cannot parse the request. Security rule ssh has access 'allow'; one of Allow, Deny is"
            " expected, in this case.",
            id="access in lower case",
        ),
        pytest.param(
            {"direction": "inbound"},
            "InvalidRequestFormat",
            "Cannot parse the request. Security rule ssh has direction 'inbound'; one of Inbound,"
            " Outbound is expected, in this case.",
            id="direction in lower case",
        ),
    ],
)
def test_a_rule_is_refused(arm: Arm, said: dict[str, Any], code: str, message: str) -> None:
    answer = put(arm, rule(**said))

    assert (answer.status, answer.code) == (400, code)
    assert answer.message == message


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"sourceAddressPrefix": "VirtualNetwork"}, id="tag"),
        pytest.param({"sourceAddressPrefix": "Storage.WestEurope"}, id="a region's tag"),
        pytest.param({"sourceAddressPrefix": "*", "destinationAddressPrefix": "::/0"}, id="star"),
        pytest.param({"sourceAddressPrefix": "198.51.100.7"}, id="bare address"),
        pytest.param({"protocol": "Icmp", "destinationPortRange": "*"}, id="ICMP"),
        pytest.param({"priority": 4096}, id="last priority"),
        pytest.param({"description": "x" * 140}, id="longest description"),
        pytest.param(
            {"destinationPortRange": None, "destinationPortRanges": ["25", "1024-65535"]},
            id="ports",
        ),
        pytest.param(
            {
                "sourceAddressPrefix": None,
                "sourceAddressPrefixes": ["10.0.0.0/9", "10.128.0.0/9", "192.0.2.1"],
            },
            id="neighbours",
        ),
    ],
)
def test_a_rule_is_taken(arm: Arm, said: dict[str, Any]) -> None:
    assert put(arm, rule(**said)).message == ""


@pytest.mark.parametrize("name", ["x" * 81, "-ssh", "ssh-", "ssh.", "a b", "a/b:c", ""])
def test_an_illegal_rule_name_is_refused(arm: Arm, name: str) -> None:
    answer = put(arm, rule(name))

    assert (answer.status, answer.code) == (400, "InvalidResourceName")
    assert answer.message == (
        f"Resource name {name} is invalid. The name can be up to 80 characters long. It must begin"
        " with a word character, and it must end with a word character or with '_'. The name may"
        " contain word characters or '.', '-', '_'."
    )


@pytest.mark.parametrize("name", ["x" * 80, "a", "management-in-tcp-22-2001-db8-40--_64", "a_"])
def test_a_legal_rule_name_is_taken(arm: Arm, name: str) -> None:
    assert put(arm, rule(name)).status == 201


def test_names_differ_by_more_than_case(arm: Arm) -> None:
    answer = put(arm, rule("ssh"), rule("SSH", priority=110))

    assert answer.code == "DuplicateResourceName"
    assert answer.message == f"Resource {ID} has two child resources with the same name (ssh)."


def test_two_rules_of_a_direction_need_two_priorities(arm: Arm) -> None:
    answer = put(arm, rule("ssh"), rule("smtp"))

    assert (answer.status, answer.code) == (400, "SecurityRuleConflict")
    assert answer.message == (
        "Security rule smtp conflicts with rule ssh. Rules cannot have the same Priority and"
        " Direction."
    )


def many(count: int) -> list[dict[str, Any]]:
    directions = ("Inbound", "Outbound")
    return [
        rule(f"r{at}", priority=100 + at // 2, direction=directions[at % 2]) for at in range(count)
    ]


def test_a_group_holds_a_thousand_rules(arm: Arm) -> None:
    assert put(arm, *many(1000)).status == 201
    answer = put(arm, *many(1001))

    assert answer.code == "SecurityRulesPerNetworkSecurityGroupLimitReached"
    assert answer.message == (
        f"Network security group {ID} has 1001 security rules; the limit is 1000."
    )


def test_prefixes_are_counted_over_the_whole_group(arm: Arm) -> None:
    def wide(last: int) -> list[dict[str, Any]]:
        sizes = (2000, 1999, last)
        return [
            rule(
                f"r{at}",
                priority=100 + at,
                sourceAddressPrefix=None,
                sourceAddressPrefixes=[f"10.{at}.{n // 256}.{n % 256}" for n in range(size)],
            )
            for at, size in enumerate(sizes)
        ]

    assert put(arm, *wide(1)).status == 201
    answer = put(arm, *wide(2))

    assert answer.code == "SecurityRuleAddressPrefixesLimitReached"
    assert answer.message == (
        f"Network security group {ID} has 4001 source prefixes; the limit is 4000."
    )


def test_a_resource_group_must_exist() -> None:
    answer = Arm({}).request("PUT", NSG, body())

    assert (answer.status, answer.code) == (404, "ResourceGroupNotFound")
    assert answer.message == "Resource group 'rg-mail' could not be found."


def test_a_group_that_is_not_there_is_not_found(arm: Arm) -> None:
    answer = arm.request("GET", NSG)

    assert (answer.status, answer.code) == (404, "ResourceNotFound")
    assert answer.message == (
        "The Resource 'Microsoft.Network/networkSecurityGroups/management' under resource group"
        " 'rg-mail' was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix"
    )


def test_nothing_moves_to_another_location(arm: Arm) -> None:
    put(arm)
    answer = arm.request("PUT", NSG, body(location="northeurope"))

    assert (answer.status, answer.code) == (409, "InvalidResourceLocation")
    assert answer.message == (
        "The resource 'management' already exists in location 'westeurope' in resource group"
        " 'rg-mail'. A resource with the same name cannot be created in location 'northeurope'."
        " Please select a new resource name."
    )


def test_a_location_is_required(arm: Arm) -> None:
    answer = arm.request("PUT", NSG, {"properties": {}})

    assert (answer.status, answer.code) == (400, "LocationRequired")
    assert answer.message == "The location property is required for this definition."


def test_a_group_in_use_cannot_be_deleted(arm: Arm) -> None:
    put(arm)
    arm.attach(NSG, interfaces=("/nic/mail-1",), subnets=("/subnet/mail",))
    answer = arm.request("DELETE", NSG)

    assert (answer.status, answer.code) == (400, "InUseNetworkSecurityGroupCannotBeDeleted")
    assert answer.message == (
        f"Network security group {ID} cannot be deleted because it is in use by the following"
        " resources: /nic/mail-1, /subnet/mail. In order to delete the Network security group,"
        " remove the association with the resource(s). To learn how to do this, see"
        " aka.ms/deletensg."
    )
    assert arm.request("GET", NSG).body["properties"]["subnets"] == [{"id": "/subnet/mail"}]


def test_a_put_keeps_who_uses_the_group(arm: Arm) -> None:
    put(arm)
    arm.attach(NSG, interfaces=("/nic/mail-1",))
    put(arm, rule())

    assert arm.request("DELETE", NSG).status == 400


def test_deleting_twice_is_no_error(arm: Arm) -> None:
    put(arm)

    assert [arm.request("DELETE", NSG).status for _ in range(2)] == [200, 204]


def test_paths_are_read_in_any_case(arm: Arm) -> None:
    put(arm)

    assert arm.request("GET", NSG.upper().replace("MICROSOFT", "Microsoft")).status == 200


def test_a_single_rule_is_checked_among_the_others(arm: Arm) -> None:
    put(arm, rule())
    clash = arm.request("PUT", f"{NSG}/securityRules/smtp", rule("smtp"))
    other = arm.request("PUT", f"{NSG}/securityRules/smtp", rule("smtp", priority=110))

    assert (clash.code, other.status) == ("SecurityRuleConflict", 201)
    assert arm.request("DELETE", f"{NSG}/securityRules/ssh").status == 200
    assert arm.request("GET", f"{NSG}/securityRules/ssh").code == "NotFound"


def test_codes_of_our_own_are_named_as_such() -> None:
    assert "SecurityRuleConflict" not in OURS
    assert "SecurityRuleParameterConflict" in OURS
