"""The table's slips, each with the published and the right value, typed from the vendor's texts."""

from __future__ import annotations

from ipaddress import collapse_addresses, ip_network

from segfw.catalog import Direction, load_catalog

CATALOG = load_catalog()
ROWS = CATALOG.rows
IN, OUT = Direction.INGRESS, Direction.EGRESS


def corrections(row: str) -> dict[str, tuple[str, str, str]]:
    """Field to published, correct and source."""
    return {c.field: (c.published, c.correct, c.source) for c in ROWS[row].corrections}


def test_rows_with_corrections_are_these() -> None:
    corrected = {row.number for row in ROWS.values() if row.corrections}
    assert corrected == {1, 15, 20, 23, 25, 26, 27, 29, 30, 31, *range(35, 40), 41, *range(43, 49)}


def test_every_correction_says_why_and_cites_a_known_source() -> None:
    for row in ROWS.values():
        for correction in row.corrections:
            assert correction.why.endswith(".")
            assert correction.source in CATALOG.sources


def test_row_1_has_no_destination_port_20() -> None:
    assert corrections("ftp-control") == {"ports": ("20/21", "21", "rfc-959")}
    assert ROWS["ftp-control"].ports == ((21, 21),)


def test_row_23_is_for_hardware() -> None:
    row = ROWS["manifests-hardware"]
    assert row.number == 23
    assert row.no_rule is not None
    assert row.no_rule.startswith("It serves physical appliances only")
    assert corrections(row.id)["applies"][2] == "tac-118065"


def test_row_25_lost_an_f() -> None:
    assert corrections("talos") == {
        "prefixes": ("2a04:e4c7:ffe::/48", "2a04:e4c7:fffe::/48", "ufw-script")
    }
    assert ROWS["talos"].prefixes == (
        "146.112.62.0/24",
        "146.112.63.0/24",
        "146.112.255.0/24",
        "146.112.59.0/24",
        "2a04:e4c7:ffff::/48",
        "2a04:e4c7:fffe::/48",
    )
    published = ROWS["talos"].published
    assert published is not None
    assert "2a04:e4c7:ffe::/48" in published.hosts
    assert "2a04:e4c7:fffe::/48" not in published.hosts


def test_row_25_published_text_is_a_valid_prefix_so_no_parser_would_catch_it() -> None:
    assert str(ip_network("2a04:e4c7:ffe::/48")) == "2a04:e4c7:ffe::/48"


def test_row_25_collapses_to_three_ipv4_blocks_and_one_ipv6_block() -> None:
    networks = [ip_network(text) for text in ROWS["talos"].prefixes]
    v4 = collapse_addresses([n for n in networks if n.version == 4])
    v6 = collapse_addresses([n for n in networks if n.version == 6])
    assert [str(n) for n in v4] == ["146.112.59.0/24", "146.112.62.0/23", "146.112.255.0/24"]
    assert [str(n) for n in v6] == ["2a04:e4c7:fffe::/47"]


def test_row_26_has_a_space_in_a_host_name() -> None:
    assert corrections("phishing-protection")["hosts"][:2] == (
        "sensor-provisioner.ep.prod .agari.com",
        "sensor-provisioner.ep.prod.agari.com",
    )
    assert ROWS["phishing-protection"].hosts == (
        "kinesis.us-west-2.amazonaws.com",
        "sensor-provisioner.ep.prod.agari.com",
        "houston.sensor.prod.agari.com",
    )


def test_row_27_is_443_or_32137_and_never_both() -> None:
    row = ROWS["file-reputation"]
    assert (row.number, row.ports, row.alternatives) == (27, ((443, 443),), (32137,))
    assert corrections(row.id)["ports"][1:] == ("443 or 32137", "tac-210534")


def test_in_and_out_with_a_server_is_egress_alone() -> None:
    for number in (29, 30, 31, 35, 36, 37, 38):
        row = next(row for row in ROWS.values() if row.number == number)
        assert row.directions == (OUT,)
        assert not row.listens
        assert corrections(row.id)["direction"] == ("In and Out", "Out", "cisco-safe")
        why = next(c.why for c in row.corrections if c.field == "direction")
        assert "443, the administrators' web interface" in why


def test_row_30_ends_with_a_full_stop() -> None:
    assert corrections("microsoft365")["hosts"][:2] == (
        "login.microsoftonline.com。",
        "login.microsoftonline.com",
    )


def test_row_35_has_a_dot_where_a_hyphen_belongs() -> None:
    assert corrections("securex-americas")["hosts"][:2] == (
        "api.sse.cisco.com",
        "api-sse.cisco.com",
    )
    assert ROWS["securex-americas"].hosts == ("api-sse.cisco.com",)
    assert "api.sse.cisco.com" not in CATALOG.hosts


def test_row_39_listens_on_4431_and_only_inwards() -> None:
    row = ROWS["new-ui"]
    assert (row.number, row.ports, row.directions) == (39, ((4431, 4431),), (IN,))
    assert corrections("new-ui")["ports"] == ("443", "4431", "upgrade-transcript")
    assert corrections("new-ui")["direction"][:2] == ("In and Out", "In")


def test_in_and_in_means_in_for_row_41_and_both_ways_for_row_44() -> None:
    assert corrections("qmqp")["direction"][:2] == ("In and In", "In")
    assert ROWS["qmqp"].directions == (IN,)
    assert corrections("cluster-service")["direction"][:2] == ("In and In", "In and Out")
    assert ROWS["cluster-service"].directions == (IN, OUT)


def test_row_43_is_part_of_row_1() -> None:
    row = ROWS["ftp-data"]
    assert (row.number, row.ports) == (43, ((1024, 65535),))
    assert row.no_rule is not None
    assert "only with the feature `ftp`" in row.no_rule


def test_row_45_goes_out_to_the_manager_on_6025() -> None:
    row = ROWS["spam-quarantine"]
    assert (row.number, row.ports, row.directions) == (45, ((6025, 6025),), (OUT,))
    assert (row.listens, row.guarded) == (False, True)
    assert corrections(row.id)["ports"] == ("(blank)", "6025", "tac-215674")
    assert corrections(row.id)["hosts"][0] == "AsyncOS IP"


def test_row_46_names_the_manager_wrongly() -> None:
    why = ROWS["central-quarantines"].corrections[0].why
    assert '"Cisco Secure Manager Email and Web Gateway"' in why


def test_the_api_is_reached_from_outside_only() -> None:
    for row in ("api-http", "api-https"):
        assert corrections(row)["direction"][:2] == ("In or Out", "In")
        assert ROWS[row].directions == (IN,)


def test_8443_is_not_a_port_of_this_gateway() -> None:
    ports = {first for row in ROWS.values() for first, _ in row.ports}
    ports |= {port for row in ROWS.values() for port in row.alternatives}
    assert not ports & {8080, 8443}


def test_published_static_addresses_are_those_of_the_support_notes() -> None:
    assert ROWS["updates-static"].prefixes == ("208.90.58.25/32", "184.94.240.106/32")
    assert ROWS["updates-static"].ports == ((80, 80),)
    assert ROWS["updates-static"].source == "tac-117854"
    assert ROWS["tac-tunnel"].prefixes == ("63.251.108.107/32",)
    assert ROWS["tac-tunnel"].ports == ((25, 25),)
    assert ROWS["tac-tunnel"].alternatives == (22, 53, 80, 443, 4766)
    assert ROWS["tac-tunnel"].source == "tac-117873"
