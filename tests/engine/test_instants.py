"""No instant of an update lets less through than both stacks, or more than either.

Each change is made by the real engine, there and back, and every call that the stand-in clouds
recorded is replayed: `tests/oracles/replay*.py` says what each instant lets through. Which of two
independent steps came first is chance, so on AWS the calls are also replayed in other orders that
the engine might have chosen.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sandbox import arm, seed
from sandbox.arm_store import Store
from sandbox.environment import PROJECT
from sandbox.runner import Pulumi
from tests.engine.conftest import AZURE_PROVIDER, REGION, Stack, aws_provider
from tests.oracles import replay_aws, replay_azure
from tests.oracles.replay import DENIED, judge
from tests.oracles.replay_aws import Call
from tests.oracles.replay_orders import needs, orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engine.conftest import Clouds
    from tests.oracles.replay_aws import Ec2

pytestmark = pytest.mark.engine

Settings = dict[str, Any]
Cards = dict[str, str]

SETTINGS: Settings = {
    "gateway": {"environment": "dev", "release": "15.0", "ciscoRegion": "americas"},
    "networks": {
        "admins": ["10.40.0.0/25", "10.40.0.128/25", "fd00:40::/64"],
        "bastion": ["10.41.0.4/32"],
        "dns-servers": ["10.20.53.53/32"],
    },
    "features": {
        "receive-mail": {},
        "send-mail": {},
        "ssh-admin": {"from": ["admins"]},
        "gui-https": {"from": ["bastion"]},
        "dns": {},
    },
}


# Changes: each edits the settings of the stack before into those of the stack after.


def a_peer_added(s: Settings, cards: Cards) -> None:
    s["networks"]["admins"].append("10.40.9.0/28")


def a_peer_widened(s: Settings, cards: Cards) -> None:
    s["networks"]["admins"] = ["10.40.0.0/23", "fd00:40::/63"]


def peers_moved_to_other_features(s: Settings, cards: Cards) -> None:
    s["features"] |= {"ssh-admin": {"from": ["bastion"]}, "gui-https": {"from": ["admins"]}}


def a_port_changed(s: Settings, cards: Cards) -> None:
    s["features"]["gui-https"]["port"] = 8443


def features_switched_on(s: Settings, cards: Cards) -> None:
    s["features"] |= {"submission": {}, "api-https": {"from": ["bastion"]}}


def the_release_raised(s: Settings, cards: Cards) -> None:
    s["gateway"]["release"] = "16.0"


def tags_changed(s: Settings, cards: Cards) -> None:
    s["tags"] = {"owner": "mail-operations"}


def the_fit_changed(s: Settings, cards: Cards) -> None:
    for interface in s["interfaces"].values():
        for point in {"securityGroup", "networkAcl", "nsg"} & interface.keys():
            interface[point]["fit"] = "merge"


def an_interface_renamed(s: Settings, cards: Cards) -> None:
    interfaces = s["interfaces"]
    (old,) = [name for name, each in interfaces.items() if "renamedFrom" in each]
    interface = interfaces.pop(old)
    (new,) = interface["renamedFrom"]
    interfaces[new] = interface | {"renamedFrom": [old]}


def an_attachment_added(s: Settings, cards: Cards) -> None:
    s["interfaces"]["management"]["securityGroup"]["attach"]["spare"] = cards["spare"]


def an_attachment_moved(s: Settings, cards: Cards) -> None:
    s["interfaces"]["management"]["securityGroup"]["attach"]["second"] = cards["spare"]


def groups_raised(s: Settings, cards: Cards) -> None:
    s["interfaces"]["management"]["securityGroup"]["groups"] = 3
    s["interfaces"]["public"]["securityGroup"]["groups"] = 2


def a_prefix_list_used(s: Settings, cards: Cards) -> None:
    s["features"]["talos"] = {"prefixList": True}


# Stacks that some changes start from, in place of the common one.


def members_of_one_cluster(s: Settings) -> None:
    """Rules that name the group itself; a network ACL cannot name it."""
    s["features"]["cluster"] = {"peer": "self"}
    del s["interfaces"]["management"]["networkAcl"]


def talos_by_prefixes(s: Settings) -> None:
    s["features"]["talos"] = {"prefixList": False}
    for interface in s["interfaces"].values():
        interface.pop("networkAcl", None)


class Change(NamedTuple):
    edit: Callable[[Settings, Cards], None]
    start: Callable[[Settings], None] = lambda _: None
    silent: bool = False
    """Whether nothing in a cloud changes."""


BOTH = {
    change.edit.__name__: change
    for change in (
        Change(a_peer_added),
        Change(a_peer_widened),
        Change(peers_moved_to_other_features),
        Change(a_port_changed),
        Change(features_switched_on),
        Change(the_release_raised, silent=True),
        Change(tags_changed),
        Change(the_fit_changed),
        Change(an_interface_renamed),
    )
}
AWS = BOTH | {
    change.edit.__name__: change
    for change in (
        Change(an_attachment_added),
        Change(an_attachment_moved),
        Change(groups_raised, members_of_one_cluster),
        Change(a_prefix_list_used, talos_by_prefixes),
    )
}


@dataclass
class Live:
    """One stack that lives through many changes, each seen call by call."""

    stack: Stack
    clouds: Clouds
    common: Settings
    cards: Cards
    """AWS: network interfaces by a name of the test's."""

    def both(self, change: Change) -> tuple[Settings, Settings]:
        """The settings before and after *change*."""
        old = copy.deepcopy(self.common)
        change.start(old)
        new = copy.deepcopy(old)
        change.edit(new, self.cards)
        return old, new

    def settle(self, settings: Settings) -> None:
        """Bring the stack to *settings*, from wherever the change before left it."""
        if self.stack.settings == settings:
            return
        self.stack.settings = settings
        if self.stack.up(check=False).code != 0:
            self.destroy()
            self.stack.up()

    def destroy(self) -> None:
        self.stack.pulumi.destroy(self.stack.name, check=False)

    def recorded_up(self, settings: Settings, *, check: bool = True) -> list[dict[str, Any]]:
        """What the stand-ins recorded while the stack came to *settings*."""
        calls = self.clouds.environment.calls
        start = calls.stat().st_size
        self.stack.settings = settings
        self.stack.up(check=check)
        with calls.open("rb") as file:
            file.seek(start)
            return [json.loads(line) for line in file]


