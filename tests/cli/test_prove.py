"""`segfw prove`: each comparison with its size and time, and one packet where it fails."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from jsonschema import Draft202012Validator

import segfw.cli.prove
import segfw.plan
from segfw.cli.reference import proof_schema
from segfw.clouds.aws_security_group.spec import SecurityGroupRuleSpec
from segfw.limits import INTERFACE_NAME_LENGTH
from segfw.review.proving import size_text
from tests.cli.calling import BROKEN, SMALL, WITH_ACL
from tests.docs.pages import ROOT, blocks
from tests.docs.test_reference import closed
from tests.shipped import CONFIG

TABLE = """\
small: proven
  4 of 4 comparisons hold; 1 rule read back; 40.0 ms.
  Enforcement point      Traffic   Flows  Rules  Pairs  Widening  Holds  ms
  security group "data"  in IPv4   1      1      16     none      yes    10.0
  security group "data"  IPv6      0      0      0      none      yes    20.0
  security group "data"  out IPv4  0      0      0      none      yes    10.0
"""
LOST = (
    'security group "data", ingress IPv4: tcp 22, 10.9.0.0 is meant by data in tcp 22 admins: '
    "ssh-admin (row 2) and not let through: no rule matches it."
)
UNPROVEN = "the rules that were made do not mean what the stack file asks for.\n  "
ON_AZURE = (
    SMALL.replace("aws:region: eu-central-1", "azure-native:location: westeurope")
    .replace("cloud: aws", "cloud: azure")
    .replace("vpc: vpc-1", "resourceGroup: rg-1")
)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Each look at the clock is 10 ms after the one before."""
    ticks = itertools.count()
    monkeypatch.setattr(segfw.cli.prove, "clock", lambda: next(ticks) * 0.01)


@pytest.fixture
def lowered(monkeypatch):
    """Changes the rules of security groups after they are lowered; None drops one."""

    def changed(change):
        right = segfw.plan.lower

        def wrong(*args):
            return {
                key: tuple(
                    new
                    for spec in specs
                    for new in (change(spec) if isinstance(spec, SecurityGroupRuleSpec) else spec,)
                    if new is not None
                )
                for key, specs in right(*args).items()
            }

        monkeypatch.setattr(segfw.plan, "lower", wrong)

    return changed


def test_each_comparison_is_a_row_with_what_was_compared_and_its_time(folder):
    assert folder.stack("small").output("prove", "small") == TABLE


def test_several_stacks_have_totals(folder):
    text = folder.stack("small").stack("other", WITH_ACL).output("prove", "--all")

    assert text.startswith("other: proven\n  8 of 8 comparisons hold; ")
    assert text.endswith(
        "\n\n2 stacks together\n  12 of 12 comparisons hold; 4 rules read back; 120.0 ms.\n"
    )


def test_sizes_beyond_reading_are_rounded_and_widenings_are_counted(folder):
    open_ = ON_AZURE.replace("[management]", "[management, public]\n      families: [ipv4, ipv6]")
    features = "{pmtu: false, icmp-echo: {from: [admins]}, receive-mail: {}, send-mail: {}}"
    wide = open_.replace("{pmtu: false, ssh-admin: {}}", features).replace(
        "external: false", "external: true"
    )
    text = folder.stack("wide", wide).output("prove", "wide")

    (ingress, ingress6) = [line.split() for line in text.splitlines() if " in IPv" in line]
    assert ingress[-4:] == ["4,294,967,312", "1,048,560", "yes", "10.0"]
    assert ingress6[-4] == "3.4e38"


def test_every_line_fits_100_columns_on_the_labs_and_with_the_longest_name(folder):
    longest = WITH_ACL.replace("    data:", f"    {'m' * INTERFACE_NAME_LENGTH}:")
    texts = [
        folder.output("prove", "aws-lab", "azure-lab", "--config-dir", str(CONFIG)),
        folder.stack("long", longest).output("prove", "long"),
    ]

    assert f'security group "{"m" * INTERFACE_NAME_LENGTH}"' in texts[1]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 100
    assert all(size_text(10**most - 1) == f"{10**most - 1:,}" for most in (3, 12))
    assert size_text(10**12) == "1.0e12"


