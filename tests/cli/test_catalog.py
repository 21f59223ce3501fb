"""`segfw features` and `segfw rows`: the catalog to look things up in."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from click.testing import CliRunner

from segfw.catalog import load_catalog
from segfw.cli.main import main
from segfw.settings.forms import CustomFlowForm, camel

CATALOG = load_catalog()


def call(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.stdout, result.stderr


def output(*words: str) -> str:
    status, out, err = call(*words)
    assert (status, err) == (0, "")
    return out


def columns(text: str) -> list[list[str]]:
    """The table of an output, cell by cell (cells are two spaces apart, at least)."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_rows_are_the_48_of_the_table_in_order_and_then_the_extras():
    first = [row[0] for row in columns(output("rows"))[1:]]

    assert first[:48] == [str(number) for number in range(1, 49)]
    assert set(first[48:]) == {"extra"}


def test_a_row_is_found_by_its_number_and_by_its_id():
    assert output("rows", "2") == output("rows", "ssh-cli")


def test_a_row_shows_what_is_published_beside_what_is_right():
    lines = output("rows", "25").splitlines()

    assert lines[0] == "row 25: talos (Talos intelligence services)"
    assert "  prefix: 2a04:e4c7:fffe::/48" in lines
    assert any(
        line.startswith("  corrected prefixes: 2a04:e4c7:ffe::/48 is 2a04:e4c7:fffe::/48, because")
        for line in lines
    )


def test_a_row_without_a_rule_says_why():
    lines = output("rows", "43").splitlines()

    assert lines[0].startswith("row 43: ftp-data")
    assert lines[1].startswith("  no rule of its own: ")


def test_a_cleartext_row_says_so():
    assert "  not encrypted: " in output("rows", "21", "8")


def test_an_icmp_row_shows_type_and_code():
    assert "  right: icmp type 3 code 4, in, out" in output("rows", "pmtu-v4").splitlines()


def test_a_row_with_alternatives_shows_them():
    assert "  right: tcp 389 or 3268, out" in output("rows", "19").splitlines()


def test_rows_in_json_are_whole_records():
    (row,) = json.loads(output("rows", "2", "--format", "json"))

    assert (row["number"], row["id"], row["ports"], row["directions"]) == (
        2,
        "ssh-cli",
        [[22, 22]],
        ["ingress"],
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("rows", "49"), "no row 49; the table has rows 1 to 48."),
        (("rows", "ssh-cl"), 'no row "ssh-cl"; did you mean "ssh-cli"?'),
        (("rows", "zzz"), 'no row "zzz"; `segfw rows` lists them.'),
        (("features", "ldpa"), 'no feature "ldpa"; did you mean "ldap"?'),
        (("features", "zzz"), 'no feature "zzz"; `segfw features` lists them.'),
        (("features", "25"), 'no feature "25"; `segfw features` lists them.'),
    ],
)
def test_an_unknown_name_is_asked_back(words, message):
    status, out, err = call(*words)

    assert (status, out) == (2, "")
    assert err.endswith(f"Error: {message}\n")


def test_features_are_all_listed_with_peer_and_options():
    rows = {row[0].rstrip("*"): row for row in columns(output("features"))}

    assert set(CATALOG.features) <= set(rows)
    assert rows["ldap"] == ["ldap", "LDAP", "ldap-servers", "to, port"]
    assert rows["submission"][0] == "submission*"


def test_a_feature_shows_its_rows_and_options():
    assert output("features", "ldap") == (
        "ldap\n"
        "  LDAP\n"
        "  queries a directory without encryption\n"
        "  peer: ldap-servers (option `to`)\n"
        "  egress sits where the gateway routes it (routed)\n"
        "  option port (port-choice): 389, or 3268 for the global catalog\n"
        "  Direction  Row     Id    Protocol  Ports        Peer          When\n"
        "  out        row 19  ldap  tcp       389 or 3268  ldap-servers  always\n"
    )


def test_a_feature_says_where_its_ingress_sits():
    assert "  ingress sits on interfaces with the role management" in (
        output("features", "ssh-admin").splitlines()
    )
    assert "  ingress sits on every interface" in output("features", "pmtu").splitlines()


def test_a_feature_says_what_an_option_chooses():
    lines = output("features", "ftp").splitlines()

    assert any("server: true; data: passive or both" in line for line in lines)
    assert any(line.startswith("  option data (choice, one of ") for line in lines)


def test_a_required_option_says_so():
    assert ", required)" in output("features", "tac-tunnel")


def test_custom_flow_shows_every_key_with_its_form():
    rows = columns(output("features", "custom-flow").partition("Meaning\n")[2])
    forms = {row[0]: row[1:] for row in rows}

    assert set(forms) == {camel(field.name) for field in fields(CustomFlowForm)}
    assert forms["name"][:2] == ["kebab-case, at most 32 characters", "required"]
    assert forms["direction"][:2] == ["ingress, egress", "required"]
    assert forms["protocol"][:2] == ["tcp, udp, icmp-echo", "required"]
    assert forms["ports"][0] == "a list of ports and ranges"
    assert forms["reviewBy"][:2] == ["a day, quoted", "required"]
    assert all(row[-1].endswith(".") for row in forms.values())


def test_custom_flow_shows_its_guard():
    """The bounds are those of design D18."""
    lines = output("features", "custom-flow").splitlines()

    assert "  guard: At most 10 to a stack, 16 ports to a flow, and 366 days until its review." in (
        lines
    )
    assert "  guard: A custom flow's far end is a named network, never the internet." in lines
    assert "  guard: SSH, mail and DNS leave the gateway by their features only." in lines


def test_features_in_json_are_whole_records():
    (feature,) = json.loads(output("features", "ldap", "--format", "json"))

    assert (feature["id"], feature["network"], feature["peer_option"]) == (
        "ldap",
        "ldap-servers",
        "to",
    )
    assert len(json.loads(output("features", "--format", "json"))) == len(CATALOG.features)
