"""Stacks side by side: what only some of them open comes first."""

from __future__ import annotations

import re

from segfw.cli.report.html import index_html
from segfw.review.report.across import Unread, compare
from segfw.review.report.questions import questions
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


def test_stacks_with_the_same_words_are_named_together_and_the_most_come_first():
    found = across(*SHIPPED)
    by_words = {one.words: one for one in found.openings}
    mail = by_words["in", "internet", "tcp 25 (receive-mail)"]
    assert mail.alike == (
        (
            "public: any IPv4 address",
            ("aws-prod-eu-central-1", "aws-prod-us-east-1", "azure-prod-westeurope"),
        ),
        ("public: any IPv4 or IPv6 address", ("aws-lab", "azure-lab")),
        ("data: any IPv4 address", ("aws-dev-us-east-1",)),
    )


def many(count):
    """As many stacks, of which every second one is the lab."""
    names = ("aws-lab", "aws-prod-us-east-1")
    return [report_of(names[n % 2])._replace(stack=f"stack-{n:02}") for n in range(count)]


def test_more_stacks_than_columns_fit_are_listed_by_name():
    assert across(*SHIPPED).side_by_side
    reports = many(9)
    found = compare(reports, [], page_of=lambda one: one)
    assert not found.side_by_side
    page = index_html(found)
    row = page[page.index(">tcp 587 (submission)<") :].split("</tr>")[0]
    assert ">5 of 9<" in row
    text = re.sub("<[^>]*>", "", row)
    assert ": stack-00, stack-02, stack-04, stack-06, stack-08" in text
    assert "\nstack-01, stack-03, stack-05, stack-07" in text
    assert '<th scope="col">stack-00</th>' not in page


def test_the_index_says_which_stack_must_change_and_why():
    report = report_of("aws-lab")
    past = report._replace(customs=(report.customs[0]._replace(due=True),))
    page = index_html(
        compare(
            [past._replace(questions=questions(past)), report_of("aws-prod-us-east-1")],
            [],
            page_of=lambda one: f"{one}.html",
        )
    )
    assert page.count("▲") == 1
    assert 'href="aws-lab.html#question-accepted"' in page


def test_the_index_shows_what_differs_before_the_stacks_and_what_all_open_last():
    page = index_html(across(*SHIPPED))
    headings = re.findall(r'<h2 id="(.+?)">', page)
    assert headings == ["openings", "features", "stacks", "everywhere"]
    before, after = page.split('<h2 id="stacks">')
    assert "tcp 587 (submission)" in before
    assert "tcp 587 (submission)" not in after
    assert "tcp 25 (receive-mail)" not in before
    assert "tcp 25 (receive-mail)" in after


def test_the_index_counts_the_stacks_that_must_change_above_everything():
    report = report_of("aws-lab")
    past = report._replace(customs=(report.customs[0]._replace(due=True),))
    bad = past._replace(questions=questions(past))
    page = index_html(compare([bad, report], [], page_of=lambda one: one))
    assert page.index(">1 must change<") < page.index('<h2 id="openings">')
    assert "must change<" not in index_html(compare([report], [], page_of=lambda one: one))
