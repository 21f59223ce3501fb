"""Stacks side by side: what only some of them open comes first."""

from __future__ import annotations

from segfw.review.report.across import Unread, compare
from tests.review.report.reporting import report_of
from tests.shipped import SHIPPED


def across(*names, unread=()):
    return compare([report_of(one) for one in names], unread, page_of=lambda one: f"{one}.html")


def test_an_opening_names_the_stacks_that_have_it_and_what_it_is_there():
    found = across("aws-prod-us-east-1", "azure-prod-westeurope")
    by_words = {one.words: one for one in found.openings}
    mail = by_words["in", "internet", "tcp 25 (receive-mail)"]
    assert mail.everywhere
    assert mail.cells == {
        "aws-prod-us-east-1": "public: any IPv4 address",
        "azure-prod-westeurope": "public: any IPv4 address",
    }
    submission = by_words["in", "internet", "tcp 587 (submission)"]
    assert not submission.everywhere
    assert set(submission.cells) == {"azure-prod-westeurope"}


def test_what_only_some_stacks_open_comes_first_and_the_internet_before_the_rest():
    found = across(*SHIPPED)
    flags = [one.everywhere for one in found.openings]
    assert flags == sorted(flags)
    assert {True, False} == set(flags)
    partial = [one.reach for one in found.openings if not one.everywhere]
    assert partial[0] == "from-internet"


def test_every_feature_of_every_stack_is_compared():
    found = across(*SHIPPED)
    for name in SHIPPED:
        mine = {one.words[0] for one in found.features if name in one.cells}
        assert mine == {row.feature for row in report_of(name).matrix}


def test_two_equal_regions_differ_in_nothing():
    found = across("aws-prod-us-east-1", "aws-prod-eu-central-1")
    assert all(one.everywhere for one in (*found.openings, *found.features))


def test_a_stack_that_cannot_be_read_is_listed_with_its_problems():
    found = across("aws-lab", unread=[Unread("broken", ("no such feature",))])
    assert [(one.stack, one.problems) for one in found.unread] == [("broken", ("no such feature",))]
    assert [one.stack for one in found.columns] == ["aws-lab"]


def test_no_stack_at_all_is_no_comparison():
    found = across(unread=[Unread("broken", ("x",))])
    assert (found.openings, found.features, found.columns) == ((), (), ())
