"""The audit trail as operators use it: verified, shown by subject, and exported so that somebody else can verify it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from feedback_loop.errors import AuditChainBroken
from feedback_loop.ports import AuditLog
from feedback_loop.workflows.audit import exported, lines_of, require_whole, verified
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.case_worlds import Notes


@pytest.fixture
def notes() -> Notes:
    notes = Notes()
    for number in range(1, 5):
        notes("approved", f"proposal_{number % 2}", "ada", {"number": number}, START)
    return notes


class Erased(Notes):
    """A trail whose second content was erased."""

    def contents(self) -> dict:  # type: ignore[type-arg]
        return {number: kept for number, kept in super().contents().items() if number != 2}


def test_a_whole_trail_is_reported_with_its_length_and_anchor(notes: Notes) -> None:
    log: AuditLog = notes
    report = verified(log)
    assert (report.record_count, report.breaks, report.erased) == (4, (), ())
    assert report.anchor == notes.anchor()
    require_whole(log)


def test_an_altered_trail_stops_whoever_would_carry_something_out(notes: Notes) -> None:
    notes.records_now[2] = replace(notes.records_now[2], event="rejected")
    assert [found.sequence for found in verified(notes).breaks] == [3]
    with pytest.raises(AuditChainBroken, match="record 3, edited"):
        require_whole(notes)


def test_erased_content_is_no_break(notes: Notes) -> None:
    erased = Erased()
    erased.entries, erased.records_now = notes.entries, notes.records_now
    assert (verified(erased).breaks, verified(erased).erased) == ((), (2,))
    assert [line.content for line in lines_of(erased, "proposal_0")] == [None, {"number": 4}]
    assert [row["is_erased"] for row in exported(erased)] == [False, True, False, False]


def test_a_subject_shows_its_own_records_in_their_order(notes: Notes) -> None:
    assert [line.record.sequence for line in lines_of(notes, "proposal_1")] == [1, 3]
    assert [line.record.sequence for line in lines_of(notes)] == [1, 2, 3, 4]
    assert lines_of(notes, "nobody") == []


def test_an_export_holds_all_that_is_needed_to_verify_it_elsewhere(notes: Notes) -> None:
    rows = list(exported(notes))
    for row, before in zip(rows, [None, *rows], strict=False):
        content = json.dumps(row["content"], separators=(",", ":"), sort_keys=True)
        record = {name: row[name] for name in row if name not in ("salt", "content", "is_erased", "record_hash")}
        assert hashlib.sha256((row["salt"] + content).encode()).hexdigest() == row["commitment"]
        assert hashlib.sha256(json.dumps(record, separators=(",", ":"), sort_keys=True).encode()).hexdigest() == row["record_hash"]
        assert row["previous_hash"] == (before["record_hash"] if before else "0" * 64)
