"""What a waiver covers, until when, and which are unused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from segfw.waivers import Scope, State, Subject, judged, waived
from tests.waivers.registers import FILE, TODAY, read, register

ACL = Subject("CKV_AWS_231", "public-acl", ("send-mail", "talos"), "prod", "aws-prod")
EVERYWHERE = Scope({"aws-prod": "prod", "aws-lab": "lab"}, every=True, checks=("CKV_AWS_231",))


def ask(waivers, subject=ACL):
    return waived(waivers, *subject)


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, True),
        ({"resource": '"*"'}, True),
        ({"resource": '"public*"'}, True),
        ({"resource": '"*-acl"'}, True),
        ({"resource": "public"}, False),
        ({"resource": '"*public"'}, False),
        ({"resource": None, "feature": "send-mail"}, True),
        ({"resource": None, "feature": "receive-mail"}, False),
        ({"environment": "prod"}, True),
        ({"environment": "lab"}, False),
        ({"stacks": "[aws-prod]"}, True),
        ({"stacks": "[aws-lab]"}, False),
        ({"check": "AWS-0104"}, False),
    ],
)
def test_a_waiver_covers_what_it_names_and_nothing_else(changes, covers):
    assert (ask(read(register(**changes))) is not None) is covers


@pytest.mark.parametrize(
    ("days", "state", "covers"),
    [
        (-1, State.EXPIRED, False),
        (0, State.EXPIRES_SOON, True),
        (30, State.EXPIRES_SOON, True),
        (31, State.IN_FORCE, True),
    ],
)
def test_a_waiver_holds_through_its_last_day_and_warns_for_thirty(days, state, covers):
    waivers = read(register(expires=f'"{TODAY + timedelta(days=days)}"'))

    assert waivers.entries[0].state(TODAY) is state
    assert (ask(waivers) is not None) is covers


def test_an_expired_waiver_is_a_problem_with_its_next_step():
    (said,) = read(register(expires='"2026-11-23"')).expired

    assert str(said) == (
        f'{FILE}:2: waivers[CKV_AWS_231]: the waiver of resource "public-acl" (all environments) '
        'expired on 2026-11-23; mend what "CKV_AWS_231" finds, or have net look at it again and '
        "write a new day."
    )


def test_a_waiver_that_soon_expires_is_a_warning():
    waivers = read(register(expires='"2026-11-25"', environment="prod", stacks="[aws-prod]"))

    assert [str(one) for one in waivers.expiring] == [
        f'warning: {FILE}:2: waivers[CKV_AWS_231]: the waiver of resource "public-acl" (prod: '
        "aws-prod) expires on 2026-11-25, in 1 day; net answers for it."
    ]
    assert read(register()).expiring == ()


def test_findings_are_told_apart_and_every_waiver_that_covers_one_is_used():
    waivers = read(register({}, {"resource": '"*-acl"'}, {"resource": "other"}))
    other = ACL._replace(check="AWS-0104")

    held = judged(waivers, [ACL, other], EVERYWHERE)

    assert held.open == (other,)
    assert held.waived == ((ACL, waivers.entries[0]),)
    assert held.unused == (waivers.entries[2],)


def test_an_unused_waiver_is_a_problem_with_its_next_step():
    (said,) = judged(read(register(resource='"*"')), [], EVERYWHERE).problems

    assert str(said) == (
        f"{FILE}:2: waivers[CKV_AWS_231]: nothing is found that the waiver of every resource (all "
        "environments) covers; take the entry out, or correct what it names."
    )


@pytest.mark.parametrize(
    ("changes", "scope", "decided"),
    [
        ({}, EVERYWHERE, True),
        ({}, EVERYWHERE._replace(every=False), False),
        ({"stacks": "[aws-prod]"}, EVERYWHERE._replace(every=False), True),
        ({"stacks": "[aws-prod]"}, Scope({"aws-lab": "lab"}, every=False, checks=("CKV_AWS_231",)), False),
        ({}, EVERYWHERE._replace(checks=("AWS-0104",)), False),
        ({"expires": '"2026-11-01"'}, EVERYWHERE, False),
    ],
)  # fmt: skip
def test_a_waiver_is_unused_only_where_its_check_was_run_wherever_it_holds(changes, scope, decided):
    assert bool(judged(read(register(**changes)), [], scope).unused) is decided


def test_the_day_is_an_argument():
    text = register(expires='"2027-05-01"')

    assert ask(read(text, today=date(2027, 5, 1))) is not None
    assert ask(read(text, today=date(2027, 5, 2))) is None
