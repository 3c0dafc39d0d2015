"""A person closes an issue or opens it again: kept once, with who said it and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.loop_vocab import IssueStatus
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput
from feedback_loop.workflows.close_issue import ISSUE, STATUS, say_status
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START
from feedback_loop_tests.outcomes.one_loop import table

PEOPLE = {"ada": ("support_lead",)}
CLOSED, OPENED = IssueStatus.RESOLVED, IssueStatus.REOPENED


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def said(state: SqlStateStore, status: IssueStatus, minutes: int = 0, issue: str = "i1", person: str = "ada", why: str = "by hand") -> bool:
    tables = MemoryTableStore()
    tables.replace_all(ISSUE, table("gold_issue", {"issue_id": "i1"}))
    return say_status(issue, status, why, person, PEOPLE, tables, state, START + timedelta(minutes=minutes))


def test_it_is_closed_once_and_may_be_opened_and_closed_again(state: SqlStateStore) -> None:
    told = [said(state, word, n) for n, word in enumerate((CLOSED, CLOSED, OPENED, OPENED, CLOSED))]
    assert told == [True, False, True, False, True]
    kept = state.snapshot(STATUS)
    assert kept.sort("changed_at").select("issue_status", "changed_by").rows() == [
        ("resolved", "ada"), ("reopened", "ada"), ("resolved", "ada"),
    ]  # fmt: skip
    assert violations(kept, STATUS) == []


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
        ({"status": OPENED}, "is not closed"),
    ],
)
def test_what_is_unknown_or_makes_no_sense_changes_nothing(state: SqlStateStore, changes: dict[str, object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        said(state, **{"status": CLOSED, **changes})  # type: ignore[arg-type]
    assert state.snapshot(STATUS).is_empty()
