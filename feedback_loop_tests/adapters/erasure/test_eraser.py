"""Every store of a home forgets: each held the customer before, none does afterwards, and the rows of others are as they were."""

from __future__ import annotations

import fnmatch
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.marts import query
from feedback_loop.analysis.prompts.evidence import evidence_question
from feedback_loop.contracts.tables import TABLES, python_tables
from feedback_loop.errors import TableLogMissing
from feedback_loop.workflows.audit import verified
from feedback_loop.workflows.erase import carry_out, plan_customers, rehearse
from feedback_loop_tests.adapters.erasure.conftest import Story
from feedback_loop_tests.adapters.erasure.planted import ERASED_AT, MINE, STRINGS, TEXTS, THEIRS, PlantedHome
from feedback_loop_tests.traces import files_with

PERSONAL = [
    "bronze_feedback_record", "bronze_quarantine", "bronze_context_statement", "context_customer", "context_business_event",
    "silver_message", "silver_fragment", "analysis_evidence", "gold_issue", "remediation_message",
]  # fmt: skip
STORES = [
    *(f"tables/{name}/*/*.parquet" for name in PERSONAL),
    *(f"tables/{name}/_delta_log/*.json" for name in PERSONAL if name not in ("gold_issue", "bronze_quarantine")),
    "tables/silver_fragment/part-of-a-killed-write.parquet",
    "state/state.sqlite*",
    "marts.duckdb",
    "build/marts.duckdb",
    "build/dbt/dbt.log",
    "inbox/records/waiting.csv",
    "inbox/.landed/records/landed.jsonl",
    "inbox/.landed/records/landed.parquet",
    "inbox/.landed/records/.landed.jsonl.draft",
    "simulated/x/truth/only_mine.csv",
    "demo/truth/message.jsonl",
    "report.md",
    "export.json",
]
SCRUBBED = [
    "member_fragment_ids",
    "day_fragment_ids",
    "sample_fragment_ids",
    "quote_fragment_ids",
    "quotes",
    "cluster_label",
    "issue_label",
]


