"""What a sound stack is read as."""

from __future__ import annotations

from datetime import date

import pytest

from segfw.catalog.model import Direction, Protocol, Role
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.ports import PortRange
from segfw.settings.types import (
    Cloud,
    Environment,
    Fit,
    Reference,
    ReferenceKind,
    StackOutput,
    Strategy,
)
from tests.settings.reading import ALONE, AWS, ON_AWS, ON_AZURE, problems_of, settings_of

PLAIN = "config:\n  seg-firewall:tags: {team: mail}\n"


def test_what_is_not_said_has_its_default():
    settings = settings_of(PLAIN)
    public = settings.interfaces["public"]
    assert (settings.cloud, settings.region) == (Cloud.AWS, "eu-central-1")
    assert settings.gateway.environment is Environment.DEV
    assert settings.gateway.ephemeral_ports == PortRange(1024, 65535)
    assert (public.families, public.roles) == ((Family.IPV4,), frozenset({Role.PUBLIC}))
    group = public.security_group
    assert (group.groups, group.reserve, group.fit, group.exclusive) == (1, 15, Fit.EACH, True)
    assert (public.network_acl, dict(group.attach)) == (None, {})
    assert settings.quotas.security_group_rules == 60
    assert settings.quotas.security_groups_per_interface == 5
    assert settings.quotas.network_acl_entries == 20
    assert not settings.drop_provider_aliases


def test_only_path_mtu_discovery_is_on_by_itself():
    assert list(settings_of(PLAIN).features) == ["pmtu"]
    assert list(settings_of("config:\n  seg-firewall:features: {pmtu: false}\n").features) == []


def test_the_only_public_interface_has_the_default_route():
    routes = {name: i.default_route for name, i in settings_of(PLAIN).interfaces.items()}
    assert routes == {"management": False, "private": False, "public": True}


def test_the_only_interface_has_the_default_route():
    text = """
config:
  aws:region: eu-central-1
  seg-firewall:cloud: aws
  seg-firewall:gateway: {environment: dev, release: "15.0", ciscoRegion: europe}
  seg-firewall:interfaces: {data: {roles: [management], external: false, vpc: vpc-1}}
"""
    assert settings_of(text, ALONE).interfaces["data"].default_route


def test_another_interface_may_have_the_default_route():
    text = "config:\n  seg-firewall:interfaces: {private: {defaultRoute: true}}\n"
    routes = {name: i.default_route for name, i in settings_of(text).interfaces.items()}
    assert routes == {"management": False, "private": True, "public": False}


def test_an_interface_has_what_it_says():
    text = """
config:
  seg-firewall:interfaces:
    public:
      families: [ipv4, ipv6]
      subnets: [10.1.1.0/24, "2001:DB8::/64"]
      vpc: {stack: acme/network/prod, output: vpcId}
      renamedFrom: [outside]
      securityGroup:
        groups: 2
        reserve: 10
        fit: merge
        exclusive: false
        attach: [eni-1, {stack: acme/network/prod, output: publicEni}]
      networkAcl: {subnetIds: [subnet-1], fit: superset}
"""
    public = settings_of(text).interfaces["public"]
    assert public.vpc == StackOutput("acme/network/prod", "vpcId")
    assert public.subnets == (parse_prefix("10.1.1.0/24"), parse_prefix("2001:db8::/64"))
    assert public.renamed_from == ("outside",)
    group = public.security_group
    assert (group.groups, group.reserve, group.fit, group.exclusive) == (2, 10, Fit.MERGE, False)
    assert dict(group.attach) == {
        "eni-1": "eni-1",
        "publicEni": StackOutput("acme/network/prod", "publicEni"),
    }
    assert public.network_acl is not None
    assert (public.network_acl.subnet_ids, public.network_acl.fit) == (("subnet-1",), Fit.SUPERSET)


def test_the_gateway_is_what_it_says():
    text = """
config:
  seg-firewall:gateway:
    ephemeralPorts: 10000-65535
    checklist: {static-routes: {by: ann, date: "2026-11-01"}}
"""
    gateway = settings_of(text).gateway
    assert gateway.ephemeral_ports == PortRange(10000, 65535)
    confirmed = gateway.checklist["static-routes"]
    assert (confirmed.by, confirmed.date) == ("ann", date(2026, 11, 1))


