"""The life of an Azure stack on the real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_aws import touched

if TYPE_CHECKING:
    from tests.engine.conftest import Clouds, Stack

pytestmark = pytest.mark.engine


def nsgs(clouds: Clouds) -> dict[str, list[dict[str, Any]]]:
    """Every NSG of the stand-in ARM by name, with the properties of its rules."""
    store = json.loads(clouds.environment.arm_store.read_text("utf-8"))
    return {
        name: [rule["properties"] for rule in nsg["rules"]]
        for group in store["resourceGroups"].values()
        for name, nsg in group.get("networkSecurityGroups", {}).items()
    }


def name_of(nsg_id: str) -> str:
    return nsg_id.rpartition("/")[-1]


def test_a_second_up_changes_nothing(azure_stack: Stack) -> None:
    azure_stack.up()

    assert touched(azure_stack.up()) == {}


def test_shuffled_input_changes_nothing(azure_stack: Stack) -> None:
    azure_stack.up()
    settings = azure_stack.settings
    settings["features"] = dict(reversed(settings["features"].items()))
    settings["networks"]["admins"] = settings["networks"]["admins"][::-1]

    assert touched(azure_stack.up()) == {}


def test_one_more_peer_is_one_write_and_the_nsg_keeps_its_id(azure_stack: Stack) -> None:
    azure_stack.up()
    before = azure_stack.urns()["gate"]
    azure_stack.settings["networks"]["admins"].append("10.40.9.0/28")

    assert touched(azure_stack.up()) == {"update": {"gate"}}
    assert azure_stack.urns()["gate"] == before


def test_both_directions_end_in_a_deny_of_everything(azure_stack: Stack, clouds: Clouds) -> None:
    azure_stack.up()
    rules = nsgs(clouds)[name_of(azure_stack.urns()["gate"])]

    for direction in ("Inbound", "Outbound"):
        last = max(
            (r for r in rules if r["direction"] == direction), key=lambda rule: rule["priority"]
        )
        assert last["access"] == "Deny"
        assert last["priority"] == 4096
        assert last["protocol"] == "*"
        assert last["sourceAddressPrefix"] == "*"
        assert last["destinationAddressPrefix"] == "*"


def test_destroy_leaves_nothing(azure_stack: Stack, clouds: Clouds) -> None:
    azure_stack.up()
    made = name_of(azure_stack.urns()["gate"])
    assert made in nsgs(clouds)
    azure_stack.pulumi.destroy(azure_stack.name)

    assert made not in nsgs(clouds)


def test_an_interface_renamed_keeps_its_nsg(azure_stack: Stack) -> None:
    azure_stack.up()
    before = azure_stack.urns()["gate"]
    interfaces = azure_stack.settings["interfaces"]
    interfaces["door"] = interfaces.pop("gate") | {"renamedFrom": ["gate"]}
    result = azure_stack.up()

    assert set(touched(result)) == {"update"}, "the rules are named after the interface"
    assert azure_stack.urns()["door"] == before
