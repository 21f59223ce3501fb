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
    assert values["aws:allowedAccountIds"] == ["default", "not given"]
    assert values["networks.admins.prefixes"] == ["config/Pulumi.small.yaml:12", "[10.9.0.0/28]"]
    assert values["features.pmtu"] == ["config/Pulumi.small.yaml:13", "false"]
    assert values["quotas.securityGroup.rules"] == ["default", "60"]
    assert values["gateway.ephemeralPorts"] == ["default", "1024-65535"]


def test_what_the_provider_is_told_is_there_with_its_place(folder):
    folder.stack(
        "small",
        SMALL.replace(
            "  aws:region",
            '  azure-native:location: westeurope\n  aws:allowedAccountIds: ["111122223333"]\n  aws:region',
        ),
    )

    assert folder.json("settings", "small")["settings"][:3] == [
        {"path": "aws:region", "value": "eu-central-1", "from": "config/Pulumi.small.yaml:4"},
        {
            "path": "aws:allowedAccountIds",
            "value": "[111122223333]",
            "from": "config/Pulumi.small.yaml:3",
        },
        {"path": "cloud", "value": "aws", "from": "config/Pulumi.small.yaml:5"},
    ]


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
    assert lines[4].split() == ["azure-native:subscriptionId", "default", "not", "given"]


def test_a_stack_is_known_by_its_file_too(folder):
    folder.stack("small")

    assert folder.output("settings", "config/Pulumi.small.yaml") == folder.output(
        "settings", "small"
    )


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


EVERYTHING = """\
config:
  aws:region: eu-central-1
  seg-firewall:cloud: aws
  seg-firewall:gateway:
    environment: dev
    release: "15.0"
    ciscoRegion: europe
    checklist: {ip-access-list: {by: Mara, date: "2026-11-01"}}
  seg-firewall:interfaces:
    data:
      roles: [management, public]
      external: false
      subnets: [10.1.0.0/24]
      vpc: {stack: acme/network/prod, output: vpcId}
  seg-firewall:networks:
    admins: [10.9.0.0/28]
    syslog-servers: {aws: {prefixList: {id: pl-0123456789abcdef0, weight: 4, family: ipv4}}}
    bastion: {aws: {securityGroup: sg-0123456789abcdef0}}
    proxies: [10.9.3.0/28]
  seg-firewall:hosts:
    default: {proxy: {network: proxies, port: 3128}}
    aggregator.cisco.com: {prefixes: [192.0.2.7/32], owner: mail, checked: "2026-11-01"}
    file-analysis: internet
  seg-firewall:features: {ssh-admin: {from: [admins]}, syslog: {}, aggregator: {}, file-analysis: {}, file-reputation: {}}
"""


def test_values_of_every_kind_are_spelled_as_a_stack_file_has_them(folder):
    folder.stack("small", EVERYTHING)
    values = {one["path"]: one["value"] for one in folder.json("settings", "small")["settings"]}

    wanted = {
        "gateway.checklist.ip-access-list.by": "Mara",
        "gateway.checklist.ip-access-list.date": "2026-11-01",
        "interfaces.data.vpc.stack": "acme/network/prod",
        "interfaces.data.vpc.output": "vpcId",
        "networks.syslog-servers.aws.prefixList.id": "pl-0123456789abcdef0",
        "networks.syslog-servers.aws.prefixList.weight": "4",
        "networks.syslog-servers.aws.prefixList.family": "ipv4",
        "networks.bastion.aws.securityGroup": "sg-0123456789abcdef0",
        "hosts.default.proxy.network": "proxies",
        "hosts.default.proxy.port": "3128",
        "hosts.aggregator.cisco.com.prefixes": "[192.0.2.7/32]",
        "hosts.aggregator.cisco.com.owner": "mail",
        "hosts.aggregator.cisco.com.checked": "2026-11-01",
        "hosts.file-analysis": "internet",
        "features.ssh-admin.from": "[admins]",
    }
    assert {path: values.get(path) for path in wanted} == wanted


def test_a_day_is_written_in_full_and_quoted(folder):
    days = SMALL.replace(
        "    admins: [10.9.0.0/28]\n",
        "    admins: {prefixes: [10.9.0.0/28], checked: 2026}\n"
        '    sma: {prefixes: [10.9.1.0/28], checked: "2026-02-30"}\n',
    )
    result = folder.stack("small", days).call("settings", "small")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "config/Pulumi.small.yaml:12: networks.admins.checked: is the number 2026; "
        'write a day, quoted, such as "2026-11-24".\n'
        'config/Pulumi.small.yaml:13: networks.sma.checked: is the text "2026-02-30"; '
        'write a day, quoted, such as "2026-11-24".\n'
        "2 problems.\n"
    )
