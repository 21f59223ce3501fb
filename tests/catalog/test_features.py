"""The features against the design's table, typed from the table."""

from __future__ import annotations

from segfw.catalog import Direction, FeatureFlow, OptionKind, PeerKind, Protocol, Role, load_catalog

CATALOG = load_catalog()
FEATURES = CATALOG.features
IN, OUT = Direction.INGRESS, Direction.EGRESS
MANAGEMENT, PUBLIC, PRIVATE = Role.MANAGEMENT, Role.PUBLIC, Role.PRIVATE

# Feature: default network, peer option, role of ingress, egress.
PLACES = {
    "receive-mail": ("internet", "from", PUBLIC, None),
    "send-mail": ("internet", "to", None, "default-route"),
    "deliver-inside": ("mail-servers", "to", None, "routed"),
    "relay-mail": ("internal-mail", "from", PRIVATE, None),
    "submission": ("internet", "from", PUBLIC, None),
    "qmqp": ("qmqp-injectors", "from", PRIVATE, None),
    "dns": ("dns-servers", "to", None, "routed"),
    "ntp": ("ntp-servers", "to", None, "routed"),
    "updates": (None, None, None, "default-route"),
    "smart-licensing": (None, "to", None, "default-route"),
    "talos": (None, None, None, "default-route"),
    "file-reputation": (None, None, None, "default-route"),
    "file-analysis": (None, None, None, "default-route"),
    "secure-endpoint-console": (None, None, None, "default-route"),
    "advanced-phishing-protection": (None, None, None, "default-route"),
    "encryption": (None, None, None, "default-route"),
    "aggregator": (None, None, None, "default-route"),
    "external-threat-feeds": ("taxii-servers", "to", None, "routed"),
    "mailbox-remediation": ("exchange-servers", "to", None, "routed"),
    "securex": (None, None, None, "default-route"),
    "debug-logs": (None, None, None, "default-route"),
    "tac-tunnel": (None, None, None, "default-route"),
    "ssh-admin": ("admins", "from", MANAGEMENT, None),
    "gui-https": ("admins", "from", MANAGEMENT, None),
    "gui-http": ("admins", "from", MANAGEMENT, None),
    "new-ui": ("admins", "from", MANAGEMENT, None),
    "api-https": ("api-clients", "from", MANAGEMENT, None),
    "api-http": ("api-clients", "from", MANAGEMENT, None),
    "quarantine-https": ("quarantine-users", "from", PRIVATE, None),
    "quarantine-http": ("quarantine-users", "from", PRIVATE, None),
    "pop-auth": ("pop-servers", "to", None, "routed"),
    "imap-auth": ("imap-servers", "to", None, "routed"),
    "ldap": ("ldap-servers", "to", None, "routed"),
    "ldaps": ("ldaps-servers", "to", None, "routed"),
    "radius": ("radius-servers", "to", None, "routed"),
    "snmp": ("snmp-managers", "from", MANAGEMENT, None),
    "snmp-traps": ("trap-receivers", "to", None, "routed"),
    "syslog": ("syslog-servers", "to", None, "routed"),
    "ssh-logs": ("ssh-log-servers", "to", None, "routed"),
    "scp-logs": ("scp-servers", "to", None, "routed"),
    "ftp": ("ftp-peers", "peers", MANAGEMENT, "routed"),
    "cluster": ("cluster-members", "peers", MANAGEMENT, "routed"),
    "central-reporting": ("sma", "from", MANAGEMENT, None),
    "central-spam-quarantine": ("sma", "peers", MANAGEMENT, "routed"),
    "central-quarantines": ("sma", "peers", MANAGEMENT, "routed"),
    "sma-mail": ("sma", "from", PRIVATE, None),
    "pmtu": (None, None, None, None),
    "icmp-echo": ("monitoring", "from", MANAGEMENT, None),
    "load-balancer": ("load-balancers", "from", PUBLIC, None),
    "custom-flow": (None, None, None, None),
}

# Feature: option, kind, default (None: required, or the row's own port), values.
OPTIONS = {
    "receive-mail": [("port", "port", None, ())],
    "deliver-inside": [("port", "port", None, ())],
    "relay-mail": [("port", "port", None, ())],
    "submission": [("port", "port-choice", None, ())],
    "updates": [("hosts", "choice", "names", ("names", "static"))],
    "talos": [("prefixList", "flag", False, ())],
    "file-reputation": [("port", "port-choice", None, ())],
    "external-threat-feeds": [("cleartext", "flag", False, ())],
    "mailbox-remediation": [("microsoft365", "flag", True, ()), ("exchange", "flag", False, ())],
    "debug-logs": [("https", "flag", True, ()), ("ftps", "flag", False, ())],
    "tac-tunnel": [("port", "port-choice", None, ()), ("until", "date", None, ())],
    "ssh-admin": [("port", "port", None, ())],
    "gui-https": [("port", "port", None, ())],
    "gui-http": [("port", "port", None, ())],
    "new-ui": [("port", "port", None, ()), ("cleartextApi", "flag", False, ())],
    "api-https": [("port", "port", None, ())],
    "api-http": [("port", "port", None, ())],
    "quarantine-https": [("port", "port", None, ())],
    "quarantine-http": [("port", "port", None, ())],
    "ldap": [("port", "port-choice", None, ())],
    "ldaps": [("port", "port-choice", None, ())],
    "radius": [("port", "port", None, ())],
    "syslog": [
        ("protocol", "choice", "tls", ("tcp", "udp", "both", "tls")),
        ("port", "port", None, ()),
    ],
    "ftp": [
        ("server", "flag", True, ()),
        ("client", "flag", False, ()),
        ("data", "choice", "passive", ("passive", "active", "both")),
    ],
    "cluster": [
        ("transport", "choice", "ssh", ("ssh", "ccs")),
        ("port", "port", None, ()),
        ("peer", "choice", "networks", ("networks", "self")),
    ],
    "central-spam-quarantine": [("port", "port", None, ())],
    "central-quarantines": [("port", "port", None, ())],
    "sma-mail": [("port", "port", None, ())],
}


