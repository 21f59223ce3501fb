"""A register is read strictly, with every problem at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segfw.catalog import load_catalog
from segfw.guardrails.pack import BY_ID
from segfw.problems import Place, ProblemsFound
from segfw.waivers import Waiver, known_words
from segfw.waivers.stock import STOCK
from tests.waivers.registers import FILE, KNOWN, problems, read, register

AT = f"{FILE}:2: waivers[CKV_AWS_231]"


def test_an_entry_says_which_where_why_who_and_until_when():
    (one,) = read(register(stacks="[aws-lab]")).entries

    assert one == Waiver(
        check="CKV_AWS_231",
        resource="public-acl",
        feature="",
        environment="all",
        stacks=("aws-lab",),
        reason="Replies.",
        owner="net",
        expires=date(2027, 5, 1),
        link="https://wiki.example.com/1",
        place=Place(FILE, 2),
    )


def test_an_entry_may_name_a_feature_in_place_of_a_resource():
    (one,) = read(register(resource=None, feature="send-mail")).entries

    assert (one.resource, one.feature, one.target) == ("", "send-mail", 'feature "send-mail"')


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "waivers: []\n"])
def test_a_register_may_be_empty(text):
    assert read(text).entries == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"check": "CKV_AWS_321"}, f'{FILE}:2: waivers[CKV_AWS_321].check: no such check; did you mean "CKV_AWS_231"?'),
        (
            {"check": "nothing-alike-at-all"},
            f"{FILE}:2: waivers[nothing-alike-at-all].check: no such check; docs/reference/guardrails.md and docs/reference/stock-checks.md list them.",
        ),
        ({"feature": "send-mial", "resource": None}, f'{FILE}:8: waivers[CKV_AWS_231].feature: no such feature; did you mean "send-mail"?'),
        (
            {"resource": '"pub*acl"'},
            f'{FILE}:3: waivers[CKV_AWS_231].resource: "pub*acl" has "*" elsewhere than at one end; write a name, or how names begin or end and one "*" there.',
        ),
        (
            {"resource": '"*acl*"'},
            f'{FILE}:3: waivers[CKV_AWS_231].resource: "*acl*" has "*" elsewhere than at one end; write a name, or how names begin or end and one "*" there.',
        ),
        (
            {"environment": "prood"},
            f'{FILE}:4: waivers[CKV_AWS_231].environment: "prood" is none of dev, test, lab, prod, all; did you mean "prod"?',
        ),
        (
            {"link": "http://wiki.example.com"},
            f'{FILE}:8: waivers[CKV_AWS_231].link: "http://wiki.example.com" is no https address; write the https address of the ticket or page where it was decided.',
        ),
        (
            {"expires": '"2028-01-01"'},
            f"{FILE}:7: waivers[CKV_AWS_231].expires: 2028-01-01 is more than 366 days ahead; write 2027-11-25 at most.",
        ),
        (
            {"expires": '"01/05/2027"'},
            f'{FILE}:7: waivers[CKV_AWS_231].expires: is the text "01/05/2027"; write a day, quoted, such as "2026-11-24".',
        ),
        (
            {"expires": '"2027-02-30"'},
            f'{FILE}:7: waivers[CKV_AWS_231].expires: is the text "2027-02-30"; write a day, quoted, such as "2026-11-24".',
        ),
        ({"reason": '"  "'}, f"{FILE}:5: waivers[CKV_AWS_231].reason: is empty; write text, or leave the key out."),
        ({"owner": "5"}, f'{FILE}:6: waivers[CKV_AWS_231].owner: is a number to YAML; quote it: "5".'),
        ({"stacks": "[aws-lbb]"}, f'{FILE}:9: waivers[CKV_AWS_231].stacks: no such stack; did you mean "aws-lab"?'),
        ({"stacks": "[]"}, f"{FILE}:9: waivers[CKV_AWS_231].stacks: is empty; name stacks, or leave the key out for all of them."),
        ({"stacks": "[aws-lab, aws-lab]"}, f"{FILE}:9: waivers[CKV_AWS_231].stacks[aws-lab]: stands in the list twice; keep one."),
        ({"stacks": "aws-lab"}, f'{FILE}:9: waivers[CKV_AWS_231].stacks: is the text "aws-lab"; write a list.'),
        ({"rason": "x"}, f'{FILE}:9: waivers[CKV_AWS_231].rason: no such key; did you mean "reason"?'),
        ({"resource": None}, f'{AT}: has no "resource" and no "feature"; write the one that it is about.'),
        ({"feature": "send-mail"}, f'{AT}: has both "resource" and "feature"; keep one, or write two entries.'),
        ({"check": None}, f'{FILE}:2: waivers: has no "check"; write the id of a guardrail or of a scanner\'s check.'),
        ({"owner": None}, f'{AT}: has no "owner"; write who answers for it.'),
        (
            {"link": None},
            f'{AT}: has no "link"; write the https address of the ticket or page where it was decided.',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_the_next_step(changes, said):
    assert problems(register(**changes)) == [said]


def test_a_date_without_quotes_is_refused_since_readers_disagree_on_it():
    assert problems(register(expires="2027-05-01")) == [
        f"{FILE}:7: waivers.expires: 2027-05-01 means different things to different readers; "
        'quote it: "2027-05-01".'
    ]


def test_every_problem_is_reported_at_once():
    text = register({"check": "CKV_AWS_99"}, {"owner": None}, {"expires": "soon"})

    assert len(problems(text)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- check: a\n", f"{FILE}:1: the file holds a list; write waivers: and below it a list of entries."),
        ("waiver: []\n", f'{FILE}:1: waiver: no such key; did you mean "waivers"?'),
        ("waivers: none\n", f'{FILE}:1: waivers: is the text "none"; write a list of entries.'),
        ("waivers: [all]\n", f'{FILE}:1: waivers: is the text "all"; write a mapping with check, reason...'),
    ],
)  # fmt: skip
def test_a_file_of_another_form_says_what_to_write(text, said):
    assert problems(text) == [said]


@pytest.mark.parametrize(
    ("first", "second", "repeated"),
    [
        ({}, {}, True),
        ({}, {"environment": "prod"}, True),
        ({"environment": "lab"}, {"environment": "prod"}, False),
        ({"stacks": "[aws-lab]"}, {"stacks": "[aws-prod]"}, False),
        ({"stacks": "[aws-lab]"}, {}, True),
        ({}, {"resource": "other"}, False),
        ({}, {"resource": None, "feature": "send-mail"}, False),
        ({}, {"check": "AWS-0104"}, False),
    ],
)
def test_a_finding_is_waived_once(first, second, repeated):
    text = register(first, second)

    if repeated:
        (said,) = problems(text)
        assert said.endswith("is waived in line 2 too; keep one.")
    else:
        assert len(read(text).entries) == 2


def test_the_words_are_those_of_the_guardrails_the_stock_checks_and_the_catalog():
    catalog = load_catalog()
    known = known_words(catalog, ["a"])

    assert set(known.checks) == {*BY_ID, *STOCK}
    assert set(known.features) == set(catalog.features)
    assert known.stacks == {"a"}
    assert known_words(catalog).stacks is None


def test_stacks_are_not_judged_where_nobody_knows_them():
    text = register(stacks="[anything]")

    assert read(text, KNOWN._replace(stacks=None)).entries[0].stacks == ("anything",)


def test_an_entry_that_is_past_is_read_like_any_other():
    assert read(register(expires='"2020-01-01"')).entries[0].expires == date(2020, 1, 1)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text):
    try:
        read(text)
    except ProblemsFound as found:
        assert all(str(one).startswith(FILE) for one in found.problems)


LEAVES = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.floats())
SHAPES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["check", "resource", "feature", "stacks", "expires", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(SHAPES)
def test_any_entry_is_read_or_refused_in_words(shape):
    import json

    try:
        read(json.dumps({"waivers": [shape]}))
    except ProblemsFound as found:
        assert found.problems
