"""What does not fit a quota is said with the numbers, the costliest features and a way out.

The quotas are those of AWS's and Azure's pages (`segfw.limits`); the counts are arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.model import Role
from segfw.plan import Plan, make_plan
from segfw.problems import ProblemsFound
from segfw.sets.addresses import Family, parse_prefix
from segfw.settings.types import (
    Cloud,
    Environment,
    FeatureSettings,
    Fit,
    Gateway,
    Interface,
    Network,
    NetworkAclSettings,
    Quotas,
    Reference,
    ReferenceKind,
    SecurityGroupSettings,
    Settings,
)

OTHERWISE = "Otherwise narrow the networks or switch features off."


def raised(quota: str) -> str:
    """What is said where only a raised quota is enough."""
    return f"No setting of fit or groups fits; {quota} would, once AWS has raised it. {OTHERWISE}"


def apart(count: int, second: int = 1) -> tuple[str, ...]:
    """Hosts of which no two make up a larger prefix."""
    return tuple(f"10.{second}.{n // 128}.{n % 128 * 2}/32" for n in range(count))


def together(count: int) -> tuple[str, ...]:
    """Hosts in a row, from 10.1.0.0."""
    return tuple(f"10.1.{n // 256}.{n % 256}/32" for n in range(count))


def stack(
    prefixes: tuple[str, ...],
    *,
    cloud: Cloud = Cloud.AWS,
    group: SecurityGroupSettings = SecurityGroupSettings(),  # noqa: B008 - frozen
    acl: Fit | None = None,
    features: tuple[str, ...] = ("ssh-admin",),
    reference: Reference | None = None,
    families: tuple[Family, ...] = (Family.IPV4,),
    rules: int = 60,
) -> Settings:
    """One interface with every role, whose administrators are at *prefixes*."""
    interface = Interface(
        name="mail",
        roles=frozenset(Role),
        external=False,
        families=families,
        subnets=(parse_prefix("10.9.0.0/24"),),
        default_route=True,
        vpc="vpc-1",
        resource_group="rg",
        security_group=group,
        network_acl=NetworkAclSettings(subnet_ids=("subnet-1",), fit=acl) if acl else None,
    )
    network = Network(
        name="admins",
        prefixes=tuple(parse_prefix(p) for p in prefixes),
        references={cloud: reference} if reference else {},
    )
    return Settings(
        stack="quota",
        cloud=cloud,
        region="us-east-1",
        gateway=Gateway(environment=Environment.DEV, release="15.0", cisco_region="americas"),
        interfaces={"mail": interface},
        networks={"admins": network},
        hosts={},
        features={f: FeatureSettings(id=f, options={}) for f in features},
        custom_flows=(),
        quotas=Quotas(
            security_group_rules=rules, security_groups_per_interface=5, network_acl_entries=20
        ),
        tags={},
    )


def plan(settings: Settings) -> Plan:
    return make_plan(settings, load_catalog())


def refused(settings: Settings) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        plan(settings)
    return [problem.message for problem in found.value.problems]


def test_45_of_60_rules_leave_the_reserve_and_fit() -> None:
    (rule_set,) = plan(stack(apart(45))).rule_sets

    assert len(rule_set.rules) == 45
    assert [u.room for u in rule_set.usage if u.used] == [15]


def test_the_46th_rule_is_in_the_reserve() -> None:
    (message,) = refused(stack(apart(46)))

    assert message == (
        'security group "mail": 46 ingress IPv4 rules, 1 over the 45 that leave 15 of 60 free '
        'for an update; most come from "ssh-admin" (46). '
        "interfaces.mail.securityGroup.groups: 2 spreads them over 2 groups, and fits."
    )


def test_without_a_reserve_60_rules_fit_and_61_do_not() -> None:
    none = SecurityGroupSettings(reserve=0)

    assert plan(stack(apart(60), group=none))
    (message,) = refused(stack(apart(61), group=none))
    assert message == (
        'security group "mail": 61 ingress IPv4 rules, 1 over the 60; most come from '
        '"ssh-admin" (61). interfaces.mail.securityGroup.groups: 2 spreads them over 2 groups, and fits.'
    )


def test_rules_that_another_covers_are_the_first_way_out() -> None:
    (message,) = refused(stack(("10.1.0.0/16", *apart(46))))

    assert message == (
        'security group "mail": 47 ingress IPv4 rules, 2 over the 45 that leave 15 of 60 free '
        'for an update; most come from "ssh-admin" (47). '
        "interfaces.mail.securityGroup.fit: drop makes 1 of 47 rules, and fits."
    )


def test_neighbours_can_be_merged() -> None:
    (message,) = refused(stack(together(46)))

    # 46 = 32 + 8 + 4 + 2
    assert message.endswith(
        "interfaces.mail.securityGroup.fit: merge makes 4 of 46 rules, and fits."
    )


def test_the_costliest_features_are_named_in_order() -> None:
    features = ("ssh-admin", "gui-https", "gui-http", "new-ui")
    (message,) = refused(stack(apart(20), features=features))

    # 22, 443 (one rule for both web interfaces), 80, and new-ui's own 4431 and 6443
    assert message == (
        'security group "mail": 100 ingress IPv4 rules, 55 over the 45 that leave 15 of 60 free '
        'for an update; most come from "new-ui" (40 of its own, 20 shared), "gui-http" (20), '
        '"ssh-admin" (20). '
        "interfaces.mail.securityGroup.groups: 3 spreads them over 3 groups, and fits."
    )


def test_rules_that_only_several_features_need_are_counted_to_each() -> None:
    """Replies to two ports are one entry on the way out: switching either off saves nothing."""
    features = ("gui-https", "ssh-admin")
    messages = refused(stack(apart(20), acl=Fit.EACH, features=features))

    assert messages[0].startswith(
        'network ACL "mail": 20 egress IPv4 entries, 1 over the 19; most come from '
        '"gui-https" (0 of its own, 20 shared), "ssh-admin" (0 of its own, 20 shared). '
    )


def test_what_fits_no_setting_says_what_else_can_be_done() -> None:
    (message,) = refused(stack(apart(400)))

    assert message == (
        'security group "mail": 400 ingress IPv4 rules, 355 over the 45 that leave 15 of 60 '
        'free for an update; most come from "ssh-admin" (400). '
        # 400 and the reserve of 15; AWS grants 1,000 rules times groups.
        + raised("quotas.securityGroup: {rules: 415, groupsPerInterface: 2}")
    )


def test_several_groups_are_one_problem_with_the_fullest() -> None:
    (message,) = refused(stack(apart(200), group=SecurityGroupSettings(groups=2)))
    found = re.match(
        r'security group "mail": 200 ingress IPv4 rules in 2 groups, (\d+) in the fullest, '
        r"(\d+) over the 45 that leave 15 of 60 free for an update; "
        r'most come from "ssh-admin" \(200\)\. ',
        message,
    )

    assert found is not None
    assert int(found[1]) - 45 == int(found[2])
    assert 100 <= int(found[1]) < 200


def test_more_groups_than_the_product_allows_are_given_up_for_one() -> None:
    """905 rules and a reserve of 15 in one group are 920; five groups need a reserve each."""
    groups = SecurityGroupSettings(groups=5)
    (message,) = refused(stack(apart(905), group=groups))

    assert message.endswith(
        raised(
            "interfaces.mail.securityGroup.groups: 1 with quotas.securityGroup: "
            "{rules: 920, groupsPerInterface: 1}"
        )
    )


def test_a_raised_quota_counts() -> None:
    assert plan(stack(apart(185), rules=200))


def test_a_prefix_list_counts_as_its_maximum_entries() -> None:
    pl = Reference(
        kind=ReferenceKind.PREFIX_LIST, name="admins", id="pl-1", weight=46, family=Family.IPV4
    )
    (message,) = refused(stack(apart(1), reference=pl))

    assert message == (
        'security group "mail": 46 ingress IPv4 rules, 1 over the 45 that leave 15 of 60 free '
        'for an update; most come from "ssh-admin" (46). '
        + raised("quotas.securityGroup: {rules: 61, groupsPerInterface: 5}")
    )


def test_a_security_group_counts_once_in_each_family() -> None:
    group = Reference(kind=ReferenceKind.SECURITY_GROUP, name="admins", id="sg-1")
    (rule_set,) = plan(stack(apart(3), reference=group)).rule_sets

    used = {
        (u.direction.short, int(u.family)): u.used
        for u in rule_set.usage
        if u.direction is not None and u.family is not None
    }
    assert used == {("in", 4): 1, ("in", 6): 1, ("out", 4): 0, ("out", 6): 0}


def test_an_acl_holds_19_entries_because_the_implicit_deny_is_counted() -> None:
    held = plan(stack(apart(19), acl=Fit.EACH)).rule_sets[1]

    assert sorted(u.used for u in held.usage) == [0, 0, 19, 19]
    assert {u.limit for u in held.usage} == {19}


def test_the_20th_entry_does_not_fit_in_either_direction() -> None:
    messages = refused(stack(apart(20), acl=Fit.EACH))

    # Requests one way, replies the other; a superset joins two hosts to one /30 each way.
    assert messages == [
        f'network ACL "mail": 20 {way} IPv4 entries, 1 over the 19; most come from '
        '"ssh-admin" (20). No setting of fit or groups fits and opens nothing more; '
        "interfaces.mail.networkAcl.fit: merge with quotas.networkAcl: {entries: 21} would, "
        "once AWS has raised it; or interfaces.mail.networkAcl.fit: superset fits today, and "
        # two addresses on port 22, and on 64,512 ports of replies
        f"opens {2 + 2 * 64512:,} (address, port) pairs more."
        for way in ("egress", "ingress")
    ]


def test_an_acl_that_no_superset_fits_names_the_quota_that_would() -> None:
    """Public administrators: a join would open SSH to others on the internet."""
    ranges = tuple(f"198.51.100.{n}/32" for n in range(0, 50, 2))
    found = refused(stack(ranges, acl=Fit.SUPERSET))

    # 25 allows on port 22 and the implicit deny; on the way out, replies may be joined.
    assert [m.partition(". ")[2] for m in found] == [
        raised("interfaces.mail.networkAcl.fit: merge with quotas.networkAcl: {entries: 26}")
    ]


def test_an_acl_merges_neighbours_before_it_widens() -> None:
    messages = refused(stack(together(20), acl=Fit.EACH))

    # 20 = 16 + 4, each way
    assert [m.rpartition(". ")[2] for m in messages] == [
        "interfaces.mail.networkAcl.fit: merge makes 4 of 40 rules, and fits."
    ] * 2


def test_families_of_an_acl_have_a_quota_each() -> None:
    six = tuple(f"fd00:0:0:{n:x}::/64" for n in range(0, 38, 2))
    both = (Family.IPV4, Family.IPV6)
    held = plan(stack((*apart(19), *six), acl=Fit.EACH, families=both)).rule_sets[1]

    assert [u.used for u in held.usage] == [19, 19, 19, 19]


def test_an_nsg_has_a_thousand_rules_the_closing_denies_among_them() -> None:
    (message,) = refused(stack(apart(999), cloud=Cloud.AZURE))

    # 999 allows and two closing denies; augmented, they are one rule and the denies.
    assert message == (
        'NSG "mail": 1001 rules, 1 over the 1000; most come from "ssh-admin" (999), '
        '"closing denies" (2). interfaces.mail.nsg.fit: merge makes 3 of 1001 rules, and fits.'
    )


def test_an_nsg_has_four_thousand_prefixes_on_a_side() -> None:
    settings = stack(apart(4000), cloud=Cloud.AZURE)
    mail = settings.interfaces["mail"]
    merged = replace(mail, nsg=replace(mail.nsg, fit=Fit.MERGE))
    messages = refused(replace(settings, interfaces={"mail": merged}))

    # 4,000 administrators, and one "*" in each closing deny.
    assert messages == [
        (
            'NSG "mail": 4002 source prefixes, 2 over the 4000; most come from "ssh-admin" '
            '(4000), "closing denies" (2). No setting of fit or groups fits, and Azure raises '
            "neither quota; narrow the networks or switch features off."
        )
    ]


def test_every_point_that_does_not_fit_is_said_at_once() -> None:
    messages = refused(stack(apart(46), acl=Fit.EACH))

    assert [m.split(":")[0] for m in messages] == [
        'network ACL "mail"',
        'network ACL "mail"',
        'security group "mail"',
    ]
