"""The schema files of the dbt project, generated from the contracts: descriptions, types, and the data tests that follow from a contract.

The questions of a mart come from `mart_questions`, the exposures from the readers in `exposures`. Tests that relate tables to each
other, unit tests and everything about stg_* and int_* are written by hand in `dbt_project/`.
Never edit a generated file: change `contracts/`, or those two, and run `python -m feedback_loop.workflows.dbt_schema`; a test compares.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from feedback_loop.contracts.fields import Field
from feedback_loop.contracts.tables import Table, dbt_sources, marts
from feedback_loop.workflows.exposures import Exposure, exposures
from feedback_loop.workflows.mart_questions import mart_questions

REGENERATE = "python -m feedback_loop.workflows.dbt_schema"
PROJECT_FOLDER = Path("dbt_project")
SOURCE_NAME = "lake"

_HEADER = f"# Generated from feedback_loop; do not edit. To renew it: {REGENERATE}\n"
_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.float64(): "double",
    pa.float32(): "float",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.binary(): "blob",
    pa.timestamp("us", tz="UTC"): "timestamp with time zone",
}


def generated_files() -> dict[str, str]:
    """Text by path within the dbt project, for every generated file."""
    return {
        "models/staging/sources.yml": _as_text({"version": 2, "sources": [_source()]}),
        "models/marts/schema.yml": _as_text({"version": 2, "models": [_mart(table) for table in marts()]}),
        "models/marts/exposures.yml": _as_text({"version": 2, "exposures": [_exposure(exposure) for exposure in exposures()]}),
    }


def drifted_files(project_folder: Path) -> list[str]:
    """The generated files that are missing or differ from what the contracts say, ascending."""
    return sorted(name for name, text in generated_files().items() if _present_text(project_folder / name) != text)


def regenerate(project_folder: Path) -> list[str]:
    """The files that were written because they differed."""
    drifted = drifted_files(project_folder)
    for name in drifted:
        (project_folder / name).write_text(generated_files()[name], encoding="utf-8")
    return drifted


def sql_type(dtype: pa.DataType) -> str:
    """The type's name in DuckDB's SQL."""
    if pa.types.is_list(dtype):
        return f"{sql_type(dtype.value_type)}[]"
    if pa.types.is_struct(dtype):
        return "struct(" + ", ".join(f"{part.name} {sql_type(part.type)}" for part in dtype) + ")"
    return _SQL_TYPES[dtype]


def described(field: Field) -> str:
    """The column's meaning in one line: unit, what a null means and how personal it is included."""
    parts = [field.meaning]
    if field.unit:
        parts.append(f"unit: {field.unit}")
    if field.null_means:
        parts.append(f"null: {field.null_means}")
    if field.personal != "none":
        parts.append(f"personal data: {field.personal}")
    return "; ".join(parts)


def _source() -> dict[str, Any]:
    return {
        "name": SOURCE_NAME,
        "schema": SOURCE_NAME,
        "description": "The Delta tables that Python writes, as views over the files of their present snapshot; bronze is not among them.",
        "tables": [_source_table(table) for table in dbt_sources()],
    }


def _source_table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": f"One row: {table.grain}.",
        "config": {"meta": {"dagster": {"asset_key": [table.name]}}},
        "columns": [{"name": field.name, "description": described(field)} for field in table.fields],
    }


def _mart(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": f"One row: {table.grain}. It answers: {table.question}",
        "config": {"meta": {"example_questions": [one.model_dump() for one in mart_questions()[table.name]]}},
        "data_tests": _table_tests(table),
        "columns": [_mart_column(table, field) for field in table.fields],
    }


def _table_tests(table: Table) -> list[dict[str, Any]]:
    required = [field.name for field in table.fields if not field.is_nullable]
    return [
        {"unique_together": {"name": f"{table.name}_key_is_unique", "arguments": {"columns": list(table.key)}}},
        {"never_null": {"name": f"{table.name}_has_no_null_where_none_is_allowed", "arguments": {"columns": required}}},
    ]


def _mart_column(table: Table, field: Field) -> dict[str, Any]:
    column: dict[str, Any] = {"name": field.name, "description": described(field), "data_type": sql_type(field.dtype)}
    if field.vocabulary is not None:
        words = [str(word) for word in field.vocabulary]
        name = f"{table.name}_{field.name}_is_in_its_vocabulary"
        column["data_tests"] = [{"accepted_values": {"name": name, "arguments": {"values": words}}}]
    return column


def _exposure(exposure: Exposure) -> dict[str, Any]:
    return {
        "name": exposure.name,
        "type": exposure.kind,
        "description": exposure.says,
        "owner": {"name": exposure.audience},
        "depends_on": [f"ref('{name}')" for name in exposure.reads],
    }


def _as_text(document: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=130)


def _present_text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    regenerate(PROJECT_FOLDER)
