"""`try detect`: cases in, alarms out, and every case that can't be read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.errors import BadInput
from feedback_loop.workflows.try_detect import detect_answers
from feedback_loop_tests.workflows.detect_cases import START, write_detect_case

RISE = 24 * 16
STEADY, RISEN = [4] * 24 * 18, [*[4] * RISE, *[24] * 12, *[4] * 36]


def answered(cases: Path) -> list[object]:
    return [answer["alarms"] for answer in detect_answers(cases)]


def rewrite(folder: Path, frame: pl.DataFrame) -> None:
    frame.write_parquet(folder / "complaints.parquet")


def read(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "complaints.parquet")


def test_each_case_is_answered_by_name_in_the_promised_fields(tmp_path: Path) -> None:
    write_detect_case(tmp_path / "b-steady", STEADY)
    write_detect_case(tmp_path / "a-rose", RISEN)
    seen: list[str] = []
    rose, steady = detect_answers(tmp_path, seen.append)
    assert [list(a) for a in (rose, steady)] == [["case_id", "alarms", "seconds"]] * 2
    assert (rose["case_id"], steady["case_id"], steady["alarms"], seen) == ("a-rose", "b-steady", [], ["a-rose", "b-steady"])
    (alarm,) = rose["alarms"]
    assert timedelta() < datetime.fromisoformat(alarm["raised_at"]) - START - timedelta(hours=RISE) <= timedelta(hours=2)


def test_an_alarm_is_raised_right_after_the_complaint_that_made_it_certain(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "rose", RISEN)
    raised = datetime.fromisoformat(detect_answers(tmp_path)[0]["alarms"][0]["raised_at"])
    assert raised - timedelta(microseconds=1) in read(folder)["occurred_at"].to_list()


def test_neither_the_order_of_rows_nor_the_time_zone_nor_its_unit_matters(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "rose", RISEN)
    first, frame = answered(tmp_path), read(folder)
    at = pl.col("occurred_at")
    for changed in (frame.reverse(), frame.select(at.dt.convert_time_zone("Asia/Kolkata")), frame.select(at.dt.cast_time_unit("ns"))):
        rewrite(folder, changed)
        assert answered(tmp_path) == first


def test_complaints_outside_history_and_window_do_not_matter(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "rose", RISEN)
    first, frame = answered(tmp_path), read(folder)
    outside = [frame.with_columns(pl.col("occurred_at").dt.offset_by(shift)) for shift in ("-100d", "100d")]
    rewrite(folder, pl.concat([outside[0], frame, outside[1]]))
    assert answered(tmp_path) == first


def test_a_stream_without_complaints_has_no_alarm(tmp_path: Path) -> None:
    write_detect_case(tmp_path / "empty", [0] * 24 * 18)
    assert answered(tmp_path) == [[]]


def test_a_tighter_budget_allows_no_more_alarms(tmp_path: Path) -> None:
    for name, days in (("loose", 1), ("tight", 3000)):
        write_detect_case(tmp_path / name, [*[4] * RISE, *[11] * 2, *[4] * 46], alarm_budget={"false_alarms": 1, "days": days})
    loose, tight = (answer["alarms"] for answer in detect_answers(tmp_path))
    assert (len(loose), len(tight)) == (1, 0)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"task": "diagnose"}, "not of 'detect'"),
        ({"window": {"start": "2025-03-01T00:00:00Z", "end": "2025-04-01T00:00:00Z"}}, "must follow a history"),
        ({"window": {"start": "2025-03-17T00:00:00Z", "end": "2025-03-17T00:00:00Z"}}, "both must have a length"),
        ({"window": {"start": "2025-03-17", "end": "2025-03-19"}}, "has no offset"),
        ({"window": {"start": "2025-03-17T00:00:00Z", "end": "9999-03-17T00:00:00Z"}}, "more than 7,305 days"),
        ({"case_id": "\ud800"}, "neither a text nor"),
        ({"bin_minutes": 0}, "divides a day"),
        ({"bin_minutes": 7}, "divides a day"),
        ({"bin_minutes": 7.5}, "divides a day"),
        ({"bin_minutes": None}, "is no case of detect"),
        ({"alarm_budget": {"false_alarms": 0, "days": 30}}, "more than 0 false alarms"),
        ({"alarm_budget": {"days": 30}}, "is no case of detect"),
        ({"history": None}, "is no case of detect"),
    ],
)
def test_a_case_that_can_not_be_watched_is_refused(tmp_path: Path, told: dict[str, object], message: str) -> None:
    write_detect_case(tmp_path / "odd", STEADY, **told)
    with pytest.raises(BadInput, match=message):
        detect_answers(tmp_path)


def test_complaints_that_are_missing_or_without_times_are_named(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "odd", STEADY)
    frame = read(folder)
    for changed, message in (
        (frame.rename({"occurred_at": "at"}), "with the columns occurred_at"),
        (frame.cast(pl.String), "is no time"),
        (frame.with_columns(pl.when(pl.col("occurred_at") > START).then("occurred_at")).vstack(frame.clear(2)), r"2 row\(s\) without"),
    ):
        rewrite(folder, changed)
        with pytest.raises(BadInput, match=message):
            detect_answers(tmp_path)
    (folder / "complaints.parquet").unlink()
    with pytest.raises(BadInput, match="no such file"):
        detect_answers(tmp_path)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "odd", STEADY)
    for content in ("[]", "{", json.dumps({"task": "detect"})):
        (folder / "case.json").write_text(content)
        with pytest.raises(BadInput, match="is no case of detect"):
            detect_answers(tmp_path)
