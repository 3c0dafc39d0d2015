"""A person's word on a playbook's threshold: anybody raises it, lowering takes a role, and each word is kept with what was measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput, LettingGoRefused
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.threshold_advice import Advice
from feedback_loop.workflows.thresholds import THRESHOLD, advised, promote
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START

PEOPLE = {"ada": ("analyst",), "bo": ("incident_commander",)}
PLAYBOOK = next(one for one in seed_playbooks() if 0.0 < one.threshold_score < 0.9)


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def said(state: SqlStateStore, score: float, person: str, minutes: int = 0, playbook: str = PLAYBOOK.playbook_id) -> Advice:
    at: datetime = START + timedelta(minutes=minutes)
    return promote(playbook, score, "so it is", person, PEOPLE, MemoryTableStore(), state, seed_playbooks(), at)[0]


def test_anybody_raises_it_and_the_role_lowers_it_again(state: SqlStateStore) -> None:
    assert said(state, 0.95, "ada").held == 0.95
    assert said(state, PLAYBOOK.threshold_score, "bo", 1).held == PLAYBOOK.threshold_score
    rows = state.snapshot(THRESHOLD)
    assert [(row["promoted_by"], row["judged_count"], row["precision_share"]) for row in rows.to_dicts()] == [
        ("ada", 0, None),
        ("bo", 0, None),
    ]
    assert violations(rows, THRESHOLD) == []


def test_what_holds_already_is_kept_once(state: SqlStateStore) -> None:
    for minutes in range(2):
        said(state, 0.95, "ada", minutes)
    assert state.snapshot(THRESHOLD).height == 1
    assert [record.event for record in state.records()].count("threshold_promoted") == 1


def test_lowering_without_the_role_changes_nothing_and_is_recorded(state: SqlStateStore) -> None:
    with pytest.raises(LettingGoRefused, match="incident_commander"):
        said(state, PLAYBOOK.threshold_score / 2, "ada")
    assert state.snapshot(THRESHOLD).is_empty()
    assert [record.event for record in state.records()] == ["lowering_refused"]


def test_the_reason_is_kept_in_the_trail(state: SqlStateStore) -> None:
    said(state, 0.95, "ada")
    (promoted,) = (record for record in state.records() if record.event == "threshold_promoted")
    assert state.contents()[promoted.sequence][1]["why"] == "so it is"


@pytest.mark.parametrize(
    ("score", "person", "playbook", "problem"),
    [
        (0.0, "bo", PLAYBOOK.playbook_id, "no confidence"),
        (1e-320, "bo", PLAYBOOK.playbook_id, "Name one from 0.01 to 1"),
        (1.1, "bo", PLAYBOOK.playbook_id, "no confidence"),
        (float("nan"), "bo", PLAYBOOK.playbook_id, "no confidence"),
        (0.9, "eve", PLAYBOOK.playbook_id, "nobody called 'eve'"),
        (0.9, "bo", "no-such", "no-such"),
    ],
)
def test_what_is_unknown_or_no_confidence_is_bad_input(
    state: SqlStateStore, score: float, person: str, playbook: str, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        said(state, score, person, playbook=playbook)


def test_without_a_state_each_playbook_holds_its_own(tmp_path: Path) -> None:
    found = advised(MemoryTableStore(), None, seed_playbooks(), START)
    assert {one.playbook_id: one.held for one in found} == {one.playbook_id: one.threshold_score for one in seed_playbooks()}


@pytest.mark.parametrize("costs", [-1.0, 0.0, float("nan"), float("inf"), 1e308])
def test_what_a_wrong_action_costs_is_a_number_that_can_be_reckoned_with(costs: float) -> None:
    with pytest.raises(BadInput, match="--wrong-costs"):
        advised(MemoryTableStore(), None, seed_playbooks(), START, wrong_costs=costs)
