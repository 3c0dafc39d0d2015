"""Letting go and stopping: anybody may tighten, loosening takes a role, and each word is kept with who said it and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput, LettingGoRefused
from feedback_loop.remediation.autonomy import AUTONOMY, Autonomy
from feedback_loop.workflows.let_go import MAY_LET_GO, phases_told, say
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START

PEOPLE = {"ada": ("analyst",), "bo": ("incident_commander",)}
Word = AutonomyWord


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def said(state: SqlStateStore, scope: str, word: Word, person: str, minutes: int = 0, why: str = "so it is") -> Autonomy:
    return say(scope, word, why, person, PEOPLE, state, START + timedelta(minutes=minutes))


def test_whoever_has_the_role_lets_a_class_go_and_anybody_takes_it_back(state: SqlStateStore) -> None:
    assert said(state, "latency", Word.AUTOMATED, "bo").phase_of("latency") is MaturityPhase.AUTOMATED
    assert said(state, "latency", Word.ASSISTED, "ada", 1).phase_of("latency") is MaturityPhase.ASSISTED
    rows = state.snapshot(AUTONOMY)
    assert [(row["changed_by"], row["autonomy_why"]) for row in rows.to_dicts()] == [("bo", "so it is"), ("ada", "so it is")]
    assert violations(rows, AUTONOMY) == []


@pytest.mark.parametrize("word", [Word.AUTOMATED, Word.RESUME])
def test_loosening_without_the_role_changes_nothing_and_is_recorded(state: SqlStateStore, word: Word) -> None:
    with pytest.raises(LettingGoRefused, match="incident_commander"):
        said(state, "latency", word, "ada")
    assert state.snapshot(AUTONOMY).is_empty()
    assert [record.event for record in state.records()] == ["letting_go_refused"]


def test_anybody_stops_everything_and_the_role_lets_it_go_on(state: SqlStateStore) -> None:
    assert said(state, "*", Word.STOP, "ada").is_stopped("crash")
    with pytest.raises(LettingGoRefused):
        said(state, "*", Word.RESUME, "ada", 1)
    assert not said(state, "*", Word.RESUME, "bo", 2).is_stopped("crash")


@pytest.mark.parametrize(
    ("scope", "person", "why", "problem"),
    [
        ("Crash", "bo", "x", "crash"),
        ("praise", "bo", "x", "Choose one of"),
        ("crash", "eve", "x", "nobody called 'eve'"),
        ("crash", "bo", "  ", "--why"),
        ("crash", "bo", "x" * 4001, "4,000"),
    ],
)
def test_what_can_not_be_meant_is_refused(state: SqlStateStore, scope: str, person: str, why: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        said(state, scope, Word.STOP, person, why=why)
    assert state.records() == []


def test_people_are_told_the_phase_and_what_is_stopped(state: SqlStateStore) -> None:
    held = said(state, "crash", Word.STOP, "ada")
    assert phases_told(held, ["crash", "auth"]) == {"crash": "assisted (stopped)", "auth": "assisted"}
    assert MAY_LET_GO == ("administrator", "incident_commander")