def test_a_network_may_be_a_list_or_say_more():
    text = """
config:
  seg-firewall:networks:
    short: [10.3.0.0/24]
    long: {prefixes: [10.4.0.0/24], owner: net, source: IPAM, checked: "2026-11-01"}
    listed: {aws: {prefixList: {id: pl-1, weight: 7, family: ipv4}}, prefixes: [10.5.0.0/24]}
    grouped: {aws: {securityGroup: {stack: s, output: o}}, azure: {serviceTag: AzureMonitor}}
    asg: {azure: {applicationSecurityGroup: /subscriptions/s/resourceGroups/r/providers/Microsoft.Network/applicationSecurityGroups/id}}
"""
    networks = settings_of(text).networks
    assert networks["short"].prefixes == (parse_prefix("10.3.0.0/24"),)
    long = networks["long"]
    assert (long.owner, long.source, long.checked) == ("net", "IPAM", date(2026, 11, 1))
    assert networks["listed"].references == {
        Cloud.AWS: Reference(
            kind=ReferenceKind.PREFIX_LIST,
            name="listed",
            id="pl-1",
            weight=7,
            family=Family.IPV4,
        )
    }
    assert networks["grouped"].references == {
        Cloud.AWS: Reference(
            kind=ReferenceKind.SECURITY_GROUP, name="grouped", id=StackOutput("s", "o")
        ),
        Cloud.AZURE: Reference(kind=ReferenceKind.SERVICE_TAG, name="grouped", id="AzureMonitor"),
    }
    assert networks["asg"].references[Cloud.AZURE].kind is ReferenceKind.APPLICATION_SECURITY_GROUP


def test_a_host_has_one_of_three_strategies():
    text = """
config:
  seg-firewall:hosts:
    default: internet
    res.cisco.com: [203.0.113.1/32]
    aggregator.cisco.com: {prefixes: [203.0.113.2/32], checked: "2026-11-01"}
    updates.ironport.com: {proxy: {network: admins, port: 3128}}
"""
    hosts = settings_of(text).hosts
    assert hosts["default"].strategy is Strategy.INTERNET
    assert hosts["res.cisco.com"].prefixes == (parse_prefix("203.0.113.1/32"),)
    assert hosts["aggregator.cisco.com"].strategy is Strategy.PREFIXES
    proxy = hosts["updates.ironport.com"]
    assert (proxy.strategy, proxy.network, proxy.port) == (Strategy.PROXY, "admins", 3128)


def test_features_come_in_the_catalogs_order_with_every_option():
    text = """
config:
  seg-firewall:features:
    syslog: {to: [admins], port: 1514}
    ssh-admin: {from: [sma, admins], interface: management}
    receive-mail: {}
"""
    features = settings_of(text).features
    assert list(features) == ["receive-mail", "ssh-admin", "syslog", "pmtu"]
    assert features["syslog"].options == {"protocol": "tls", "port": 1514}
    assert features["syslog"].peers == ("admins",)
    assert features["ssh-admin"].peers == ("sma", "admins")
    assert features["ssh-admin"].interface == "management"
    assert features["receive-mail"].peers is None


def test_custom_flows_are_read():
    text = """
config:
  seg-firewall:features:
    custom-flow:
      - name: metrics
        interface: management
        direction: egress
        protocol: tcp
        ports: [8514, "9000-9003"]
        to: [admins]
        reason: metrics
        owner: ops
        reviewBy: "2027-06-30"
      - name: ping
        interface: management
        direction: ingress
        protocol: icmp-echo
        from: [admins]
        reason: reachability
        owner: ops
        reviewBy: "2027-06-30"
"""
    metrics, ping = settings_of(text).custom_flows
    assert (metrics.direction, metrics.protocol) == (Direction.EGRESS, Protocol.TCP)
    assert metrics.ports == (PortRange(8514, 8514), PortRange(9000, 9003))
    assert (metrics.network, metrics.review_by) == ("admins", date(2027, 6, 30))
    assert (ping.direction, ping.protocol, ping.ports) == (Direction.INGRESS, None, ())