def sums(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.mark.parametrize("store", STORES)
def test_a_store_that_held_the_customer_holds_nothing_of_them_afterwards(erased: Story, store: str) -> None:
    assert fnmatch.filter(erased.held, store), f"nothing was planted in {store}: {erased.held}"
    assert fnmatch.filter(files_with(erased.home.folder, STRINGS, [MINE]), store) == []


def test_no_file_of_the_home_holds_the_customer_afterwards(erased: Story) -> None:
    assert files_with(erased.home.folder, STRINGS, [MINE]) == []
    assert erased.certificate.search is not None
    assert erased.certificate.search.traces == ()


@pytest.mark.parametrize("table", python_tables(), ids=lambda table: table.name)
def test_the_rows_of_others_are_as_they_were(erased: Story, table: object) -> None:
    kept = TABLES[getattr(table, "name", "")]
    after, before = erased.home.store.read(kept), erased.before[kept.name]
    same = before.filter(
        pl.Series(
            [
                not {"customer-1", "fragment_1", "edition_1", "statement_1", "quarantine_1"} & set(map(str, row))
                for row in before.select(pl.col(pl.String)).rows()
            ]
        )
    )
    whole = [name for name in kept.columns if name not in SCRUBBED]
    assert_frame_equal(after.select(whole), same.select(whole), check_row_order=False)


def test_lists_and_quotes_lose_the_erased_and_counts_stay(erased: Story) -> None:
    issue = erased.home.store.read(TABLES["gold_issue"]).to_dicts()
    assert [row["day_fragment_ids"] for row in issue] == [["fragment_2"]] * 2
    assert [row["quotes"] for row in issue] == [[TEXTS[THEIRS]]] * 2
    assert [row["fragment_count"] for row in issue] == erased.before["gold_issue"]["fragment_count"].to_list()
    assert {row["issue_label"] for row in issue} == {"[erased]"}
    assert set(erased.home.store.read(TABLES["analysis_cluster"])["cluster_label"]) == {"[erased]"}


def test_earlier_versions_can_be_read_no_more(erased: Story) -> None:
    for table in python_tables():
        log = erased.home.settings.tables_folder / table.name / "_delta_log"
        version = f"{erased.home.store.version(table):020d}"
        assert sorted(file.name for file in log.iterdir()) == [f"{version}.checkpoint.parquet", f"{version}.json", "_last_checkpoint"]
        assert erased.home.store.version(table) >= 1, "the number of a version never goes back"


def test_a_rehearsal_tells_what_the_erasure_does_and_changes_no_byte(home: PlantedHome, erased: Story) -> None:
    before = sums(home.folder)
    rehearse(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    assert sums(home.folder) == before
    done = [count for count in erased.certificate.stores if count.store not in ("marts", "earlier versions, logs, drafts")]
    assert list(erased.rehearsed.stores) == done


def test_the_trail_verifies_and_says_what_was_erased(erased: Story) -> None:
    report = verified(erased.home.state, erased.home.state)
    assert report.breaks == ()
    assert len(report.erased) >= 2
    (note,) = [record for record in erased.home.state.records() if record.event == "customers_erased"]
    _, content = erased.home.state.contents()[note.sequence]
    assert content["certificate_sha256"] == hashlib.sha256(erased.file.read_bytes()).hexdigest()
    assert (note.actor, note.subject_id) == ("ada", erased.certificate.erasure_id)


def test_the_certificate_names_each_store_and_no_customer(erased: Story) -> None:
    written = json.loads(erased.file.read_text(encoding="utf-8"))
    stores = {row["store"]: row for row in written["stores"]}
    assert {table.name for table in python_tables()} <= set(stores)
    assert stores["bronze_feedback_record"] | {"how": ""} == {
        "store": "bronze_feedback_record",
        "before": 2,
        "removed": 1,
        "changed": 0,
        "after": 1,
        "how": "",
    }
    assert written["search"]["found_count"] == 0
    assert written["search"]["string_count"] > 10
    assert len(written["customer_hashes"]) == 1
    assert MINE not in erased.file.read_text(encoding="utf-8").replace(THEIRS, "")


def test_a_copy_of_a_backup_lands_again_without_the_customer(home: PlantedHome) -> None:
    before = home.frames()
    carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    for name in ("bronze_feedback_record", "bronze_context_statement", "bronze_quarantine"):
        assert home.store.append(TABLES[name], before[name]).is_empty(), name
    later = (
        before["bronze_feedback_record"]
        .head(1)
        .with_columns(
            record_version_id=pl.lit("new"), occurred_at=pl.lit(ERASED_AT + timedelta(hours=1)), event_date=pl.lit(ERASED_AT.date())
        )
    )
    assert home.store.append(TABLES["bronze_feedback_record"], later).height == 1, "who comes back after the erasure is a customer again"


def test_erasing_again_finds_nothing_and_changes_no_table(home: PlantedHome) -> None:
    carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    before = home.frames()
    certificate, _ = carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    assert [count.store for count in certificate.stores if count.is_touched] == []
    assert all(frame.equals(before[name]) for name, frame in home.frames().items())


def test_what_a_language_model_said_of_the_customer_is_forgotten_and_nothing_else(erased: Story) -> None:
    answers = AnswerCache(erased.home.settings.answer_cache_file)
    assert [answers.find("made-up", evidence_question(TEXTS[one])) is None for one in (MINE, THEIRS)] == [True, False]
    (counted,) = [count for count in erased.certificate.stores if count.store == "cache of model answers"]
    assert (counted.before, counted.removed) == (2, 1)


STEPS = [
    "scrub_files", "forget_vectors", "forget_answers", "scrub_state", "scrub_table", "rebuild_marts", "forget_past", "search", "finish",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_whatever_moment_it_is_killed_at_the_next_call_finishes(home: PlantedHome, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    eraser = home.eraser

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    plan = plan_customers([MINE], eraser, "ada", ERASED_AT)
    with monkeypatch.context() as patch:
        patch.setattr(eraser, step, dies)
        with pytest.raises(KeyboardInterrupt):
            carry_out(plan, eraser)
    assert home.settings.unfinished_erasure_file.exists()
    certificate, _ = carry_out(plan_customers([], home.eraser, "ada", ERASED_AT), home.eraser)
    assert certificate.search is not None
    assert certificate.search.found_count == 0
    assert files_with(home.folder, STRINGS, [MINE]) == []
    assert not home.settings.unfinished_erasure_file.exists()
    assert verified(home.state, home.state).breaks == ()


def test_nothing_is_begun_where_the_log_of_a_table_is_lost(home: PlantedHome) -> None:
    log = home.settings.tables_folder / "silver_fragment" / "_delta_log"
    log.rename(home.folder / "lost")
    before = sums(home.folder)
    with pytest.raises(TableLogMissing):
        carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    assert sums(home.folder) == before


def test_marts_are_made_anew_and_a_reader_who_has_them_open_keeps_the_old(home: PlantedHome) -> None:
    carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    assert query("select fragment_id from mart_complaint", home.settings.marts_file).rows == [("fragment_2",)]


def test_a_string_where_no_store_lies_is_told_by_its_place_alone(home: PlantedHome) -> None:
    log = home.folder / "dagster" / "storage" / "run.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(TEXTS[MINE].encode("utf-16-le"))
    certificate, file = carry_out(plan_customers([MINE], home.eraser, "ada", ERASED_AT), home.eraser)
    assert certificate.search is not None
    assert {trace.place for trace in certificate.search.traces} == {"dagster/storage/run.log"}
    assert "quibble" not in file.read_text(encoding="utf-8")
    assert home.settings.unfinished_erasure_file.exists(), "it is not finished while something is left"
