"""A list is read alike with commas, spaces or both, as far as that is not two things."""

from __future__ import annotations

import pytest

from segfw.starting.answers import feature_texts, interface_texts
from segfw.starting.given import Given, tidied
from tests.starting.starting import begun, problems

TWO = ("mgmt:management:internal", "data:public,private:external")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("mgmt:management:internal data:public,private:external", TWO),
        ("mgmt:management:internal, data:public, private:external", TWO),
        ("mgmt:management:internal,data:public,private:external,", TWO),
        (" mgmt:management:internal , data:public ,private:external", TWO),
        ("management, public private", ("management", "public", "private")),
        ("management,mail:public,private:external", ("management", "mail:public,private:external")),
        ("data:external:public,private", ("data:external:public,private",)),
        ("data::external", ("data::external",)),
        (",", (",",)),
    ],
)
def test_interfaces_are_told_apart_by_spaces_or_commas(answer, expected):
    assert interface_texts(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("dns,ntp", ("dns,ntp",)),
        ("dns, ntp talos", ("dns,ntp,talos",)),
        ("ssh-admin:from=bastion,admins dns", ("ssh-admin:from=bastion,admins", "dns")),
        ("ssh-admin:from=bastion, dns", ("ssh-admin:from=bastion", "dns")),
        (",", (",",)),
    ],
)
def test_features_are_told_apart_by_spaces_or_commas(answer, expected):
    assert feature_texts(answer) == expected


def test_prefixes_are_told_apart_by_spaces_or_commas():
    start = begun(networks=("admins=10.9.0.0/28 10.9.1.0/28, 10.9.2.0/28",))

    assert start.values["networks"]["admins"] == ["10.9.0.0/28", "10.9.1.0/28", "10.9.2.0/28"]


def test_a_comma_behind_an_interface_is_nothing():
    start = begun(interfaces=("data:management:internal,",))

    assert start.values["interfaces"]["data"]["roles"] == ["management"]
    assert (start.unread, start.values["interfaces"]["data"]["external"]) == ((), False)


def test_two_interfaces_in_one_flag_are_said_to_be_two():
    two = "mgmt:management:internal, data:public:external"

    assert problems(interfaces=(two,))[0] == (
        f'--interface {two}: "internal" stands among roles; write NAME:role,role:internal, and each '
        "interface by itself."
    )


@pytest.mark.parametrize(
    ("cloud", "field", "printed", "meant"),
    [
        ("azure", "region", "West Europe", "westeurope"),
        ("azure", "region", "west  europe", "westeurope"),
        ("aws", "region", "eu central 1", "eu central 1"),
        ("aws", "account", "4444-5555-6666", "444455556666"),
        ("aws", "account", "4444-5555-6666, 111122223333", "444455556666,111122223333"),
        ("aws", "account", "4444-55556666", "4444-55556666"),
        ("azure", "account", "4444-5555-6666", "4444-5555-6666"),
    ],
)
def test_what_a_console_prints_is_taken_as_the_clouds_tools_take_it(cloud, field, printed, meant):
    assert getattr(tidied(Given(cloud=cloud)._replace(**{field: printed})), field) == meant


def test_the_location_of_azure_is_written_by_its_name():
    start = begun(cloud="azure", region="West Europe", vpcs=(), resource_groups=("rg",))

    assert start.values["azure-native:location"] == "westeurope"
    assert "in westeurope on Azure" in start.text()
