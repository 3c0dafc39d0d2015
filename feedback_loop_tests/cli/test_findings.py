"""What rose: each subject once, on its strongest day, never an urgent record, with quotes of that day."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.cli.findings import mart_rows, top_spikes
from feedback_loop.cli.highlights import print_findings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import marts
from feedback_loop_tests.adapters.built_marts import DAY_1, DAY_2, DAY_3


def file_of(home: Path) -> Path:
    return home / "marts.duckdb"


def test_a_subject_is_told_once_and_its_class_not_beside_it(marts_home: Path) -> None:
    spikes = top_spikes(file_of(marts_home), DayRange(DAY_1, DAY_3))
    assert [(s.event_date, s.subject, s.day_count) for s in spikes] == [(DAY_3, "label of issue_1", 2)]
    assert spikes[0].quotes == ("it closes whenever I open my basket",)
    assert [c["verdict"] for c in spikes[0].candidates] == ["not_supported"]


def test_days_and_product_narrow_what_rose(marts_home: Path) -> None:
    assert [s.event_date for s in top_spikes(file_of(marts_home), DayRange(DAY_1, DAY_2))] == [DAY_2]
    assert top_spikes(file_of(marts_home), DayRange(DAY_1, DAY_3), "other") == []


def test_every_mart_is_counted(marts_home: Path) -> None:
    rows = mart_rows(file_of(marts_home))
    assert list(rows) == [table.name for table in marts()]
    assert rows["mart_issue"] == 2


def test_print_tells_the_verdict_on_each_candidate(marts_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(file_of(marts_home), DayRange(DAY_1, DAY_3))
    said = capsys.readouterr().out
    assert "9 records complained where 3.0 were to be expected (3.0 times as many, alerted on 2 days)" in said
    assert "not supported: Version 2.0 was released the same day" in said
    assert "1  label of issue_1" in said


def test_a_calm_range_is_called_calm(marts_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(file_of(marts_home), DayRange(DAY_1, DAY_1))
    assert "Nothing rose" in capsys.readouterr().out
