"""The pack as a whole: on bad programs, on the shipped stacks, and what each guardrail says."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.guardrails.guardrail import Severity, Verdict
from segfw.guardrails.levels import Level, level
from segfw.guardrails.pack import BY_ID, GUARDRAILS, judge
from segfw.inventory import inventory_of_state
from segfw.planned import inventory_of_plan
from segfw.state import Deployed, State
from tests.guardrails import test_forms, test_openings, test_reach, test_records
from tests.guardrails.bad_programs import BAD, GOOD, Program
from tests.guardrails.building import ANYWHERE, GROUP, KINDS, findings, inline, urn
from tests.shipped import SHIPPED, TODAY, planned, settings_of

CASES = [
    *test_reach.CASES,
    *test_openings.CASES,
    *test_forms.CASES,
    *test_records.CASES,
]


@pytest.mark.parametrize("program", [*BAD, *GOOD], ids=lambda one: one.name)
def test_exactly_the_planted_faults_are_found(program: Program) -> None:
    found = findings(*program.resources)

    assert {one.guardrail.id for one in found if one.violated} == program.violated, [
        one.found for one in found if one.violated
    ]


def test_there_are_enough_bad_programs_and_every_guardrail_that_can_fail_does() -> None:
    found = set[str]().union(*(one.violated for one in BAD))

    assert len(BAD) >= 25
    assert found == set(BY_ID) - {"attached", "cleartext", "owned-and-checked"}


@pytest.mark.parametrize("guardrail", BY_ID)
def test_every_guardrail_has_a_case_of_each_kind(guardrail: str) -> None:
    kinds = {case.kind.split(":")[0] for case in CASES if case.guardrail == guardrail}

    assert kinds == set(KINDS)


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_shipped_stack_violates_nothing_but_an_unconfirmed_checklist(stack: str) -> None:
    inventory = inventory_of_plan(planned(stack), load_catalog())
    violated = {one.guardrail.id for one in judge(inventory, load_catalog(), TODAY) if one.violated}

    production = settings_of(stack).gateway.environment.value == "prod"
    assert violated == ({"gateway-checklist"} if production else set())


@pytest.mark.parametrize("stack", SHIPPED)
def test_what_is_not_known_of_a_shipped_stack_is_who_attaches_azures_nsgs(stack: str) -> None:
    inventory = inventory_of_plan(planned(stack), load_catalog())
    found = judge(inventory, load_catalog(), TODAY)

    expected = {"attached"} if stack.startswith("azure") else set()
    assert {one.guardrail.id for one in found if one.found.verdict is Verdict.OPEN} == expected


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda one: one.id)
def test_a_guardrail_says_itself_in_plain_sentences(guardrail: object) -> None:
    for text in (guardrail.statement, guardrail.why, guardrail.fix):
        assert text.endswith(".")
        assert text[0].isupper()
        assert "!" not in text
        assert len(text) <= 140
    assert guardrail.undecided
    assert len(set(guardrail.answers)) == len(guardrail.answers)
    assert not guardrail.id.strip("abcdefghijklmnopqrstuvwxyz-")


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(GUARDRAILS)


@pytest.mark.parametrize("environment", ["dev", "test", "lab"])
def test_nothing_is_mandatory_where_things_are_tried(environment: str) -> None:
    assert {level(one, environment) for one in GUARDRAILS} == {Level.ADVISORY}


@pytest.mark.parametrize("environment", ["prod", "", "anything"])
def test_all_but_low_severities_are_mandatory_elsewhere(environment: str) -> None:
    for one in GUARDRAILS:
        low = one.severity is Severity.LOW
        assert level(one, environment) is (Level.ADVISORY if low else Level.MANDATORY)


def test_each_finding_is_reported_once() -> None:
    for program in BAD:
        found = findings(*program.resources)
        assert len(set(found)) == len(found)


def test_a_state_is_judged_with_what_waits_to_be_deleted() -> None:
    """It is still there, with all that it lets in, beside the one that took its place."""
    deployed = Deployed(
        urn=urn(GROUP, "web"),
        type=GROUP,
        name="web",
        id="sg-1",
        parent="",
        inputs={"ingress": []},
        depends={},
        all_tags={"team": "mail"},
        protected=False,
        leaving=False,
        external=False,
        tainted=False,
        provider="",
        arn="",
    )
    old = deployed._replace(id="sg-0", inputs={"ingress": [inline(22, ANYWHERE)]}, leaving=True)
    state = State("state.json", "s", "p", (deployed, old), ("db",), {})
    inventory = inventory_of_state(state)

    assert [one.inputs["tagsAll"] for one in inventory.resources] == [{"team": "mail"}] * 2
    assert inventory.pending == ("db",)
    (found,) = {
        one.found.urn
        for one in judge(inventory, load_catalog(), TODAY)
        if one.violated and one.guardrail.id == "ssh-external"
    }
    assert found.endswith("::web (waits to be deleted)")
