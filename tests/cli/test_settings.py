"""`segfw settings`: each value, and the line that it stands in."""

from __future__ import annotations

from tests.cli.calling import BROKEN, SMALL

COMPANY = """\
config:
  seg-firewall:networks:
    admins: {prefixes: [10.8.0.0/28], owner: mail}
    sma: [10.8.1.1/32]
  seg-firewall:features: {central-reporting: {}, new-ui: {port: 8443}}
"""
IMPORTING = SMALL.replace(
    "  seg-firewall:cloud", "  seg-firewall:imports: [company]\n  seg-firewall:cloud"
)


def test_each_value_has_its_line_or_is_a_default(folder):
    lines = folder.stack("small").output("settings", "small").splitlines()

    assert lines[:4] == [
        "Settings of small",
        "  imports: none",
        "  Path                                     From                         Value",
        "  aws:region                               config/Pulumi.small.yaml:2   eu-central-1",
    ]
    values = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines[3:]}
    assert values["networks.admins.prefixes"] == ["config/Pulumi.small.yaml:12", "[10.9.0.0/28]"]
    assert values["features.pmtu"] == ["config/Pulumi.small.yaml:13", "false"]
    assert values["quotas.securityGroup.rules"] == ["default", "60"]
    assert values["gateway.ephemeralPorts"] == ["default", "1024-65535"]


def test_an_azure_stack_shows_its_location(folder):
    azure = (
        SMALL.replace("aws:region: eu-central-1", "azure-native:location: westeurope")
        .replace("cloud: aws", "cloud: azure")
        .replace("vpc: vpc-1", "resourceGroup: rg-1")
    )
    lines = folder.stack("small", azure).output("settings", "small").splitlines()

    assert lines[3].split() == [
        "azure-native:location",
        "config/Pulumi.small.yaml:2",
        "westeurope",
    ]


def test_what_an_import_lost_is_said(folder):
    folder.shared("company", COMPANY).stack("small", IMPORTING)
    text = folder.output("settings", "small")

    assert "  imports: config/shared/company.yaml\n" in text
    assert text.endswith(
        "\n"
        "Replaced by a later file (lists are replaced, never joined)\n"
        "  networks.admins: {prefixes: [10.8.0.0/28], owner: mail} of config/shared/company.yaml:3 "
        "is replaced by config/Pulumi.small.yaml:13\n"
    )


def test_json_has_the_values_their_places_and_the_losses(folder):
    folder.shared("company", COMPANY).stack("small", IMPORTING)
    report = folder.json("settings", "small")

    assert report["format"] == 1
    assert report["stack"] == "small"
    assert report["imports"] == ["config/shared/company.yaml"]
    assert report["settings"][0] == {
        "path": "aws:region",
        "value": "eu-central-1",
        "from": "config/Pulumi.small.yaml:2",
    }
    assert {
        "path": "features.new-ui.port",
        "value": "8443",
        "from": "config/shared/company.yaml:5",
    } in report["settings"]
    assert report["lost"] == [
        {
            "path": "networks.admins",
            "lost": "{prefixes: [10.8.0.0/28], owner: mail}",
            "from": "config/shared/company.yaml:3",
            "by": "config/Pulumi.small.yaml:13",
        }
    ]


def test_settings_that_are_wrong_are_problems(folder):
    result = folder.stack("broken", BROKEN).call("settings", "broken")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "config/Pulumi.broken.yaml:13: features.ssh-admn: "
        'no such feature; did you mean "ssh-admin"?\n1 problem.\n'
    )
