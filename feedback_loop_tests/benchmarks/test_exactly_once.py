"""A short run of the proof on each database, and proof that it notices what is written twice, lost, or not what was approved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop_tests.benchmarks.exactly_once import Outcome, Plan, approved, judge, shaken
from feedback_loop_tests.benchmarks.exactly_once_vendor import KEYED
from feedback_loop_tests.fakes import START, FakeClock

PLAN = Plan(actions=60, kills=5, vendor=KEYED, seed=3, speed=30.0, patience_seconds=0.3, most_seconds=300.0)


def test_every_action_is_at_the_vendor_once_whoever_is_killed(state_url: str, tmp_path: Path) -> None:
    outcome = shaken(PLAN, state_url, tmp_path / "run")
    assert (outcome.twice, outcome.lost, outcome.problems) == ([], [], [])
    assert (outcome.once, outcome.in_doubt, outcome.kills) == (60, 0, 5)
    assert outcome.faults.total() > outcome.faults["none"] > 0


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return SqlStateStore(f"sqlite:///{tmp_path / 'state.sqlite'}", AnchorFile(tmp_path / "anchor.jsonl"), FakeClock())


def judged(state: SqlStateStore, effects: list[int], done: list[int], *, target: str | None = None) -> Outcome:
    """The verdict on three actions, of which the vendor wrote these and the state says that those are done."""
    targets = approved(state, 3)
    keys = list(targets)
    actions = {action.idempotency_key: action for action in state.actions(ActionStatus.QUEUED)}
    for number in done:
        action_id = actions[keys[number]].action_id
        state.claim(action_id, lambda *_: None, "desk", START)
        state.finish(action_id, ActionStatus.DONE, f"receipt_{number}", START)
    outcome = Outcome(Plan(3, 0, KEYED, 1), 0.0)
    judge(outcome, state, targets, [{"key": keys[number], "target": target or targets[keys[number]]} for number in effects])
    return outcome


def test_what_was_written_once_is_sound(state: SqlStateStore) -> None:
    assert judged(state, [0, 1, 2], [0, 1, 2]).is_sound


def test_what_is_still_open_is_in_doubt(state: SqlStateStore) -> None:
    outcome = judged(state, [0, 1], [0, 1])
    assert (outcome.once, outcome.in_doubt, outcome.is_sound) == (2, 1, True)


def test_what_was_written_twice_is_noticed(state: SqlStateStore) -> None:
    outcome = judged(state, [0, 1, 1, 2], [0, 1, 2])
    assert (len(outcome.twice), outcome.is_sound) == (1, False)


def test_what_the_vendor_never_wrote_is_lost_whatever_the_state_says(state: SqlStateStore) -> None:
    outcome = judged(state, [0, 1], [0, 1, 2])
    assert (len(outcome.lost), outcome.is_sound) == (1, False)


def test_what_was_written_is_what_was_approved(state: SqlStateStore) -> None:
    assert judged(state, [0, 1, 2], [0, 1, 2], target="another").problems == ["the vendor wrote what nobody approved"]


def test_a_broken_trail_is_noticed(state: SqlStateStore, tmp_path: Path) -> None:
    with (tmp_path / "anchor.jsonl").open("w", encoding="utf-8") as file:
        file.write(json.dumps({"sequence": 900, "record_hash": "0" * 64}) + "\n")
    assert not judged(state, [0, 1, 2], [0, 1, 2]).is_sound
