"""Guard lists, cleartext lists and internet-facing lists, typed from the design and the vendor's table."""

from __future__ import annotations

import pytest

from segfw.catalog import Direction, Exposure, Protocol, load_catalog
from segfw.catalog.queries import (
    cleartext_rows,
    guarded_ports,
    internet_ports,
    jurisdiction,
    listening_ports,
    reachable_rows,
)

CATALOG = load_catalog()
TCP, UDP = Protocol.TCP, Protocol.UDP


def test_guarded_ports_above_1023_are_six() -> None:
    assert guarded_ports(CATALOG) == {2222, 4431, 6025, 6080, 6443, 7025}


def test_guarded_rows_are_those_whose_published_host_is_the_gateway() -> None:
    assert [row.number for row in CATALOG.rows.values() if row.guarded] == [
        *(1, 2, 6, 8, 12, 13, 17, 21),
        *(39, 41, 44, 45, 46, 47, 48),
    ]


def test_the_gateway_listens_where_the_table_and_the_submission_feature_say() -> None:
    tcp = {21, 22, 25, 80, 82, 83, 443, 628, 2222, 4431, 6080, 6443, 7025, 587, 465}
    assert listening_ports(CATALOG) == {*((TCP, port) for port in tcp), (UDP, 161)}


def test_cleartext_rows_are_these() -> None:
    assert [row.number or row.id for row in cleartext_rows(CATALOG)] == [
        *(1, 8, 9, 10, 11, 12, 14, 16, 17, 18, 19, 40, 41, 47),
        "updates-static",
        "radius",
    ]


def test_each_cleartext_row_names_a_feature_an_option_or_a_version_to_use_instead() -> None:
    for row in cleartext_rows(CATALOG):
        text = row.cleartext or ""
        assert "`" in text or "SNMPv3" in text, row.id
        named = {word for word in text.split("`")[1::2] if "." not in word and word != "proxy"}
        assert named <= {*CATALOG.features, "hosts"}, row.id
        options = {word for word in text.split("`")[1::2] if "." in word}
        for option in options:
            feature, _, name = option.partition(":")[0].partition(".")
            assert name in CATALOG.features[feature].options, row.id


def test_only_mail_may_face_the_whole_internet_towards_the_gateway() -> None:
    assert internet_ports(CATALOG) == {(TCP, 25), (TCP, 587), (TCP, 465)}


def test_what_may_be_sent_to_the_whole_internet_is_mail_dns_updates_and_vendor_services() -> None:
    assert internet_ports(CATALOG, Direction.EGRESS) == {
        *((TCP, port) for port in (25, 53, 80, 443, 32137, 990)),
        (UDP, 53),
    }


def test_a_range_never_faces_the_internet() -> None:
    for row in CATALOG.rows.values():
        if any(first != last for first, last in row.ports):
            assert row.exposure is Exposure.NAMED


def test_cluster_rows_are_for_members_only() -> None:
    rows = [row.id for row in CATALOG.rows.values() if row.exposure is Exposure.CLUSTER]
    assert rows == ["cluster-service", "cluster-ssh"]


def test_reachable_rows_stand_in_the_tables_order() -> None:
    assert [row.id for row in reachable_rows(CATALOG, "cluster")] == [
        "ssh-cli",
        "cluster-service",
        "cluster-ssh",
    ]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("us-east-1", "us"),
        ("us-gov-west-1", "us"),
        ("ca-central-1", "ca"),
        ("ca-west-1", "ca"),
        ("mx-central-1", "mx"),
        ("sa-east-1", "br"),
        ("eu-central-1", "eu"),
        ("eu-central-2", "ch"),
        ("eu-west-1", "eu"),
        ("eu-west-2", "gb"),
        ("eu-west-3", "eu"),
        ("eu-north-1", "eu"),
        ("eu-south-1", "eu"),
        ("eu-south-2", "eu"),
        ("eusc-de-east-1", "eu"),
        ("af-south-1", "za"),
        ("me-south-1", "bh"),
        ("me-central-1", "ae"),
        ("il-central-1", "il"),
        ("ap-east-1", "apjc"),
        ("ap-south-2", "apjc"),
        ("ap-northeast-3", "apjc"),
        ("ap-southeast-7", "apjc"),
        ("cn-north-1", "cn"),
        ("cn-northwest-1", "cn"),
    ],
)
def test_each_public_region_of_aws_has_a_jurisdiction(region: str, expected: str) -> None:
    assert jurisdiction(CATALOG, region) == expected


AZURE = {
    "us": "centralus eastus eastus2 northcentralus southcentralus westcentralus westus westus2 westus3"
    " usgovvirginia usgovtexas usgovarizona",
    "ca": "canadacentral canadaeast",
    "mx": "mexicocentral",
    "br": "brazilsouth brazilsoutheast",
    "cl": "chilecentral",
    "eu": "northeurope westeurope austriaeast belgiumcentral francecentral francesouth germanynorth"
    " germanywestcentral italynorth norwayeast norwaywest polandcentral spaincentral swedencentral"
    " swedensouth",
    "ch": "switzerlandnorth switzerlandwest",
    "gb": "uksouth ukwest",
    "za": "southafricanorth southafricawest",
    "il": "israelcentral",
    "qa": "qatarcentral",
    "ae": "uaecentral uaenorth",
    "apjc": "eastasia southeastasia australiacentral australiacentral2 australiaeast"
    " australiasoutheast centralindia southindia westindia jioindiacentral jioindiawest"
    " indonesiacentral japaneast japanwest koreacentral koreasouth malaysiawest newzealandnorth",
    "cn": "chinaeast chinaeast2 chinanorth chinanorth3",
}


def test_each_public_location_of_azure_has_a_jurisdiction() -> None:
    for expected, names in AZURE.items():
        for name in names.split():
            assert (name, jurisdiction(CATALOG, name)) == (name, expected)


def test_an_unknown_region_has_no_jurisdiction() -> None:
    assert jurisdiction(CATALOG, "moonbase-1") is None
