"""An issue's story is told from what tables hold: its alerts, their segments and causes, people's words, documents and the playbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.contracts.knowledge import FoundPassage, IssueWords, Reader
from feedback_loop.contracts.loop_vocab import HypothesisLabel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.issue_story import MOST_ALERTS, IssueStory, issue_story
from feedback_loop.workflows.judge_hypothesis import judge_hypothesis
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.contracts.rows import INSTANT, frame_of, valid_row
from feedback_loop_tests.fakes import FakeTableStore
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

DAY = INSTANT.date()
FIX = rollback_proposal()


class Shelf:
    """Knows no document, and keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[IssueWords] = []

    def documents_for(self, wanted: IssueWords, reader: Reader, limit: int = 5) -> list[FoundPassage]:
        self.asked.append(wanted)
        return []


def put(store: FakeTableStore, name: str, *rows: dict[str, Any]) -> None:
    store.append(TABLES[name], frame_of(TABLES[name], *rows))


def alert(name: str, score: float = 1.0, samples: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    return {"alert_id": name, "alert_score": score, "sample_fragment_ids": list(samples), "alerted_class": "crash", **changes}


@pytest.fixture
def tables() -> FakeTableStore:
    store = FakeTableStore()
    issue = {"issue_id": "i1", "issue_class": "crash", "issue_label": "white page", "quotes": ["it stays white"]}
    put(
        store,
        "gold_issue",
        {**issue, "event_date": DAY - timedelta(days=1), "alert_ids": [], "day_fragment_ids": ["f0"]},
        {**issue, "event_date": DAY, "alert_ids": ["named", "near"], "day_fragment_ids": ["f1", "f2", "f3"]},
        {"issue_id": "i2", "event_date": DAY, "alert_ids": ["other"]},
    )
    put(
        store,
        "analysis_alert",
        alert("named", 2.0),
        alert("near", 5.0, ("f1", "f2", "f9")),
        alert("far", 9.0, ("f1", "f2")),
        alert("other", 9.0),
        alert("another day", 9.0, event_date=DAY + timedelta(days=1)),
    )
    cause = {"alert_id": "near", "cause_kind": "deploy", "hypothesis_verdict": "likely", "hypothesis_score": 0.9}
    put(
        store,
        "analysis_hypothesis",
        {**cause, "hypothesis_id": "h1", "hypothesis_rank": 1, "cause_id": "web-6.4"},
        {**cause, "hypothesis_id": "h2", "hypothesis_rank": 2, "cause_id": None, "cause_kind": "unknown"},
        {**cause, "hypothesis_id": "h9", "alert_id": "other"},
    )
    put(store, "analysis_cohort", *({"cohort_id": f"c{n}", "alert_id": "near", "cohort_rank": n} for n in (2, 1)))
    return store


def told(tables: FakeTableStore, folder: Path | None = None, shelf: Shelf | None = None, issue_id: str = "i1") -> IssueStory:
    state = open_state(folder) if folder else None
    return issue_story(issue_id, tables, state, seed_playbooks(), shelf or Shelf(), Reader(INSTANT))


def test_alerts_that_its_days_name_are_told_the_strongest_first(tables: FakeTableStore) -> None:
    story = told(tables)
    assert [one.alert["alert_id"] for one in story.alerts] == ["near", "named"]
    assert story.alert_count == 2


def test_an_alert_with_a_cause_that_may_be_acted_on_comes_before_a_stronger_one_without(tables: FakeTableStore) -> None:
    put(tables, "gold_issue", {"issue_id": "i4", "event_date": DAY, "alert_ids": ["strong", "asked", "near"]})
    put(tables, "analysis_alert", alert("strong", 99.0), alert("asked", 1.0))
    unknown = {"cause_id": None, "cause_kind": "unknown", "hypothesis_verdict": "insufficient_evidence"}
    put(tables, "analysis_hypothesis", {"hypothesis_id": "h8", "alert_id": "asked", "hypothesis_rank": 1, **unknown})
    assert [one.alert["alert_id"] for one in told(tables, issue_id="i4").alerts] == ["near", "asked", "strong"]


def test_each_alert_has_its_own_segments_and_causes_by_rank(tables: FakeTableStore) -> None:
    near, named = told(tables).alerts
    assert [one["cohort_id"] for one in near.cohorts] == ["c1", "c2"]
    assert [one["hypothesis_id"] for one in near.hypotheses] == ["h1", "h2"]
    assert (named.cohorts, named.hypotheses) == ((), ())


def test_what_a_person_said_of_a_hypothesis_stands_beside_it(tables: FakeTableStore, tmp_path: Path) -> None:
    judge_hypothesis("h1", HypothesisLabel.REJECTED, "ada", {"ada": ()}, tables, open_state(tmp_path), INSTANT, "began before")
    first, second = told(tables, tmp_path).alerts[0].hypotheses
    assert (first["said"], first["said_by"], first["said_why"]) == ("rejected", "ada", "began before")
    assert second["said"] is None


def test_documents_are_looked_up_by_the_issue_and_its_first_causes(tables: FakeTableStore) -> None:
    shelf = Shelf()
    told(tables, shelf=shelf)
    assert shelf.asked[0].symptoms == ("white page", "it stays white")
    assert any("web-6.4" in cause for cause in shelf.asked[0].causes)


def test_the_playbook_is_that_of_the_leading_cause(tables: FakeTableStore) -> None:
    book = told(tables).recommended
    assert book is not None
    assert (book.action_kind, book.confidence_score) == ("roll_back_release", 0.9)


def test_statuses_and_proposals_are_those_of_the_issue_in_their_order(tables: FakeTableStore, tmp_path: Path) -> None:
    table, state = TABLES["state_issue_status"], open_state(tmp_path)
    for number, (name, status) in enumerate([("i1", "fix_proposed"), ("i2", "open"), ("i1", "resolved")]):
        row = valid_row(table, status_id=f"s{number}", issue_id=name, issue_status=status, changed_at=INSTANT + timedelta(hours=number))
        state.record(table, [row], "ada", INSTANT)
    assert [one["issue_status"] for one in told(tables, tmp_path).statuses] == ["fix_proposed", "resolved"]


def test_what_was_proposed_for_another_issue_because_of_the_same_cause_is_told_too(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    rows = [("p1", "i2", "h1"), ("p2", "i1", None), ("p3", "i2", "h9"), ("p4", None, "h1"), ("p5", "i2", None)]
    put(tables, "analysis_hypothesis", {"hypothesis_id": "h9", "cause_id": "another", "event_date": DAY - timedelta(days=9)})
    made = [replace(FIX, proposal_id=name, proposed_issue_id=issue, proposed_hypothesis_id=cause) for name, issue, cause in rows]
    state.record_proposals(made)
    assert [one["proposal_id"] for one in told(tables, tmp_path).proposals] == ["p1", "p2", "p4"]


def test_an_issue_of_which_no_table_knows_has_a_story_without_anything_made_up(tables: FakeTableStore) -> None:
    shelf = Shelf()
    story = told(tables, shelf=shelf, issue_id="i9")
    assert (story.alerts, story.documents, story.recommended, story.proposals, story.statuses) == ((), (), None, (), ())
    assert shelf.asked == []


def test_the_strongest_few_alerts_are_told_and_all_are_counted(tables: FakeTableStore) -> None:
    many = [f"many{n}" for n in range(MOST_ALERTS + 3)]
    put(tables, "gold_issue", {"issue_id": "i3", "event_date": DAY, "alert_ids": many})
    put(tables, "analysis_alert", *(alert(name) for name in many))
    story = told(tables, issue_id="i3")
    assert (len(story.alerts), story.alert_count) == (MOST_ALERTS, MOST_ALERTS + 3)
