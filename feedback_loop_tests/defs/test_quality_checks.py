"""Data quality in the landing job: a warning stops nothing, an error fails the run, and each check is proved to fail on bad data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import dagster as dg
import pytest

from feedback_loop.contracts.vocab import QualityCheck
from feedback_loop.defs.quality_checks import QUESTIONS
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.workflows.landed_history import NOW, QUARANTINE, RECORDS, TODAY, Row, day_rows, refused_rows, usual_rows

NAMES = {check: name for check, (name, _) in QUESTIONS.items()}


def landing(home: Home, rows: list[Row], refused: list[Row] | None = None) -> dg.ExecuteInProcessResult:
    home.store.append(RECORDS, frame_of(RECORDS, *rows))
    if refused:
        home.store.append(QUARANTINE, frame_of(QUARANTINE, *(row | {"landed_at": NOW - timedelta(hours=2)} for row in refused)))
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return home.defs(NOW + timedelta(minutes=5)).resolve_job_def("landing").execute_in_process(raise_on_error=False, run_config=quiet)


def judged(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {e.check_name: e for e in result.get_asset_check_evaluations() if e.check_name in NAMES.values()}


def test_every_check_passes_on_a_usual_day(home: Home) -> None:
    result = landing(home, [*usual_rows(), *day_rows(TODAY)])
    assert result.success
    assert {name: e.passed for name, e in judged(result).items()} == dict.fromkeys(NAMES.values(), True)


def copies(rows: list[Row]) -> list[Row]:
    return [row | {"record_id": f"copy-{n}", "record_version_id": f"copy-{n}"} for n, row in enumerate(rows)]


def of_others(rows: list[Row]) -> list[Row]:
    return [row | {"record_version_id": f"v{n}", "customer_id": "somebody else"} for n, row in enumerate(rows)]


BAD: dict[QualityCheck, tuple[Callable[[], list[Row]], bool]] = {
    QualityCheck.DUPLICATES: (lambda: [*day_rows(TODAY), *copies(list(day_rows(TODAY, 10)))], False),
    QualityCheck.REPEATED_IDS: (lambda: [*day_rows(TODAY), *of_others(list(day_rows(TODAY, 10)))], True),
    QualityCheck.MISSING_IDS: (lambda: list(day_rows(TODAY, customer_id=None)), True),
    QualityCheck.MALFORMED_RECORDS: (lambda: list(day_rows(TODAY)), True),
    QualityCheck.FRESHNESS: (list, False),
    QualityCheck.VOLUME: (lambda: list(day_rows(TODAY, 4)), False),
    QualityCheck.NULL_SHARES: (lambda: list(day_rows(TODAY, product_version=None)), False),
}


@pytest.mark.parametrize("check", QualityCheck)
def test_a_check_fails_on_bad_data_and_says_what_to_do(home: Home, check: QualityCheck) -> None:
    rows, is_error = BAD[check]
    result = landing(home, [*usual_rows(), *rows()], refused_rows(TODAY, 80) if check is QualityCheck.MALFORMED_RECORDS else None)
    found = judged(result)[NAMES[check]]
    assert not found.passed
    assert found.severity is (dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN)
    assert found.metadata["finding_count"].value != 0
    assert any(todo in str(found.description) for todo in ("look whether", "feedback-loop quarantine", "map source_record_id"))
    assert result.success is not is_error


def test_metadata_hold_figures_and_no_customers_value(home: Home) -> None:
    rows = list(day_rows(TODAY, product_version=None, text="zibbelkrant", customer_id="zibbelkrant-7"))
    said = "".join(f"{e.description} {e.metadata}" for e in judged(landing(home, [*usual_rows(), *rows])).values())
    assert "product_version" in said
    assert "zibbelkrant" not in said