def test_a_family_with_nothing_has_one_line_for_both_directions_but_json_has_each(folder):
    folder.stack("small")
    lines = [line.split()[3:] for line in folder.output("prove", "small").splitlines()[3:]]
    each = folder.json("prove", "small")["stacks"][0]["comparisons"]

    assert [line[0] for line in lines] == ["in", "IPv6", "out"]
    assert [(one["direction"], one["family"]) for one in each] == [
        (direction, family) for direction in ("ingress", "egress") for family in ("ipv4", "ipv6")
    ]


def test_a_lost_packet_is_shown_with_its_flow_and_that_no_rule_matches(folder, lowered):
    lowered(lambda spec: None)
    result = folder.stack("small").stack("other").call("prove", "small")

    assert result.exit_code == 3
    assert result.stdout.startswith(
        f"small: not proven\n  3 of 4 comparisons hold; 0 rules read back; 40.0 ms.\n  {LOST}\n"
    )
    assert result.stderr.startswith(f"small: {UNPROVEN}{LOST}\nThis is a bug in seg-firewall")


def test_an_added_packet_is_shown_with_the_rule_that_lets_it_through(folder, lowered):
    lowered(lambda spec: spec._replace(to_port=23))
    report = json.loads(folder.stack("small").call("prove", "small", "--format", "json").stdout)

    (stack,) = report["stacks"]
    assert stack["proven"] is False
    assert [c["counterexample"] for c in stack["comparisons"]][1:] == [None] * 3
    assert stack["comparisons"][0]["counterexample"] == {
        "packet": "tcp 23, 10.9.0.0",
        "letThrough": True,
        "declared": False,
        "meantBy": [],
        "decidedBy": ['rule "data-in-tcp-22-10.9.0.0_28"'],
        "text": 'tcp 23, 10.9.0.0 is let through by rule "data-in-tcp-22-10.9.0.0_28" '
        "and no flow means it.",
    }
    Draft202012Validator(closed(proof_schema.schema())).validate(report)


def test_a_resource_that_cannot_be_read_back_is_not_proven(folder, lowered):
    lowered(lambda spec: spec._replace(ip_protocol="sctp?"))
    result = folder.stack("small").call("prove", "small")

    reason = "ipProtocol 'sctp?' is no protocol"
    assert result.exit_code == 3
    assert f"  a resource cannot be read back: {reason}.\n" in result.stdout
    assert result.stderr.startswith(f"small: {UNPROVEN}{reason}\n")


def test_a_broken_stack_does_not_hide_the_others(folder):
    result = folder.stack("small").stack("broken", BROKEN).call("prove", "broken", "small")

    assert result.exit_code == 1
    assert result.stdout == TABLE
    assert result.stderr == (
        "config/Pulumi.broken.yaml:13: features.ssh-admn: no such feature; did you mean "
        '"ssh-admin"?\n1 problem.\n'
    )


def test_json_says_the_same_for_machines(folder):
    folder.stack("small").stack("broken", BROKEN)
    report = folder.json("prove", "small", "broken", status=1)

    Draft202012Validator(closed(proof_schema.schema())).validate(report)
    small, broken = report["stacks"]
    assert report["format"] == 1
    assert report["totals"] == small["totals"]
    assert small["digest"] == folder.json("plan", "small")["digest"]
    assert small["comparisons"][0] == {
        "point": "security-group",
        "interface": "data",
        "direction": "ingress",
        "family": "ipv4",
        "flows": ["data in tcp 22 admins: ssh-admin (row 2)"],
        "rules": 1,
        "meant": {"pairs": "16", "slices": 1, "boxes": 1},
        "allowed": {"pairs": "16", "slices": 1, "boxes": 1},
        "declaredWidening": {"pairs": "0", "slices": 0, "boxes": 0},
        "holds": True,
        "counterexample": None,
        "milliseconds": 10.0,
    }
    assert (broken["stack"], broken["digest"], broken["proven"]) == ("broken", None, False)
    assert broken["problems"][0]["line"] == 13


def test_nothing_to_prove_is_a_call_that_cannot_be_read(folder):
    for words in (["prove"], ["prove", "--all"]):
        result = folder.call(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nothing to prove: " in result.stderr


def test_what_the_page_on_the_proof_shows_is_what_is_printed_but_for_times(folder):
    times = re.compile(r"\d+\.\d( ms)?$|\d+\.\d ms", re.MULTILINE)
    (shown, *_) = [b.text for b in blocks(ROOT / "docs" / "proof.md") if b.language == "text"]
    stack = shown.partition(":")[0]
    printed = folder.output("prove", stack, "--config-dir", str(CONFIG))

    assert times.sub("", shown).split() == times.sub("", printed).split()
