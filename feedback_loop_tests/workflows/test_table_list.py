"""The README lists the tables as the contracts have them."""

from pathlib import Path

import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.table_list import BEGIN, END, REGENERATE, table_list, with_table_list

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_lists_the_tables_of_the_contracts() -> None:
    readme = README.read_text(encoding="utf-8")
    assert with_table_list(readme) == readme, f"the README's tables differ from contracts/tables.py; run `{REGENERATE}`"


def test_the_list_names_every_table_once() -> None:
    assert [table_list().count(f"| `{name}` |") for name in TABLES] == [1] * len(TABLES)


def test_what_stands_around_the_list_is_kept() -> None:
    assert with_table_list(f"before {BEGIN} old {END} after").startswith("before ")
    assert with_table_list(f"before {BEGIN} old {END} after").endswith(" after")


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        with_table_list("no list here")
