"""The ids of records follow from what they say, not from where they came."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import FeedbackRecord, LandingReport
from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop_tests.bronze.rows import context_statement, feedback, refused, statement

PLACE = {"raw_payload": "{x}", "source_file": "b.csv", "source_row_number": 9, "retried_quarantine_id": "quarantine_1"}
OTHER_VALUES = {"channel": Channel.CALL, "severity": Severity.URGENT, "rating": 2.0, "occurred_at": datetime(2026, 2, 1, tzinfo=UTC)}
IDENTITY = ("source", "product", "source_record_id")
counts = st.integers(0, 1000)


@pytest.mark.parametrize("name", [f.name for f in fields(FeedbackRecord) if f.name not in PLACE])
def test_every_change_of_content_is_another_version(name: str) -> None:
    changed = feedback(**{name: OTHER_VALUES.get(name, "another")})
    assert changed.record_version_id != feedback().record_version_id
    assert (changed.record_id != feedback().record_id) == (name in IDENTITY)


@pytest.mark.parametrize("name", PLACE)
def test_the_place_that_a_record_came_from_is_no_part_of_its_ids(name: str) -> None:
    moved = feedback(**{name: PLACE[name]})
    assert (moved.record_id, moved.record_version_id) == (feedback().record_id, feedback().record_version_id)


def test_a_record_without_a_browser_has_the_id_that_it_had_before_there_were_browsers() -> None:
    assert feedback().record_version_id == "version_cbd1db1e78635f53c889"


def test_a_browser_is_content_and_no_other_column_can_stand_in_for_it() -> None:
    assert feedback(browser="Safari 18").record_version_id != feedback(os="Safari 18").record_version_id
    assert feedback(os=None, browser="x", severity=None).record_version_id != feedback(os="x", severity=None).record_version_id


def test_a_statement_is_known_by_what_it_says_and_by_its_source() -> None:
    said = context_statement()
    assert said.statement_id == context_statement(source_file="other.jsonl", source_row_number=8, raw_payload="{ }").statement_id
    for other in ({"source": "incidents"}, {"context_kind": ContextKind.INCIDENT}, {"statement": '{"change_id":"c2"}'}):
        assert said.statement_id != context_statement(**other).statement_id


def test_an_absent_text_is_another_content_than_an_empty_one() -> None:
    assert feedback(text=None).record_version_id != feedback(text="").record_version_id


def test_a_value_in_another_column_is_another_content() -> None:
    assert feedback(segment="eu").record_version_id != feedback(tier="eu").record_version_id


def test_another_date_or_other_notes_are_another_statement_of_a_release() -> None:
    ids = {
        r.release_id
        for r in (
            statement(),
            statement(released_at=datetime(2026, 1, 2, tzinfo=UTC)),
            statement(release_notes="n"),
            statement(product="B"),
        )
    }
    assert len(ids) == 4
    assert statement(source_file="other.csv", source_row_number=7).release_id == statement().release_id


def test_the_same_bytes_for_the_same_reader_are_the_same_rejected_row() -> None:
    again = refused(source_file="b.csv", source_row_number=70, reason=QuarantineReason.UNREADABLE_DATE, detail="at")
    assert again.quarantine_id == refused().quarantine_id
    assert refused(raw_bytes=b"other").quarantine_id != refused().quarantine_id
    assert refused(reader_options='{"product":"B"}').quarantine_id != refused().quarantine_id


@given(counts, counts, counts)
def test_a_report_balances_only_if_every_row_is_accounted_for(landed: int, duplicates: int, quarantined: int) -> None:
    read = landed + duplicates + quarantined
    assert LandingReport(read=read, landed=landed, duplicates=duplicates, quarantined=quarantined).is_balanced
    assert not LandingReport(read=read + 1, landed=landed, duplicates=duplicates, quarantined=quarantined).is_balanced


def test_reports_add_up_column_by_column() -> None:
    one = LandingReport(read=7, landed=4, duplicates=2, quarantined=1)
    assert one.plus(LandingReport(read=3, landed=0, duplicates=0, quarantined=3)) == LandingReport(
        read=10, landed=4, duplicates=2, quarantined=4
    )
