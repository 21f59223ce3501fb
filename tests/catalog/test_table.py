"""The catalog against the vendor's table, typed from the table and not from the catalog."""

from __future__ import annotations

from segfw.catalog import Direction, Protocol, load_catalog
from segfw.catalog.queries import covering_features

IN, OUT = Direction.INGRESS, Direction.EGRESS
TCP, UDP = Protocol.TCP, Protocol.UDP

# Number, ports, protocol and direction as the Japanese edition prints them (words translated:
# 入力 In, 発信 and 出力 Out, または or, および and), then ports, protocols and directions that are right.
TABLE = [
    (1, "20/21", "TCP", "In or Out", [21], [TCP], [IN, OUT]),
    (2, "22", "TCP", "In", [22], [TCP], [IN]),
    (3, "22", "TCP", "Out", [22], [TCP], [OUT]),
    (4, "22", "TCP", "Out", [22], [TCP], [OUT]),
    (5, "25", "TCP", "Out", [25], [TCP], [OUT]),
    (6, "25", "TCP", "In", [25], [TCP], [IN]),
    (7, "53", "UDP/TCP", "Out", [53], [UDP, TCP], [OUT]),
    (8, "80", "HTTP", "In", [80], [TCP], [IN]),
    (9, "80", "HTTP", "Out", [80], [TCP], [OUT]),
    (10, "80", "HTTP", "Out", [80], [TCP], [OUT]),
    (11, "80", "HTTP", "Out", [80], [TCP], [OUT]),
    (12, "82", "HTTP", "In", [82], [TCP], [IN]),
    (13, "83", "HTTPS", "In", [83], [TCP], [IN]),
    (14, "110", "TCP", "Out", [110], [TCP], [OUT]),
    (15, "123", "UDP", "In and Out", [123], [UDP], [OUT]),
    (16, "143", "TCP", "Out", [143], [TCP], [OUT]),
    (17, "161", "UDP", "In", [161], [UDP], [IN]),
    (18, "162", "UDP", "Out", [162], [UDP], [OUT]),
    (19, "389 or 3268", "LDAP", "Out", [389, 3268], [TCP], [OUT]),
    (20, "636 or 3269", "LDAPS", "Out", [636, 3269], [TCP], [OUT]),
    (21, "443", "TCP", "In", [443], [TCP], [IN]),
    (22, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (23, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (24, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (25, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (26, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (27, "443", "TCP", "Out", [443, 32137], [TCP], [OUT]),
    (28, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (29, "443", "TCP", "In and Out", [443], [TCP], [OUT]),
    (30, "443", "TCP", "In and Out", [443], [TCP], [OUT]),
    (31, "443", "TCP", "In and Out", [443], [TCP], [OUT]),
    (32, "443", "TCP", "Out", [443], [TCP], [OUT]),
    (33, "443", "HTTPS", "Out", [443], [TCP], [OUT]),
    (34, "443", "HTTPS", "Out", [443], [TCP], [OUT]),
    (35, "443", "HTTPS", "In and Out", [443], [TCP], [OUT]),
    (36, "443", "HTTPS", "In and Out", [443], [TCP], [OUT]),
    (37, "443", "HTTPS", "In and Out", [443], [TCP], [OUT]),
    (38, "443", "HTTPS", "In and Out", [443], [TCP], [OUT]),
    (39, "443", "HTTPS", "In and Out", [4431], [TCP], [IN]),
    (40, "514", "UDP/TCP", "Out", [514], [UDP, TCP], [OUT]),
    (41, "628", "TCP", "In and In", [628], [TCP], [IN]),
    (42, "990", "TCP/FTP", "Out", [990], [TCP], [OUT]),
    (43, "1024 and later", "—", "—", [(1024, 65535)], [TCP], [IN, OUT]),
    (44, "2222", "CCS", "In and In", [2222], [TCP], [IN, OUT]),
    (45, "", "TCP", "Out", [6025], [TCP], [OUT]),
    (46, "7025", "TCP", "In and Out", [7025], [TCP], [IN, OUT]),
    (47, "6080", "HTTP", "In or Out", [6080], [TCP], [IN]),
    (48, "6443", "HTTPS", "In or Out", [6443], [TCP], [IN]),
]

PUBLISHED_HOSTS = {
    1: ["AsyncOS IP", "FTP server"],
    2: ["AsyncOS IP"],
    3: ["SSH server"],
    4: ["SCP server"],
    5: ["Any"],
    6: ["AsyncOS IP"],
    7: ["DNS servers"],
    8: ["AsyncOS IP"],
    9: ["downloads.ironport.com"],
    10: ["updates.ironport.com"],
    11: ["TAXII servers"],
    12: ["AsyncOS IP"],
    13: ["AsyncOS IP"],
    14: ["POP server"],
    15: ["NTP server"],
    16: ["IMAP server"],
    17: ["AsyncOS IP"],
    18: ["Management station"],
    19: ["LDAP servers"],
    20: ["LDAPS"],
    21: ["AsyncOS IP"],
    22: ["res.cisco.com"],
    23: ["update-manifests.ironport.com"],
    24: ["update-manifests.sco.cisco.com"],
    25: [
        "serviceconfig.talos.cisco.com",
        "grpc.talos.cisco.com",
        "email-sender-ip-rep-grpc.talos.cisco.com",
        "146.112.62.0/24",
        "146.112.63.0/24",
        "146.112.255.0/24",
        "146.112.59.0/24",
        "2a04:e4c7:ffff::/48",
        "2a04:e4c7:ffe::/48",
    ],
    26: [
        "kinesis.us-west-2.amazonaws.com",
        "sensor-provisioner.ep.prod .agari.com",
        "houston.sensor.prod.agari.com",
    ],
    30: ["outlook.office365.com", "login.microsoftonline.com。"],
    31: ["Host name of the on-premises Microsoft Exchange server"],
    32: ["aggregator.cisco.com"],
    33: ["logapi.ces.cisco.com"],
    34: ["TAXII servers"],
    35: ["api.sse.cisco.com"],
    36: ["api.eu.sse.itd.cisco.com"],
    37: ["api.apj.sse.itd.cisco.com"],
    38: ["est.sco.cisco.com"],
    39: ["AsyncOS IP"],
    40: ["Syslog server"],
    41: ["AsyncOS IP"],
    42: ["support-ftp.cisco.com"],
    43: ["—"],
    44: ["AsyncOS IP"],
    45: ["AsyncOS IP"],
    46: ["AsyncOS IP"],
    47: ["AsyncOS IP"],
    48: ["AsyncOS IP"],
}
CONSOLE_HOSTS = [
    "api.amp.sourcefire.com",
    "api.eu.amp.sourcefire.com",
    "api.apjc.amp.sourcefire.com",
    "api.amp.cisco.com",
    "api.eu.amp.cisco.com",
    "api.apjc.amp.cisco.com",
]

EXTRAS = [
    "submission",
    "smart-licensing",
    "updates-static",
    "ftps-data",
    "ftp-active-data",
    "cluster-ssh",
    "tac-tunnel",
    "radius",
    "syslog-tls",
    "pmtu-v4",
    "pmtu-v6",
    "icmp-echo-v4",
    "icmp-echo-v6",
]

ROWS = load_catalog().rows
BY_NUMBER = {row.number: row for row in ROWS.values() if row.number is not None}


def test_the_48_rows_stand_once_and_in_the_tables_order() -> None:
    assert [row.number for row in ROWS.values() if row.number is not None] == list(range(1, 49))


def test_extras_stand_last_and_have_no_number() -> None:
    assert list(ROWS)[48:] == EXTRAS
    for name in EXTRAS:
        row = ROWS[name]
        assert (row.number, dict(row.numbers), row.published) == (None, {}, None)
        assert row.label == f"extra {name}"


def test_each_row_holds_what_was_published() -> None:
    for number, ports, protocol, direction, *_ in TABLE:
        published = BY_NUMBER[number].published
        assert published is not None
        assert (number, published.ports, published.protocol, published.direction) == (
            number,
            ports,
            protocol,
            direction,
        )


def test_each_row_holds_the_published_hosts() -> None:
    for number, hosts in PUBLISHED_HOSTS.items():
        published = BY_NUMBER[number].published
        assert published is not None
        assert (number, list(published.hosts)) == (number, hosts)
    console = BY_NUMBER[29].published
    assert console is not None
    assert list(console.hosts[1:]) == CONSOLE_HOSTS
    for number in (27, 28, 29):
        published = BY_NUMBER[number].published
        assert published is not None
        assert published.hosts[0].startswith("As configured under Security Services")


def test_each_row_holds_what_is_right() -> None:
    for number, _, _, _, ports, protocols, directions in TABLE:
        row = BY_NUMBER[number]
        pairs = [port if isinstance(port, tuple) else (port, port) for port in ports]
        held = [*row.ports, *((port, port) for port in row.alternatives)]
        assert (number, held) == (number, pairs)
        assert (number, list(row.protocols)) == (number, protocols)
        assert (number, list(row.directions)) == (number, directions)


def test_no_row_has_the_destination_port_20() -> None:
    assert all(first > 20 for row in ROWS.values() for first, _ in row.ports)


def test_the_two_or_rows_start_with_the_port_of_the_directory_itself() -> None:
    assert (ROWS["ldap"].ports, ROWS["ldap"].alternatives) == (((389, 389),), (3268,))
    assert (ROWS["ldaps"].ports, ROWS["ldaps"].alternatives) == (((636, 636),), (3269,))


def test_rows_1_to_20_were_seen_in_english_too() -> None:
    for number, row in BY_NUMBER.items():
        expected = {"ug-14-ja": number}
        if number <= 20:
            expected["ug-14-2-3-en"] = number
        assert dict(row.numbers) == expected


def test_every_row_is_reached_by_a_feature_or_has_its_reason() -> None:
    unreached = [row for row, features in covering_features(load_catalog()).items() if not features]
    assert unreached == ["manifests-hardware"]
    assert [row.id for row in ROWS.values() if row.no_rule] == ["manifests-hardware", "ftp-data"]


def test_the_features_that_reach_each_row_are_those_of_the_design() -> None:
    covering = covering_features(load_catalog())
    by_number = {number: covering[row.id] for number, row in BY_NUMBER.items()}
    assert by_number[2] == (
        "ssh-admin",
        "cluster",
        "central-reporting",
        "central-spam-quarantine",
        "central-quarantines",
    )
    assert by_number[5] == ("send-mail", "deliver-inside")
    assert by_number[6] == ("receive-mail", "relay-mail", "sma-mail", "load-balancer")
    assert by_number[21] == ("gui-https", "new-ui")
    assert by_number[23] == ()
    assert by_number[43] == ("ftp",)
    assert by_number[44] == ("cluster",)
    assert by_number[47] == ("new-ui", "api-http")
    assert by_number[48] == ("new-ui", "api-https")


def test_only_ntp_and_active_ftp_data_come_from_a_fixed_port() -> None:
    assert {row.id: row.source_port for row in ROWS.values() if row.source_port} == {
        "ntp": 123,
        "ftp-active-data": 20,
    }


def test_only_data_ranges_towards_the_gateway_leave_out_its_own_ports() -> None:
    assert [row.id for row in ROWS.values() if row.excludes_listening] == [
        "ftp-data",
        "ftp-active-data",
    ]
    assert [row.id for row in ROWS.values() if any(a != b for a, b in row.ports)] == [
        "ftp-data",
        "ftps-data",
        "ftp-active-data",
    ]


def test_icmp_rows_have_the_types_of_their_rfcs() -> None:
    assert {row.id: (row.protocols, row.icmp) for row in ROWS.values() if row.icmp} == {
        "pmtu-v4": ((Protocol.ICMP,), (3, 4)),
        "pmtu-v6": ((Protocol.ICMPV6,), (2, 0)),
        "icmp-echo-v4": ((Protocol.ICMP,), (8, 0)),
        "icmp-echo-v6": ((Protocol.ICMPV6,), (128, 0)),
    }
