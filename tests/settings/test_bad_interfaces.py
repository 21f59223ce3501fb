"""Interfaces: forms, names, subnets, routes and what belongs to one cloud."""

from __future__ import annotations

import pytest

from tests.settings.reading import ALONE, ON_AWS, ON_AZURE, problems_of

CASES = {
    "an interface has known keys, roles, families and prefixes": (
        """
config:
  seg-firewall:interfaces:
    management: {roles: [managment], external: yes, familys: [ipv4], subnets: [10.1.0.5/24, 10.7.0.0], families: [ipv5]}
    Public_1: {}
    a23456789012345678: {}
    x: 5
    public: {name: a}
    private: {externall: true}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.management.external: yes means different things to different readers; write true, or quote it: "yes".',
            'config/Pulumi.test.yaml:3: interfaces.management.families[ipv5]: is the text "ipv5"; write ipv4 or ipv6.',
            'config/Pulumi.test.yaml:3: interfaces.management.familys: no such key; did you mean "families"?',
            'config/Pulumi.test.yaml:3: interfaces.management.roles[managment]: "managment" is none of management, public, private; did you mean "management"?',
            'config/Pulumi.test.yaml:3: interfaces.management.subnets[10.1.0.5/24]: "10.1.0.5/24" has host bits set; did you mean "10.1.0.0/24"?',
            'config/Pulumi.test.yaml:3: interfaces.management.subnets[10.7.0.0]: "10.7.0.0" has no length; did you mean "10.7.0.0/32"?',
            "config/Pulumi.test.yaml:4: interfaces.Public_1: the name is not kebab-case of at most 16 characters; write lower-case words, digits and hyphens.",
            "config/Pulumi.test.yaml:5: interfaces.a23456789012345678: the name is not kebab-case of at most 16 characters; write lower-case words, digits and hyphens.",
            "config/Pulumi.test.yaml:6: interfaces.x: is the number 5; write a mapping.",
            "config/Pulumi.test.yaml:7: interfaces.public.name: no such key; the key is the name.",
            'config/Pulumi.test.yaml:8: interfaces.private.externall: no such key; did you mean "external"?',
        ],
    ),
    "an interface says its roles and whether it is external": (
        """
config:
  seg-firewall:interfaces:
    extra: {vpc: vpc-1}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.extra: has no "external"; write true where an address of it can be reached from the internet, else false.',
            'config/Pulumi.test.yaml:3: interfaces.extra: has no "roles"; write one or more of management, public and private.',
        ],
    ),
    "roles and families are not empty": (
        """
config:
  seg-firewall:interfaces:
    private: {roles: [], families: []}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:3: interfaces.private.families: is an empty list; write [ipv4] or [ipv4, ipv6].",
            "config/Pulumi.test.yaml:3: interfaces.private.roles: is an empty list; write management, public or private.",
        ],
    ),
    "a name does not begin with another's": (
        """
config:
  seg-firewall:interfaces:
    public-2: {roles: [private], external: false, vpc: vpc-1}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public-2: the name begins with "public-", and names of resources of "public" could be the same; call it something else.',
        ],
    ),
    "a former name is nobody's": (
        """
config:
  seg-firewall:interfaces:
    public: {renamedFrom: [private, outside]}
    private: {renamedFrom: [outside, Bad_, inner, inner]}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.renamedFrom[private]: "private" is an interface of this stack; write the name that is gone, or take it out.',
            "config/Pulumi.test.yaml:4: interfaces.private.renamedFrom[inner]: stands in the list twice; keep one.",
        ],
    ),
    "a former name belongs to one interface": (
        """
config:
  seg-firewall:interfaces:
    public: {renamedFrom: [outside, Bad_]}
    private: {renamedFrom: [outside]}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.renamedFrom[Bad_]: "Bad_" was never a name of an interface; write the former name.',
            'config/Pulumi.test.yaml:3: interfaces.public.renamedFrom[outside]: "outside" is also given by "private"; keep one.',
        ],
    ),
    "there are not two default routes": (
        """
config:
  seg-firewall:interfaces: {public: {defaultRoute: true}, private: {defaultRoute: true}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: interfaces.public.defaultRoute: "private" and "public" have the default route, and the gateway has one; keep one.',
        ],
    ),
    "there is a default route": (
        """
config:
  seg-firewall:interfaces: {public: {defaultRoute: false}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: interfaces: none has the default route; write defaultRoute: true for the one that sends to the internet.",
        ],
    ),
    "a subnet belongs to one interface": (
        """
config:
  seg-firewall:interfaces: {public: {subnets: [10.1.0.0/25, 10.8.0.0/24, 10.8.0.0/16, "2001:db8::/64"]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: interfaces.public.subnets[10.1.0.0/25]: 10.1.0.0/25 overlaps 10.1.0.0/24 of "management"; a subnet belongs to one interface, keep one.',
            "config/Pulumi.test.yaml:2: interfaces.public.subnets[10.8.0.0/16]: 10.8.0.0/16 overlaps 10.8.0.0/24 here; a subnet belongs to one interface, keep one.",
            "config/Pulumi.test.yaml:2: interfaces.public.subnets[2001:db8::/64]: 2001:db8::/64 is IPv6, and the interface has only ipv4; add ipv6 to its families, or take the subnet out.",
        ],
    ),
    "a network is routed by one interface": (
        """
config:
  seg-firewall:networks: {same: [10.9.0.0/28], pub: [10.1.1.0/24]}
  seg-firewall:interfaces: {private: {routes: [mail-servers, mail-server, admins, same, pub]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.private.routes[admins]: "admins" is also routed by "management"; keep one.',
            'config/Pulumi.test.yaml:3: interfaces.private.routes[mail-server]: no such network; did you mean "mail-servers"?',
            'config/Pulumi.test.yaml:3: interfaces.private.routes[pub]: 10.1.1.0/24 of "pub" is also in the subnets of "public"; keep one.',
            'config/Pulumi.test.yaml:3: interfaces.private.routes[same]: 10.9.0.0/28 of "same" is also in the routes, in "admins" of "management"; keep one.',
        ],
    ),
    "an attachment has a plain name": (
        """
config:
  seg-firewall:interfaces: {public: {securityGroup: {attach: {"a b": eni-1}}}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: interfaces.public.securityGroup.attach[a b]: is no name; write lower-case letters, digits and hyphens.",
        ],
    ),
    "an interface on AWS has no keys of Azure": (
        """
config:
  seg-firewall:interfaces: {public: {resourceGroup: rg, nsg: {fit: each}}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: interfaces.public.nsg: belongs to Azure, and this stack's cloud is aws; take it out.",
            "config/Pulumi.test.yaml:2: interfaces.public.resourceGroup: belongs to Azure, and this stack's cloud is aws; take it out.",
        ],
    ),
    "an interface on Azure has no keys of AWS": (
        """
config:
  seg-firewall:interfaces: {public: {vpc: vpc-1, securityGroup: {}, networkAcl: {subnetIds: [subnet-1]}}}
""",
        ON_AZURE,
        {},
        [
            "config/Pulumi.test.yaml:2: interfaces.public.networkAcl: belongs to AWS, and this stack's cloud is azure; take it out.",
            "config/Pulumi.test.yaml:2: interfaces.public.securityGroup: belongs to AWS, and this stack's cloud is azure; take it out.",
            "config/Pulumi.test.yaml:2: interfaces.public.vpc: belongs to AWS, and this stack's cloud is azure; take it out.",
        ],
    ),
    "an interface on AWS has a VPC": (
        """
config:
  seg-firewall:cloud: aws
  aws:region: us-east-1
  seg-firewall:imports: [sound]
""",
        ALONE,
        {},
        [
            'config/shared/sound.yaml:4: interfaces.management: has no "vpc"; write the id of its VPC, or {stack: ..., output: ...}.',
            'config/shared/sound.yaml:9: interfaces.public: has no "vpc"; write the id of its VPC, or {stack: ..., output: ...}.',
            'config/shared/sound.yaml:10: interfaces.private: has no "vpc"; write the id of its VPC, or {stack: ..., output: ...}.',
        ],
    ),
    "an interface on Azure has a resource group": (
        """
config:
  seg-firewall:cloud: azure
  azure-native:location: west
  seg-firewall:imports: [sound]
""",
        ALONE,
        {},
        [
            'config/shared/sound.yaml:4: interfaces.management: has no "resourceGroup"; write its name, or {stack: ..., output: ...}.',
            'config/shared/sound.yaml:9: interfaces.public: has no "resourceGroup"; write its name, or {stack: ..., output: ...}.',
            'config/shared/sound.yaml:10: interfaces.private: has no "resourceGroup"; write its name, or {stack: ..., output: ...}.',
        ],
    ),
    "an id is text or an output": (
        """
config:
  seg-firewall:interfaces:
    public: {vpc: subnet-1, securityGroup: {attach: [sg-1]}, networkAcl: {subnetIds: [vpc-1, {stack: a}, 5]}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.networkAcl.subnetIds: has no "output"; write the name of that stack\'s output.',
            "config/Pulumi.test.yaml:3: interfaces.public.networkAcl.subnetIds[5]: is a number; write an id, or {stack: ..., output: ...}.",
        ],
    ),
    "an id is of its kind": (
        """
config:
  seg-firewall:interfaces:
    public: {securityGroup: {attach: [sg-1]}, networkAcl: {subnetIds: [vpc-1]}, vpc: subnet-1}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.networkAcl.subnetIds[vpc-1]: "vpc-1" is another kind of id; ids here begin with "subnet-".',
            'config/Pulumi.test.yaml:3: interfaces.public.securityGroup.attach[sg-1]: "sg-1" is another kind of id; ids here begin with "eni-".',
            'config/Pulumi.test.yaml:3: interfaces.public.vpc: "subnet-1" is another kind of id; ids here begin with "vpc-".',
        ],
    ),
    "a subnet and a network interface are used once": (
        """
config:
  seg-firewall:interfaces:
    public: {securityGroup: {attach: [eni-1]}, networkAcl: {subnetIds: [subnet-1]}}
    private: {securityGroup: {attach: {one: eni-1}}, networkAcl: {subnetIds: [subnet-1]}}
    management: {networkAcl: {subnetIds: []}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.networkAcl.subnetIds[subnet-1]: "subnet-1" also belongs to "private", and a subnet belongs to one; keep one.',
            'config/Pulumi.test.yaml:3: interfaces.public.securityGroup.attach[eni-1]: "eni-1" also belongs to "private", and a network interface belongs to one; keep one.',
            "config/Pulumi.test.yaml:5: interfaces.management.networkAcl.subnetIds: is an empty list; name the subnets, or take networkAcl out.",
        ],
    ),
    "what is attached has a name": (
        """
config:
  seg-firewall:interfaces:
    public: {securityGroup: {attach: [{stack: a, output: x}, {stack: b, output: x}]}}
    private: {securityGroup: {attach: eni-1}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:3: interfaces.public.securityGroup.attach: has two outputs of one name; write a mapping from a name to each.",
            'config/Pulumi.test.yaml:4: interfaces.private.securityGroup.attach: is the text "eni-1"; write a list.',
        ],
    ),
    "groups and reserve stay within the quotas": (
        """
config:
  seg-firewall:interfaces:
    public: {securityGroup: {groups: 0, reserve: -1, fit: superset}}
    private: {securityGroup: {groups: 6, reserve: 60}}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:3: interfaces.public.securityGroup.fit: superset allows more than is meant, which only a network ACL may; for a security group write each, drop or merge.",
            "config/Pulumi.test.yaml:3: interfaces.public.securityGroup.groups: 0 is no number of groups; write 1 or more.",
            "config/Pulumi.test.yaml:3: interfaces.public.securityGroup.reserve: -1 is no number of rules; write 0 or more.",
            "config/Pulumi.test.yaml:4: interfaces.private.securityGroup.groups: 6 is over the 5 groups that an interface takes; write 5 at most, or raise quotas.securityGroup.groupsPerInterface.",
            "config/Pulumi.test.yaml:4: interfaces.private.securityGroup.reserve: 60 leaves none of the 60 rules of a group; write 59 at most.",
        ],
    ),
    "a fit is one of four": (
        """
config:
  seg-firewall:interfaces:
    public: {securityGroup: {fit: merged, groups: two, reserve: "5"}}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: interfaces.public.securityGroup.fit: "merged" is none of each, drop, merge, superset; did you mean "merge"?',
            'config/Pulumi.test.yaml:3: interfaces.public.securityGroup.groups: is the text "two"; write a whole number.',
            'config/Pulumi.test.yaml:3: interfaces.public.securityGroup.reserve: is the text "5"; write the number without quotes.',
        ],
    ),
    "an NSG has no superset": (
        """
config:
  seg-firewall:interfaces:
    public: {nsg: {fit: superset}}
""",
        ON_AZURE,
        {},
        [
            "config/Pulumi.test.yaml:3: interfaces.public.nsg.fit: superset allows more than is meant, which only a network ACL may; for an NSG write each, drop or merge.",
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
