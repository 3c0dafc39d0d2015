"""Each check is silent on a usual day and names what an operator has to look at on an odd one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.vocab import FindingLevel, QualityCheck
from feedback_loop.workflows.quality import CHECKS, findings, judged
from feedback_loop.workflows.quality_advice import Finding
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import FakeClock, FakeTableStore
from feedback_loop_tests.workflows.landed_history import (
    NOW,
    ON,
    QUARANTINE,
    RECORDS,
    START,
    TODAY,
    Row,
    day_rows,
    landed,
    refused_rows,
    usual_rows,
)  # fmt: skip

USUAL = usual_rows()


def found(check: QualityCheck, today: list[Row], refused: list[Row] | None = None, before: list[Row] = USUAL) -> list[Finding]:
    return [f for f in findings(landed([*before, *today], refused), ON, NOW) if f.check is check]


def today(count: int = 40, **said: Any) -> list[Row]:
    return list(day_rows(TODAY, count, **said))


def changed(rows: list[Row], count: int, **values: Any) -> list[Row]:
    return [row | (values if n < count else {}) for n, row in enumerate(rows)]


def test_a_usual_day_has_no_finding() -> None:
    assert findings(landed([*USUAL, *today()]), ON, NOW) == []


def test_nothing_landed_has_no_finding() -> None:
    assert findings(landed([]), ON, NOW) == []


def test_a_source_without_a_past_is_judged_by_nothing_but_what_is_wrong_in_itself() -> None:
    assert findings(landed(today(customer_id=None, text="the same")), ON, NOW) == []


def test_words_that_come_twice_under_new_ids_are_told() -> None:
    copies = [row | {"record_id": f"copy-{row['record_id']}", "record_version_id": f"copy-{row['record_id']}"} for row in today(10)]
    [finding] = found(QualityCheck.DUPLICATES, [*today(), *copies])
    assert (finding.observed, finding.level) == (0.2, FindingLevel.WARN)
    assert "20% (usually 0%) of the 50 records of desk for Lumen repeat words" in finding.advice


def test_the_same_words_of_two_customers_are_no_repeat() -> None:
    assert found(QualityCheck.DUPLICATES, today(text="good")) == []


def test_a_column_that_became_empty_is_told_by_its_name() -> None:
    [finding] = found(QualityCheck.NULL_SHARES, changed(today(), 30, product_version=None))
    assert (finding.subject, finding.observed, finding.level) == ("product_version", 0.75, FindingLevel.WARN)
    assert finding.threshold <= finding.observed


def test_a_column_that_was_always_empty_is_left_in_peace() -> None:
    assert found(QualityCheck.NULL_SHARES, today(region=None), before=usual_rows(region=None)) == []


def test_a_column_that_is_filled_more_than_usual_is_no_finding() -> None:
    assert found(QualityCheck.NULL_SHARES, today(), before=usual_rows(region=None)) == []


def test_some_more_records_without_a_customer_are_a_warning() -> None:
    [finding] = found(QualityCheck.MISSING_IDS, changed(today(), 12, customer_id=None))
    assert (finding.level, finding.observed) == (FindingLevel.WARN, 0.3)


def test_customers_that_are_named_no_more_are_an_error() -> None:
    [finding] = found(QualityCheck.MISSING_IDS, today(customer_id=None))
    assert finding.level is FindingLevel.ERROR
    assert "customers can't be counted, told or erased" in finding.advice


def test_a_source_that_never_named_customers_is_left_in_peace() -> None:
    assert found(QualityCheck.MISSING_IDS, today(customer_id=None), before=usual_rows(customer_id=None)) == []


def test_an_id_of_two_customers_is_told_and_many_are_an_error() -> None:
    slip = [*today(), today(1)[0] | {"record_version_id": "other", "customer_id": "somebody else"}]
    [finding] = found(QualityCheck.REPEATED_IDS, slip)
    assert (finding.level, finding.observed) == (FindingLevel.WARN, 1 / 40)
    many = [row | {"record_version_id": f"v{n}", "customer_id": "somebody else"} for n, row in enumerate(today(5))]
    [finding] = found(QualityCheck.REPEATED_IDS, [*today(), *many])
    assert finding.level is FindingLevel.ERROR
    assert "only the latest of each is counted" in finding.advice


def test_an_id_with_two_instants_in_one_file_names_several_records() -> None:
    later = [row | {"record_version_id": f"v{n}", "occurred_at": NOW - timedelta(hours=1)} for n, row in enumerate(today(5))]
    [finding] = found(QualityCheck.REPEATED_IDS, [*today(), *later])
    assert finding.observed == 5 / 40


def test_an_edit_in_a_later_file_is_no_second_record() -> None:
    edits = [
        row | {"record_version_id": f"v{n}", "text": "now better", "occurred_at": NOW - timedelta(hours=1), "source_file": "later.jsonl"}
        for n, row in enumerate(today(20))
    ]
    assert found(QualityCheck.REPEATED_IDS, [*today(), *edits]) == []


def test_an_edit_counts_once_in_the_volume() -> None:
    edits = [row | {"record_version_id": f"v{n}", "source_file": "later.jsonl"} for n, row in enumerate(today())]
    assert found(QualityCheck.VOLUME, [*today(), *edits]) == []


def test_a_day_with_far_fewer_records_is_told_with_what_was_expected() -> None:
    [finding] = found(QualityCheck.VOLUME, today(4))
    assert (finding.observed, round(finding.usual)) == (4, 40)
    assert "look whether the export of the day is complete" in finding.advice


def test_a_day_with_far_more_records_is_told() -> None:
    [finding] = found(QualityCheck.VOLUME, list(day_rows(TODAY, 70)) + list(day_rows(TODAY, 71, source="desk"))[70:])
    assert finding.observed > finding.threshold > finding.usual


def test_a_day_without_any_record_is_told() -> None:
    [finding] = found(QualityCheck.VOLUME, [])
    assert finding.observed == 0


def test_the_open_day_is_not_judged_by_its_volume() -> None:
    early = NOW - timedelta(hours=12)
    assert [f for f in findings(landed([*USUAL, *today(4)]), ON, early) if f.check is QualityCheck.VOLUME] == []


def test_a_weekday_is_compared_with_its_like() -> None:
    weekly = [r for n in range(62) for r in day_rows(START + timedelta(days=n), 8 if (START + timedelta(days=n)).weekday() > 4 else 60)]
    assert TODAY.weekday() == 6
    assert found(QualityCheck.VOLUME, today(8), before=weekly) == []


def test_a_silent_source_is_told_with_its_usual_gap() -> None:
    [finding] = [f for f in findings(landed(USUAL), ON, NOW) if f.check is QualityCheck.FRESHNESS]
    assert finding.level is FindingLevel.WARN
    assert "desk has had no row for 34 h, usually 1 h, odd from" in finding.advice
    assert "`feedback-loop ingest records FILE…`" in finding.advice


def test_one_long_gap_in_the_past_does_not_hide_the_next() -> None:
    rows = [row for n in range(62) for row in day_rows(START + timedelta(days=n), 3) if n not in range(57, 60)]
    assert found(QualityCheck.FRESHNESS, [], before=rows)


def test_a_source_that_delivers_rarely_may_be_silent_as_long_as_it_usually_is() -> None:
    weekly = [row for n in range(2, 60, 5) for row in day_rows(START + timedelta(days=n), 1)]
    assert found(QualityCheck.FRESHNESS, [], before=weekly) == []


def test_nights_and_weekends_without_rows_are_usual() -> None:
    weekdays = [n for n in range(62) if (START + timedelta(days=n)).weekday() < 5]
    assert found(QualityCheck.FRESHNESS, [], before=[row for n in weekdays for row in day_rows(START + timedelta(days=n))]) == []


def test_a_retired_source_and_a_single_import_are_left_in_peace() -> None:
    old = [row | {"landed_at": row["landed_at"] - timedelta(days=200)} for row in USUAL]
    once = [row | {"landed_at": NOW - timedelta(days=30)} for row in USUAL]
    assert found(QualityCheck.FRESHNESS, [], before=old) == []
    assert found(QualityCheck.FRESHNESS, [], before=once) == []


def test_more_refused_rows_than_usual_are_told_with_their_reason() -> None:
    [finding] = found(QualityCheck.MALFORMED_RECORDS, today(), refused_rows(TODAY, 10, reason="unreadable_date"))
    assert (finding.subject, finding.observed, finding.level) == ("unreadable_date", 0.2, FindingLevel.WARN)
    assert "`feedback-loop quarantine list`" in finding.advice


def test_refused_rows_as_usual_are_no_finding() -> None:
    usual = [row for n in range(63) for row in refused_rows(START + timedelta(days=n), 3)]
    assert found(QualityCheck.MALFORMED_RECORDS, today(), usual) == []


def test_most_rows_refused_is_an_error_also_on_the_first_day() -> None:
    refused = refused_rows(TODAY, 60)
    assert [f.level for f in found(QualityCheck.MALFORMED_RECORDS, today(), refused)] == [FindingLevel.ERROR]
    assert [f.level for f in found(QualityCheck.MALFORMED_RECORDS, today(), refused, before=[])] == [FindingLevel.ERROR]


def test_a_few_refused_rows_of_a_first_file_are_no_finding() -> None:
    assert found(QualityCheck.MALFORMED_RECORDS, today(), refused_rows(TODAY, 2), before=[]) == []


def test_each_refused_row_of_context_is_told() -> None:
    [finding] = found(QualityCheck.MALFORMED_RECORDS, today(), refused_rows(TODAY, 1, source="changes"))
    assert "1 row(s) of changes could not be landed" in finding.advice


def test_errors_come_first_and_every_finding_has_its_sentence() -> None:
    rows = [row | {"product_version": None} for row in today(customer_id=None)]
    told = findings(landed([*USUAL, *rows]), ON, NOW)
    assert [f.level for f in told] == sorted((f.level for f in told), key=lambda level: level is FindingLevel.WARN)
    assert all(f.advice.endswith(".") for f in told)


def test_no_sentence_holds_a_customers_word_or_id() -> None:
    rows = [row | {"customer_id": f"secret-{n % 3}", "text": "secret", "product_version": None} for n, row in enumerate(today())]
    told = findings(landed([*USUAL, *rows], refused_rows(TODAY, 30)), ON, NOW)
    assert told
    assert [f for f in told if "secret" in str(f)] == []


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_judges_each_day_by_the_days_before_it_alone(check: QualityCheck) -> None:
    days = DayRange(TODAY - timedelta(days=1), TODAY)
    one = landed([*usual_rows(60), *day_rows(TODAY - timedelta(days=1), 4, customer_id=None, product_version=None), *today()])
    apart = CHECKS[check](one, DayRange(days.first, days.first), NOW)
    assert [f for f in CHECKS[check](one, days, NOW) if f.event_date == days.first] == apart


def test_what_was_landed_is_read_from_the_store_without_what_was_recovered() -> None:
    store = FakeTableStore()
    rows = [*USUAL, *changed(today(), 1, retried_quarantine_id="q-recovered")]
    refused = [*refused_rows(TODAY, 10), *(row | {"quarantine_id": "q-recovered"} for row in refused_rows(TODAY, 1))]
    store.append(RECORDS, frame_of(RECORDS, *rows))
    stamped = [row | {"landed_at": NOW - timedelta(hours=2)} for row in refused]
    store.append(QUARANTINE, frame_of(QUARANTINE, *stamped))
    [finding] = judged(store, ON, FakeClock(NOW))
    assert (finding.check, finding.record_count) == (QualityCheck.MALFORMED_RECORDS, 50)
