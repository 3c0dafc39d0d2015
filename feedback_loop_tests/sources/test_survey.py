"""Answers to surveys: scores, comments and times in each layout, and what is no answer of a customer."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources.reading import reading_again
from feedback_loop.sources.survey import read_survey
from feedback_loop_tests.sources.mutations import survives
from feedback_loop_tests.sources.rows import csv_bytes, read, record, rejected
from feedback_loop_tests.sources.survey_files import monkey, qualtrics


def answer(**changed: str) -> FeedbackRecord:
    return record(read("survey", qualtrics(changed))[0])


def plain(**values: str) -> FeedbackRecord:
    told = {"id": "1", "date": "2026-03-01"} | values
    return record(read("survey", csv_bytes(tuple(told), tuple(told.values())))[0])


def test_an_answer_of_qualtrics_becomes_a_record_in_the_surveys_zone() -> None:
    found = answer()
    assert (found.source, found.source_record_id, found.channel, found.product) == ("survey", "R_1", Channel.SURVEY, "Acme")
    assert (found.text, found.rating) == ("Login fails", 2.0)
    assert found.occurred_at == datetime(2026, 3, 1, 17, 5, tzinfo=UTC)
    assert (found.customer_id, found.customer_name, found.customer_email) == ("c7", "Ann Lee", "ann@customer.example")
    assert found.declared_language == "en"


def test_summer_time_and_zones_that_are_written_are_kept() -> None:
    assert answer(EndDate="2026-07-01 10:05:00").occurred_at.hour == 16
    assert answer(EndDate="2026-07-01T10:05:00Z").occurred_at.hour == 10


def test_an_answer_of_surveymonkey_becomes_a_record() -> None:
    found = record(read("survey", monkey())[0])
    assert (found.source_record_id, found.text, found.rating) == ("11800", "Far too slow", 1.0)
    assert found.occurred_at == datetime(2026, 3, 2, 0, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"), [("03/02/2026 12:05 PM", 12), ("03/02/2026 1:05:00 PM", 13), ("3/2/2026 13:05:00", 13), ("2026-03-02 05:00", 5)]
)
def test_times_of_surveymonkey_are_read_in_its_forms(written: str, hour: int) -> None:
    assert record(read("survey", monkey(c3=written))[0]).occurred_at == datetime(2026, 3, 2, hour, 0 if hour == 5 else 5, tzinfo=UTC)


def test_all_comments_are_the_text_in_the_order_of_the_file() -> None:
    assert answer(Q4_6_TEXT="A friend").text == "Login fails\nA friend"


def test_the_payload_says_the_questions_with_the_answers() -> None:
    assert json.loads(answer().raw_payload)["Q3: What can we improve? [free text]"] == "Login fails"


@pytest.mark.parametrize(("score", "rating"), [("0", 1.0), ("5", 3.0), ("7", 3.8), ("10", 5.0), ("10 - Extremely likely", 5.0)])
def test_a_promoters_score_alone_is_rated_on_a_straight_line(score: str, rating: float) -> None:
    assert answer(Q1="", Q2=score).rating == rating
    assert plain(nps=score).rating == rating


@pytest.mark.parametrize(
    ("score", "rating"), [("1", 1.0), ("4.5", 4.5), ("5 - Very satisfied", 5.0), ("Neither satisfied nor dissatisfied", 3.0)]
)
def test_a_score_of_satisfaction_is_a_rating_as_it_is(score: str, rating: float) -> None:
    assert plain(csat=score).rating == rating


def test_an_answer_that_is_not_finished_is_an_older_version_of_the_finished_one() -> None:
    begun, done = answer(Finished="False", Progress="40", Q3=""), answer()
    assert begun.record_id == done.record_id
    assert begun.record_version_id != done.record_version_id
    assert answer(Finished="0").record_version_id == done.record_version_id


@pytest.mark.parametrize("status", ["Survey Preview", "Survey Test", "Spam", "Imported Spam", "1", "8", "Offline Survey Preview"])
def test_previews_tests_and_spam_are_no_feedback(status: str) -> None:
    assert rejected(read("survey", qualtrics({"Status": status}))[0]).reason is QuarantineReason.NOT_FEEDBACK


@pytest.mark.parametrize("status", ["IP Address", "Imported", "0", "4", "16", ""])
def test_other_kinds_of_answers_are_customers(status: str) -> None:
    assert answer(Status=status).text


def test_an_answer_that_says_nothing_is_no_feedback() -> None:
    assert rejected(read("survey", qualtrics({"Q1": "", "Q2": "", "Q3": ""}))[0]).reason is QuarantineReason.NOT_FEEDBACK


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ResponseId": ""}, QuarantineReason.MISSING_ID),
        ({"StartDate": "", "EndDate": "", "RecordedDate": ""}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"EndDate": "tomorrow"}, QuarantineReason.UNREADABLE_DATE),
        ({"Q1": "6"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"Q1": "-3"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"Q1": "3 of 5"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"Q1": "", "Q2": "11"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"Q1": "", "Q2": "likely"}, QuarantineReason.VALUE_OUT_OF_RANGE),
    ],
)
def test_a_refused_answer_is_kept_alone_and_read_again_in_its_zone_when_mended(changed: dict[str, str], reason: QuarantineReason) -> None:
    good, row = read("survey", qualtrics({}, changed))
    assert rejected(row).reason is reason
    again = reading_again("survey", "a.csv", rejected(row).reader_options)
    (still,) = read_survey(io.BytesIO(rejected(row).raw_bytes), again)
    assert rejected(still).quarantine_id == rejected(row).quarantine_id
    mended = qualtrics({}).split(b"\r\n")[-2] + b"\r\n"
    (found,) = read_survey(io.BytesIO(mended), again)
    assert record(found).record_version_id == record(good).record_version_id


def test_a_day_before_the_month_is_refused_where_it_shows() -> None:
    assert rejected(read("survey", monkey(c3="25/03/2026 10:00:00 AM"))[0]).reason is QuarantineReason.UNREADABLE_DATE
    assert rejected(read("survey", monkey(c3="03/02/2026 13:00:00 AM"))[0]).reason is QuarantineReason.UNREADABLE_DATE


def test_mutated_exports_are_read_or_refused() -> None:
    assert survives("survey", qualtrics({}, {"Q3": 'multi\nline "text"'}), "csv")
    assert survives("survey", monkey(), "csv")
