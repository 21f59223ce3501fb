"""Input that nobody writes on purpose: each is a problem with its place and next step."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from segfw.catalog import load_catalog
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, read_tree, tree_from_config, tree_from_values
from tests.settings.reading import ON_AWS, TODAY, write

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = load_catalog()


def refusal(tree) -> str:
    """What is said against a tree; empty where it can be read."""
    try:
        read_settings(tree(), CATALOG, stack="test", today=TODAY)
    except ProblemsFound as found:
        return str(found)
    return ""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Each test runs where its files are, as a user does."""
    monkeypatch.chdir(tmp_path)


def of_bytes(folder: Path, above: bytes) -> str:
    config = write(folder, "")
    (config / "Pulumi.test.yaml").write_bytes(above + ON_AWS.encode())
    return refusal(lambda: read_tree(config, "test"))


FEATURES = "config:\n  seg-firewall:features:\n    "
NETWORKS = "config:\n  seg-firewall:networks:\n    "
TAGS = "config:\n  seg-firewall:tags:\n    "
AT = "config/Pulumi.test.yaml:"
FILES = {
    "a NUL": (
        b"config:\n  seg-firewall:tags: {a: b\x00c}\n",
        f"{AT}2: the character U+0000 stands in column 27, and YAML is plain text; take it out.",
    ),
    "a NUL in a tag's name": (
        f'{TAGS}"a\\0": b\n'.encode(),
        f"{AT}3: tags.a\\u0000: the tag's name has the control character U+0000; leave it out.",
    ),
    "text of another encoding": (
        b"config:\n  seg-firewall:tags: {a: caf\xe9}\n",
        f"{AT}2: byte 36 is not UTF-8; save the file as UTF-8 text.",
    ),
    "UTF-16": (
        "config: {}\n".encode("utf-16"),
        f"{AT}1: byte 0 is not UTF-8; save the file as UTF-8 text.",
    ),
    "a mark of byte order in front of our namespace": (
        "config:\n  \ufeffseg-firewall:tags: {a: b}\n".encode(),
        (f'{AT}2: \\ufeffseg-firewall:tags: no such namespace; did you mean "seg-firewall:tags"?'),
    ),
    "our namespace with an underscore": (
        b"config:\n  seg_firewall:tags: {a: b}\n",
        f'{AT}2: seg_firewall:tags: no such namespace; did you mean "seg-firewall:tags"?',
    ),
    "our namespace in capitals": (
        b"config:\n  SEG-Firewall:tags: {a: b}\n",
        f'{AT}2: SEG-Firewall:tags: no such namespace; did you mean "seg-firewall:tags"?',
    ),
    "a list as a key": (
        b"config:\n  ? [a, b]\n  : c\n",
        f"{AT}2: a key here is not text; write it as text.",
    ),
    "a key without a value": (
        b"config:\n  ? seg-firewall:tags\n",
        (
            f'{AT}2: tags: has no value; write "{{}}" for an empty mapping, "[]" for an empty '
            'list, "" for empty text.'
        ),
    ),
    "a name of no letters": (
        f'{TAGS}"": b\n'.encode(),
        f"{AT}3: tags.: a key here is empty; write its name.",
    ),
    "a power of ten as a port": (
        f"{FEATURES}ssh-admin: {{port: 1e3}}\n".encode(),
        (
            f"{AT}3: features.ssh-admin.port: 1e3 means different things to different readers; "
            'write a number in plain decimal digits, or quote it: "1e3".'
        ),
    ),
    "an octal port": (
        f"{FEATURES}ssh-admin: {{port: 0022}}\n".encode(),
        (
            f"{AT}3: features.ssh-admin.port: 0022 means different things to different readers; "
            'write a number in plain decimal digits, or quote it: "0022".'
        ),
    ),
    "digits of another script": (
        f"{FEATURES}ssh-admin: {{port: ٢٢}}\n".encode(),
        f'{AT}3: features.ssh-admin.port: is the text "٢٢"; write a port number, without quotes.',
    ),
    "a port of thousands of digits": (
        f"{FEATURES}ssh-admin: {{port: {'9' * 5000}}}\n".encode(),
        (
            f"{AT}3: features.ssh-admin.port: {'9' * 64}... (5,000 characters) means different "
            f'things to different readers; quote it: "{"9" * 63}..." (5,002 characters).'
        ),
    ),
    "the name of a network of a hundred thousand letters": (
        f"{FEATURES}ssh-admin: {{from: [{'a' * 100_000}]}}\n".encode(),
        (
            f"{AT}3: features.ssh-admin.from[{'a' * 40}...] (100,025 characters): has 100000 "
            "characters; write at most 512."
        ),
    ),
    "a letter that looks like another": (
        f"{FEATURES}ssh-\u0430dmin: {{}}\n".encode(),
        (
            f"{AT}3: features.ssh-\u0430dmin: no such feature; did you mean "
            '"ssh-admin", without U+0430?'
        ),
    ),
    "a space that does not break, in a feature's name": (
        f"{FEATURES}ssh-admin\u00a0: {{}}\n".encode(),
        (
            f"{AT}3: features.ssh-admin\\u00a0: no such feature; did you mean "
            '"ssh-admin", without U+00A0?'
        ),
    ),
    "a network's name with a letter that looks like another": (
        f"{NETWORKS}\u0430dmins: [10.9.0.0/28]\n".encode(),
        (
            f"{AT}3: networks.\u0430dmins: the name is not kebab-case of at most 32 characters; "
            "write lower-case words, digits and hyphens, without U+0430."
        ),
    ),
    "a feature twice, once in capitals": (
        f"{FEATURES}snmp: {{from: [admins]}}\n    SNMP: {{}}\n".encode(),
        f'{AT}4: features.SNMP: no such feature; did you mean "snmp"?',
    ),
    "nulls": (
        b"config:\n  seg-firewall:interfaces: {management: {external: ~, subnets: [null]}}\n",
        (
            f"{AT}2: interfaces.management.external: ~ is no value; "
            'write "{}" for an empty mapping, "[]" for an empty list, "" for empty text, or quote '
            'it: "~".\n'
            f"{AT}2: interfaces.management.subnets[null]: null is no value; "
            'write "{}" for an empty mapping, "[]" for an empty list, "" for empty text, or quote '
            'it: "null".'
        ),
    ),
    "lists for mappings": (
        b"config:\n  seg-firewall:networks: []\n  seg-firewall:features: []\n",
        (
            f"{AT}2: networks: is a list; write a mapping.\n"
            f"{AT}3: features: is a list; write a mapping from feature to options."
        ),
    ),
    "quotas of nothing": (
        b"config:\n  seg-firewall:quotas: {securityGroup: {rules: 0, groupsPerInterface: 0}}\n",
        (
            f"{AT}2: quotas.securityGroup.groupsPerInterface: 0 is outside 1 to 16, which is what "
            "AWS grants.\n"
            f"{AT}2: quotas.securityGroup.rules: 0 is below the 60 that every account has; leave "
            "it out."
        ),
    ),
    "a custom flow that says nothing": (
        f"{FEATURES}custom-flow: [{{}}]\n".encode(),
        (
            f'{AT}3: features.custom-flow: has no "direction"; write ingress where the far end '
            "connects to the gateway, else egress.\n"
            f'{AT}3: features.custom-flow: has no "interface"; write the interface that it sits '
            "on.\n"
            f'{AT}3: features.custom-flow: has no "name"; write a name of lower-case words, digits '
            "and hyphens.\n"
            f'{AT}3: features.custom-flow: has no "owner"; write who answers for it.\n'
            f'{AT}3: features.custom-flow: has no "protocol"; write tcp, udp or icmp-echo.\n'
            f'{AT}3: features.custom-flow: has no "reason"; write why it is needed.\n'
            f'{AT}3: features.custom-flow: has no "reviewBy"; write the day until which it is '
            "needed, quoted."
        ),
    ),
}


