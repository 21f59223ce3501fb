"""Stack files that YAML readers could understand differently, or that are no stack file."""

from __future__ import annotations

import pytest

from tests.settings.reading import ALONE, ON_AWS, problems_of

CASES = {
    "a value that stands for another is written out": (
        """
config:
  seg-firewall:tags: &x {a: b}
  seg-firewall:quotas: *x
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: tags: "&x" names a value; take the name out.',
            'config/Pulumi.test.yaml:3: quotas: "*x" stands for another value; write the value out here.',
        ],
    ),
    "a merge key is refused": (
        """
config:
  seg-firewall:tags:
    <<: {a: b}
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: "<<" merges another mapping in; write its entries out, or use imports.',
        ],
    ),
    "a key stands once in a mapping": (
        """
config:
  seg-firewall:tags:
    a: b
    a: c
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:4: tags.a: the key "a" stands here again, first in line 3; keep one.',
        ],
    ),
    "keys are text for every reader": (
        """
config:
  seg-firewall:tags:
    15: b
    on: c
    [a]: d
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: tags.15: the key "15" is no text to YAML; quote it: "15".',
            'config/Pulumi.test.yaml:4: tags.on: the key on means different things to different readers; quote it: "on".',
            "config/Pulumi.test.yaml:5: a key here is not text; write it as text.",
        ],
    ),
    "a file holds one document": (
        """
config:
  seg-firewall:tags: {a: b}
  aws:region: eu-central-1
  seg-firewall:imports: [aws]
---
a: b
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:5: a second document starts here; keep one document in the file.",
        ],
    ),
    "a list is no stack file": (
        """
- a
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:1: the file holds a list; write a mapping with the key "config".',
        ],
    ),
    "an empty file says what a stack needs": (
        """
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:1: has no "seg-firewall:cloud"; write aws or azure.',
            'config/Pulumi.test.yaml:1: has no "seg-firewall:gateway"; write {environment: ..., release: ..., ciscoRegion: ...}.',
            "config/Pulumi.test.yaml:1: interfaces: has no interface; write one with its roles.",
        ],
    ),
    "text that is no YAML names the line": (
        """
config:
  a: [b
  c: d
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:3: this is no YAML: did not find expected ',' or ']', column 4; check the indentation, brackets and quotes here.",
        ],
    ),
    "a tab is no indentation": (
        """
config:
	a: b
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:2: a tab stands in column 1, and YAML indents with spaces; write spaces in its place.",
        ],
    ),
    "a tab behind spaces is no indentation": (
        """
config:
  seg-firewall:tags:
  \ta: b
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:3: a tab stands in column 3, and YAML indents with spaces; write spaces in its place.",
        ],
    ),
    "config is a mapping": (
        """
config: [a]
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:1: config: is a list; write a mapping of settings.",
        ],
    ),
    "keys at the top are known, and an environment is resolved first": (
        """
confg: {}
environment: [prod]
seg-firewall:cloud: aws
encryptionsalt: v1:abc
config:
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:1: confg: no such key at the top; did you mean "config"?',
            'config/Pulumi.test.yaml:2: environment: a Pulumi ESC environment is resolved by the Pulumi service, not offline; copy what "pulumi env open" shows under "pulumiConfig" to "config" (or to config/shared/), and take the environment out with "pulumi config env rm".',
            'config/Pulumi.test.yaml:3: seg-firewall:cloud: no such key at the top; write it under "config".',
        ],
    ),
    "keys have a namespace, and other namespaces are left alone": (
        """
config:
  cloud: aws
  seg-firewall:config:tags: {}
  seg-firewall:clouds: aws
  other:thing: 0x1
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:2: cloud: has no namespace; did you mean "seg-firewall:cloud"?',
            'config/Pulumi.test.yaml:3: seg-firewall:config:tags: write "seg-firewall:tags".',
            'config/Pulumi.test.yaml:4: clouds: no such setting; did you mean "cloud"?',
        ],
    ),
    "a secret is refused in our namespace only": (
        """
config:
  seg-firewall:networks: {admins: {secure: v1:abc}}
  seg-firewall:tags: {a: {secure: x}}
  aws:secretKey: {secure: abc}
""",
        ON_AWS,
        {},
        [
            "config/Pulumi.test.yaml:2: networks.admins: is a secret, and firewall settings are shown in plans; write the value in plain text.",
            "config/Pulumi.test.yaml:3: tags.a: is a secret, and firewall settings are shown in plans; write the value in plain text.",
        ],
    ),
    "a value that was forgotten is no null": (
        """
config:
  seg-firewall:features:
    ssh-admin:
    gui-https:
""",
        ON_AWS,
        {},
        [
            'config/Pulumi.test.yaml:3: features.ssh-admin: has no value; write "{}" for an empty mapping, "[]" for an empty list, "" for empty text.',
            'config/Pulumi.test.yaml:4: features.gui-https: has no value; write "{}" for an empty mapping, "[]" for an empty list, "" for empty text.',
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
