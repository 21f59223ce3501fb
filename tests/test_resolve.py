"""What a row says of releases and families decides whether its flows are there."""

from __future__ import annotations

import pytest

from segfw.resolve import resolve
from segfw.sets.addresses import Family
from tests.review.planning import CATALOG, features
from tests.settings.reading import settings_of


def catalog_with(row: str, **changed):
    """The catalog with one row that says something else."""
    return CATALOG._replace(rows={**CATALOG.rows, row: CATALOG.rows[row]._replace(**changed)})


def features_of(release: str, **changed) -> set[str]:
    gateway = f'  seg-firewall:gateway: {{release: "{release}"}}\n'
    settings = settings_of(features("ssh-admin: {}, pmtu: false", gateway))
    return {flow.feature for flow in resolve(settings, catalog_with("ssh-cli", **changed))}


@pytest.mark.parametrize(
    ("release", "there"), [("14.2", False), ("15.0", False), ("15.5", True), ("16.0", True)]
)
def test_a_row_from_a_release_on_is_there_from_it_on(release, there):
    assert features_of(release, from_release="15.5") == ({"ssh-admin"} if there else set())


@pytest.mark.parametrize(
    ("release", "there"), [("14.2", True), ("15.0", True), ("15.5", True), ("16.0", False)]
)
def test_a_row_until_a_release_is_there_up_to_it_and_in_it(release, there):
    assert features_of(release, until_release="15.5") == ({"ssh-admin"} if there else set())


def test_a_prefix_list_is_made_only_of_families_that_are_published():
    settings = settings_of(features("talos: {prefixList: true}, pmtu: false"))
    only_4 = catalog_with("talos", prefixes=("146.112.62.0/24", "146.112.63.0/24"))
    flows = resolve(settings, only_4)

    assert [flow.peer.name for flow in flows] == ["talos-ipv4"]
    assert {prefix.family for flow in flows for prefix in flow.peer.prefixes} == {Family.IPV4}
