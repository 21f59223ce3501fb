"""Options that need others, with a catalog that has some."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.model import Option, OptionKind
from segfw.problems import ProblemsFound
from segfw.settings import read_settings
from tests.settings.reading import TODAY, tree_of

CATALOG = load_catalog()
SYSLOG = CATALOG.features["syslog"]
STRICT = Option(
    name="strict", kind=OptionKind.FLAG, title="Check certificates", when={"protocol": ("tls",)}
)
NEEDED = Option(
    name="facility", kind=OptionKind.CHOICE, title="Facility", values=("mail",), required=True
)


def problems_with(options: dict[str, Option], given: str) -> list[str]:
    feature = SYSLOG._replace(options={**SYSLOG.options, **options})
    catalog = CATALOG._replace(features={**CATALOG.features, "syslog": feature})
    tree = tree_of(f"config:\n  seg-firewall:features: {{syslog: {given}}}\n")
    try:
        read_settings(tree, catalog, stack="test", today=TODAY)
    except ProblemsFound as found:
        return str(found).split("\n")
    return []


def test_an_option_is_for_certain_values_of_another():
    assert problems_with({"strict": STRICT}, "{to: [admins], protocol: udp, strict: true}") == [
        "config/Pulumi.test.yaml:2: features.syslog.strict: is only for protocol: tls, and here protocol is udp; leave one of them out."
    ]


@pytest.mark.parametrize("given", ["{to: [admins], strict: true}", "{to: [admins], protocol: udp}"])
def test_an_option_may_be_given_where_it_is_for(given):
    assert problems_with({"strict": STRICT}, given) == []


def test_an_option_without_default_is_given():
    assert problems_with({"facility": NEEDED}, "{to: [admins]}") == [
        'config/Pulumi.test.yaml:2: features.syslog: has no "facility"; write facility.'
    ]
