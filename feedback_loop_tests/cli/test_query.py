"""`query`: rows of the marts as a table or as JSON, and nothing but reading."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from feedback_loop.cli.query import ROWS_SHOWN
from feedback_loop.contracts.tables import marts
from feedback_loop.workflows.mart_questions import mart_questions
from feedback_loop_tests.cli.conftest import Call


@pytest.mark.usefixtures("marts_home")
def test_json_holds_days_nulls_lists_and_numbers(call: Call) -> None:
    sql = "select date '2024-03-01' as day, null as nothing, [1, 2] as list, 'nan'::double as nan, 1.5::decimal(4,1) as price, sum(1) as n"
    assert json.loads(call("query", sql, "--json").out) == [
        {"day": "2024-03-01", "nothing": None, "list": [1, 2], "nan": None, "price": 1.5, "n": 1}
    ]


@pytest.mark.usefixtures("marts_home")
def test_a_table_shows_columns_rows_and_nulls(call: Call) -> None:
    outcome = call("query", "select issue_id, issue_class, null as nothing from mart_issue order by issue_id")
    lines = [line.split() for line in outcome.out.splitlines() if line.strip()]
    assert lines[0] == ["issue_id", "issue_class", "nothing"]
    assert lines[2:] == [["issue_1", "crash", "–"], ["issue_2", "billing", "–"]]


@pytest.mark.usefixtures("marts_home")
def test_rows_too_wide_for_a_table_are_printed_one_below_the_other(call: Call) -> None:
    outcome = call("query", f"select 'a' as first, '{'word ' * 60}' as second")
    assert "── row 1" in outcome.out
    assert "second  word word" in outcome.out


@pytest.mark.usefixtures("marts_home")
@pytest.mark.parametrize(("arguments", "count"), [((), ROWS_SHOWN), (("--limit", "3"), 3)])
def test_rows_beyond_the_limit_are_left_out_and_told(call: Call, arguments: tuple[str, ...], count: int) -> None:
    outcome = call("query", "select * from range(500)", *arguments)
    assert len([line for line in outcome.out.splitlines() if line.strip().isdigit()]) == count
    assert outcome.err == f"note: only the first {count} rows are shown; --limit N shows more.\n"


@pytest.mark.usefixtures("marts_home")
def test_json_without_a_limit_is_whole(call: Call) -> None:
    outcome = call("query", "select * from range(500)", "--json")
    assert (len(json.loads(outcome.out)), outcome.err) == (500, "")


@pytest.mark.usefixtures("marts_home")
@pytest.mark.parametrize("sql", ["drop table mart_issue", "select * from nowhere", "select 1; select 2", "selec"])
def test_anything_but_one_readable_select_is_bad_input(call: Call, sql: str) -> None:
    outcome = call("query", sql)
    assert outcome.code == 2
    assert outcome.error


@pytest.mark.usefixtures("marts_home")
def test_markup_and_escapes_of_customers_do_nothing(call: Call) -> None:
    outcome = call("query", "select '[bold red]words[/]' || chr(27) || '[31m' as text")
    assert "[bold red]words[/]\ufffd[31m" in outcome.out


def test_without_marts_the_line_says_how_to_get_them(call: Call, home: Path) -> None:
    outcome = call("query", "select 1")
    assert outcome.code == 1
    assert "feedback-loop run" in outcome.error
    assert not home.exists()


def test_examples_tell_each_mart_with_questions_and_a_command_to_paste(call: Call) -> None:
    outcome = call("query", "--examples")
    assert [line.split(":")[0] for line in outcome.out.splitlines() if line.startswith("mart_")] == [table.name for table in marts()]
    shown = [line.strip() for line in outcome.out.splitlines() if "feedback-loop query" in line]
    assert [shlex.split(line)[2] for line in shown] == [one.sql for asked in mart_questions().values() for one in asked]


def test_examples_of_one_mart_are_data_as_well(call: Call) -> None:
    told = json.loads(call("query", "--examples", "mart_triage", "--json").out)
    assert {row["mart"] for row in told} == {"mart_triage"}
    assert [row["sql"] for row in told] == [one.sql for one in mart_questions()["mart_triage"]]


def test_examples_of_what_is_no_mart_name_the_marts(call: Call) -> None:
    outcome = call("query", "--examples", "gold_issue")
    assert outcome.code == 2
    assert "mart_issue" in outcome.error


def test_without_a_query_the_line_names_the_examples(call: Call) -> None:
    outcome = call("query")
    assert outcome.code == 2
    assert "--examples" in outcome.error
