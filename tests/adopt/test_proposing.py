"""A first stack from what a cloud has: what ports and far ends tell, and nothing more."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest

from segfw.adopt import adopt
from segfw.adopt.candidates import Service, chosen, index_of
from segfw.adopt.explaining import Kind
from segfw.adopt.proposing import propose
from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.live import read_files
from segfw.plan import make_plan
from segfw.settings import read_settings, tree_from_values
from tests.live.answers import files_of
from tests.shipped import SHIPPED, planned

CATALOG = load_catalog()
INDEX = index_of(CATALOG)


def proposed(name, stack="aws-prod-here"):
    live = read_files(files_of(planned(name)))
    return live, propose(
        live.inventory,
        CATALOG,
        stack,
        account=live.account,
        region=live.region,
        defaults=live.defaults,
    )


def choice(way, protocol, ports, *prefixes):
    internet = not prefixes
    return chosen(INDEX, Service(way, protocol, ports), prefixes, internet=internet)


@pytest.mark.parametrize(
    ("way", "protocol", "ports", "far", "feature"),
    [
        (Direction.INGRESS, "tcp", "22", ("10.1.0.0/28",), "ssh-admin"),
        (Direction.INGRESS, "tcp", "443", ("10.1.0.0/28",), "gui-https"),
        (Direction.INGRESS, "tcp", "25", (), "receive-mail"),
        (Direction.INGRESS, "tcp", "25", ("10.1.0.0/28",), "relay-mail"),
        (Direction.EGRESS, "tcp", "25", (), "send-mail"),
        (Direction.EGRESS, "tcp", "25", ("10.1.0.0/28",), "deliver-inside"),
        (Direction.EGRESS, "tcp", "3268", ("10.1.0.0/28",), "ldap"),
        (Direction.EGRESS, "udp", "53", ("10.1.0.53/32",), "dns"),
        (Direction.INGRESS, "icmp", "3.4", (), "pmtu"),
        (Direction.INGRESS, "icmp", "8.0", ("10.1.0.0/28",), "icmp-echo"),
        (Direction.EGRESS, "tcp", "443", ("146.112.62.0/24",), "talos"),
    ],
)
def test_a_port_of_a_row_is_its_feature(way, protocol, ports, far, feature):
    """By the table: rows 2, 21, 6, 5, 19, 7, 25 and the extras."""
    found = choice(way, protocol, ports, *far)
    assert found.taken is not None
    assert found.taken.feature.id == feature


def test_what_goes_to_hosts_without_addresses_is_nobodys():
    found = choice(Direction.EGRESS, "tcp", "443")
    assert found.taken is None
    assert {"updates", "file-analysis", "encryption"} <= set(found.others)


def test_what_management_feature_would_need_is_never_taken_for_it_from_the_internet():
    found = choice(Direction.INGRESS, "tcp", "22")
    assert (found.taken, found.why) == (None, "the port is the one of")


def test_a_port_that_no_row_has_is_nobodys():
    assert choice(Direction.INGRESS, "tcp", "3389", "10.0.0.0/8").taken is None
    assert choice(Direction.INGRESS, "tcp", "1024-65535", "10.0.0.0/8").taken is None


@pytest.mark.parametrize("name", SHIPPED)
def test_a_proposal_names_the_interfaces_and_the_site(name):
    plan = planned(name)
    _, found = proposed(name)
    assert set(found.values["interfaces"]) == set(plan.settings.interfaces)
    for interface in plan.settings.interfaces.values():
        said = found.values["interfaces"][interface.name]
        assert set(said["roles"]) >= {role.value for role in interface.roles} & set(said["roles"])
        assert said.get("vpc", said.get("resourceGroup")) == (
            interface.vpc or interface.resource_group
        )
        groups = interface.security_group.groups
        assert said.get("securityGroup", {}).get("groups", 1) == groups
    assert found.values["gateway"]["environment"] == "prod"


def filled(values, **gateway):
    """The proposal with what only its reader knows."""
    made = copy.deepcopy(values)
    made["gateway"] = {**made["gateway"], "release": "15.0", "ciscoRegion": "americas", **gateway}
    return made


@pytest.mark.parametrize("name", ["aws-dev-us-east-1", "aws-prod-us-east-1"])
def test_a_filled_in_proposal_compiles_and_explains_most_of_the_cloud(name):
    """What it does not explain is what goes to a proxy or to hosts, and is in the comments."""
    live, found = proposed(name)
    made = filled(found.values)
    site = {key: made.pop(key) for key in list(made) if ":" in key}
    assert site["aws:region"] == planned(name).settings.region
    settings = read_settings(
        tree_from_values(made), CATALOG, stack="aws-prod-here", today=date(2026, 11, 24)
    )
    groups = [one for one in live.inventory.resources if not one.type.endswith(":NetworkAcl")]
    plan = make_plan(settings, CATALOG)
    compared = adopt(plan, live.inventory._replace(resources=tuple(groups)), (), "a")
    odd = [one for one in compared.explanations if not one.kind.explained]
    assert len(odd) <= len(compared.explanations) // 4
    assert {one.kind for one in odd} <= {Kind.UNEXPLAINED, Kind.WIDER}
    told = "\n".join(found.comments)
    for one in odd:
        service = one.existing.words.partition(" to ")[0].partition(" from ")[0]
        assert service in told


def test_no_custom_flow_is_guessed_and_every_left_over_rule_is_told():
    _, found = proposed("aws-prod-us-east-1")
    assert "custom-flow" not in found.values["features"]
    assert any("out tcp 3128 to 10.40.32.16/29" in line for line in found.comments)


def test_a_network_is_named_once_by_its_content():
    _, found = proposed("aws-prod-us-east-1")
    networks, features = found.values["networks"], found.values["features"]
    peers = features["gui-https"].get("from", ["admins"])
    assert features["new-ui"].get("from", ["admins"]) == peers
    contents = [json.dumps(networks[name]) for name in networks]
    defaults = {f.network for f in CATALOG.features.values()}
    generated = [name for name in networks if name not in defaults]
    assert len({json.dumps(networks[name]) for name in generated}) == len(generated)
    assert contents
