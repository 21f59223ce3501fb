"""Descriptions are legal on each cloud and name what a rule is for.

AWS: at most 255 characters of a-z, A-Z, 0-9, space and ._-:/()#,@[]+=&;{}!$* (EC2 API
reference, IpRange.Description). Azure: at most 140 characters (ARM, SecurityRule).
"""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.describe import aws_description, azure_description
from segfw.rule import Action
from tests.making import closing, flow, rule

AWS_CHARACTERS = set(string.ascii_letters + string.digits + " ._-:/()#,@[]+=&;{}!$*")
AZURE_CHARACTERS = set(string.printable) - set(string.whitespace) | {" "}
DESCRIBERS = (aws_description, azure_description)
TEXTS = st.text(min_size=1, max_size=60)
FLOWS = st.builds(
    lambda feature, label, title, custom: flow(feature, label=label, title=title, custom=custom),
    TEXTS,
    TEXTS,
    st.text(max_size=300),
    st.none() | TEXTS,
)


def serving(*flows):
    return rule(flows=tuple(flows))


def features(count: int, length: int = 10):
    """Flows of as many features, each with a name of that length."""
    return [flow(f"f{number:0{length - 1}d}", label="row 2") for number in range(count)]


@pytest.mark.parametrize("describe", DESCRIBERS)
def test_one_purpose_is_said_with_the_title_of_its_row(describe):
    assert describe(serving(flow())) == "ssh-admin (row 2): SSH to the command line"


@pytest.mark.parametrize("describe", DESCRIBERS)
def test_one_purpose_for_several_peers_is_said_once(describe):
    assert describe(serving(flow(), flow())) == "ssh-admin (row 2): SSH to the command line"


@pytest.mark.parametrize("describe", DESCRIBERS)
def test_several_purposes_are_listed(describe):
    assert describe(serving(flow(), flow("cluster"))) == "ssh-admin (row 2), cluster (row 2)"


@pytest.mark.parametrize("describe", DESCRIBERS)
def test_a_custom_flow_says_so_first(describe):
    custom = flow("custom-flow", custom="siem", title="logs for the SIEM")

    assert describe(serving(custom)) == "custom siem: logs for the SIEM"


def test_what_does_not_fit_is_counted():
    """Each purpose has 18 characters, 20 with the comma: 140 hold 6 and "and 4 more" (11)."""
    text = azure_description(serving(*features(10)))

    assert text == ", ".join(f"f{n:09d} (row 2)" for n in range(6)) + " and 4 more"
    assert len(text) == 6 * 18 + 5 * 2 + len(" and 4 more") == 129


def test_aws_has_room_for_more():
    """255 characters hold 12 purposes (12 * 18 + 11 * 2 = 238) and " and 8 more" (11)."""
    text = aws_description(serving(*features(20)))

    assert text == ", ".join(f"f{n:09d} (row 2)" for n in range(12)) + " and 8 more"


def test_a_purpose_that_fills_the_line_stands_alone():
    text = azure_description(serving(*features(2, length=140)))

    assert text == f"f{0:0139d}"


@pytest.mark.parametrize("describe", DESCRIBERS)
def test_what_serves_no_flow_says_what_it_closes(describe):
    assert describe(rule(flows=(), action=Action.DENY)) == "Guard"
    assert describe(closing(Direction.INGRESS)) == "Everything that no rule above allows"


def test_characters_that_ec2_refuses_become_spaces():
    assert aws_description(serving(flow(title="a > b & 100 %"))) == "ssh-admin (row 2): a   b   100"


def test_azure_keeps_printable_ascii():
    assert azure_description(serving(flow(title="a > b & é\n"))) == "ssh-admin (row 2): a > b &"


@given(st.lists(FLOWS, max_size=20))
def test_every_description_is_legal(flows):
    on_aws, on_azure = (describe(serving(*flows)) for describe in DESCRIBERS)

    assert len(on_aws) <= 255
    assert set(on_aws) <= AWS_CHARACTERS
    assert len(on_azure) <= 140
    assert set(on_azure) <= AZURE_CHARACTERS


@pytest.mark.parametrize("row", load_catalog().rows.values(), ids=lambda row: row.id)
def test_every_title_of_the_catalog_stands_whole_in_a_description(row):
    held = serving(flow("quarantine-https", label=row.label, title=row.title))

    assert aws_description(held) == f"quarantine-https ({row.label}): {row.title}"
    assert azure_description(held) == f"quarantine-https ({row.label}): {row.title}"
