"""`try verify-fix`: cases in, verdicts with intervals out, and every case that can't be read."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.errors import BadInput
from feedback_loop.workflows.try_verify_fix import verify_fix_answers
from feedback_loop_tests.workflows.fix_cases import complaints, write_fix_case

USUAL, RISEN = [4] * 27, [20] * 5


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    write_fix_case(tmp_path / "b-stayed", [*USUAL, *RISEN, *RISEN], [60] * 37, 27, 32)
    write_fix_case(tmp_path / "a-fell", [*USUAL, *RISEN, *[4] * 5], [60] * 37, 27, 32)
    return tmp_path


def test_each_case_is_answered_by_name_in_the_promised_fields(cases: Path) -> None:
    seen: list[str] = []
    answers = verify_fix_answers(cases, seen.append)
    assert [list(a) for a in answers] == [["case_id", "verdict", "ratio", "low", "high", "seconds"]] * 2
    assert [(a["case_id"], a["verdict"]) for a in answers] == [("a-fell", "fixed"), ("b-stayed", "not_fixed")]
    assert seen == ["a-fell", "b-stayed"]
    assert all(a["low"] <= a["ratio"] <= a["high"] for a in answers)


def test_the_order_of_the_complaints_does_not_matter(cases: Path) -> None:
    first = verify_fix_answers(cases)
    for file in cases.glob("*/complaints.parquet"):
        pl.read_parquet(file).reverse().write_parquet(file)
    assert [a | {"seconds": 0} for a in verify_fix_answers(cases)] == [a | {"seconds": 0} for a in first]


def test_a_customer_who_complains_many_times_a_day_counts_once(cases: Path) -> None:
    first = verify_fix_answers(cases)
    for file in cases.glob("*/complaints.parquet"):
        told = pl.read_parquet(file)
        pl.concat([told, *[told.filter(pl.col("treated")).tail(3)] * 9]).write_parquet(file)
    assert [a["ratio"] for a in verify_fix_answers(cases)] == [a["ratio"] for a in first]


@pytest.mark.parametrize("unknown", [True, False])
def test_complaints_without_a_customer_count_each(cases: Path, unknown: bool) -> None:
    first = verify_fix_answers(cases)
    for file in cases.glob("*/complaints.parquet"):
        told = pl.read_parquet(file)
        (told.with_columns(customer_id=pl.lit(None, pl.String)) if unknown else told.drop("customer_id")).write_parquet(file)
    assert [a["ratio"] for a in verify_fix_answers(cases)] == [a["ratio"] for a in first]


def test_bins_shorter_than_a_day_are_joined(cases: Path) -> None:
    first = verify_fix_answers(cases)
    for file in cases.glob("*/case.json"):
        file.write_text(json.dumps(json.loads(file.read_text()) | {"bin_minutes": 15}))
    assert [a["ratio"] for a in verify_fix_answers(cases)] == [a["ratio"] for a in first]


def test_a_case_whose_treated_never_complain_is_answered_without_figures(tmp_path: Path) -> None:
    write_fix_case(tmp_path / "silent", [0] * 37, [60] * 37, 27, 32)
    (answer,) = verify_fix_answers(tmp_path)
    assert (answer["verdict"], answer["ratio"]) == ("insufficient_evidence", None)


def test_a_fix_without_time_after_it_is_no_evidence(tmp_path: Path) -> None:
    write_fix_case(tmp_path / "too-soon", [*USUAL, *RISEN], [60] * 32, 27, 32)
    assert verify_fix_answers(tmp_path)[0]["verdict"] == "insufficient_evidence"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"task": "diagnose"}, "not of 'verify_fix'"),
        ({"fix_at": "soon"}, "is no case"),
        ({"window": None}, "is no case"),
        ({"case_id": None}, "neither a text nor"),
        ({"fix_at": "2025-03-02T00:00:00"}, "has no offset"),
        ({"fix_at": "2024-03-02T00:00:00Z"}, "out of order"),
        ({"window": {"end": "9999-12-31T00:00:00Z"}}, "more than 7,305 days"),
    ],
)
def test_a_folder_that_holds_another_thing_is_refused(tmp_path: Path, told: dict[str, object], message: str) -> None:
    write_fix_case(tmp_path / "odd", [1] * 3, [1] * 3, 1, 2, **told)
    with pytest.raises(BadInput, match=message):
        verify_fix_answers(tmp_path)


def test_complaints_that_are_missing_or_lack_a_column_are_named(tmp_path: Path) -> None:
    folder = write_fix_case(tmp_path / "odd", [1] * 3, [1] * 3, 1, 2)
    complaints([1], [1]).drop("treated").write_parquet(folder / "complaints.parquet")
    with pytest.raises(BadInput, match="occurred_at, treated, control"):
        verify_fix_answers(tmp_path)
    (folder / "complaints.parquet").unlink()
    with pytest.raises(BadInput, match="no such file"):
        verify_fix_answers(tmp_path)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no case"):
        verify_fix_answers(tmp_path)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (pl.lit("soon").alias("occurred_at"), "a column occurred_at that is no time"),
        (pl.lit(None, pl.Datetime("us", "UTC")).alias("occurred_at"), r"2 row\(s\) without occurred_at"),
        (pl.lit("yes").alias("treated"), "a column treated of the type String"),
        (pl.lit(1, pl.Int32).alias("control"), "a column control of the type Int32"),
    ],
)
def test_complaints_of_another_type_are_named(tmp_path: Path, spoilt: pl.Expr, message: str) -> None:
    folder = write_fix_case(tmp_path / "odd", [1] * 3, [1] * 3, 1, 2)
    complaints([1], [1]).with_columns(spoilt).write_parquet(folder / "complaints.parquet")
    with pytest.raises(BadInput, match=message):
        verify_fix_answers(tmp_path)