# AWS


@pytest.fixture(scope="module")
def aws_live(clouds: Clouds) -> Iterator[Live]:
    """Two gateways' management interfaces, and a public one; each with a network ACL."""
    name = "instants-aws"
    blocks = {
        "management": ["10.20.100.0/24"],
        "second": ["10.20.102.0/24"],
        "public": ["10.20.101.0/24"],
    }
    network = seed.aws(clouds.endpoint, REGION, name, blocks)
    subnets, cards = network.subnet_ids, network.interface_ids
    made = clouds.ec2.create_network_interface(SubnetId=subnets["management"])
    cards |= {"spare": made["NetworkInterface"]["NetworkInterfaceId"]}
    common = copy.deepcopy(SETTINGS) | {
        "cloud": "aws",
        "quotas": {"networkAcl": {"entries": 40}},
        "interfaces": {
            "management": {
                "roles": ["management"],
                "external": False,
                "families": ["ipv4", "ipv6"],
                "subnets": ["10.20.100.0/24", "10.20.102.0/24"],
                "routes": ["admins", "dns-servers"],
                "vpc": network.vpc_id,
                "securityGroup": {
                    "attach": {"first": cards["management"], "second": cards["second"]}
                },
                "networkAcl": {"subnetIds": [subnets["management"], subnets["second"]]},
                "renamedFrom": ["mgmt"],
            },
            "public": {
                "roles": ["public"],
                "external": True,
                "families": ["ipv4", "ipv6"],
                "subnets": ["10.20.101.0/24"],
                "vpc": network.vpc_id,
                "securityGroup": {"attach": {"first": cards["public"]}},
                "networkAcl": {"subnetIds": [subnets["public"]], "fit": "merge"},
            },
        },
    }
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    live = Live(Stack(name, pulumi, aws_provider(clouds.endpoint)), clouds, common, cards)
    yield live
    live.destroy()


def seen(live: Live) -> Ec2:
    vpc = live.common["interfaces"]["public"]["vpc"]
    return replay_aws.Ec2.seen(live.clouds.ec2, vpc)


def aws_update(live: Live, new: Settings) -> tuple[Ec2, list[Call]]:
    """What stood before the stack came to *new*, and the calls; they account for what stands now."""
    before = seen(live)
    calls = replay_aws.calls_of(live.recorded_up(new))
    _, after = replay_aws.instants(before, calls)
    assert after.comparable() == seen(live).comparable()
    return before, calls


def aws_findings(live: Live, before: Ec2, calls: list[Call]) -> list[str]:
    """Every finding, in the order of the log and in others."""
    required = needs(live.stack.pulumi.resources(live.stack.name))
    moved = list(replay_aws.relative(before, calls))
    found = []
    for order in (calls, *orders(moved, required)):
        seen_so, _ = replay_aws.instants(before, order)
        found.extend(map(str, judge(seen_so)))
    return found


@pytest.mark.parametrize("name", AWS)
def test_no_instant_of_a_change_on_aws_loses_or_opens_anything(aws_live: Live, name: str) -> None:
    old, new = aws_live.both(AWS[name])
    aws_live.settle(old)

    for direction, wanted in (("there", new), ("back", old)):
        before, calls = aws_update(aws_live, wanted)
        assert bool(calls) is not AWS[name].silent, direction
        assert aws_findings(aws_live, before, calls) == [], direction


@pytest.fixture
def unattached(aws_live: Live) -> Iterator[Callable[[], None]]:
    """Takes note of what the public interface has, and gives it back in the end."""
    card = aws_live.cards["public"]
    noted: list[str] = []
    yield lambda: noted.extend(seen(aws_live).cards[card]["groups"])
    if noted:
        hang(aws_live, card, noted)


