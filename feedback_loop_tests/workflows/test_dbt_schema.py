"""The schema files of the dbt project say what the contracts say."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER
from feedback_loop.adapters.dbt_delta_views import SOURCE_SCHEMA
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.tables import TABLES, dbt_sources, marts
from feedback_loop.workflows.dbt_schema import REGENERATE, described, drifted_files, generated_files, regenerate, sql_type
from feedback_loop.workflows.exposures import exposures
from feedback_loop.workflows.mart_questions import mart_questions


def generated(name: str) -> dict[str, Any]:
    document = yaml.safe_load(generated_files()[name])
    assert isinstance(document, dict)
    return document


def models() -> dict[str, dict[str, Any]]:
    return {model["name"]: model for model in generated("models/marts/schema.yml")["models"]}


def test_the_committed_files_follow_from_the_contracts() -> None:
    drifted = drifted_files(PROJECT_FOLDER)
    assert drifted == [], f"{', '.join(drifted)} differ from the contracts. Run `{REGENERATE}` and commit."


def test_an_edited_or_missing_file_counts_as_drift_until_it_is_regenerated(tmp_path: Path) -> None:
    project = Path(shutil.copytree(PROJECT_FOLDER, tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs")))
    marts_file, sources_file = project / "models/marts/schema.yml", project / "models/staging/sources.yml"
    marts_file.write_text(marts_file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    sources_file.unlink()
    assert drifted_files(project) == ["models/marts/schema.yml", "models/staging/sources.yml"]
    assert regenerate(project) == ["models/marts/schema.yml", "models/staging/sources.yml"]
    assert drifted_files(project) == []
    assert regenerate(project) == []


def test_every_mart_has_its_columns_in_order_with_type_and_description() -> None:
    assert list(models()) == [table.name for table in marts()]
    for table in marts():
        columns = models()[table.name]["columns"]
        assert [(c["name"], c["data_type"]) for c in columns] == [(f.name, sql_type(f.dtype)) for f in table.fields]
        assert all(c["description"].startswith(FIELDS[c["name"]].meaning) for c in columns)


def test_every_mart_tells_its_questions_and_every_reader_is_an_exposure() -> None:
    told = {name: model["config"]["meta"]["example_questions"] for name, model in models().items()}
    assert told == {name: [one.model_dump() for one in asked] for name, asked in mart_questions().items()}
    assert [one["name"] for one in generated("models/marts/exposures.yml")["exposures"]] == [one.name for one in exposures()]


def test_every_mart_is_tested_for_its_key_its_nulls_and_its_vocabularies() -> None:
    for table in marts():
        tests = {name: body["arguments"] for test in models()[table.name]["data_tests"] for name, body in test.items()}
        assert tests["unique_together"]["columns"] == list(table.key)
        assert tests["never_null"]["columns"] == [f.name for f in table.fields if not f.is_nullable]
        for field, column in zip(table.fields, models()[table.name]["columns"], strict=True):
            values = [test["accepted_values"]["arguments"]["values"] for test in column.get("data_tests", [])]
            assert values == ([] if field.vocabulary is None else [[str(word) for word in field.vocabulary]])


def test_the_sources_are_the_tables_that_the_views_show_under_their_own_asset_key() -> None:
    (source,) = generated("models/staging/sources.yml")["sources"]
    assert source["schema"] == SOURCE_SCHEMA
    assert [table["name"] for table in source["tables"]] == [table.name for table in dbt_sources()]
    assert [t["config"]["meta"]["dagster"]["asset_key"] for t in source["tables"]] == [[t["name"]] for t in source["tables"]]
    assert not [t["name"] for t in source["tables"] if t["name"].startswith("bronze_")]


def test_every_column_of_every_table_has_a_type_in_sql() -> None:
    assert all(sql_type(field.dtype) for table in TABLES.values() for field in table.fields)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (pa.string(), "varchar"),
        (pa.timestamp("us", tz="UTC"), "timestamp with time zone"),
        (pa.list_(pa.string()), "varchar[]"),
        (pa.list_(pa.struct([("a", pa.int64()), ("b", pa.list_(pa.bool_()))])), "struct(a bigint, b boolean[])[]"),
    ],
)
def test_a_type_is_named_as_duckdb_names_it(dtype: pa.DataType, expected: str) -> None:
    assert sql_type(dtype) == expected


def test_a_description_tells_unit_null_and_how_personal_it_is() -> None:
    assert described(FIELDS["rating"]) == "stars given, 1 worst to 5 best; unit: stars; null: no rating was given"
    assert described(FIELDS["quotes"]).endswith("personal data: masked")
    assert described(FIELDS["alert_id"]) == "one alert about one subject on one day"
