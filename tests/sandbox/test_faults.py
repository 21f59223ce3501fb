"""Faults happen at the call that they name, and only where they are asked for."""

from __future__ import annotations

import json

import pytest

from sandbox.providers.faults import (
    VARIABLE,
    Fault,
    Faults,
    Injected,
    break_folder,
    mend_folder,
)


def outcomes(faults: Faults, *actions: str) -> list[str]:
    def outcome(action: str) -> str:
        try:
            return faults.make(action, lambda: "made")
        except Injected as injected:
            return injected.code

    return [outcome(action) for action in actions]


def test_without_the_variable_every_call_is_made(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)

    assert outcomes(Faults.from_environment(), "Create", "Delete") == ["made", "made"]


def test_a_fault_happens_at_its_calls_and_no_other(monkeypatch):
    listed = [{"action": "Create.*", "do": "refuse", "nth": 2, "times": 2, "code": "No"}]
    monkeypatch.setenv(VARIABLE, json.dumps(listed))
    actions = ["CreateA", "Delete", "CreateB", "CreateA", "CreateA"]

    assert outcomes(Faults.from_environment(), *actions) == ["made", "made", "No", "No", "made"]


def test_a_fault_for_ever_never_ends_and_one_that_spreads_reaches_every_call():
    for_ever = Faults([Fault(action="Create", do="refuse", times=0, code="No")])
    spreading = Faults([Fault(action="Create", do="refuse", code="No", spreads=True)])

    assert outcomes(for_ever, "Create", "Delete", "Create") == ["No", "made", "No"]
    assert outcomes(spreading, "Delete", "Create", "Delete") == ["made", "No", "No"]


def test_a_lost_answer_is_an_error_after_the_call_was_made():
    made: list[str] = []
    faults = Faults([Fault(action="Create", do="lose-answer", code="Gone")])

    with pytest.raises(Injected):
        faults.make("Create", lambda: made.append("it"))
    assert made == ["it"]


def test_a_broken_folder_cannot_be_written_to_until_it_is_mended(tmp_path):
    folder = tmp_path / "stacks"
    folder.mkdir()
    (folder / "dev.json").write_text("{}", "utf-8")
    break_folder(folder)

    with pytest.raises(NotADirectoryError):
        (folder / "dev.json").write_text("{}", "utf-8")
    mend_folder(folder)
    assert (folder / "dev.json").read_text("utf-8") == "{}"


def test_a_kind_of_fault_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match='no fault is called "explode"'):
        Fault(action="Create", do="explode")
