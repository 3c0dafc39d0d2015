"""`try diagnose`: cases in, verdicts with cohorts and causes out, and every case that can't be read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.errors import BadInput
from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop.workflows.try_diagnose import diagnose_answers
from feedback_loop_tests.methods.diagnosis.made_up_window import WINDOW, active_customers, made_up
from feedback_loop_tests.workflows.diagnose_cases import write_diagnose_case

RISEN = made_up().more(50, os="web", area="login")


def test_each_case_is_answered_by_name_in_the_promised_fields(tmp_path: Path) -> None:
    write_diagnose_case(tmp_path / "b", RISEN)
    write_diagnose_case(tmp_path / "a", made_up())
    seen: list[str] = []
    quiet, risen = diagnose_answers(tmp_path, seen.append)
    assert list(risen) == ["case_id", "verdict", "confidence", "cohorts", "causes", "seconds"]
    assert seen == ["a", "b"]
    assert (risen["case_id"], risen["verdict"], quiet["cohorts"]) == ("b", "localised", [])
    [cohort] = risen["cohorts"]
    assert list(cohort) == ["attributes", "aliases", "confidence", "observed", "expected"]
    assert cohort["attributes"] == {"os": "web", "area": "login"}
    assert risen["causes"][0]["change_id"] == "chg-1"


def test_active_customers_are_read_where_they_are_told(tmp_path: Path) -> None:
    folder = write_diagnose_case(tmp_path / "a", RISEN)
    [without] = diagnose_answers(tmp_path)
    active_customers(os={"android": 0.3, "ios": 0.1, "web": 0.6}).write_parquet(folder / "exposure.parquet")
    [beside] = diagnose_answers(tmp_path)
    assert beside["cohorts"] != without["cohorts"], "six times as many customers are on the web"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"task": "detect"}, "not of 'diagnose'"),
        ({"window": {"start": "soon", "end": "late"}}, "is no case"),
        ({"history": {"start": "2026-03-02T00:00:00"}}, "no offset"),
        ({"dimensions": None}, "is no case"),
        ({"dimensions": "os"}, "no list of names"),
        ({"case_id": ["a"]}, "neither a text nor"),
        ({"history": {"start": "0001-01-01T00:00:00Z"}}, "more than 7,305 days"),
    ],
)
def test_a_folder_that_holds_another_thing_is_refused(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    write_diagnose_case(tmp_path / "odd", made_up(per_day=5), changed=changed)
    with pytest.raises(BadInput, match=message):
        diagnose_answers(tmp_path)


@pytest.mark.parametrize("window", [Window(WINDOW.start, WINDOW.first, WINDOW.end), Window(WINDOW.first, WINDOW.end, WINDOW.end)])
def test_a_window_before_its_history_or_without_length_is_refused(tmp_path: Path, window: Window) -> None:
    write_diagnose_case(tmp_path / "odd", made_up(per_day=5), window)
    with pytest.raises(BadInput, match="follow its history"):
        diagnose_answers(tmp_path)


def test_files_that_are_missing_or_lack_a_column_are_named(tmp_path: Path) -> None:
    folder = write_diagnose_case(tmp_path / "odd", made_up(per_day=5))
    pl.read_parquet(folder / "complaints.parquet").drop("os").write_parquet(folder / "complaints.parquet")
    with pytest.raises(BadInput, match="occurred_at, version, os"):
        diagnose_answers(tmp_path)
    made_up(per_day=5).frame.write_parquet(folder / "complaints.parquet")
    (folder / "changes.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(BadInput, match="change_id, started_at, scope"):
        diagnose_answers(tmp_path)
    (folder / "changes.parquet").unlink()
    with pytest.raises(BadInput, match="no such file"):
        diagnose_answers(tmp_path)


@pytest.mark.parametrize("scope", ["[1]", '{"os": "web"}', "{", "[" * 100_000])
def test_a_scope_that_is_none_is_refused(tmp_path: Path, scope: str) -> None:
    folder = write_diagnose_case(tmp_path / "odd", made_up(per_day=5))
    pl.read_parquet(folder / "changes.parquet").with_columns(scope=pl.lit(scope)).write_parquet(folder / "changes.parquet")
    with pytest.raises(BadInput, match="has a row that can't be read"):
        diagnose_answers(tmp_path)


@pytest.mark.parametrize("spoilt", [pl.lit(["a"]).alias("os"), pl.lit(b"\xff").alias("area"), pl.lit(["c"]).alias("customer_id")])
def test_an_attribute_that_is_no_text_is_named(tmp_path: Path, spoilt: pl.Expr) -> None:
    folder = write_diagnose_case(tmp_path / "odd", made_up(per_day=5))
    pl.read_parquet(folder / "complaints.parquet").with_columns(spoilt).write_parquet(folder / "complaints.parquet")
    with pytest.raises(BadInput, match=r"of the type .* Write it as text"):
        diagnose_answers(tmp_path)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (pl.lit(-1).alias("active_customers"), "below zero"),
        (pl.lit(float("nan")).alias("active_customers"), "below zero, or that is no number"),
        (pl.lit(float("inf")).alias("active_customers"), "below zero, or that is no number"),
        (pl.lit("many").alias("active_customers"), "a column active_customers that is no number"),
        (pl.lit("noon").alias("hour"), "a column hour that is no time"),
        (pl.lit(["a"]).alias("os"), "a column os of the type"),
    ],
)
def test_active_customers_that_nobody_can_have_counted_are_refused(tmp_path: Path, spoilt: pl.Expr, message: str) -> None:
    folder = write_diagnose_case(tmp_path / "odd", made_up(per_day=5))
    active_customers().with_columns(spoilt).write_parquet(folder / "exposure.parquet")
    with pytest.raises(BadInput, match=message):
        diagnose_answers(tmp_path)
