"""The gateway, the account, tags, days and quotas."""

from __future__ import annotations

import pytest

from tests.settings.reading import ALONE, ON_AWS, ON_AZURE, problems_of

CASES = {
    "a stack says its cloud, gateway and interfaces": (
        """
config: {}
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:1: has no "seg-firewall:cloud"; write aws or azure.',
            'config/Pulumi.test.yaml:1: has no "seg-firewall:gateway"; write {environment: ..., release: ..., ciscoRegion: ...}.',
            "config/Pulumi.test.yaml:1: interfaces: has no interface; write one with its roles.",
        ],
    ),
    "a cloud is one of two": (
        """
config:
  seg-firewall:cloud: awss
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: cloud: "awss" is none of aws, azure; did you mean "aws"?',
        ],
    ),
    "the gateway's values have their forms": (
        """
config:
  seg-firewall:gateway: {environment: prood, release: 15, ciscoRegion: europ, ephemeralPorts: 1024, checklist: {ip-acess-list: {by: a, date: 2026-01-01}, static-routes: {by: a}}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.checklist.ip-acess-list.date: 2026-01-01 means different things to different readers; quote it: "2026-01-01".',
            'config/Pulumi.test.yaml:2: gateway.checklist.static-routes: has no "date"; write the day, quoted.',
            'config/Pulumi.test.yaml:2: gateway.ciscoRegion: no such Cisco region; did you mean "europe"?',
            'config/Pulumi.test.yaml:2: gateway.environment: "prood" is none of dev, test, lab, prod; did you mean "prod"?',
            'config/Pulumi.test.yaml:2: gateway.ephemeralPorts: 1024 is one port; write a range such as "10000-65535".',
            'config/Pulumi.test.yaml:2: gateway.release: is a number to YAML; quote it: "15".',
        ],
    ),
    "the gateway's values are known ones": (
        """
config:
  seg-firewall:gateway: {release: latest, ciscoRegion: apj, ephemeralPorts: "500-600", checklist: {ip-acces-list: {by: a, date: "2026-01-01"}, static-routes: {by: a, date: "2027-01-01"}}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.checklist.ip-acces-list: no such checklist item; did you mean "ip-access-list"?',
            "config/Pulumi.test.yaml:2: gateway.checklist.static-routes.date: 2027-01-01 is in the future; write the day on which it was done.",
            'config/Pulumi.test.yaml:2: gateway.ciscoRegion: no such Cisco region; did you mean "apjc"?',
            'config/Pulumi.test.yaml:2: gateway.ephemeralPorts: 500-600 begins below 1024, where no connection comes from; write a range such as "10000-65535", or leave it out.',
            'config/Pulumi.test.yaml:2: gateway.release: "latest" is no release of the gateway; write one such as "16.0".',
        ],
    ),
    "a release is not too old": (
        """
config:
  seg-firewall:gateway: {release: "14.0"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.release: "14.0" is older than 14.2, the oldest release that the catalog knows; known are "14.2", "15.0", "15.5" and "16.0".',
        ],
    ),
    "a release is written without its build": (
        """
config:
  seg-firewall:gateway: {release: 15.0.1-030}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.release: "15.0.1-030" names a build; write its release alone: "15.0.1".',
        ],
    ),
    "a release is written as the gateway prints its build": (
        """
config:
  seg-firewall:gateway: {release: 15.5.1 build 055}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.release: "15.5.1 build 055" names a build; write its release alone: "15.5.1".',
        ],
    ),
    "a release is a number alone": (
        """
config:
  seg-firewall:gateway: {release: AsyncOS 15.0.1}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: gateway.release: "AsyncOS 15.0.1" is more than a release; write the release alone: "15.0.1".',
        ],
    ),
    "production on AWS names its account": (
        """
config:
  seg-firewall:gateway: {environment: prod}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:1: a production stack names its account; write aws:allowedAccountIds: ["<12 digits>"].',
        ],
    ),
    "production on Azure names its subscription": (
        """
config:
  seg-firewall:gateway: {environment: prod}
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:1: a production stack names its account; write azure-native:subscriptionId: "<subscription id>".',
        ],
    ),
    "an account is quoted and has 12 digits": (
        """
config:
  aws:allowedAccountIds: [111122223333, "12"]
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: aws:allowedAccountIds[111122223333]: is a number; quote the account: "111122223333".',
            'config/Pulumi.test.yaml:2: aws:allowedAccountIds[12]: "12" is no account; accounts have 12 digits.',
        ],
    ),
    "accounts are a list": (
        """
config:
  aws:allowedAccountIds: "111122223333"
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: aws:allowedAccountIds: is no list of accounts; write ["<12 digits>"].',
        ],
    ),
    "a subscription is an id": (
        """
config:
  azure-native:subscriptionId: abc
""",
        ON_AZURE,
        {},
        [
            'config/Pulumi.test.yaml:2: azure-native:subscriptionId: "abc" is no subscription id; write 32 hexadecimal digits in five groups.',
        ],
    ),
    "a region looks like one": (
        """
config:
  aws:region: Frankfurt
  seg-firewall:imports: [aws]
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:2: aws:region: "Frankfurt" is no region; write one such as eu-central-1.',
        ],
    ),
    "a region is no availability zone": (
        """
config:
  aws:region: eu-central-1a
  seg-firewall:imports: [aws]
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:2: aws:region: "eu-central-1a" is an availability zone; write its region: eu-central-1.',
        ],
    ),
    "a region is written in lower case": (
        """
config:
  aws:region: US-EAST-1
  seg-firewall:imports: [aws]
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:2: aws:region: "US-EAST-1" is no region; write one such as us-east-1.',
        ],
    ),
    "a location looks like one": (
        """
config:
  azure-native:location: west_europe
  seg-firewall:imports: [azure]
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:2: azure-native:location: "west_europe" is no region; write one such as westeurope.',
        ],
    ),
    "a stack names its region": (
        """
config:
  seg-firewall:imports: [aws]
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:1: has no "aws:region"; write the region, such as eu-central-1.',
        ],
    ),
    "quotas are what AWS grants": (
        """
config:
  seg-firewall:quotas: {securityGroup: {rules: 20, groupsPerInterface: 17}, networkAcl: {entries: 50}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: quotas.networkAcl.entries: 50 is outside 20 to 40, which is what AWS grants.",
            "config/Pulumi.test.yaml:2: quotas.securityGroup.groupsPerInterface: 17 is outside 1 to 16, which is what AWS grants.",
            "config/Pulumi.test.yaml:2: quotas.securityGroup.rules: 20 is below the 60 that every account has; leave it out.",
        ],
    ),
    "rules times groups stay within the product": (
        """
config:
  seg-firewall:quotas: {securityGroup: {rules: 250}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: quotas.securityGroup: 250 rules times 5 groups per interface is 1250, and AWS grants 1000; write groupsPerInterface: 4.",
        ],
    ),
    "quotas have known keys": (
        """
config:
  seg-firewall:quotas: {networkAcl: {entris: 50}, nsg: {}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: quotas.networkAcl.entris: no such key; did you mean "entries"?',
            'config/Pulumi.test.yaml:2: quotas.nsg: no such key; there are "securityGroup" and "networkAcl".',
        ],
    ),
    "tags are text": (
        """
config:
  seg-firewall:tags: {count: 5, none: "", lines: "a\\nb"}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: tags.count: is a number to YAML; quote it: "5".',
            "config/Pulumi.test.yaml:2: tags.lines: has the control character U+000A; write it as one line of plain text.",
            "config/Pulumi.test.yaml:2: tags.none: is empty; write text, or leave the key out.",
        ],
    ),
    "tags are what AWS takes": (
        """
config:
  seg-firewall:tags: {Name: a, "aws:x": b, ok: "a<b", Owner: a, owner: b}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: tags.Name: every resource gets its own "Name"; leave it out.',
            'config/Pulumi.test.yaml:2: tags.aws:x: names that begin with "aws:" are kept for AWS; call it something else.',
            "config/Pulumi.test.yaml:2: tags.ok: AWS takes letters, digits, spaces and . : / = + - @ _ in tags; write only those.",
            'config/Pulumi.test.yaml:2: tags.owner: differs from "Owner" only in case; keep one.',
        ],
    ),
    "a resource has room for its own name": (
        """
config:
  seg-firewall:tags: {t0: a, t1: a, t2: a, t3: a, t4: a, t5: a, t6: a, t7: a, t8: a, t9: a, t10: a, t11: a, t12: a, t13: a, t14: a, t15: a, t16: a, t17: a, t18: a, t19: a, t20: a, t21: a, t22: a, t23: a, t24: a, t25: a, t26: a, t27: a, t28: a, t29: a, t30: a, t31: a, t32: a, t33: a, t34: a, t35: a, t36: a, t37: a, t38: a, t39: a, t40: a, t41: a, t42: a, t43: a, t44: a, t45: a, t46: a, t47: a, t48: a, t49: a}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: tags: holds 50 tags; besides the 3 of ours a resource takes 47.",
        ],
    ),
    "tags are what Azure takes": (
        """
config:
  seg-firewall:tags: {"a/b": c}
""",
        ON_AZURE,
        {},
        [
            "config/Pulumi.test.yaml:2: tags.a/b: Azure takes none of < > % & \\ ? / in a tag's name; leave them out.",
        ],
    ),
    "true is not text": (
        """
config:
  seg-firewall:dropProviderAliases: "true"
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: dropProviderAliases: is the text "true"; write true or false, without quotes.',
        ],
    ),
    "a tunnel is for a year at most": (
        """
config:
  seg-firewall:features: {tac-tunnel: {until: "2028-01-01"}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: features.tac-tunnel.until: 2028-01-01 is more than 366 days ahead; write 2027-11-25 at most.",
        ],
    ),
    "a day is quoted": (
        """
config:
  seg-firewall:features: {tac-tunnel: {until: 2027-01-01}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.tac-tunnel.until: 2027-01-01 means different things to different readers; quote it: "2027-01-01".',
        ],
    ),
    "production closes a tunnel in time": (
        """
config:
  aws:allowedAccountIds: ["111122223333"]
  seg-firewall:gateway: {environment: prod}
  seg-firewall:features: {tac-tunnel: {until: "2026-01-01"}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:4: features.tac-tunnel.until: 2026-01-01 is past, and this is a production stack; look at it again, then write a new day or take it out.",
        ],
    ),
    "tags have a length": (
        """
config:
  seg-firewall:tags: {kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: a, b: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: tags.b: has 257 characters; a tag's value has at most 256.",
            "config/Pulumi.test.yaml:2: tags.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: the tag's name has 129 characters; write 1 to 128, on one line.",
        ],
    ),
    "a tag's value is text of some length": (
        """
config:
  seg-firewall:tags: {flag: true, list: [a], long: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: tags.flag: is true or false to YAML; quote it: "true".',
            "config/Pulumi.test.yaml:2: tags.list: is a list; write text.",
            "config/Pulumi.test.yaml:2: tags.long: has 513 characters; write at most 512.",
        ],
    ),
    "sections are mappings": (
        """
config:
  seg-firewall:tags: [a]
  seg-firewall:quotas: 5
  seg-firewall:gateway: []
  seg-firewall:networks: []
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: tags: is a list; write a mapping.",
            "config/Pulumi.test.yaml:3: quotas: is the number 5; write a mapping.",
            "config/Pulumi.test.yaml:4: gateway: is a list; write a mapping.",
            "config/Pulumi.test.yaml:5: networks: is a list; write a mapping.",
        ],
    ),
    "a day is in the calendar": (
        """
config:
  seg-firewall:features: {tac-tunnel: {until: "2027-02-30"}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.tac-tunnel.until: is the text "2027-02-30"; write a day, quoted, such as "2026-11-24".',
        ],
    ),
    "a day is written as one": (
        """
config:
  seg-firewall:features: {tac-tunnel: {until: soon}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: features.tac-tunnel.until: is the text "soon"; write a day, quoted, such as "2026-11-24".',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