def test_groups_that_others_attach_are_raised_and_lowered_with_their_help(
    aws_live: Live, unattached: Callable[[], None]
) -> None:
    """One update cannot do it: a new group protects nothing until its owner attaches it.

    docs/change-without-outage.md, "More or fewer groups", has the steps.
    """
    common = copy.deepcopy(aws_live.common)
    common["interfaces"]["public"]["securityGroup"] = {}
    raised = copy.deepcopy(common)
    raised["interfaces"]["public"]["securityGroup"] = {"groups": 2}
    card, pulumi, name = aws_live.cards["public"], aws_live.stack.pulumi, aws_live.stack.name
    aws_live.settle(common)
    unattached()
    first = aws_live.stack.urns()["public"]
    hang(aws_live, card, [first])

    # A new group comes too late for the rules that moved to it.
    before, calls = aws_update(aws_live, raised)
    both = [first, aws_live.stack.urns()["public-2"]]
    attached = Call(
        len(calls) + 1,
        "ModifyNetworkInterfaceAttribute",
        {"NetworkInterfaceId": card, "Groups": both},
        {},
    )
    moments, _ = replay_aws.instants(before, [*calls, attached])
    lost = list(judge(moments))
    assert {each.what for each in lost} == {DENIED}
    assert {each.number for each in lost} >= {len(calls)}, "until the very last call"
    assert all(card in each.door for each in lost)

    # A group made by hand that lets the same through meanwhile bridges the gap.
    bridged = copy.deepcopy(before)
    bridged.groups["by hand"] = dict(before.groups[first])
    bridged.cards[card]["groups"].append("by hand")
    moments, _ = replay_aws.instants(bridged, [*calls, attached])
    assert list(judge(moments)) == []

    # Lowered: the rules are back before anything goes, and the group waits for its owner.
    hang(aws_live, card, both)
    before = seen(aws_live)
    log = aws_live.recorded_up(common, check=False)
    calls = replay_aws.calls_of(log)
    moments, after = replay_aws.instants(before, calls)
    assert after.comparable() == seen(aws_live).comparable()
    assert calls[-1].outcome == "DependencyViolation"
    assert list(judge(moments)) == []
    assert pulumi.outputs(name)["securityGroupIds"]["public"] == [first]
    hang(aws_live, card, [first])
    aws_live.recorded_up(common)
    assert both[1] not in seen(aws_live).groups


def hang(live: Live, card: str, groups: list[str]) -> None:
    """What the owner of a network interface does."""
    live.clouds.ec2.modify_network_interface_attribute(NetworkInterfaceId=card, Groups=groups)


# Azure


@pytest.fixture(scope="module")
def azure_live(clouds: Clouds) -> Iterator[Live]:
    """One interface with all roles; the NSG is on a network interface that others own."""
    name = "instants-azure"
    store = clouds.environment.arm_store
    group = seed.azure(store, name, "westeurope").resource_group
    common = copy.deepcopy(SETTINGS) | {
        "cloud": "azure",
        "dropProviderAliases": True,
        "interfaces": {
            "gate": {
                "roles": ["management", "public"],
                "external": True,
                "families": ["ipv4", "ipv6"],
                "subnets": ["10.20.100.0/24"],
                "resourceGroup": group,
                "nsg": {"fit": "each"},
                "renamedFrom": ["door"],
            }
        },
    }
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    live = Live(Stack(name, pulumi, AZURE_PROVIDER), clouds, common, {})
    live.settle(copy.deepcopy(common))
    path = live.stack.urns()["gate"]
    card = f"{arm.group_path(group)}/providers/Microsoft.Network/networkInterfaces/gate"
    Store(store).use(lambda there: there.attach(path, interfaces=(card,)))
    yield live
    Store(store).use(lambda there: there.attach(path))
    live.destroy()


def stands(live: Live) -> replay_azure.Arm:
    store = json.loads(live.clouds.environment.arm_store.read_text("utf-8"))
    return replay_azure.Arm.seen(store, live.common["interfaces"]["gate"]["resourceGroup"])


@pytest.mark.parametrize("name", BOTH)
def test_no_instant_of_a_change_on_azure_loses_or_opens_anything(
    azure_live: Live, name: str
) -> None:
    old, new = azure_live.both(BOTH[name])
    azure_live.settle(old)

    for direction, wanted in (("there", new), ("back", old)):
        before = stands(azure_live)
        requests = replay_azure.requests_of(azure_live.recorded_up(wanted))
        found, after = replay_azure.instants(before, requests)
        assert (after.nsgs, after.users) == (stands(azure_live).nsgs, before.users)
        assert len(found[0].doors) == 2, "one network interface, both directions"
        assert len(requests) == (0 if BOTH[name].silent else 1), "all rules in one write"
        assert list(map(str, judge(found))) == [], direction
