"""Header rows of surveys: three of Qualtrics, two of SurveyMonkey, one of others, and what they teach about the columns."""

from __future__ import annotations

import io

import pytest

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.lines import Lines
from feedback_loop.sources.reading import Reading
from feedback_loop.sources.survey_layouts import Layout, take_layout, zone_of
from feedback_loop_tests.sources.rows import csv_bytes
from feedback_loop_tests.sources.survey_files import QUALTRICS_COLUMNS, monkey, qualtrics


def layout(raw: bytes) -> tuple[Layout, bytes]:
    """The layout and the line behind it."""
    lines = Lines(io.BytesIO(raw))
    found = take_layout(lines, Reading(source="survey", file_name="a.csv", form="csv", product="P"))
    return found, lines.peek()


def test_three_rows_of_qualtrics_are_taken_with_the_zone() -> None:
    found, after = layout(qualtrics({}))
    assert found.form == "qualtrics America/Denver"
    assert "Q3: What can we improve? [free text]" in found.headings
    assert "Q1: How satisfied are you with Acme? [choice]" in found.headings
    assert {"EndDate", "plan"} <= set(found.headings)
    assert after.startswith(b"2026-03-01")


def test_qualtrics_without_its_row_of_import_ids_is_in_utc() -> None:
    rows = qualtrics({}).split(b"\r\n")
    without = b"\r\n".join(row for row in rows if b"ImportId" not in row)
    found, after = layout(without)
    assert found.form == "qualtrics UTC"
    assert after.startswith(b"2026-03-01")


def test_qualtrics_whose_further_rows_somebody_removed_has_one_row_of_header() -> None:
    found, after = layout(csv_bytes((*QUALTRICS_COLUMNS, "comment"), ("2026-03-01 10:00:00",) * (len(QUALTRICS_COLUMNS) + 1)))
    assert found.form == "csv"
    assert after.startswith(b"2026")


def test_two_rows_of_surveymonkey_are_taken_and_a_question_goes_on_over_its_choices() -> None:
    found, after = layout(monkey())
    assert found.form == "surveymonkey"
    assert found.headings[9] == "How satisfied are you with Acme? [choice]"
    assert found.headings[11:] == ("Why? [free text]", "Which do you use? [Web] [choice]", "Which do you use? [Phone] [choice]")
    assert after.startswith(b"11800")


def test_headings_that_stand_twice_or_are_empty_get_their_number() -> None:
    found, _ = layout(csv_bytes(("id", "date", "nps", "nps", ""), ("1", "2026-01-01", "1", "2", "3")))
    assert found.headings == ("id", "date", "nps", "column 4 nps", "column 5")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "response id"),
        (b"id,date\n1,2\n", "score or a comment"),
        (b'"id,date\n', "no header"),
        (b"id\0,date,nps\n", "no header"),
        (qualtrics({}, zone="Mars/Olympus"), "time zone"),
        (qualtrics({}, zone="../../etc/passwd"), "time zone"),
        (qualtrics({}, zone="America"), "time zone"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_what_to_do(raw: bytes, told: str) -> None:
    with pytest.raises(UnreadableFile, match=told):
        layout(raw)


def test_zone_of_rows_that_tell_none_is_utc() -> None:
    assert {str(zone_of(form)) for form in ("csv", "surveymonkey", "qualtrics Z", "qualtrics UTC")} == {"UTC"}
