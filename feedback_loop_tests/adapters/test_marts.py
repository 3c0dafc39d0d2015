"""Publishing never disturbs a reader, and a query can do nothing but read the marts."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from feedback_loop.adapters.marts import QueryResult, open_marts, publish, query
from feedback_loop.contracts.tables import TABLES, marts
from feedback_loop.errors import NothingLanded, QueryRefused
from feedback_loop_tests.adapters.built_marts import build_file_of, complaint_row, ledger_row
from feedback_loop_tests.dbt_project.made_up_home import frame_of

SECRET_WORDS = "my dog ate the parcel"

READER = """
import sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for _ in sys.stdin:
        print(connection.execute("select string_agg(issue_id, ',' order by issue_id) from mart_issue").fetchone()[0], flush=True)
"""


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    rows = {"mart_issue": [ledger_row("i2"), ledger_row("i1")], "mart_complaint": [complaint_row("f1", "i1", SECRET_WORDS)]}
    publish(build_file_of(folder / "build", rows), folder / "marts.duckdb")
    return folder / "marts.duckdb"


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(published_once, tmp_path / "marts.duckdb"))


def republish(marts_file: Path, *issue_ids: str) -> dict[str, int]:
    return publish(build_file_of(marts_file.parent / "build", {"mart_issue": [ledger_row(i) for i in issue_ids]}), marts_file)


def issue_ids(marts_file: Path) -> list[str]:
    return [row[0] for row in query("select issue_id from mart_issue order by 1", marts_file).rows]


def test_publish_copies_the_marts_and_nothing_else(published: Path) -> None:
    names = [row[0] for row in query("select table_name from duckdb_tables() where database_name = 'marts'", published).rows]
    assert sorted(names) == sorted(t.name for t in marts())
    assert query("select count(*) from duckdb_views() where database_name = 'marts' and not internal", published).rows == [(0,)]


def test_published_types_equal_those_of_the_build(published: Path) -> None:
    for table in marts():
        with open_marts(published) as connection:
            found = connection.sql(f"select * from {table.name}").to_arrow_table().schema
        assert found.names == list(table.columns)
        assert found.types == frame_of(table, []).to_arrow().cast(table.schema).schema.types


def test_published_rows_come_in_the_order_of_their_key(published: Path) -> None:
    assert query("select issue_id from mart_issue", published).rows == [("i1",), ("i2",)]


def test_published_columns_carry_their_meaning(published: Path) -> None:
    rows = query("select column_name, comment from duckdb_columns() where table_name = 'mart_alert'", published).rows
    assert dict(rows) == {field.name: field.meaning for field in TABLES["mart_alert"].fields}


def test_publish_reports_the_rows_of_each_mart(published: Path) -> None:
    assert republish(published, "i7", "i8", "i9") == {t.name: 3 if t.name == "mart_issue" else 0 for t in marts()}


def test_a_reading_process_keeps_its_file_and_the_next_open_sees_the_new_one(published: Path) -> None:
    command = [sys.executable, "-c", READER, str(published)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "i1,i2\n"
        republish(published, "i3")
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "i1,i2\n"
        assert issue_ids(published) == ["i3"]
        reader.stdin.close()


def test_a_connection_of_the_same_process_keeps_its_file_and_the_next_sees_the_new_one(published: Path) -> None:
    with open_marts(published) as earlier:
        republish(published, "i3")
        assert earlier.execute("select count(*) from mart_issue").fetchone() == (2,)
        assert issue_ids(published) == ["i3"]


def test_a_draft_left_by_a_crash_is_replaced_and_removed(published: Path) -> None:
    for name in (".marts.duckdb.draft", ".marts.duckdb.draft.wal"):
        published.with_name(name).write_bytes(b"half a file")
    republish(published, "i3")
    assert issue_ids(published) == ["i3"]
    assert [f.name for f in published.parent.glob(".marts.duckdb.draft*")] == []


def test_the_published_file_stays_where_the_build_lacks_a_mart(published: Path) -> None:
    before = published.read_bytes()
    with pytest.raises(NothingLanded, match="mart_alert not built"):
        publish(build_file_of(published.parent / "build", {}, leave_out="mart_alert"), published)
    assert published.read_bytes() == before
    assert [f.name for f in published.parent.glob(".marts.duckdb.draft*")] == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 400], ids=["empty", "other bytes"])
def test_a_damaged_file_is_named_with_what_makes_it_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "marts.duckdb").write_bytes(content)
    with pytest.raises(NothingLanded, match="is damaged"):
        query("select 1", tmp_path / "marts.duckdb")


def test_publish_refuses_where_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(NothingLanded, match="not built"):
        publish(tmp_path / "build" / "none.duckdb", tmp_path / "marts.duckdb")
    assert not (tmp_path / "marts.duckdb").exists()


def test_publishers_at_once_wait_for_each_other(published: Path) -> None:
    build_file = build_file_of(published.parent / "build", {"mart_issue": [ledger_row("i5")]})
    threads = [threading.Thread(target=publish, args=(build_file, published)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert issue_ids(published) == ["i5"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n from mart_issue",
        "select count(*) as n from mart_issue;",
        "with issues as (from mart_issue) select count(*) as n from issues -- note",
        "(select count(*) as n from mart_issue)",
    ],
)
def test_a_select_returns_columns_and_rows(published: Path, sql: str) -> None:
    assert query(sql, published) == QueryResult(("n",), [(2,)], False)


def test_describe_and_summarize_are_read_too(published: Path) -> None:
    assert [row[0] for row in query("describe mart_alert", published).rows] == list(TABLES["mart_alert"].columns)
    assert len(query("summarize mart_alert", published).rows) == len(TABLES["mart_alert"].columns)


def test_a_limit_cuts_rows_off_and_says_so(published: Path) -> None:
    sql = "select issue_id from mart_issue order by 1"
    assert query(sql, published, limit=1) == QueryResult(("issue_id",), [("i1",)], True)
    assert query(sql, published, limit=2) == QueryResult(("issue_id",), [("i1",), ("i2",)], False)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("", "0 statements"),
        ("-- nothing", "0 statements"),
        ("select 1; select 2", "2 statements"),
        ("select 1; drop table mart_issue", "2 statements"),
        ("insert into mart_issue select * from mart_issue", "INSERT is not allowed"),
        ("update mart_issue set product = 'x'", "UPDATE is not allowed"),
        ("delete from mart_issue", "DELETE is not allowed"),
        ("create table t as select 1", "CREATE is not allowed"),
        ("create temp table t as select 1", "CREATE is not allowed"),
        ("drop table mart_issue", "DROP is not allowed"),
        ("copy mart_issue to 'out.csv'", "COPY is not allowed"),
        ("copy (select 1) to 'out.csv'", "COPY is not allowed"),
        ("export database 'out'", "EXPORT is not allowed"),
        ("attach 'other.duckdb'", "ATTACH is not allowed"),
        ("detach marts", "DETACH is not allowed"),
        ("install httpfs", "LOAD is not allowed"),
        ("load httpfs", "LOAD is not allowed"),
        ("pragma database_list", "PRAGMA is not allowed"),
        ("set memory_limit = '100GB'", "SET is not allowed"),
        ("reset memory_limit", "is not allowed"),
        ("call pragma_version()", "CALL is not allowed"),
        ("explain analyze copy (select 1) to 'out.csv'", "EXPLAIN is not allowed"),
        ("vacuum", "VACUUM is not allowed"),
        ("begin transaction", "TRANSACTION is not allowed"),
        ("prepare p as select 1", "PREPARE is not allowed"),
        ("with x as (insert into mart_issue select * from mart_issue returning *) select * from x", "Invalid Input Error"),
    ],
)
def test_anything_but_one_select_is_refused(published: Path, sql: str, why: str) -> None:
    before = published.read_bytes()
    with pytest.raises(QueryRefused, match=why):
        query(sql, published)
    assert published.read_bytes() == before


@pytest.mark.parametrize(
    "source",
    ["read_text('{file}')", "read_csv('{file}')", "read_blob('{file}')", "glob('{folder}/*')", "sniff_csv('{file}')", "'{file}'"],
)
def test_no_file_can_be_read(published: Path, source: str) -> None:
    secret = published.with_name("secret.csv")
    secret.write_text("a,b\nopen,sesame\n", encoding="utf-8")
    with pytest.raises(QueryRefused) as refusal:
        query("select * from " + source.format(file=secret, folder=published.parent), published)
    assert "sesame" not in str(refusal.value)


def test_no_other_database_can_be_read(published: Path) -> None:
    other = published.with_name("other.duckdb")
    with duckdb.connect(str(other)) as connection:
        connection.execute("create table t as select 42 as a")
    with pytest.raises(QueryRefused):
        query(f"from read_duckdb('{other}', table_name = 't')", published)


def test_no_python_object_can_be_read(published: Path) -> None:
    in_reach = frame_of(TABLES["mart_issue"], [ledger_row("stolen")])
    assert in_reach.height == 1
    with pytest.raises(QueryRefused, match="in_reach does not exist"):
        query("select * from in_reach", published)


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("select nope from mart_issue", 'Binder Error: Referenced column "nope" not found in FROM clause. Candidate bindings:'),
        ("select * from mart_isue", 'Catalog Error: Table with name mart_isue does not exist. Did you mean "mart_issue"'),
        ("selec 1", "Parser Error"),
    ],
)
def test_an_error_is_one_line_that_names_the_cause(published: Path, sql: str, line: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        query(sql, published)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "sql", ["select cast(masked_text as integer) from mart_complaint", "select error(masked_text) from mart_complaint"]
)
def test_an_error_that_arises_from_a_row_quotes_no_customer(published: Path, sql: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        query(sql, published)
    assert "dog" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_a_query_that_runs_too_long_is_stopped(published: Path) -> None:
    started = time.monotonic()
    with pytest.raises(QueryRefused, match="too long"):
        query("select count(*) from range(100000000) a, range(100000000) b", published, timeout_seconds=0.2)
    assert time.monotonic() - started < 20


def test_a_query_that_needs_too_much_memory_is_refused(published: Path) -> None:
    with pytest.raises(QueryRefused, match="memory"):
        query("select list(repeat('x', 10000000)) from range(200)", published)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(NothingLanded, match="Run `feedback-loop run"):
        query("select 1", tmp_path / "marts.duckdb")
