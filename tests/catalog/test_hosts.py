"""Hosts, pools and citations."""

from __future__ import annotations

from segfw.catalog import load_catalog

CATALOG = load_catalog()

LAB_HOSTS = {
    "downloads.ironport.com",
    "updates.ironport.com",
    "update-manifests.sco.cisco.com",
    "res.cisco.com",
    "kinesis.us-west-2.amazonaws.com",
    "sensor-provisioner.ep.prod.agari.com",
    "houston.sensor.prod.agari.com",
    "file-reputation",
    "file-analysis",
    "secure-endpoint-console",
    "outlook.office365.com",
    "login.microsoftonline.com",
    "aggregator.cisco.com",
    "logapi.ces.cisco.com",
    "api-sse.cisco.com",
    "api.eu.sse.itd.cisco.com",
    "api.apj.sse.itd.cisco.com",
    "est.sco.cisco.com",
    "support-ftp.cisco.com",
    "smartreceiver.cisco.com",
}
PUBLISHED_ADDRESSES = {
    "serviceconfig.talos.cisco.com",
    "grpc.talos.cisco.com",
    "email-sender-ip-rep-grpc.talos.cisco.com",
}


def test_hosts_are_those_that_a_stack_gives_a_strategy_and_three_that_need_none() -> None:
    no_rule = {"update-manifests.ironport.com"}
    assert set(CATALOG.hosts) == LAB_HOSTS | PUBLISHED_ADDRESSES | no_rule


def test_pools_have_names_by_cisco_region() -> None:
    names = {host: dict(CATALOG.hosts[host].names) for host in CATALOG.hosts}
    assert names["file-reputation"] == {
        "americas": ("cloud-sa.amp.cisco.com",),
        "europe": ("cloud-sa.eu.amp.cisco.com",),
        "apjc": ("cloud-sa.apjc.amp.cisco.com",),
    }
    assert names["file-analysis"]["europe"] == ("panacea.threatgrid.eu",)
    assert names["secure-endpoint-console"] == {
        "americas": ("api.amp.cisco.com", "api.amp.sourcefire.com"),
        "europe": ("api.eu.amp.cisco.com", "api.eu.amp.sourcefire.com"),
        "apjc": ("api.apjc.amp.cisco.com", "api.apjc.amp.sourcefire.com"),
    }


def test_securex_has_one_registration_host_to_a_region_and_one_for_all() -> None:
    by_region = {
        region: [
            host
            for number in range(35, 39)
            for row in CATALOG.rows.values()
            if row.number == number and region in (row.regions or CATALOG.regions)
            for host in row.hosts
        ]
        for region in CATALOG.regions
    }
    assert by_region == {
        "americas": ["api-sse.cisco.com", "est.sco.cisco.com"],
        "europe": ["api.eu.sse.itd.cisco.com", "est.sco.cisco.com"],
        "apjc": ["api.apj.sse.itd.cisco.com", "est.sco.cisco.com"],
    }


def test_hosts_in_the_united_states_are_named_for_every_region() -> None:
    countries = CATALOG.hosts["kinesis.us-west-2.amazonaws.com"].countries
    assert dict(countries) == {"all": "us"}
    assert dict(CATALOG.hosts["file-reputation"].countries) == {
        "americas": "us",
        "europe": "eu",
        "apjc": "apjc",
    }


def test_every_citation_names_a_known_source() -> None:
    cited = {CATALOG.edition}
    for row in CATALOG.rows.values():
        cited |= {row.source, *row.numbers, *(c.source for c in row.corrections)}
    cited |= {host.source for host in CATALOG.hosts.values()}
    cited |= {item.source for item in CATALOG.checklist}
    assert cited <= set(CATALOG.sources)


def test_sources_are_public_addresses_or_say_what_they_are() -> None:
    for source in CATALOG.sources.values():
        assert source.url is None or source.url.startswith("https://")
        assert source.url is not None or source.note is not None


def test_the_followed_edition_and_the_releases() -> None:
    assert CATALOG.edition == "ug-14-ja"
    assert CATALOG.releases == ("14.2", "15.0", "15.5", "16.0")
    assert CATALOG.regions == ("americas", "europe", "apjc")


def test_the_checklist_holds_the_vendors_five_points_and_ours() -> None:
    assert [item.id for item in CATALOG.checklist] == [
        "ip-access-list",
        "host-header",
        "cross-site-scripting",
        "no-relay-policy",
        "smtp-auth",
        "static-routes",
        "cluster-transport",
        "changed-ports",
        "no-public-address",
        "new-web-interface",
        "static-update-hosts",
        "file-reputation-port",
    ]
    by_id = {item.id: item for item in CATALOG.checklist}
    for name in ("ip-access-list", "host-header", "cross-site-scripting"):
        assert by_id[name].commands[0] == "adminaccessconfig"
    assert by_id["static-routes"].commands[0] == "routeconfig"
    assert by_id["static-update-hosts"].when == {"hosts": ("static",)}
