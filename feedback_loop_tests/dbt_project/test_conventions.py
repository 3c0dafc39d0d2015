"""The SQL of the project keeps to its conventions: one model per contract, readable shape, no raw text, nothing that only DuckDB knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER
from feedback_loop.config import Settings
from feedback_loop.contracts.loop_vocab import MENDING
from feedback_loop.contracts.tables import marts

MODELS = sorted((PROJECT_FOLDER / "models").rglob("*.sql"))
ALL_SQL = [*MODELS, *sorted((PROJECT_FOLDER / "tests").glob("*.sql"))]
DOES_NOT_TRAVEL = {
    "QUALIFY": r"\bqualify\b",
    "EXCLUDE": r"\bexclude\b",
    "an ASOF join": r"\basof\b",
    "quantile_cont": r"\bquantile_cont\b",
    "hash()": r"\bhash\(",
    "list indexing": r"\w\[\d",
    "unnest outside of a macro": r"\bunnest\(",
    "a :: cast": r"::",
}


def code_of(file: Path) -> str:
    return re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8"))


def test_every_mart_of_the_contracts_has_its_model_and_no_other_exists() -> None:
    assert {file.stem for file in MODELS if file.parent.name == "marts"} == {table.name for table in marts()}


def test_every_mart_has_a_unit_test() -> None:
    written = yaml.safe_load((PROJECT_FOLDER / "models/marts/unit_tests.yml").read_text(encoding="utf-8"))["unit_tests"]
    assert {test["model"] for test in written} == {table.name for table in marts()}


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_a_model_imports_first_and_ends_with_final(file: Path) -> None:
    code = code_of(file).strip()
    assert code.startswith("with ")
    assert code.endswith("select * from final")
    assert not re.search(r"\{\{ (ref|source)\(", code.split("final as (")[1])


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_only_staging_reads_sources_and_no_model_reads_bronze(file: Path) -> None:
    code = code_of(file)
    assert ("source(" in code) == (file.parent.name == "staging")
    assert "bronze" not in code


@pytest.mark.parametrize("file", ALL_SQL, ids=lambda file: file.stem)
def test_the_sql_travels_to_other_engines(file: Path) -> None:
    found = [what for what, pattern in DOES_NOT_TRAVEL.items() if re.search(pattern, code_of(file), re.IGNORECASE)]
    assert found == [], f"{file.name} uses {', '.join(found)}: wrap it in macros/dialect.sql"


def test_the_words_of_the_macros_are_those_of_the_contracts() -> None:
    text = (PROJECT_FOLDER / "macros" / "vocabulary.sql").read_text(encoding="utf-8")
    (said,) = re.findall(r"mending_kinds\(\) %\}(.*?)\{%", text)
    assert [word.strip().strip("'") for word in said.split(",")] == [str(kind) for kind in MENDING]


def test_the_profile_builds_where_the_settings_say() -> None:
    profile = yaml.safe_load((PROJECT_FOLDER / "profiles.yml").read_text(encoding="utf-8"))
    path = profile["feedback_loop"]["outputs"]["duckdb"]["path"].replace("{{ env_var('FEEDBACK_LOOP_HOME') }}", "home")
    assert Path(path) == Settings(home=Path("home")).build_file