def flows(feature: str, **options: bool | str) -> list[tuple[str, Direction]]:
    """Row and direction of the flows that the feature has with these options, else defaults."""
    chosen = {name: option.default for name, option in FEATURES[feature].options.items()} | options
    return [
        (flow.row, flow.direction)
        for flow in FEATURES[feature].flows
        if all(chosen[name] in values for name, values in flow.when.items())
    ]


def numbers(feature: str) -> set[int | str]:
    """The rows that the feature may reach, by number, extras by id."""
    rows = (CATALOG.rows[flow.row] for flow in FEATURES[feature].flows)
    return {row.number if row.number is not None else row.id for row in rows}


def test_the_features_are_the_designs_in_its_order_with_its_networks_and_roles() -> None:
    held = {f.id: (f.network, f.peer_option, f.role, f.egress) for f in FEATURES.values()}
    assert held == PLACES
    assert list(held) == list(PLACES)


def test_the_options_are_the_designs_with_the_encrypted_form_as_the_default() -> None:
    held = {
        f.id: [(o.name, o.kind.value, o.default, o.values) for o in f.options.values()]
        for f in FEATURES.values()
        if f.options
    }
    assert held == OPTIONS


def test_extras_are_those_that_the_design_marks() -> None:
    assert [f.id for f in FEATURES.values() if f.extra] == [
        "submission",
        "smart-licensing",
        "tac-tunnel",
        "radius",
        "pmtu",
        "icmp-echo",
        "load-balancer",
        "custom-flow",
    ]


def test_nothing_but_pmtu_is_on_by_default_and_it_sits_everywhere() -> None:
    assert [f.id for f in FEATURES.values() if f.default_on] == ["pmtu"]
    assert [f.id for f in FEATURES.values() if f.every_interface] == ["pmtu"]


def test_features_reach_the_rows_that_the_design_gives_them() -> None:
    expected: dict[str, set[int | str]] = {
        "receive-mail": {6},
        "send-mail": {5},
        "deliver-inside": {5},
        "relay-mail": {6},
        "qmqp": {41},
        "dns": {7},
        "ntp": {15},
        "updates": {9, 10, 24, "updates-static"},
        "talos": {25},
        "file-reputation": {27},
        "file-analysis": {28},
        "secure-endpoint-console": {29},
        "advanced-phishing-protection": {26},
        "encryption": {22},
        "aggregator": {32},
        "external-threat-feeds": {11, 34},
        "mailbox-remediation": {30, 31},
        "securex": {35, 36, 37, 38},
        "debug-logs": {33, 42, "ftps-data"},
        "ssh-admin": {2},
        "gui-https": {21},
        "gui-http": {8},
        "new-ui": {39, 21, 48, 47},
        "api-https": {48},
        "api-http": {47},
        "quarantine-https": {13},
        "quarantine-http": {12},
        "pop-auth": {14},
        "imap-auth": {16},
        "ldap": {19},
        "ldaps": {20},
        "snmp": {17},
        "snmp-traps": {18},
        "syslog": {40, "syslog-tls"},
        "ssh-logs": {3},
        "scp-logs": {4},
        "ftp": {1, 43, "ftp-active-data"},
        "cluster": {44, 2, "cluster-ssh"},
        "central-reporting": {2},
        "central-spam-quarantine": {45, 2},
        "central-quarantines": {46, 2},
        "sma-mail": {6},
    }
    assert {feature: numbers(feature) for feature in expected} == expected


def test_features_that_face_the_internet_are_mail_in_and_out() -> None:
    assert [f.id for f in FEATURES.values() if f.network == "internet"] == [
        "receive-mail",
        "send-mail",
        "submission",
    ]


def test_ftp_data_follows_who_is_client_and_who_opens_the_data_connection() -> None:
    server, client = {"server": True, "client": False}, {"server": False, "client": True}
    control_in, control_out = ("ftp-control", IN), ("ftp-control", OUT)
    assert flows("ftp", **server) == [control_in, ("ftp-data", IN)]
    assert flows("ftp", **server, data="active") == [control_in, ("ftp-active-data", OUT)]
    assert flows("ftp", **client) == [control_out, ("ftp-data", OUT)]
    assert flows("ftp", **client, data="active") == [control_out, ("ftp-active-data", IN)]
    assert len(flows("ftp", server=True, client=True, data="both")) == 6


