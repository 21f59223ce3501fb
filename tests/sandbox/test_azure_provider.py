"""The stand-in azure-native provider, called over gRPC as the engine calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.arm import nsg_path
from sandbox.arm_store import Store
from sandbox.providers.azure_native import Azure
from sandbox.providers.calls import Recorder
from sandbox.providers.probe import Probe, Refusal, Resource
from sandbox.providers.values import UNKNOWN

NSG = "azure-native:network:NetworkSecurityGroup"
RULE = "azure-native:network:SecurityRule"
GROUP = "azure-native:resources:ResourceGroup"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "arm.json"


@pytest.fixture
def azure(store: Path, tmp_path: Path) -> Iterator[Probe]:
    seed.azure(store, "lab", "westeurope")
    cloud = Azure(Store(store), Recorder(tmp_path / "calls.jsonl"))
    probe = Probe(cloud, {"location": "westeurope"})
    yield probe
    probe.close()


def rule(name: str = "ssh", priority: int = 100, **said: Any) -> dict[str, Any]:
    return {
        "name": name,
        "access": "Allow",
        "direction": "Inbound",
        "priority": priority,
        "protocol": "Tcp",
        "sourceAddressPrefix": "198.51.100.0/28",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.20.100.0/24",
        "destinationPortRange": "22",
    } | said


def inputs(*rules: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"resourceGroupName": "rg-lab", "securityRules": list(rules), **said}


@pytest.fixture
def made(azure: Probe) -> Resource:
    return azure.create(NSG, "management-nsg", inputs(rule(), rule("smtp", 110)))


def test_a_name_is_the_logical_one_and_eight_hex_digits(made: Resource) -> None:
    name = made.outputs["name"]

    assert name.startswith("management-nsg")
    assert len(name) == len("management-nsg") + 8
    assert int(name.removeprefix("management-nsg"), 16) >= 0


def test_the_generated_name_stays(azure: Probe, made: Resource) -> None:
    checked, _ = azure.check(NSG, "management-nsg", inputs(rule()), made.inputs)

    assert checked["networkSecurityGroupName"] == made.outputs["name"]


def test_the_id_is_arms(made: Resource) -> None:
    assert made.id == nsg_path("rg-lab", made.outputs["name"])


def test_a_location_comes_from_the_configuration(made: Resource) -> None:
    assert made.outputs["location"] == "westeurope"


def test_default_rules_are_outputs(made: Resource) -> None:
    names = [item["name"] for item in made.outputs["defaultSecurityRules"]]

    assert "AllowInternetOutBound" in names


def test_nothing_changed_is_no_difference(azure: Probe, made: Resource) -> None:
    read = azure.refresh(made)

    assert read is not None
    assert read.inputs == made.inputs
    assert azure.changes(read, inputs(rule(), rule("smtp", 110))) == []


def test_one_changed_port_is_one_path(azure: Probe, made: Resource) -> None:
    news = inputs(rule(), rule("smtp", 110, destinationPortRange="25"))
    diff = azure.diff(made, news)

    assert list(diff.detailedDiff) == ["securityRules[1].destinationPortRange"]
    assert list(diff.replaces) == []


def test_an_update_keeps_the_id(azure: Probe, made: Resource) -> None:
    after = azure.update(made, inputs(rule("smtp", 100, destinationPortRange="25")))

    assert after.id == made.id
    assert [item["name"] for item in after.outputs["securityRules"]] == ["smtp"]


def test_rules_left_out_are_kept(azure: Probe, made: Resource) -> None:
    after = azure.update(made, {"resourceGroupName": "rg-lab", "tags": {"team": "mail"}})

    assert [item["name"] for item in after.outputs["securityRules"]] == ["ssh", "smtp"]


def test_an_empty_list_of_rules_clears_them(azure: Probe, made: Resource) -> None:
    assert azure.update(made, inputs()).outputs["securityRules"] == []


@pytest.mark.parametrize(
    "said", [{"networkSecurityGroupName": "other"}, {"resourceGroupName": "rg-other"}]
)
def test_another_name_replaces(azure: Probe, made: Resource, said: dict[str, Any]) -> None:
    diff = azure.diff(made, inputs(rule(), rule("smtp", 110)) | said)

    assert list(diff.replaces) == list(said)
    assert not diff.deleteBeforeReplace


def test_another_location_is_planned_as_an_update_and_refused(azure: Probe, made: Resource) -> None:
    news = inputs(rule(), location="northeurope")

    assert list(azure.diff(made, news).replaces) == []
    with pytest.raises(Refusal, match=r'Status=409 Code="InvalidResourceLocation"'):
        azure.update(made, news)


def test_a_refusal_has_azures_status_code_and_message(azure: Probe) -> None:
    with pytest.raises(Refusal) as refused:
        azure.create(NSG, "twice", inputs(rule(), rule("smtp")))

    assert str(refused.value) == (
        'autorest/azure: Service returned an error. Status=400 Code="SecurityRuleConflict"'
        ' Message="Security rule smtp conflicts with rule ssh. Rules cannot have the same Priority'
        ' and Direction."'
    )


def test_a_rule_widened_behind_the_engine_is_seen(
    azure: Probe, made: Resource, store: Path
) -> None:
    path = made.id
    body = Store(store).request("GET", path).body
    body["properties"]["securityRules"][0]["properties"]["sourceAddressPrefix"] = "*"
    assert Store(store).request("PUT", path, body).code == ""
    read = azure.refresh(made)

    assert read is not None
    assert azure.changes(read, made.inputs) == ["securityRules[0].sourceAddressPrefix"]
    assert azure.update(read, made.inputs).outputs["securityRules"] == made.outputs["securityRules"]


def test_a_rule_opened_behind_the_engine_is_seen(azure: Probe, made: Resource, store: Path) -> None:
    Store(store).request(
        "PUT", f"{made.id}/securityRules/rdp", {"properties": rule(priority=120) | {"name": "rdp"}}
    )
    read = azure.refresh(made)

    assert read is not None
    assert azure.changes(read, made.inputs) == ["securityRules[2]"]


def test_what_is_gone_has_no_id(azure: Probe, made: Resource, store: Path) -> None:
    Store(store).request("DELETE", made.id)

    assert azure.refresh(made) is None


def test_an_import_gives_what_a_program_would_say(azure: Probe, made: Resource) -> None:
    adopted = azure.adopt(NSG, "management-nsg", made.id)

    assert adopted is not None
    assert adopted.inputs == {
        "location": "westeurope",
        "networkSecurityGroupName": made.outputs["name"],
        "resourceGroupName": "rg-lab",
        "securityRules": [rule(), rule("smtp", 110)],
    }


def test_creating_what_exists_is_refused(azure: Probe, made: Resource) -> None:
    named = inputs(networkSecurityGroupName=made.outputs["name"])
    with pytest.raises(Refusal, match=r"^cannot create already existing resource"):
        azure.create(NSG, "again", named)


def test_a_group_in_use_is_not_deleted(azure: Probe, made: Resource, store: Path) -> None:
    Store(store).use(lambda arm: arm.attach(made.id, interfaces=("/nic/mail-1",)))
    with pytest.raises(Refusal, match=r'Code="InUseNetworkSecurityGroupCannotBeDeleted"'):
        azure.delete(made)


def test_deleting_what_is_gone_is_no_error(azure: Probe, made: Resource) -> None:
    azure.delete(made)
    azure.delete(made)

    assert azure.refresh(made) is None


def test_a_preview_makes_nothing_and_knows_no_computed_output(azure: Probe, store: Path) -> None:
    before = store.read_text("utf-8")
    planned = azure.create(NSG, "n", inputs(rule()), preview=True)

    assert planned.id == ""
    assert planned.outputs["defaultSecurityRules"] == UNKNOWN
    assert planned.outputs["securityRules"] == [rule()]
    assert store.read_text("utf-8") == before


def test_unknown_values_pass_check_and_are_a_difference(azure: Probe, made: Resource) -> None:
    news = inputs(rule(sourceAddressPrefix=UNKNOWN), rule("smtp", 110))

    assert azure.check(NSG, "n", news)[1] == {}
    assert azure.changes(made, news) == ["securityRules[0].sourceAddressPrefix"]


@pytest.mark.parametrize(
    ("said", "failures"),
    [
        ({"securityRulez": []}, {"securityRulez": 'an argument named "securityRulez" is not expected here'}),
        ({"securityRules": [{"name": "x", "access": "Allow", "direction": "Inbound"}]},
         {"securityRules[0].protocol": 'the argument "protocol" is required, but no definition was found'}),
        ({"securityRules": [rule(priority="100")]}, {"securityRules[0].priority": "expected int, got str"}),
        ({"securityRules": [rule(etag="x")]}, {"securityRules[0].etag": "is set by the cloud; leave it out"}),
        ({"resourceGroupName": None},
         {"resourceGroupName": 'the argument "resourceGroupName" is required, but no definition was found'}),
    ],
)  # fmt: skip
def test_check_refuses(azure: Probe, said: dict[str, Any], failures: dict[str, str]) -> None:
    assert azure.check(NSG, "n", inputs() | said)[1] == failures


def test_single_rules_and_resource_groups_work_too(azure: Probe) -> None:
    group = azure.create(GROUP, "rg", {})
    nsg = azure.create(NSG, "n", {"resourceGroupName": group.outputs["name"]})
    where = {
        "resourceGroupName": group.outputs["name"],
        "networkSecurityGroupName": nsg.outputs["name"],
    }
    said = {key: value for key, value in rule().items() if key != "name"}
    one = azure.create(RULE, "ssh", {**where, **said})

    assert one.outputs["name"] == "ssh"
    assert azure.changes(one, {**where, **said, "destinationPortRange": "23"}) == [
        "destinationPortRange"
    ]
    azure.delete(one)
    azure.delete(nsg)
    azure.delete(group)
    assert azure.refresh(group) is None


def test_data_sources_answer(azure: Probe) -> None:
    found = azure.invoke("azure-native:resources:getResourceGroup", {"resourceGroupName": "rg-lab"})

    assert found["location"] == "westeurope"
    with pytest.raises(
        Refusal, match=r'^the sandbox has no data source "azure-native:x:getY"; it has '
    ):
        azure.invoke("azure-native:x:getY", {})


def test_calls_are_recorded_in_order(azure: Probe, made: Resource, tmp_path: Path) -> None:
    azure.delete(made)
    lines = [
        json.loads(line) for line in (tmp_path / "calls.jsonl").read_text("utf-8").splitlines()
    ]

    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert [line["action"] for line in lines if line["writes"]] == [
        f"PUT {made.id}",
        f"DELETE {made.id}",
    ]
    assert {line["outcome"] for line in lines if line["writes"]} == {"ok"}