def test_places_are_those_of_values_and_of_prefixes_as_they_are_printed():
    text = 'config:\n  seg-firewall:networks:\n    v6:\n      - "2001:DB8::/32"\n'
    settings = settings_of(text)
    where = "config/Pulumi.test.yaml:4"
    assert str(settings.place("networks.v6[2001:db8::/32]")) == where
    assert str(settings.place("networks.v6")) == "config/Pulumi.test.yaml:3"
    assert str(settings.place("networks.admins[10.9.0.0/28]")) == "config/shared/sound.yaml:12"
    assert str(settings.place("networks.admins[10.9.9.9/32]")) == "config/shared/sound.yaml:12"
    assert str(settings.place("nothing.here")) == "stack config"


def test_azure_reads_quotas_of_aws_and_leaves_them():
    text = "config:\n  seg-firewall:quotas: {networkAcl: {entries: 40}}\n"
    settings = settings_of(text, ON_AZURE)
    assert (settings.cloud, settings.region) == (Cloud.AZURE, "westeurope")
    assert settings.interfaces["public"].resource_group == "rg-1"


@pytest.mark.parametrize(
    "account",
    [
        'aws:allowedAccountIds: ["111122223333"]',
        'aws:allowedAccountIds: ["111122223333", "000000000001"]',
    ],
)
def test_production_names_an_account(account):
    text = f"config:\n  {account}\n  seg-firewall:gateway: {{environment: prod}}\n"
    assert problems_of(text, ON_AWS) == []


def test_one_broken_entry_hides_no_other():
    text = """
config:
  seg-firewall:networks: {admins: [10.0.0.1/8]}
  seg-firewall:interfaces: {management: {routes: [admins]}}
  seg-firewall:features: {ssh-admin: {}, gui-https: {form: [admins]}, dns: {}}
"""
    assert problems_of(text) == [
        'config/Pulumi.test.yaml:2: networks.admins[10.0.0.1/8]: "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
        'config/Pulumi.test.yaml:4: features.dns: needs the network "dns-servers", which is not there; add "dns-servers: [<prefix>]" to seg-firewall:networks, or name others with to: [...].',
        'config/Pulumi.test.yaml:4: features.gui-https.form: no such option; did you mean "from"?',
    ]


def test_a_problem_of_an_import_names_the_shared_file():
    shared = {"aws": AWS + "  seg-firewall:networks: {admins: [10.0.0.1/8]}\n"}
    assert problems_of(PLAIN, ON_AWS, shared) == [
        'config/shared/aws.yaml:5: networks.admins[10.0.0.1/8]: "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?'
    ]


def test_a_text_cannot_forge_a_line_of_the_report():
    text = 'config:\n  "seg-firewall:x\\nforged": {}\n  seg-firewall:tags: {"a\\e[2J": {}}\n'
    assert problems_of(text) == [
        'config/Pulumi.test.yaml:2: x\\u000aforged: no such setting; there are "cloud", "gateway", "interfaces", "networks", "hosts", "features", "quotas", "tags", "dropProviderAliases" and "imports".',
        "config/Pulumi.test.yaml:3: tags.a\\u001b[2J: is a mapping; write text.",
    ]


def test_a_licence_manager_takes_the_place_of_the_host():
    text = "config:\n  seg-firewall:features: {smart-licensing: {to: [admins]}}\n"
    assert settings_of(text).features["smart-licensing"].peers == ("admins",)


def test_a_cluster_may_be_the_group_itself():
    text = """
config:
  seg-firewall:interfaces: {management: {securityGroup: {attach: [eni-1]}}}
  seg-firewall:features: {cluster: {peer: self}}
"""
    assert settings_of(text).features["cluster"].options["peer"] == "self"


def test_a_custom_flow_from_private_addresses_may_come_in_anywhere():
    text = """
config:
  seg-firewall:features:
    custom-flow:
      - {name: x, interface: public, direction: ingress, protocol: udp, ports: [9000], from: [admins],
         reason: r, owner: o, reviewBy: "2027-01-01"}
"""
    assert settings_of(text).custom_flows[0].protocol is Protocol.UDP
