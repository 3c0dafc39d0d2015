"""A person closes an issue or opens it again: kept once, with who said it and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.loop_vocab import IssueStatus
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput
from feedback_loop.workflows.close_issue import ALERT, EVENT, ISSUE, STATUS, merged_into, say_status
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START
from feedback_loop_tests.outcomes.one_loop import table

PEOPLE = {"ada": ("support_lead",)}
CLOSED, OPENED = IssueStatus.RESOLVED, IssueStatus.REOPENED


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def said(
    state: SqlStateStore,
    status: IssueStatus,
    minutes: int = 0,
    issue: str = "i1",
    person: str = "ada",
    why: str = "by hand",
    alerted: int | None = None,
) -> bool:
    """The word on an issue that has one alert, raised so many minutes after the start."""
    tables = MemoryTableStore()
    tables.replace_all(ISSUE, table("gold_issue", {"issue_id": "i1", "alert_ids": [] if alerted is None else ["a1"]}))
    if alerted is not None:
        tables.replace_all(ALERT, table("analysis_alert", {"alert_id": "a1", "raised_at": START + timedelta(minutes=alerted)}))
    return say_status(issue, status, why, person, PEOPLE, tables, state, START + timedelta(minutes=minutes))


def test_it_is_closed_once_and_may_be_opened_and_closed_again(state: SqlStateStore) -> None:
    told = [said(state, word, n) for n, word in enumerate((CLOSED, CLOSED, OPENED, OPENED, CLOSED))]
    assert told == [True, False, True, False, True]
    kept = state.snapshot(STATUS)
    assert kept.sort("changed_at").select("issue_status", "changed_by").rows() == [
        ("resolved", "ada"), ("reopened", "ada"), ("resolved", "ada"),
    ]  # fmt: skip
    assert violations(kept, STATUS) == []


def by_the_loop(state: SqlStateStore, status: IssueStatus, minutes: int) -> None:
    at = START + timedelta(minutes=minutes)
    row = {"status_id": f"s{minutes}", "issue_id": "i1", "issue_status": str(status), "changed_at": at, "changed_by": LOOP}
    state.record(STATUS, [row], LOOP, at)


def test_what_the_loop_called_resolved_may_still_be_closed_or_opened_by_a_person(state: SqlStateStore) -> None:
    by_the_loop(state, CLOSED, 1)
    assert [said(state, word, 2 + n) for n, word in enumerate((CLOSED, CLOSED, OPENED, OPENED))] == [True, False, True, False]
    by_the_loop(state, CLOSED, 7)
    assert said(state, OPENED, 8)


def test_other_words_of_the_loop_do_not_make_a_closed_issue_an_open_one(state: SqlStateStore) -> None:
    said(state, CLOSED)
    by_the_loop(state, IssueStatus.CUSTOMERS_TOLD, 1)
    assert not said(state, CLOSED, 2)
    assert said(state, OPENED, 3)


def test_an_issue_that_alerted_again_after_it_was_closed_may_be_closed_again(state: SqlStateStore) -> None:
    assert [said(state, CLOSED, n, alerted=0) for n in (1, 2)] == [True, False]
    assert [said(state, CLOSED, n, alerted=3) for n in (4, 5)] == [True, False]


def test_a_merged_issue_names_the_one_in_which_it_lives_on() -> None:
    tables = MemoryTableStore()
    pairs = [("i1", "i2"), ("i2", "i3"), ("i8", "i9"), ("i9", "i8")]
    events = [
        {"issue_event_id": f"e{n}", "issue_id": a, "other_issue_id": b, "issue_event_kind": "merged"} for n, (a, b) in enumerate(pairs)
    ]
    tables.replace_all(EVENT, table("gold_issue_event", *events))
    assert [merged_into(tables, name) for name in ("i1", "i2", "i3", "i8")] == ["i3", "i3", None, "i9"]


def test_the_reason_is_kept_in_the_trail(state: SqlStateStore) -> None:
    said(state, CLOSED)
    (closed,) = (record for record in state.records() if record.event == "issue_closed")
    assert state.contents()[closed.sequence][1] == {"why": "by hand"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"issue": "i2"}, "no issue is called 'i2'"),
        ({"person": "eve"}, "nobody called 'eve'"),
        ({"why": " "}, "say why"),
        ({"why": "\udcff"}, "is no UTF-8 text"),
        ({"status": OPENED}, "is not closed"),
    ],
)
def test_what_is_unknown_or_makes_no_sense_changes_nothing(state: SqlStateStore, changes: dict[str, object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        said(state, **{"status": CLOSED, **changes})  # type: ignore[arg-type]
    assert state.snapshot(STATUS).is_empty()
