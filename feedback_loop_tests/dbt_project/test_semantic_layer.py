"""The semantic layer agrees with the marts: every metric by two routes, every dimension a column of a contract, every name described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER, build
from feedback_loop.adapters.marts import QueryResult, publish, query
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import NothingLanded, QueryRefused
from feedback_loop_tests.benchmarks.metric_query import MetricQuestion, answer, known_metrics, main, manifest_of, sql_of
from feedback_loop_tests.dbt_project.decided_frames import decided_frames
from feedback_loop_tests.dbt_project.made_up_home import write_home
from feedback_loop_tests.dbt_project.two_routes import ROUTES

SEMANTIC = PROJECT_FOLDER / "models" / "semantic"
UNITS = ("_count", "_share", "_minutes", "_usd", "figure_hits", "figure_cases")


def written(file: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((SEMANTIC / file).read_text(encoding="utf-8"))[key]
    return found


MODELS = written("semantic_models.yml", "semantic_models")
METRICS = written("metrics.yml", "metrics")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = write_home(tmp_path_factory.mktemp("home"), decided_frames())
    build(home, ("run",))
    publish(home.build_file, home.marts_file)
    return home


Rows = dict[tuple[object, ...], tuple[float, ...]]


def by_key(found: QueryResult, metrics: tuple[str, ...]) -> Rows:
    """The figures by what they are told of; a row in which nothing happened says what no row says."""
    keys = [name for name in sorted(found.columns) if name not in metrics]
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    told = {tuple(_plain(row[key]) for key in keys): tuple(float(row[name] or 0) for name in metrics) for row in rows}
    return {key: figures for key, figures in told.items() if any(figures)}


def agree(found: Rows, expected: Rows) -> bool:
    return found.keys() == expected.keys() and all(found[key] == pytest.approx(expected[key]) for key in expected)


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


@pytest.mark.parametrize("name", ROUTES)
def test_a_metric_is_the_same_by_two_routes(settings: Settings, name: str) -> None:
    asked, sql = ROUTES[name]
    found = by_key(answer(asked, settings), asked.metrics)
    expected = by_key(query(sql, settings.marts_file), asked.metrics)
    assert agree(found, expected), f"{name}: {sorted(set(found.items()) ^ set(expected.items()), key=str)[:6]}"
    assert all(any(figures[n] for figures in expected.values()) for n in range(len(asked.metrics))), "zero is equal to anything forgotten"


def test_every_metric_has_a_second_route() -> None:
    assert {metric["name"] for metric in METRICS} == {name for route in ROUTES.values() for name in route.asked.metrics}


SPOILT = {
    "complaints by every dimension equal the daily counts of issues": "update mart_complaint set region = 'elsewhere'",
    "customers and cost by class equal the ledger, which has the last day of each issue": "update mart_issue_day set customer_count = 1",
    "kept triages are the weekly figure": "update mart_sla_stage set done_at = done_at + interval 7 day",
    "false automation over all weeks equals the fixes without a person": "update mart_metric set metric_numerator = metric_denominator",
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_mart_that_says_something_else_is_noticed(settings: Settings, tmp_path: Path, name: str) -> None:
    file = tmp_path / "marts.duckdb"
    file.write_bytes(settings.marts_file.read_bytes())
    with duckdb.connect(str(file)) as connection:
        connection.execute(SPOILT[name])
    asked, sql = ROUTES[name]
    found = by_key(query(sql_of(asked, manifest_of(settings)), file), asked.metrics)
    assert not agree(found, by_key(query(sql, file), asked.metrics))


def parts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for model in MODELS:
        mart = model["model"].removeprefix("ref('").removesuffix("')")
        yield from ((mart, kind, part) for kind in ("dimensions", "entities") for part in model.get(kind, ()))


@pytest.mark.parametrize(("mart", "kind", "part"), list(parts()), ids=lambda value: value["name"] if isinstance(value, dict) else value)
def test_a_dimension_is_a_column_of_its_contract_or_says_what_it_is(mart: str, kind: str, part: dict[str, Any]) -> None:
    if kind == "dimensions" and "expr" not in part:
        assert part["name"] in TABLES[mart].columns
        assert "description" not in part, "the contract describes it"
    else:
        assert part["description"]
        assert kind == "dimensions" or part["expr"] in TABLES[mart].columns


def test_metrics_are_described_and_named_with_their_unit_and_only_masked_text_is_asked_by() -> None:
    assert [metric["name"] for metric in METRICS if not metric["description"] or not metric["name"].endswith(UNITS)] == []
    fields = {(table.name, field.name): field for table in TABLES.values() for field in table.fields}
    asked = [(mart, part["name"]) for mart, kind, part in parts() if kind == "dimensions" and "expr" not in part]
    assert [name for name in asked if fields[name].personal not in ("none", "masked")] == []


def test_the_time_spine_has_every_day_once(settings: Settings) -> None:
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        days = [day for (day,) in connection.execute("select event_date from int_day order by 1").fetchall()]
        told = connection.execute("select event_date from mart_complaint union select event_date from mart_metric").fetchall()
    assert days == [date.fromordinal(n) for n in range(days[0].toordinal(), days[-1].toordinal() + 1)]
    assert {day for (day,) in told} <= set(days)


def test_the_command_lists_asks_and_shows_its_sql(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_HOME", str(settings.home))
    monkeypatch.setenv("COLUMNS", "300")
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert [name for name, _, _ in known_metrics(manifest_of(settings)) if name not in listed] == []
    asked = ["alert_count", "--by", "alert__alerted_class", "--order=-alert_count", "--limit", "1"]
    assert main(asked) == 0
    assert "alert_count" in capsys.readouterr().out
    assert main([*asked, "--sql"]) == 0
    assert len(query(capsys.readouterr().out, settings.marts_file).rows) == 1


def test_what_is_unknown_is_refused_in_one_line(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(QueryRefused, match="closed_share") as refused:
        answer(MetricQuestion(("closed",)), settings)
    assert "\n" not in str(refused.value)
    with pytest.raises(NothingLanded, match="no metrics yet"):
        answer(MetricQuestion(("closed_share",)), Settings(home=tmp_path))
