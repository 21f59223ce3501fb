"""Stacks that nobody thinks of, each judged by the oracle: the lab with one thing changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction, Protocol
from segfw.plan import make_plan
from segfw.problems import ProblemsFound
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import (
    Cloud,
    CustomFlow,
    Fit,
    HostSettings,
    Network,
    NetworkAclSettings,
    Reference,
    ReferenceKind,
    Strategy,
)
from tests.oracles.enforcement import disagreements, sides
from tests.oracles.z3_referee import counterexample
from tests.shipped import TODAY, settings_of

BOTH = ("aws-lab", "azure-lab")


def roomy(name: str):
    """A lab whose quotas and fits leave every rule as it is."""
    lab = settings_of(name)
    interfaces = {
        key: replace(
            one,
            network_acl=replace(one.network_acl, fit=Fit.EACH) if one.network_acl else None,
        )
        for key, one in lab.interfaces.items()
    }
    room = replace(lab.quotas, security_group_rules=1000, network_acl_entries=1000)
    return replace(lab, quotas=room, interfaces=interfaces)


def right(stack):
    """The plan, with which the oracle agrees on every elementary cell."""
    plan = make_plan(stack, load_catalog())
    assert list(disagreements(plan)) == []
    return plan


def network(stack, name: str, *prefixes: str, reference: Reference | None = None):
    held = Network(
        name=name,
        prefixes=tuple(parse_prefix(p) for p in prefixes),
        references={stack.cloud: reference} if reference else {},
    )
    return replace(stack, networks={**stack.networks, name: held})


def options(stack, feature: str, **chosen):
    held = stack.features[feature]
    changed = replace(held, options={**held.options, **chosen})
    return replace(stack, features={**stack.features, feature: changed})


def interface(stack, name: str, **changed):
    held = replace(stack.interfaces[name], **changed)
    return replace(stack, interfaces={**stack.interfaces, name: held})


def acl_fit(stack, fit: Fit):
    acl = stack.interfaces["management"].network_acl
    assert acl is not None
    return interface(stack, "management", network_acl=replace(acl, fit=fit))


def without_acls(stack):
    for name in stack.interfaces:
        stack = interface(stack, name, network_acl=None)
    return stack


def names(plan, key: str) -> set[str]:
    return {
        rule.name
        for held in plan.rule_sets
        if f"{held.point.value}/{held.interface}" == key
        for rule in held.rules
    }


@pytest.mark.parametrize("name", BOTH)
def test_a_peer_that_straddles_two_interfaces_is_split(name) -> None:
    # dns-servers are routed by management; the /16 also holds private's own subnet.
    plan = right(network(roomy(name), "ldap-servers", "10.20.0.0/16", "10.0.0.0/8"))
    assert [s for s in sides(plan) if counterexample(s) is not None] == []

    point = "nsg" if "azure" in name else "security-group"
    assert any("tcp-389-10.20.100.0_24" in n for n in names(plan, f"{point}/management"))
    assert any("tcp-389-" in n for n in names(plan, f"{point}/private"))


@pytest.mark.parametrize("name", BOTH)
def test_a_peer_may_be_the_interfaces_own_subnet(name) -> None:
    right(network(roomy(name), "admins", "10.20.100.0/24"))


@pytest.mark.parametrize("name", BOTH)
def test_a_peer_may_hold_the_interfaces_own_subnet(name) -> None:
    right(network(roomy(name), "admins", "10.20.0.0/16"))


def test_members_of_one_subnet_need_no_entry_and_the_plan_says_so() -> None:
    plan = right(network(roomy("aws-lab"), "admins", "10.20.100.64/26"))

    (acl,) = [
        h for h in plan.rule_sets if h.point.value == "network-acl" and h.interface == "management"
    ]
    assert "admins 10.20.100.64/26" in acl.unfiltered
    assert "management-in-tcp-22-10.20.100.64_26" not in names(plan, "network-acl/management")


def test_of_two_subnets_each_hears_the_other_through_the_acl() -> None:
    stack = interface(
        roomy("aws-lab"),
        "management",
        subnets=(parse_prefix("10.20.100.0/25"), parse_prefix("10.20.100.128/25")),
        network_acl=NetworkAclSettings(subnet_ids=("subnet-1", "subnet-2")),
    )
    plan = right(network(stack, "cluster-members", "10.20.100.10/32", "10.20.100.130/32"))

    assert {
        f"management-{way}-tcp-2222-10.20.100.{host}_32"
        for way in ("in", "out")
        for host in (10, 130)
    } <= names(plan, "network-acl/management")


@pytest.mark.parametrize("name", BOTH)
def test_an_interface_of_ipv6_alone_reaches_the_ipv6_internet_alone(name) -> None:
    six = tuple(p for p in roomy(name).interfaces["public"].subnets if p.family is Family.IPV6)
    stack = interface(roomy(name), "public", families=(Family.IPV6,), subnets=six)
    kept = ("receive-mail", "send-mail", "submission", "talos", "pmtu")
    features = {n: f for n, f in stack.features.items() if n in kept}
    stack = replace(stack, features=features, custom_flows=())

    for held in right(stack).rule_sets:
        if held.interface == "public":
            assert {f for r in held.rules if r.prefixes for f in r.families} == {Family.IPV6}


@pytest.mark.parametrize("name", BOTH)
def test_one_network_in_every_feature_is_one_rule_to_a_service(name) -> None:
    stack = roomy(name)
    for one in stack.networks:
        stack = network(stack, one, "10.77.0.0/28")
    # One prefix in the routes of two interfaces is refused when settings are read.
    stack = interface(stack, "private", routes=())
    right(stack)


@pytest.mark.parametrize("data", ["passive", "active", "both"])
@pytest.mark.parametrize("server", [True, False])
@pytest.mark.parametrize("client", [True, False])
def test_ftp_in_every_mode_opens_no_service(data, server, client) -> None:
    if not (server or client):
        return
    stack = options(roomy("aws-lab"), "ftp", server=server, client=client, data=data)
    right(options(stack, "gui-https", port=8443))


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_a_cluster_of_its_own_group_sits_where_its_members_are(groups) -> None:
    stack = options(without_acls(roomy("aws-lab")), "cluster", peer="self")
    group = replace(stack.interfaces["management"].security_group, groups=groups)
    plan = right(interface(stack, "management", security_group=group))

    assert {"management-in-tcp-2222-self", "management-out-tcp-2222-self"} <= names(
        plan, "security-group/management"
    )
    assert not any("self" in n for n in names(plan, "security-group/public"))


PREFIX_LIST = Reference(
    kind=ReferenceKind.PREFIX_LIST, name="ldap-servers", id="pl-1", weight=4, family=Family.IPV4
)


def test_a_reference_of_a_peer_that_is_split_gives_way_to_its_prefixes() -> None:
    stack = without_acls(roomy("aws-lab"))
    plan = right(network(stack, "ldap-servers", "10.20.0.0/16", reference=PREFIX_LIST))

    assert not any("ldap-servers" in n for n in names(plan, "security-group/private"))


def test_a_list_of_one_family_leaves_the_other_familys_prefixes() -> None:
    listed = replace(PREFIX_LIST, name="admins")
    stack = without_acls(roomy("aws-lab"))
    plan = right(network(stack, "admins", "10.40.0.0/24", "2001:db8:40::/64", reference=listed))

    ssh = {n for n in names(plan, "security-group/management") if "in-tcp-22-" in n}
    assert {"management-in-tcp-22-admins", "management-in-tcp-22-2001-db8-40--_64"} <= ssh
    assert "management-in-tcp-22-10.40.0.0_24" not in ssh


def test_a_list_of_a_family_that_the_interface_lacks_is_refused() -> None:
    listed = replace(PREFIX_LIST, name="mail-servers", family=Family.IPV6)
    stack = without_acls(roomy("aws-lab"))
    with pytest.raises(ProblemsFound) as refused:
        right(network(stack, "mail-servers", "10.20.25.16/28", reference=listed))

    (problem,) = refused.value.problems
    assert problem.message == (
        '"mail-servers" has IPv6 addresses, and "private", where deliver-inside would use them, '
        "has no ipv6; add it to the families there, or take the addresses out."
    )


@pytest.mark.parametrize("first", [10000, 32768])
def test_with_high_ephemeral_ports_only_the_guards_in_their_way_are_left(first) -> None:
    stack = roomy("aws-lab")
    gateway = replace(stack.gateway, ephemeral_ports=PortRange(first, 65535))
    features = {n: f for n, f in stack.features.items() if n != "ftp"}
    plan = right(replace(stack, gateway=gateway, features=features))

    for held in plan.rule_sets:
        assert not any(rule.action.value == "deny" for rule in held.rules)


@pytest.mark.parametrize("fit", [Fit.EACH, Fit.DROP, Fit.MERGE])
@pytest.mark.parametrize("port", [1024, 2223, 8443, 65535])
def test_a_service_that_was_moved_up_is_guarded_there(fit, port) -> None:
    stack = options(roomy("aws-lab"), "gui-https", port=port)
    plan = right(acl_fit(stack, fit))

    assert f"management-in-deny-tcp-{port}-0.0.0.0_0" in names(plan, "network-acl/management")


def custom(**changed) -> CustomFlow:
    plain = CustomFlow(
        name="odd",
        interface="management",
        direction=Direction.INGRESS,
        protocol=Protocol.TCP,
        ports=(PortRange(6020, 6030),),
        network="collectors",
        reason="The test asks for it.",
        owner="mail-operations",
        review_by=TODAY,
    )
    return replace(plain, **changed)


@pytest.mark.parametrize("fit", [Fit.EACH, Fit.DROP, Fit.MERGE])
def test_a_custom_range_over_a_guarded_port_is_let_through_on_all_of_it(fit) -> None:
    stack = replace(roomy("aws-lab"), custom_flows=(custom(), custom(name="odder")))

    right(acl_fit(stack, fit))


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("name", BOTH)
def test_custom_pings_are_answered(name, direction) -> None:
    stack = network(roomy(name), "collectors", "10.20.14.32/32", "2001:db8:14::/64")

    right(replace(stack, custom_flows=(custom(protocol=None, ports=(), direction=direction),)))


def test_a_tag_that_pings_an_interface_of_both_families_pings_over_ipv4() -> None:
    tag = Reference(kind=ReferenceKind.SERVICE_TAG, name="monitoring", id="AzureMonitor")
    plan = right(network(roomy("azure-lab"), "monitoring", reference=tag))

    pings = {n for n in names(plan, "nsg/management") if "icmp" in n}
    assert pings == {"management-in-icmp-any-monitoring"}


@pytest.mark.parametrize("port", [None, 22, 25, 53, 80, 443, 4766])
def test_the_support_tunnel_uses_the_one_port_that_was_chosen(port) -> None:
    plan = right(options(roomy("aws-lab"), "tac-tunnel", port=port))

    assert {n for n in names(plan, "security-group/public") if "63.251.108.107" in n} == {
        f"public-out-tcp-{port or 25}-63.251.108.107_32"
    }


@pytest.mark.parametrize("name", BOTH)
def test_hosts_may_be_the_internet(name) -> None:
    right(replace(roomy(name), hosts={"default": HostSettings(strategy=Strategy.INTERNET)}))


@pytest.mark.parametrize("name", BOTH)
def test_hosts_may_be_reached_by_a_proxy_on_another_interface(name) -> None:
    # collectors are routed by management, and the proxy with them.
    proxy = HostSettings(strategy=Strategy.PROXY, network="collectors", port=3128)
    plan = right(replace(roomy(name), hosts={"default": proxy}))

    point = "nsg" if "azure" in name else "security-group"
    assert "management-out-tcp-3128-10.20.14.32_32" in names(plan, f"{point}/management")
    assert not any("tcp-443-203.0.113" in n for n in names(plan, f"{point}/public"))


@pytest.mark.parametrize("name", BOTH)
def test_every_feature_may_be_pinned_to_one_interface(name) -> None:
    stack = roomy(name)
    pinned = {n: replace(f, interface="public") for n, f in stack.features.items()}
    plan = right(replace(stack, features=pinned, custom_flows=()))

    for held in plan.rule_sets:
        assert held.interface == "public" or not any(rule.flows for rule in held.rules)


def test_a_licence_manager_of_ones_own_takes_the_vendors_place() -> None:
    stack = roomy("aws-lab")
    own = replace(stack.features["smart-licensing"], peers=("collectors",))
    plan = right(replace(stack, features={**stack.features, "smart-licensing": own}))

    assert "management-out-tcp-443-10.20.14.32_32" in names(plan, "security-group/management")
    assert "public-out-tcp-443-203.0.113.60_32" not in names(plan, "security-group/public")


def test_augmented_rules_of_an_nsg_have_legal_names_of_their_own() -> None:
    stack = roomy("azure-lab")
    for one in stack.interfaces.values():
        stack = interface(stack, one.name, nsg=replace(one.nsg, fit=Fit.MERGE))
    longest = {
        name: replace(host, strategy=Strategy.PROXY, network="collectors", port=8443)
        if name.startswith("houston")
        else host
        for name, host in stack.hosts.items()
    }
    plan = right(replace(stack, hosts=longest))

    for held in plan.rule_sets:
        found = [rule.name for rule in held.rules]
        assert len(found) == len(set(found))
        assert max(map(len, found)) <= 80


def test_clouds_are_the_two_of_the_labs() -> None:
    assert {settings_of(name).cloud for name in BOTH} == set(Cloud)
