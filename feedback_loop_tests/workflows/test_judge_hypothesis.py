"""A known person judges a known hypothesis: once, until somebody says otherwise, and the audit chain knows of each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.analysis.hypothesis_labels import counting
from feedback_loop.contracts.loop_vocab import HypothesisLabel
from feedback_loop.errors import BadInput
from feedback_loop.workflows.judge_hypothesis import (
    HYPOTHESIS,
    LABEL,
    Judged,
    hypotheses_waiting,
    judge_hypothesis,
)
from feedback_loop.workflows.snapshots import snapshot_of
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore

PEOPLE: dict[str, tuple[str, ...]] = {"ada": (), "bo": ()}
CONFIRMED, REJECTED = HypothesisLabel.CONFIRMED, HypothesisLabel.REJECTED


@pytest.fixture
def tables() -> FakeTableStore:
    store = FakeTableStore()
    rows: list[dict[str, Any]] = [
        {"hypothesis_id": "h1", "hypothesis_score": 0.8, "cause_id": "web-6.4"},
        {"hypothesis_id": "h2", "cause_id": None},
    ]
    store.append(HYPOTHESIS, frame_of(HYPOTHESIS, *rows))
    return store


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def said(
    tables: FakeTableStore, state: SqlStateStore, label: HypothesisLabel, person: str = "ada", minutes: int = 0, why: str | None = " seen "
) -> Judged:
    return judge_hypothesis("h1", label, person, PEOPLE, tables, state, START + timedelta(minutes=minutes), why=why)


def test_a_label_keeps_who_said_it_when_why_and_the_score_that_they_saw(tables: FakeTableStore, state: SqlStateStore) -> None:
    made = said(tables, state, CONFIRMED)
    (row,) = state.snapshot(LABEL).to_dicts()
    assert made == Judged(row["label_id"], "h1", CONFIRMED, is_new=True)
    assert (row["labelled_by"], row["labelled_at"], row["label_why"]) == ("ada", START, "seen")
    assert (row["cause_id"], row["hypothesis_score_applied"], row["hypothesis_label"]) == ("web-6.4", 0.8, "confirmed")
    assert [record.event for record in state.records()] == ["hypothesis_label_recorded"]


def test_saying_the_same_again_adds_nothing(tables: FakeTableStore, state: SqlStateStore) -> None:
    first, second = said(tables, state, CONFIRMED), said(tables, state, CONFIRMED, minutes=5)
    assert (second.label_id, second.is_new) == (first.label_id, False)
    assert len(state.records()) == 1


def test_another_reason_is_kept_and_none_is_no_other(tables: FakeTableStore, state: SqlStateStore) -> None:
    reasons = ["seen", None, " seen", "the rollback ended it"]
    made = [said(tables, state, CONFIRMED, minutes=n, why=why).is_new for n, why in enumerate(reasons)]
    assert made == [True, False, False, True]
    assert snapshot_of(state, LABEL.name)["label_why"].to_list() == ["seen", "the rollback ended it"]


def test_a_reason_without_end_is_bad_input_and_leaves_nothing(tables: FakeTableStore, state: SqlStateStore) -> None:
    with pytest.raises(BadInput, match=r"has 4,001 characters\. Shorten it"):
        said(tables, state, CONFIRMED, why="x" * 4_001)
    assert state.records() == []


def test_a_later_word_counts_and_what_was_said_before_stays(tables: FakeTableStore, state: SqlStateStore) -> None:
    for minutes, (label, person) in enumerate([(CONFIRMED, "ada"), (REJECTED, "bo"), (CONFIRMED, "ada")]):
        assert said(tables, state, label, person, minutes).is_new
    labels = snapshot_of(state, LABEL.name)
    assert labels["hypothesis_label"].to_list() == ["confirmed", "rejected", "confirmed"]
    assert counting(labels)["labelled_by"].to_list() == ["ada"]


@pytest.mark.parametrize(("hypothesis", "person", "why"), [("h9", "ada", "no hypothesis"), ("h1", "eve", "nobody called 'eve'")])
def test_what_is_unknown_is_bad_input_and_leaves_nothing(
    tables: FakeTableStore, state: SqlStateStore, hypothesis: str, person: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        judge_hypothesis(hypothesis, CONFIRMED, person, PEOPLE, tables, state, START)
    assert state.records() == []


def test_a_judged_hypothesis_waits_no_longer(tables: FakeTableStore, state: SqlStateStore) -> None:
    assert sorted(hypotheses_waiting(tables, snapshot_of(None, LABEL.name))["hypothesis_id"]) == ["h1", "h2"]
    said(tables, state, REJECTED)
    assert hypotheses_waiting(tables, snapshot_of(state, LABEL.name))["hypothesis_id"].to_list() == ["h2"]
