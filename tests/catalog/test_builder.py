"""What the builder refuses: each mistake in the YAML, with the whole message."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from segfw.catalog.builder import make
from segfw.catalog.builder.assemble import DATA
from segfw.catalog.builder.documents import read_document
from segfw.catalog.builder.make import shipped_files
from segfw.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

TABLE, FEATURES, HOSTS = "firewall-table.yaml", "features.yaml", "hosts.yaml"
SOURCES, GATEWAY = "sources.yaml", "gateway.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in DATA.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def edit(folder: Path, file: str, before: str, after: str) -> None:
    """Replace the first *before* in *file*, which must be there."""
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def refused(folder: Path) -> list[str]:
    """The messages, each with its path; every one has a place in a YAML file."""
    with pytest.raises(ProblemsFound) as found:
        shipped_files(folder)
    for problem in found.value.problems:
        assert problem.place.file.endswith(".yaml")
        assert problem.place.line > 0
    return [f"{problem.path}: {problem.message}" for problem in found.value.problems]


CASES = {
    "an unknown key": (
        (TABLE, "  directions: [ingress, egress]\n", "  direction: [ingress]\n"),
        [
            'ftp-control.direction: no such key; did you mean "directions".',
        ],
    ),
    "a row's id": (
        (TABLE, "- id: qmqp\n", "- id: Qmqp\n"),
        [
            "Qmqp: an id has lower-case words with hyphens between them.",
            "Qmqp: no feature reaches it; name one, or say why in noRule.",
            'qmqp.qmqp: "qmqp": no such row; did you mean "Qmqp"?',
        ],
    ),
    "a row without ports": (
        (TABLE, "  ports: [628]\n", ""),
        [
            "qmqp: needs either ports or an ICMP type and code.",
            (
                "qmqp: listens must be true for a single port towards the gateway,"
                " and for nothing else."
            ),
            "qmqp: ports differs from what is published, and no correction says why.",
        ],
    ),
    "a row without directions": (
        (TABLE, "  ports: [6514]\n  directions: [egress]\n", "  ports: [6514]\n"),
        [
            "syslog-tls: needs at least one protocol and one direction.",
            "syslog.syslog-tls: egress: the row has no such direction.",
        ],
    ),
    "a prefix that is not published": (
        (TABLE, "    - field: prefixes\n", "    - field: hosts\n"),
        [
            "talos: prefixes 2a04:e4c7:fffe::/48 are not published, and no correction says why.",
        ],
    ),
    "a network's name": (
        (FEATURES, "  network: qmqp-injectors\n", "  network: qmqpInjectors\n"),
        ['qmqp: network "qmqpInjectors" must be kebab-case.'],
    ),
    "an option's condition": (
        (FEATURES, "rows: [new-ui]}", "rows: [new-ui], when: {api: [true]}}"),
        ['new-ui.port: when: new-ui has no option "api".'],
    ),
    "a condition on a day": (
        (
            FEATURES,
            "{row: tac-tunnel, direction: egress, peer: published}",
            "{row: tac-tunnel, direction: egress, peer: published, when: {until: [never]}}",
        ),
        ['tac-tunnel.tac-tunnel: when: "until" does not take never.'],
    ),
    "a condition on a port that is text": (
        (
            FEATURES,
            "{row: tac-tunnel, direction: egress, peer: published}",
            "{row: tac-tunnel, direction: egress, peer: published, when: {port: [25, '53']}}",
        ),
        ['tac-tunnel.tac-tunnel: when: "port" does not take 53.'],
    ),
    "health probes that go out": (
        (
            FEATURES,
            "{row: dns, direction: egress, peer: network}",
            "{row: dns, direction: egress, peer: network}\n    - {row: dns, direction: egress, peer: azure-load-balancer}",
        ),
        ["dns.dns: health probes come in."],
    ),
    "a gateway that is none": (
        (GATEWAY, "edition: ug-14-ja\n", "edition: [ug-14-ja]\n"),
        ["edition: must be text."],
    ),
    "a row after an extra": (
        (TABLE, "  numbers: {ug-14-ja: 47}\n", ""),
        [
            "api-http: a row of the table has numbers and published values; an extra has neither.",
            "api-https: row 48 stands after an extra; the table comes first.",
        ],
    ),
    "a missing key": (
        (TABLE, "  exposure: named\n", ""),
        ["ftp-control.exposure: is missing; every one has it."],
    ),
    "a wrong word": (
        (TABLE, "  exposure: named\n", "  exposure: public\n"),
        ['ftp-control.exposure: must be one of "internet", "named" and "cluster".'],
    ),
    "a wrong type": (
        (TABLE, "  changeable: true\n", "  changeable: 1\n"),
        ["ftp-control.changeable: must be true or false."],
    ),
    "a list that is none": (
        (TABLE, "  ports: [22]\n", "  ports: 22\n"),
        ["ssh-cli.ports: must be a list."],
    ),
    "a pair that is none": (
        (TABLE, "  icmp: [3, 4]\n", "  icmp: [3]\n"),
        ["pmtu-v4.icmp: must be a list of two numbers."],
    ),
    "a mapping that is none": (
        (TABLE, "  numbers: {ug-14-ja: 2, ug-14-2-3-en: 2}\n", "  numbers: [2]\n"),
        ["ssh-cli.numbers: must be a mapping."],
    ),
    "a record that is none": (
        (TABLE, "- id: ftp-control\n", "- ftp-control\n- id: ftp-control\n"),
        ["rows[0]: must be a mapping, a Row."],
    ),
    "blanks too many": (
        (TABLE, "  title: SSH to the command line\n", '  title: "SSH to the  command line"\n'),
        ["ssh-cli.title: has blanks too many; write single ones, none at the ends."],
    ),
    "a row twice": (
        (TABLE, "- id: ssh-log-push\n", "- id: ssh-cli\n"),
        [
            "ssh-cli: stands in rows twice; keep one.",
            'ssh-logs.ssh-log-push: "ssh-log-push": no such row; did you mean "scp-log-push"?',
        ],
    ),
    "a row out of order": (
        (TABLE, "numbers: {ug-14-ja: 3, ug", "numbers: {ug-14-ja: 4, ug"),
        [
            "ssh-log-push: has number 4 where row 3 is due.",
            "scp-log-push: has number 4 where row 5 is due.",
        ],
    ),
    "a port beyond the last": (
        (TABLE, "  ports: [628]\n", "  ports: [70000]\n"),
        [
            "qmqp: ports 70000-70000: bounds run upwards from 1 to 65535, without overlap.",
            "qmqp: ports differs from what is published, and no correction says why.",
        ],
    ),
    "a range that ends before it starts": (
        (TABLE, "  ports: [[1024, 65535]]\n", "  ports: [[65535, 1024]]\n"),
        [
            "ftp-data: ports 65535-1024: bounds run upwards from 1 to 65535, without overlap.",
            "ftp-data: ports differs from what is published, and no correction says why.",
        ],
    ),
    "an alternative that is the default": (
        (TABLE, "  alternatives: [3268]\n", "  alternatives: [389]\n"),
        [
            "ldap: alternative 389 must be a port from 1 to 65535 besides the default.",
            "ldap: ports differs from what is published, and no correction says why.",
        ],
    ),
    "a direction that is not published": (
        (
            TABLE,
            "  ports: [990]\n  directions: [egress]\n",
            "  ports: [990]\n  directions: [ingress]\n",
        ),
        [
            "debug-logs-ftps: direction differs from what is published, and no correction says why.",
            (
                "debug-logs-ftps: listens must be true for a single port towards the gateway,"
                " and for nothing else."
            ),
            "debug-logs.debug-logs-ftps: egress: the row has no such direction.",
        ],
    ),
    "a direction twice": (
        (
            TABLE,
            "  ports: [22]\n  directions: [ingress]\n",
            "  ports: [22]\n  directions: [ingress, ingress]\n",
        ),
        ["ssh-cli: directions name one thing twice."],
    ),
    "host bits": (
        (
            TABLE,
            "    - 146.112.59.0/24\n    - 2a04:e4c7:ffff::/48\n    - 2a04:e4c7:fffe",
            "    - 146.112.59.1/24\n    - 2a04:e4c7:ffff::/48\n    - 2a04:e4c7:fffe",
        ),
        [
            'talos: prefixes: "146.112.59.1/24" has host bits set; did you mean "146.112.59.0/24".',
        ],
    ),
    "a prefix that is not canonical": (
        (TABLE, "    - 2a04:e4c7:fffe::/48\n", "    - 2a04:E4C7:fffe::/48\n"),
        ['talos: prefixes: "2a04:E4C7:fffe::/48" is written "2a04:e4c7:fffe::/48".'],
    ),
    "a prefix twice": (
        (
            TABLE,
            "prefixes: [208.90.58.25/32, 184",
            "prefixes: [208.90.58.25/32, 208.90.58.25/32, 184",
        ),
        ["updates-static: prefixes name one thing twice."],
    ),
    "a host that is not there": (
        (TABLE, "  hosts: [res.cisco.com]\n  exposure", "  hosts: [ress.cisco.com]\n  exposure"),
        [
            'envelope-service: "ress.cisco.com": no such host; did you mean "res.cisco.com"?',
            "res.cisco.com: is named by no row; leave it out.",
        ],
    ),
    "a region that is none": (
        (TABLE, "  regions: [europe]\n", "  regions: [emea]\n"),
        [
            'securex-europe: host "api.eu.sse.itd.cisco.com" has no name in emea.',
            'securex-europe: "emea" is no Cisco region.',
        ],
    ),
    "a row that must listen": (
        (
            TABLE,
            "  listens: true\n  guarded: true\n  exposure: cluster\n",
            "  guarded: true\n  exposure: cluster\n",
        ),
        [
            (
                "cluster-service: listens must be true for a single port towards the gateway,"
                " and for nothing else."
            ),
        ],
    ),
    "a row that must be guarded": (
        (TABLE, "  guarded: true\n  exposure: cluster\n", "  exposure: cluster\n"),
        [
            (
                'cluster-service: guarded must be true where the published host is "AsyncOS IP",'
                " and nowhere else."
            ),
        ],
    ),
    "a range that must leave out services": (
        (TABLE, "  excludesListening: true\n  noRule", "  noRule"),
        [
            (
                "ftp-data: excludesListening must be true for a range towards the gateway,"
                " and for nothing else."
            ),
        ],
    ),
    "a source that is not there": (
        (TABLE, "      source: rfc-959\n", "      source: rfc-958\n"),
        ['ftp-control: "rfc-958": no such source; did you mean "rfc-959"?'],
    ),
    "a correction of nothing": (
        (TABLE, "    - field: applies\n", "    - field: purpose\n"),
        [
            (
                'manifests-hardware: "purpose" is nothing to correct; there are ports, protocol,'
                " direction, hosts, prefixes, applies."
            ),
        ],
    ),
    "a correction that changes nothing": (
        (TABLE, "      published: LDAPS\n", "      published: LDAP servers\n"),
        ["ldaps: the correction of hosts changes nothing."],
    ),
    "a correction that was forgotten": (
        (
            TABLE,
            "    - field: ports\n      published: 20/21\n",
            "    - field: hosts\n      published: 20/21\n",
        ),
        ["ftp-control: ports differs from what is published, and no correction says why."],
    ),
    "a correction without a purpose": (
        (
            TABLE,
            "    - field: hosts\n      published: LDAPS\n",
            "    - field: ports\n      published: LDAPS\n",
        ),
        ["ldaps: ports is as published; the correction has no purpose."],
    ),
    "a release that is none": (
        (TABLE, "  source: rfc-5425\n", '  source: rfc-5425\n  fromRelease: "15.1"\n'),
        ['syslog-tls: "15.1" is no release that gateway.yaml knows.'],
    ),
    "a row that no feature reaches": (
        (
            FEATURES,
            "    - {row: aggregator, direction: egress, peer: hosts}\n",
            "    - {row: talos, direction: egress, peer: published}\n",
        ),
        ["aggregator: no feature reaches it; name one, or say why in noRule."],
    ),
    "an extra with published values": (
        (
            TABLE,
            "  source: rfc-5425\n",
            "  source: rfc-5425\n  published: {ports: '6514', protocol: TCP, direction: Out, hosts: [Any]}\n",
        ),
        ["syslog-tls: a row of the table has numbers and published values; an extra has neither."],
    ),
    "ICMP with ports": (
        (TABLE, "  icmp: [3, 4]\n", "  ports: [3]\n"),
        [
            "pmtu-v4: ICMP protocols go with an ICMP type and code, tcp and udp with ports.",
            (
                "pmtu-v4: listens must be true for a single port towards the gateway,"
                " and for nothing else."
            ),
        ],
    ),
    "a feature's row that is not there": (
        (FEATURES, "{row: qmqp, ", "{row: qmpq, "),
        [
            'qmqp.qmpq: "qmpq": no such row; did you mean "qmqp"?',
            "qmqp: no feature reaches it; name one, or say why in noRule.",
        ],
    ),
    "a network that is missing": (
        (FEATURES, "  network: qmqp-injectors\n", ""),
        ["qmqp.qmqp: needs a network, its own or the feature's."],
    ),
    "a service that faces the internet": (
        (FEATURES, "  network: admins\n", "  network: internet\n"),
        ["ssh-admin.ssh-cli: faces the internet, but the row's exposure does not allow it."],
    ),
    "a role that is missing": (
        (FEATURES, "  role: management\n", ""),
        [
            "ssh-admin: a role says where ingress sits: it goes with ingress flows, and with nothing else."
        ],
    ),
    "an egress that is missing": (
        (
            FEATURES,
            "  network: dns-servers\n  peerOption: to\n  egress: routed\n",
            "  network: dns-servers\n  peerOption: to\n",
        ),
        ["dns: egress says how what the gateway opens is sent: it goes with egress flows."],
    ),
    "an egress that is neither": (
        (FEATURES, "  egress: default-route\n", "  egress: default\n"),
        ["send-mail: egress is routed or default-route."],
    ),
    "a peer option of the wrong direction": (
        (
            FEATURES,
            "  network: dns-servers\n  peerOption: to\n",
            "  network: dns-servers\n  peerOption: from\n",
        ),
        ["dns: peerOption is from for ingress, to for egress, peers for both."],
    ),
    "a peer option that is missing": (
        (FEATURES, "  network: dns-servers\n  peerOption: to\n", "  network: dns-servers\n"),
        ["dns: needs a peerOption: it has flows with a named peer."],
    ),
    "a condition on an option that is not there": (
        (FEATURES, "when: {cleartext: [true]}", "when: {clear: [true]}"),
        ['external-threat-feeds.taxii-http: when: external-threat-feeds has no option "clear".'],
    ),
    "a condition on a value that is not taken": (
        (FEATURES, "when: {hosts: [static]}", "when: {hosts: [fixed]}"),
        ['updates.updates-static: when: "hosts" does not take fixed.'],
    ),
    "a default that is no value": (
        (FEATURES, "      default: tls\n", "      default: quic\n"),
        ["syslog.protocol: does not take its own default quic."],
    ),
    "an option without a default": (
        (FEATURES, "      default: tls\n", ""),
        ["syslog.protocol: needs a default, or must be required."],
    ),
    "a choice without values": (
        (
            FEATURES,
            "      values: [names, static]\n      default: names\n",
            "      required: true\n",
        ),
        [
            "updates.hosts: values go with a choice, and with nothing else.",
            'static-update-hosts: when: "hosts" does not take static.',
            'updates.service-updates: when: "hosts" does not take names.',
            'updates.asyncos-upgrades: when: "hosts" does not take names.',
            'updates.updates-static: when: "hosts" does not take static.',
        ],
    ),
    "an option with a taken name": (
        (
            FEATURES,
            "{name: port, kind: port, title: Port of SSH on the gateway",
            "{name: interface, kind: port, title: Port of SSH on the gateway",
        ),
        [
            "ssh-admin.interface: an option is written in camelCase and is none of from, to, peers, interface."
        ],
    ),
    "a port option without rows": (
        (
            FEATURES,
            "title: Port of SSH on the gateway, rows: [ssh-cli]}",
            "title: Port of SSH on the gateway}",
        ),
        ["ssh-admin.port: rows go with a port option, and with nothing else."],
    ),
    "a port option for another feature's row": (
        (
            FEATURES,
            "title: Port of SSH on the gateway, rows: [ssh-cli]}",
            "title: Port of SSH on the gateway, rows: [gui-https]}",
        ),
        ['ssh-admin.port: sets the port of "gui-https", which the feature does not reach.'],
    ),
    "a port option for a port that cannot be changed": (
        (
            TABLE,
            "  changeable: true\n  listens: true\n  guarded: true\n  exposure: named\n  source: ug-14-ja\n  note: The vendor",
            "  listens: true\n  guarded: true\n  exposure: named\n  source: ug-14-ja\n  note: The vendor",
        ),
        [
            'ssh-admin.port: the port of "ssh-cli" cannot be changed on the gateway.',
            'cluster.port: the port of "ssh-cli" cannot be changed on the gateway.',
        ],
    ),
    "a port choice without alternatives": (
        (
            FEATURES,
            "      kind: port-choice\n      title: 587",
            "      kind: port\n      title: 587",
        ),
        ['submission.port: the port of "submission" cannot be changed on the gateway.'],
    ),
    "a choice of ports of which there is one": (
        (
            FEATURES,
            "{name: port, kind: port, title: Port of SSH",
            "{name: port, kind: port-choice, title: Port of SSH",
        ),
        ['ssh-admin.port: "ssh-cli" has no alternative ports to choose from.'],
    ),
    "a required option with a default": (
        (
            FEATURES,
            "no longer needed, required: true}",
            "no longer needed, required: true, default: never}",
        ),
        [
            "tac-tunnel.until: is required and has a default; keep one.",
            "tac-tunnel.until: does not take its own default never.",
        ],
    ),
    "flags that are none": (
        (FEATURES, "  oneOf: [[server, client]]\n", "  oneOf: [[server, data]]\n"),
        ["ftp: oneOf server, data: needs two flag options of the feature or more."],
    ),
    "an enforcement point that is none": (
        (FEATURES, "points: [network-acl]}", "points: [nacl]}"),
        ["pmtu.pmtu-v4: points are security-group, network-acl, nsg."],
    ),
    "an implied row of nobody": (
        (
            FEATURES,
            "{row: qmqp, direction: ingress, peer: network}",
            "{row: qmqp, direction: ingress, peer: network, implied: true}",
        ),
        ["qmqp.qmqp: is implied, but no other feature has the row as its own."],
    ),
    "another feature that is not there": (
        (FEATURES, "withFeature: receive-mail}", "withFeature: receive}"),
        [
            'load-balancer.smtp-in: "receive": no such feature; did you mean "receive-mail"?',
        ],
    ),
    "hosts that the row does not name": (
        (
            FEATURES,
            "{row: exchange, direction: egress, peer: network, ",
            "{row: exchange, direction: egress, peer: hosts, ",
        ),
        [
            "mailbox-remediation: peerOption is from for ingress, to for egress, peers for both.",
            "mailbox-remediation.exchange: has hosts as its peer, but the row names none.",
        ],
    ),
    "prefixes that the row does not publish": (
        (
            FEATURES,
            "{row: file-analysis, direction: egress, peer: hosts}",
            "{row: file-analysis, direction: egress, peer: published}",
        ),
        ["file-analysis.file-analysis: has published prefixes as its peer, but the row has none."],
    ),
    "any address for a named row": (
        (
            FEATURES,
            "{row: icmp-echo-v4, direction: ingress, peer: network}",
            "{row: icmp-echo-v4, direction: ingress, peer: any}",
        ),
        ["icmp-echo.icmp-echo-v4: faces any address, but the row's exposure does not allow it."],
    ),
    "hosts that cannot be replaced": (
        (
            FEATURES,
            "{row: talos, direction: egress, peer: published}",
            "{row: talos, direction: egress, peer: published, replaceable: true}",
        ),
        [
            "talos: needs a peerOption: it has flows with a named peer.",
            "talos.talos: only hosts can be replaced, and only by a peer option.",
        ],
    ),
    "all of the protocols": (
        (FEATURES, "protocols: [udp], when", "protocols: [udp, tcp], when"),
        ["syslog.syslog: protocols must be some of the row's, and not all of them."],
    ),
    "a network for hosts": (
        (
            FEATURES,
            "{row: talos, direction: egress, peer: published}",
            "{row: talos, direction: egress, peer: published, network: talos}",
        ),
        ["talos.talos: a network goes with a peer that is a network."],
    ),
    "a feature without flows": (
        (FEATURES, "  flows:\n    - {row: qmqp, direction: ingress, peer: network}\n", ""),
        [
            "qmqp: no feature reaches it; name one, or say why in noRule.",
            "qmqp: a role says where ingress sits: it goes with ingress flows, and with nothing else.",
            'qmqp: needs flows; only "custom-flow" has none of its own.',
            "qmqp: peerOption is from for ingress, to for egress, peers for both.",
        ],
    ),
    "a release that a feature is required from": (
        (FEATURES, '  requiredFrom: "15.5"\n', '  requiredFrom: "15.5.1"\n'),
        ['smart-licensing: "15.5.1" is no release that gateway.yaml knows.'],
    ),
    "a name that Azure would refuse": (
        (
            FEATURES,
            "- id: advanced-phishing-protection\n",
            "- id: advanced-phishing-protection-service\n",
        ),
        [
            (
                "advanced-phishing-protection-service.phishing-protection: makes rule names of 86"
                " characters, over Azure's 80."
            ),
        ],
    ),
    "an id that is not kebab-case": (
        (FEATURES, "- id: qmqp\n", "- id: Qmqp\n"),
        ["Qmqp: an id has lower-case words with hyphens between them."],
    ),
    "regions of names and of countries": (
        (
            HOSTS,
            "  countries: {americas: us, europe: eu, apjc: apjc}\n",
            "  countries: {americas: us}\n",
        ),
        ["file-reputation: names and countries must have the same regions."],
    ),
    "a host name that is none": (
        (HOSTS, "[est.sco.cisco.com]", "[est.sco .cisco.com]"),
        ['est.sco.cisco.com: "est.sco .cisco.com" is no host name.'],
    ),
    "a region of a host that is none": (
        (
            HOSTS,
            "  names: {europe: [api.eu.sse.itd.cisco.com]}\n  countries: {europe: eu}\n",
            "  names: {eu: [api.eu.sse.itd.cisco.com]}\n  countries: {eu: eu}\n",
        ),
        [
            'securex-europe: host "api.eu.sse.itd.cisco.com" has no name in europe.',
            'api.eu.sse.itd.cisco.com: "eu" is no Cisco region.',
        ],
    ),
    "names everywhere and in a region": (
        (
            HOSTS,
            "  names: {all: [res.cisco.com]}\n  countries: {all: unknown}\n",
            "  names: {all: [res.cisco.com], apjc: [res.cisco.com]}\n  countries: {all: unknown, apjc: apjc}\n",
        ),
        ['res.cisco.com: has both "all" and a region; keep one.'],
    ),
    "a url without encryption": (
        (
            SOURCES,
            "  url: https://www.rfc-editor.org/rfc/rfc959\n",
            "  url: http://www.rfc-editor.org/rfc/rfc959\n",
        ),
        ["rfc-959: its url must start with https://."],
    ),
    "a day that is none": (
        (SOURCES, '  read: "2026-11-24"\n', '  read: "2026-11-31"\n'),
        ['ug-14-ja: read: "2026-11-31" is no date such as "2026-11-24".'],
    ),
    "a source's id": (
        (SOURCES, "- id: wsa-10-0\n", "- id: WSA-10-0\n"),
        ["WSA-10-0: an id has lower-case words with hyphens between them."],
    ),
    "an unknown key of the gateway": (
        (GATEWAY, "edition: ug-14-ja\n", "edition: ug-14-ja\nlanguage: ja\n"),
        ["language: no such key."],
    ),
    "releases out of order": (
        (GATEWAY, '["14.2", "15.0", "15.5", "16.0"]', '["15.0", "14.2", "15.5", "16.0"]'),
        ["gateway: releases must run from the oldest to the newest."],
    ),
    "a region that is no name": (
        (GATEWAY, "  ap-: apjc\n", '  "": apjc\n'),
        ['gateway: jurisdictions: ": apjc" is no beginning of a region with a country.'],
    ),
    "a checklist item of a feature that is not there": (
        (GATEWAY, "    features: [cluster]\n", "    features: [clusters]\n"),
        ['cluster-transport: "clusters": no such feature; did you mean "cluster"?'],
    ),
    "a checklist item with an unknown blank": (
        (GATEWAY, '"{routes}"', '"{route}"'),
        [
            (
                "static-routes: the plan knows no {route}; it fills in accessList, interfaces,"
                " members, ports, routes."
            ),
        ],
    ),
    "a checklist item's condition": (
        (GATEWAY, "    when: {hosts: [static]}\n", "    when: {host: [static]}\n"),
        ['static-update-hosts: when: updates has no option "host".'],
    ),
    "a checklist item's id": (
        (GATEWAY, "  - id: host-header\n", "  - id: hostHeader\n"),
        ["hostHeader: an id has lower-case words with hyphens between them."],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_refuses(case: str, folder: Path) -> None:
    (file, before, after), messages = CASES[case]
    edit(folder, file, before, after)
    assert sorted(refused(folder)) == sorted(messages)


def test_every_problem_of_every_file_comes_at_once_with_its_line(folder: Path) -> None:
    edit(folder, TABLE, "  exposure: named\n", "  exposure: public\n")
    edit(folder, FEATURES, "{row: qmqp, ", "{row: qmpq, ")
    edit(folder, HOSTS, "[est.sco.cisco.com]", "[est.sco .cisco.com]")
    edit(folder, GATEWAY, "    features: [cluster]\n", "    features: [clusters]\n")
    found = refused(folder)
    assert [message.partition(":")[0] for message in found] == [
        "qmqp.qmpq",
        "ftp-control.exposure",
        "qmqp",
        "cluster-transport",
        "est.sco.cisco.com",
    ]


def test_problems_go_to_the_error_stream_one_to_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, HOSTS, "[est.sco.cisco.com]", "[est.sco .cisco.com]")
    monkeypatch.setattr(make, "DATA", folder)
    assert make.main(["--check"]) == 1
    line = (folder / HOSTS).read_text().splitlines().index("- id: est.sco.cisco.com") + 1
    assert capsys.readouterr().err == (
        f'hosts.yaml:{line}: est.sco.cisco.com: "est.sco .cisco.com" is no host name.\n'
    )


@pytest.mark.parametrize("file", [TABLE, FEATURES, HOSTS, SOURCES, GATEWAY])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{file}:1: the file is empty."),
        ("a: [", "{file}:2: not YAML: did not find expected node content."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, file: str, text: str, message: str
) -> None:
    (folder / file).write_text(text)
    with pytest.raises(ProblemsFound) as found:
        shipped_files(folder)
    assert message.format(file=file) in str(found.value)


def test_a_file_that_is_no_list_is_named(folder: Path) -> None:
    (folder / HOSTS).write_text("hosts: []\n")
    with pytest.raises(ProblemsFound) as found:
        shipped_files(folder)
    assert "hosts.yaml:1: hosts: must be a list." in str(found.value)


def test_a_gateway_that_is_no_mapping_is_named(folder: Path) -> None:
    (folder / GATEWAY).write_text("- edition\n")
    assert refused(folder) == ["gateway: must be a mapping."]


def test_a_gateway_without_a_checklist_is_named(folder: Path) -> None:
    text = (folder / GATEWAY).read_text(encoding="utf-8")
    (folder / GATEWAY).write_text(text[: text.index("checklist:")])
    assert refused(folder) == ["checklist: is missing."]


@pytest.mark.parametrize(
    "text", ["off", "15.0", "20:21", "2026-11-24", "~", "0x10", "1_000", "+1", "True"]
)
def test_a_scalar_that_yaml_readers_disagree_on_must_be_quoted(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(f"\na: {text}\n")
    problems: list[Problem] = []
    read_document(tmp_path / "x.yaml", problems)
    assert [str(problem) for problem in problems] == [
        f"x.yaml:2: '{text}' is no text, true, false or number; quote it."
    ]


def test_a_key_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1\nb: 2\na: 3\n")
    problems: list[Problem] = []
    read_document(tmp_path / "x.yaml", problems)
    assert [str(problem) for problem in problems] == ["x.yaml:3: a: stands here twice; keep one."]
