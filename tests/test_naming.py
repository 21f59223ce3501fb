"""Names of rules: legal, one to one with content, and stable when groups are added."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segfw.catalog.model import Direction, Protocol
from segfw.flow import IcmpType
from segfw.naming import augmented_name, content_word, prefix_word, rendezvous, rule_name, within
from segfw.rule import Action
from segfw.sets.addresses import Family, parse_prefix
from segfw.settings.types import Reference, ReferenceKind
from tests.making import closing, flow, ports, prefixes, rule
from tests.strategies import PREFIXES

NSG_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?")
"""ARM: 1 to 80 characters; begins with a letter or digit, ends with one or an underscore."""
ANY = IcmpType(None, None)


def read_back(word: str) -> str:
    """The prefix that a word stands for: an underscore is the slash, dashes are colons."""
    return word.replace("-", ":").replace("_", "/")


@given(PREFIXES)
def test_a_prefix_can_be_read_back_from_its_word(prefix):
    assert parse_prefix(read_back(prefix_word(prefix))) == prefix


@given(PREFIXES, PREFIXES)
def test_different_prefixes_have_different_words(one, other):
    assert (prefix_word(one) == prefix_word(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("198.51.100.0/28", "198.51.100.0_28"),
        ("0.0.0.0/0", "0.0.0.0_0"),
        ("2001:db8::/32", "2001-db8--_32"),
        ("::/0", "--_0"),
    ],
)
def test_a_word_keeps_the_prefix_readable(text, word):
    assert prefix_word(parse_prefix(text)) == word


ADMINS = Reference(kind=ReferenceKind.PREFIX_LIST, name="admins", id="pl-0123")
NAMES = {
    "management-in-tcp-22-10.9.0.0_28": rule(),
    "management-out-tcp-22-10.9.0.0_28": rule(direction=Direction.EGRESS),
    "management-in-udp-22-10.9.0.0_28": rule(protocol=Protocol.UDP),
    "management-in-tcp-1024-65535-10.9.0.0_28": rule(ports=ports((1024, 65535))),
    "management-in-deny-tcp-22-10.9.0.0_28": rule(action=Action.DENY),
    "management-in-icmp-3.4-10.9.0.0_28": rule(
        protocol=Protocol.ICMP, ports=(), icmp=IcmpType(3, 4)
    ),
    "management-in-icmp-8-10.9.0.0_28": rule(
        protocol=Protocol.ICMP, ports=(), icmp=IcmpType(8, None)
    ),
    "management-in-icmp-any-10.9.0.0_28": rule(protocol=Protocol.ICMP, ports=(), icmp=ANY),
    "management-in-tcp-22-admins": rule(prefixes=(), reference=ADMINS),
    "management-in-tcp-22-10.9.0.0_28.10.9.1.0_28": rule(
        prefixes=prefixes("10.9.0.0/28", "10.9.1.0/28")
    ),
}


@pytest.mark.parametrize(("name", "one"), NAMES.items(), ids=NAMES)
def test_a_name_says_what_makes_the_rule_unique(name, one):
    assert rule_name("management", one) == name


def test_a_name_says_nothing_of_ids_descriptions_and_numbers():
    other = rule(number=200, group=2, flows=(flow("cluster"),), name="x")

    assert content_word(other) == content_word(rule())


def test_an_augmented_rule_is_named_by_feature_row_and_family():
    held = rule(prefixes=prefixes("10.9.0.0/28", "10.9.1.0/28"))

    assert augmented_name("management", held, "ssh-cli", Family.IPV4) == (
        "management-in-tcp-ssh-admin-ssh-cli-ipv4"
    )
    assert augmented_name("data", closing(Direction.EGRESS, flows=(flow(),)), "x", Family.IPV6) == (
        "data-out-any-ssh-admin-x-ipv6"
    )


@given(
    PREFIXES,
    st.sampled_from((Protocol.TCP, Protocol.UDP)),
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)),
    st.sampled_from(Direction),
    st.sampled_from(Action),
)
def test_every_name_is_legal_in_an_nsg(prefix, protocol, bounds, direction, action):
    held = rule(
        prefixes=(prefix,),
        protocol=protocol,
        ports=ports(tuple(sorted(bounds))),
        direction=direction,
        action=action,
    )

    assert NSG_NAME.fullmatch(within(rule_name("i" * 16, held), 80))


def test_a_name_within_the_limit_stays_as_it_is():
    assert within("a" * 80, 80) == "a" * 80


def test_a_longer_name_keeps_its_beginning_and_is_told_apart_by_a_digest():
    """The digest is the first 8 digits of `printf aaa…b | sha256sum`, after a dash."""
    import hashlib

    name = "a" * 80 + "b"
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]

    assert within(name, 80) == "a" * 71 + "-" + digest
    assert within("a" * 80 + "c", 80) != within(name, 80)


@given(st.text(max_size=200), st.integers(10, 100))
def test_a_shortened_name_is_never_too_long(name, length):
    assert len(within(name, length)) <= length


CONTENTS = [f"in-tcp-{number}-10.0.0.0_8" for number in range(2000)]


def test_with_one_group_everything_is_in_it():
    assert {rendezvous(content, 1) for content in CONTENTS} == {1}


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_one_group_more_takes_its_share_and_moves_nothing_else(groups):
    """About 1/(n+1) of the rules move, all to the new group; five standard deviations allowed."""
    before = [rendezvous(content, groups) for content in CONTENTS]
    after = [rendezvous(content, groups + 1) for content in CONTENTS]
    moved = [new for old, new in zip(before, after, strict=True) if old != new]

    share = 1 / (groups + 1)
    deviation = (len(CONTENTS) * share * (1 - share)) ** 0.5
    assert set(moved) == {groups + 1}
    assert abs(len(moved) - len(CONTENTS) * share) <= 5 * deviation


def test_groups_are_about_equally_full():
    """2,000 over 4 groups: 500 each, five standard deviations (about 97) allowed."""
    counts = Counter(rendezvous(content, 4) for content in CONTENTS)

    assert set(counts) == {1, 2, 3, 4}
    assert all(abs(count - 500) <= 97 for count in counts.values())
