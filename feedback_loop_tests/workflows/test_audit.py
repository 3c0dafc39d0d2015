"""The audit trail as operators use it: verified with its signatures, and shown by subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_loop.contracts.audit_trail import Anchor
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.errors import AuditChainBroken
from feedback_loop.ports import AuditLog
from feedback_loop.remediation.anchors import signed
from feedback_loop.remediation.audit import anchor_of
from feedback_loop.workflows.audit import lines_of, require_whole, verified
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.signatures import KEY, OTHER
from feedback_loop_tests.workflows.case_worlds import Notes


class Signed(Notes):
    """A trail each record of which was signed; `anchors_now` may be spoilt by a test."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors_now: list[Anchor] = []

    def note(self, number: int) -> None:
        self("approved", f"proposal_{number % 2}", "ada", {"number": number}, START + timedelta(minutes=number))
        self.anchors_now.append(signed(anchor_of(self.records_now[-1]), START, KEY))

    def anchors(self) -> list[Anchor]:
        return list(self.anchors_now)

    def verifying_key(self) -> VerifyingKey | None:
        return KEY


class Late(Signed):
    """A trail whose newest anchors are written only after the first look."""

    looks = 0

    def anchors(self) -> list[Anchor]:
        self.looks += 1
        return self.anchors_now if self.looks > 1 else self.anchors_now[:2]


class Erased(Notes):
    """A trail whose second content was erased."""

    def contents(self) -> dict:  # type: ignore[type-arg]
        return {number: kept for number, kept in super().contents().items() if number != 2}


@pytest.fixture
def notes() -> Notes:
    notes = Notes()
    for number in range(1, 5):
        notes("approved", f"proposal_{number % 2}", "ada", {"number": number}, START)
    return notes


@pytest.fixture
def log() -> Signed:
    return noted(Signed())


def noted(log: Signed) -> Signed:
    for number in range(1, 5):
        log.note(number)
    return log


def kinds(log: AuditLog, **more: object) -> list[str]:
    return [str(found.kind) for found in verified(log, **more).breaks]  # type: ignore[arg-type]


def test_a_whole_trail_is_reported_with_its_length_and_anchor(notes: Notes) -> None:
    log: AuditLog = notes
    report = verified(log)
    assert (report.record_count, report.breaks, report.erased) == (4, (), ())
    assert (report.anchor, report.key_id, report.unsigned_count) == (notes.anchor(), None, 1)
    require_whole(log)


def test_a_signed_trail_names_the_key_that_signed_it(log: Signed) -> None:
    report = verified(log)
    assert (report.breaks, report.key_id, report.unsigned_count, report.unanchored_count) == ((), KEY.key_id, 0, 0)
    require_whole(log)


def test_an_altered_trail_stops_whoever_would_carry_something_out(notes: Notes) -> None:
    notes.records_now[2] = replace(notes.records_now[2], event="rejected")
    assert [found.sequence for found in verified(notes).breaks] == [3]
    with pytest.raises(AuditChainBroken, match="record 3, edited"):
        require_whole(notes)


def test_a_signature_that_is_not_ours_stops_whoever_would_carry_something_out(log: Signed) -> None:
    log.anchors_now[-1] = signed(anchor_of(log.records_now[-1]), START, OTHER)
    assert kinds(log) == ["foreign_key"]
    with pytest.raises(AuditChainBroken, match="record 4, foreign key"):
        require_whole(log)


def test_an_anchor_without_signature_stops_whoever_would_carry_something_out(log: Signed) -> None:
    log.anchors_now = [Anchor(anchor.sequence, anchor.record_hash) for anchor in log.anchors_now]
    with pytest.raises(AuditChainBroken, match="record 4, unsigned"):
        require_whole(log)


def test_anchors_that_are_all_gone_are_a_break_where_a_key_signed_some(log: Signed) -> None:
    log.anchors_now = []
    assert kinds(log) == ["unanchored"]
    with pytest.raises(AuditChainBroken, match="no anchor is left"):
        require_whole(log)


def test_an_anchor_file_that_was_cut_is_a_break(log: Signed) -> None:
    log.anchors_now = log.anchors_now[:2]
    assert kinds(log) == ["unanchored"]
    assert verified(log).unanchored_count == 2


def test_an_anchor_that_a_crash_left_out_is_told_and_no_break(log: Signed) -> None:
    log.anchors_now.pop()
    report = verified(log)
    assert (report.breaks, report.unanchored_count) == ((), 1)


def test_the_anchor_of_a_change_that_was_just_committed_is_waited_for() -> None:
    log = Late()
    noted(log)
    assert kinds(log) == []
    assert log.looks == 2


def test_a_key_that_is_given_is_trusted_in_the_place_of_the_own_one(log: Signed) -> None:
    assert set(kinds(log, key=OTHER)) == {"foreign_key"}


def test_an_anchor_that_is_kept_elsewhere_finds_a_trail_that_was_set_back(log: Signed) -> None:
    kept = log.anchors_now[3]
    log.anchors_now, log.records_now, log.entries = log.anchors_now[:2], log.records_now[:2], log.entries[:2]
    assert kinds(log) == []
    assert kinds(log, kept=[kept]) == ["truncated"]


def test_old_signatures_are_computed_by_a_verification_and_not_before_each_execution(log: Signed) -> None:
    log.anchors_now[0] = replace(log.anchors_now[0], signature="00")
    assert kinds(log) == ["forged"]
    require_whole(log)


def test_erased_content_is_no_break(notes: Notes) -> None:
    erased = Erased()
    erased.entries, erased.records_now = notes.entries, notes.records_now
    assert (verified(erased).breaks, verified(erased).erased) == ((), (2,))
    assert [line.content for line in lines_of(erased, "proposal_0")] == [None, {"number": 4}]


def test_a_subject_shows_its_own_records_in_their_order(notes: Notes) -> None:
    assert [line.record.sequence for line in lines_of(notes, "proposal_1")] == [1, 3]
    assert [line.record.sequence for line in lines_of(notes)] == [1, 2, 3, 4]
    assert lines_of(notes, "nobody") == []