@pytest.mark.parametrize(("above", "said"), FILES.values(), ids=FILES)
def test_an_odd_file_is_a_problem_with_its_place(above, said, tmp_path):
    assert of_bytes(tmp_path, above) == said


@pytest.mark.parametrize(
    "above",
    [
        b"\xef\xbb\xbfconfig:\n  seg-firewall:tags: {a: b}\n",
        b"config:\r\n  seg-firewall:tags: {a: b}\r\n",
        b"config:\n  ? seg-firewall:tags\n  : {a: b}\n",
        b"config:\n  other-firewall:tags: {a: b}\n",
    ],
    ids=["a mark of byte order", "lines of Windows", "keys with a mark", "another namespace"],
)
def test_what_every_reader_takes_is_taken(above, tmp_path):
    assert of_bytes(tmp_path, above) == ""


def test_many_mistakes_are_told_in_a_moment(tmp_path):
    lines = "".join(f"    n{i}: [10.0.0.1/24]\n" for i in range(4000))
    found = of_bytes(tmp_path, f"config:\n  seg-firewall:networks:\n{lines}".encode())

    assert len(found.split("\n")) == 4000


@pytest.mark.parametrize("kind", ["folder", "pipe", "circle"])
def test_what_is_no_file_is_said_to_be_none(kind, tmp_path):
    path = tmp_path / "config" / "Pulumi.test.yaml"
    path.parent.mkdir()
    {
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "circle": lambda: path.symlink_to(path),
    }[kind]()

    assert refusal(lambda: read_tree(path.parent, "test")) == (
        "config/Pulumi.test.yaml: this is no file of text; put the stack's file in its place."
    )


PROGRAM = {
    "cloud": "aws",
    "gateway": {"environment": "dev", "release": "15.0", "ciscoRegion": "europe"},
    "interfaces": {"all": {"roles": ["management"], "external": False, "vpc": "vpc-1"}},
}
VALUES = {
    "an integer that no text can hold": (
        {"features": {"ssh-admin": {"port": 10**5000}}},
        (
            "stack config: features.ssh-admin.port: is a number larger than readers agree on; "
            "quote it."
        ),
    ),
    "nothing in a list": (
        {"networks": {"a": ["10.0.0.0/24", None]}},
        (
            'stack config: networks.a[]: has no value; write "{}" for an empty mapping, "[]" for '
            'an empty list, "" for empty text.'
        ),
    ),
    "our namespace with a slip": (
        {"seg-firewal:tags": {}},
        ('stack config: seg-firewal:tags: no such namespace; did you mean "seg-firewall:tags"?'),
    ),
}


@pytest.mark.parametrize(("values", "said"), VALUES.values(), ids=VALUES)
def test_an_odd_value_of_a_program_is_a_problem(values, said):
    assert refusal(lambda: tree_from_values({**PROGRAM, **values})) == said


def test_the_engines_config_is_asked_for_our_namespace_too(tmp_path):
    ours = {f"seg-firewall:{key}": value for key, value in PROGRAM.items()}
    config = {key: v if isinstance(v, str) else json.dumps(v) for key, v in ours.items()}
    more = {"aws:region": "eu-central-1", "seg-firewalls:tags": "{}", "other:tags": "{}"}

    assert refusal(lambda: tree_from_config(config | more, (), tmp_path / "config", "test")) == (
        'stack config: seg-firewalls:tags: no such namespace; did you mean "seg-firewall:tags"?'
    )
