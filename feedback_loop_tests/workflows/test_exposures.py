"""An exposure names every mart that its reader's queries read, and every file of the package with such a query has a reader."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
import yaml

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER
from feedback_loop.contracts.tables import marts
from feedback_loop.workflows.exposures import Exposure, exposures, marts_read
from feedback_loop.workflows.report_plan import PLACEHOLDERS, REPORTS, filled, report_plan

PACKAGE = Path(str(files("feedback_loop")))
COMMITTED = {
    one["name"]: one for one in yaml.safe_load((PROJECT_FOLDER / "models/marts/exposures.yml").read_text(encoding="utf-8"))["exposures"]
}


def depends_on(name: str) -> set[str]:
    return {re.fullmatch(r"ref\('(\w+)'\)", ref)[1] for ref in COMMITTED[name]["depends_on"]}  # type: ignore[index]


@pytest.mark.parametrize("report_id", REPORTS)
def test_the_exposure_of_a_report_names_every_table_that_duckdb_finds_in_its_queries(report_id: str) -> None:
    nothing = dict.fromkeys(PLACEHOLDERS)
    queries = [filled(figure.query, nothing) for figure in report_plan(report_id).figures]
    with duckdb.connect() as connection:
        read = {name for query in queries for name in connection.get_table_names(query)}
    assert read <= depends_on(f"report_{report_id.replace('-', '_')}")
    assert read <= {table.name for table in marts()}


@pytest.mark.parametrize("exposure", exposures(), ids=lambda exposure: exposure.name)
def test_the_committed_exposure_names_what_its_files_read_now(exposure: Exposure) -> None:
    assert depends_on(exposure.name) == set(exposure.reads)
    assert exposure.reads


def test_every_file_with_a_query_of_a_mart_belongs_to_a_reader() -> None:
    readers = {source for exposure in exposures() for source in exposure.sources}
    texts = {
        file.relative_to(PACKAGE).as_posix(): file.read_text("utf-8") for pattern in ("*.py", "*.yaml") for file in PACKAGE.rglob(pattern)
    }
    # The help of `query` shows a query that nobody runs but the reader of the help.
    reading = {place for place, text in texts.items() if marts_read(text)} - {"cli/query.py"}
    assert sorted(reading - readers) == [], "name the file in workflows/exposures.py and renew the exposures"


def test_every_mart_has_a_reader() -> None:
    assert {name for exposure in exposures() for name in exposure.reads} == {table.name for table in marts()}


def test_a_mart_counts_as_read_where_it_stands_after_from_or_join_alone() -> None:
    text = "select mart_roi from mart_issue left join\n mart_alert using (issue_id) -- see mart_cause"
    assert marts_read(text) == {"mart_issue", "mart_alert"}