def test_a_cluster_goes_over_ssh_unless_ccs_is_asked_for_both_ways() -> None:
    assert flows("cluster") == [("ssh-cli", IN), ("cluster-ssh", OUT)]
    assert flows("cluster", transport="ccs") == [("cluster-service", IN), ("cluster-service", OUT)]


def test_the_cluster_port_sets_the_rows_of_either_transport() -> None:
    assert FEATURES["cluster"].options["port"].rows == ("cluster-service", "ssh-cli", "cluster-ssh")


def test_the_new_interface_brings_what_it_needs_and_http_only_when_asked() -> None:
    always = [("new-ui", IN), ("gui-https", IN), ("api-https", IN)]
    assert flows("new-ui") == always
    assert flows("new-ui", cleartextApi=True) == [*always, ("api-http", IN)]


def test_syslog_is_over_tls_unless_told_otherwise() -> None:
    def picked(protocol: str) -> list[tuple[str, tuple[Protocol, ...] | None]]:
        return [
            (flow.row, flow.protocols)
            for flow in FEATURES["syslog"].flows
            if protocol in flow.when["protocol"]
        ]

    udp, tcp = ("syslog", (Protocol.UDP,)), ("syslog", (Protocol.TCP,))
    assert flows("syslog") == [("syslog-tls", OUT)]
    assert picked("tls") == [("syslog-tls", None)]
    assert picked("udp") == [udp]
    assert picked("tcp") == [tcp]
    assert picked("both") == [udp, tcp]


def test_updates_come_by_name_or_from_static_addresses_with_the_list_of_files_in_either_case() -> (
    None
):
    listed = ("manifests-virtual", OUT)
    assert flows("updates") == [("service-updates", OUT), ("asyncos-upgrades", OUT), listed]
    assert flows("updates", hosts="static") == [("updates-static", OUT), listed]


def test_implied_rows_are_the_managers_ssh_the_clusters_and_the_new_interfaces() -> None:
    implied = {(f.id, flow.row) for f in FEATURES.values() for flow in f.flows if flow.implied}
    assert implied == {
        ("new-ui", "gui-https"),
        ("new-ui", "api-https"),
        ("new-ui", "api-http"),
        ("cluster", "ssh-cli"),
        ("central-reporting", "ssh-cli"),
        ("central-spam-quarantine", "ssh-cli"),
        ("central-quarantines", "ssh-cli"),
    }


def test_smart_licensing_takes_a_server_of_your_own_in_ciscos_place() -> None:
    replaceable = [(f.id, x.row) for f in FEATURES.values() for x in f.flows if x.replaceable]
    assert replaceable == [("smart-licensing", "smart-licensing")]
    assert FEATURES["smart-licensing"].required_from == "15.5"
    assert [f.id for f in FEATURES.values() if f.required_from] == ["smart-licensing"]


def test_flags_that_cannot_all_be_off() -> None:
    assert {f.id: f.one_of for f in FEATURES.values() if f.one_of} == {
        "mailbox-remediation": (("microsoft365", "exchange"),),
        "debug-logs": (("https", "ftps"),),
        "ftp": (("server", "client"),),
    }


def test_path_mtu_is_not_for_azure_and_leaves_only_where_replies_are_not_tracked() -> None:
    def points(flow: FeatureFlow) -> tuple[str, Direction, tuple[str, ...] | None]:
        return flow.row, flow.direction, flow.points

    both, acl = ("security-group", "network-acl"), ("network-acl",)
    assert [points(flow) for flow in FEATURES["pmtu"].flows] == [
        ("pmtu-v4", IN, both),
        ("pmtu-v4", OUT, acl),
        ("pmtu-v6", IN, both),
        ("pmtu-v6", OUT, acl),
    ]
    assert all(flow.peer is PeerKind.ANY for flow in FEATURES["pmtu"].flows)


def test_a_load_balancer_reaches_the_mail_ports_that_are_on() -> None:
    held = [(flow.row, flow.with_feature, flow.peer) for flow in FEATURES["load-balancer"].flows]
    assert held == [
        ("smtp-in", "receive-mail", PeerKind.NETWORK),
        ("submission", "submission", PeerKind.NETWORK),
        ("smtp-in", "receive-mail", PeerKind.AZURE_LOAD_BALANCER),
        ("submission", "submission", PeerKind.AZURE_LOAD_BALANCER),
    ]


def test_the_tunnel_asks_for_the_day_on_which_it_ends() -> None:
    until = FEATURES["tac-tunnel"].options["until"]
    assert (until.kind, until.required, until.default) == (OptionKind.DATE, True, None)


def test_every_port_option_sets_a_changeable_port_or_chooses_an_alternative() -> None:
    for feature in FEATURES.values():
        for option in feature.options.values():
            for row in option.rows:
                if option.kind is OptionKind.PORT:
                    assert CATALOG.rows[row].changeable
                else:
                    assert CATALOG.rows[row].alternatives
