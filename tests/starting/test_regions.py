"""A region that is a slip is told with the one that is meant; one that is only new is taken."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from segfw.catalog import load_catalog
from segfw.starting.regions import strange_region
from tests.starting.starting import problems

CATALOG = load_catalog()
AZURE = """
australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth
brazilsoutheast canadacentral canadaeast centralindia centralus centraluseuap chilecentral eastasia eastus eastus2
eastus2euap francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral
israelnorthwest italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiasouth
malaysiawest mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral
qatarcentral southafricanorth southafricawest southcentralus southeastasia southindia spaincentral swedencentral
swedensouth switzerlandnorth switzerlandwest taiwannorth taiwannorthwest uaecentral uaenorth uksouth ukwest
usdodcentral usdodeast usgovarizona usgoviowa usgovtexas usgovvirginia westcentralus westeurope westindia westus
westus2 westus3 chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3
"""
"""https://learn.microsoft.com/azure/reliability/regions-list and its sovereign clouds."""


def aws_regions() -> list[str]:
    """Every region that the SDK of AWS knows, of each of its partitions."""
    data = json.loads(
        Path(botocore.__file__).with_name("data").joinpath("endpoints.json").read_bytes()
    )
    return [region for partition in data["partitions"] for region in partition["regions"]]


def test_every_region_of_the_clouds_is_taken():
    regions = [("aws", name) for name in aws_regions()]
    regions += [("azure", name) for name in AZURE.split()]

    assert len(regions) > 100
    assert {one: said for one in regions if (said := strange_region(*one, CATALOG))} == {}


@pytest.mark.parametrize(
    ("cloud", "region", "meant"),
    [
        ("aws", "eu-cental-1", "eu-central-1"),
        ("aws", "ap-souteast-2", "ap-southeast-2"),
        ("aws", "ap-norteast-1", "ap-northeast-1"),
        ("aws", "us-gov-wset-1", "us-gov-west-1"),
        ("azure", "ukwst", "ukwest"),
        ("azure", "germanywestcental", "germanywestcentral"),
        ("azure", "Japan Eaast", "japaneast"),
        ("azure", "westeurop", "westeurope"),
    ],
)
def test_a_slip_is_told_with_the_region_that_is_meant(cloud, region, meant):
    assert strange_region(cloud, region, CATALOG) == (
        f'the catalog knows no region "{region}" of {cloud}; did you mean "{meant}"?'
    )


@pytest.mark.parametrize(
    ("cloud", "region"),
    [
        ("aws", "ap-southwest-9"),
        ("aws", "xx-central-1"),
        ("aws", "eu-bavaria-1"),
        ("azure", "germanybavaria"),
        ("azure", "atlantis"),
    ],
)
def test_a_region_that_could_be_new_is_taken(cloud, region):
    assert strange_region(cloud, region, CATALOG) is None


def test_the_slip_is_a_problem_of_its_flag():
    assert problems(region="eu-cental-1") == [
        '--region eu-cental-1: the catalog knows no region "eu-cental-1" of aws; did you mean "eu-central-1"?'
    ]
