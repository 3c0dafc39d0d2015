"""What each class has shown, from labels, proposals and effects as they are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.remediation.autonomy import AUTONOMY, autonomy_row
from feedback_loop.remediation.phase_gates import Requirement
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.phase_gates import gates_of_phases, ready_classes
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START
from feedback_loop_tests.outcomes.one_loop import table

HELD_OUT = [name for name in (f"f{n}" for n in range(400)) if is_held_out(name)][:20]


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def told(state: SqlStateStore | None, tables: MemoryTableStore | None = None) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for one in gates_of_phases(tables or MemoryTableStore(), state, seed_playbooks(), seed_taxonomy(), START + timedelta(days=1)):
        found.setdefault(one.complaint_class, []).append(one)
    return found


def test_without_a_state_no_class_has_shown_anything() -> None:
    found = told(None)
    assert list(found) == [str(one) for one in ISSUE_CLASSES]
    assert {one.next_phase for of_class in found.values() for one in of_class} == {MaturityPhase.AUTOMATED}
    assert ready_classes([one for of_class in found.values() for one in of_class]) == []


def test_a_class_is_ready_once_it_has_shown_all_that_is_asked() -> None:
    def requirement(name: str, is_met: bool) -> Requirement:
        return Requirement(name, MaturityPhase.ASSISTED, MaturityPhase.AUTOMATED, "asked", "measured", is_met)

    shown = [("crash", True), ("billing", True), ("billing", False), ("crash", True), ("login", False), ("login", True)]
    assert ready_classes([requirement(*one) for one in shown]) == ["crash"]


def test_held_out_labels_that_the_classifier_agrees_with_count_for_their_class(state: SqlStateStore) -> None:
    tables = MemoryTableStore()
    crash = {
        "best_class": "crash",
        "taxonomy_class": "crash",
        "complaint_class": "crash",
        "event_date": START.date(),
        "is_abstained": False,
    }
    rows = [{"fragment_id": name, **crash} for name in HELD_OUT]
    tables.replace_all(TABLES["analysis_classification"], table("analysis_classification", *rows))
    labels = [
        {"label_id": name, "fragment_id": name, "labelled_class": "crash" if n else "billing", "labelled_by": "ada", "labelled_at": START,
         "label_kind": "correction", "taxonomy_version": "v", "label_why": None}
        for n, name in enumerate(HELD_OUT)
    ]  # fmt: skip
    state.record(TABLES["state_label"], labels, "ada", START)
    state.record(AUTONOMY, [autonomy_row("crash", AutonomyWord.VISIBILITY, "new", "bo", START)], "bo", START)
    accuracy, _ = told(state, tables)["crash"]
    assert accuracy.measured.startswith("19 of 20, at least ")
    assert accuracy.is_met
