"""Imports that are not there, go in a circle or bring what they cannot."""

from __future__ import annotations

import pytest

from tests.settings.reading import ALONE, problems_of

CASES = {
    "imports name files of the shared folder, once": (
        """
config:
  seg-firewall:imports: [auws, ../x, 5, aws, aws]
  aws:region: us-east-1
""",
        ALONE,
        {},
        [
            'config/Pulumi.test.yaml:2: imports[../x]: there is no file config/shared/../x.yaml; there are "aws", "azure" and "sound".',
            "config/Pulumi.test.yaml:2: imports[5]: is a number; write the name of a file in config/shared/.",
            'config/Pulumi.test.yaml:2: imports[auws]: there is no file config/shared/auws.yaml; did you mean "aws"?',
            "config/Pulumi.test.yaml:2: imports[aws]: is imported twice; keep one.",
        ],
    ),
    "imports are a list": (
        """
config:
  seg-firewall:imports: aws
  aws:region: us-east-1
""",
        ALONE,
        {},
        [
            "config/Pulumi.test.yaml:2: imports: is text; write a list of names, such as [base, company].",
        ],
    ),
    "imports do not go in a circle": (
        """
config:
  seg-firewall:imports: [a]
  aws:region: us-east-1
""",
        ALONE,
        {
            "a": "config: {seg-firewall:imports: [b]}\n",
            "b": "config: {seg-firewall:imports: [a]}\n",
        },
        [
            "config/shared/b.yaml:1: imports[a]: imports go in a circle: a -> b -> a; take one of them out.",
        ],
    ),
    "a shared file brings our keys only": (
        """
config:
  seg-firewall:imports: [a]
  aws:region: us-east-1
""",
        ALONE,
        {"a": "encryptionsalt: a\nconfig:\n  aws:region: a\n  tags: {}\n"},
        [
            'config/Pulumi.test.yaml:1: has no "seg-firewall:cloud"; write aws or azure.',
            'config/Pulumi.test.yaml:1: has no "seg-firewall:gateway"; write {environment: ..., release: ..., ciscoRegion: ...}.',
            "config/Pulumi.test.yaml:1: interfaces: has no interface; write one with its roles.",
            'config/shared/a.yaml:1: encryptionsalt: no such key at the top; a shared file has "config" only.',
            'config/shared/a.yaml:3: aws:region: the provider reads the stack\'s own file only; move this there, an import brings "seg-firewall:" keys.',
            'config/shared/a.yaml:4: tags: has no namespace; did you mean "seg-firewall:tags"?',
        ],
    ),
    "a shared file is a mapping": (
        """
config:
  seg-firewall:imports: [a]
  aws:region: us-east-1
""",
        ALONE,
        {"a": "config: [x]\n"},
        [
            "config/shared/a.yaml:1: config: is a list; write a mapping of settings.",
        ],
    ),
}


@pytest.mark.parametrize(("text", "below", "shared", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_a_problem_with_its_place_and_next_step(text, below, shared, expected):
    assert problems_of(text, below, shared) == expected
