"""Every blocking check fails on bad rows, tells ids and no words, and stops gold."""

from __future__ import annotations

import dagster as dg
import pytest

from feedback_loop.contracts.tables import TABLES, python_tables
from feedback_loop.defs.bronze_assets import BRONZE_TABLES, bronze, bronze_checks
from feedback_loop.defs.checks import result
from feedback_loop.defs.io_manager import TableIOManager
from feedback_loop.defs.model_checks import MODEL_CHECKS
from feedback_loop.defs.quality_checks import QUESTIONS
from feedback_loop.defs.resources import HomeResource
from feedback_loop.defs.run_days import unpartitioned_tags
from feedback_loop.defs.wiring import build_run_defs
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import days, record
from feedback_loop_tests.defs.one_fault import DecidedHome
from feedback_loop_tests.defs.spoilt import ADDRESS, CONTRACTS, DECISIONS, LAWS, WORDED, Spoiling, SpoilingStoreResource, doubled, spoil
from feedback_loop_tests.table_digests import digest

DAYS = days(0, 2)
BRONZE = [Spoiling(name, "fulfils_its_contract", doubled) for name in BRONZE_TABLES]


def evaluations(defs: dg.Definitions, table: str) -> dict[str, dg.AssetCheckEvaluation]:
    """The checks of the table as they judge it now, without computing it."""
    job = defs.resolve_implicit_global_asset_job_def()
    wanted = {key for key in defs.resolve_asset_graph().asset_check_keys if key.asset_key.to_user_string() == table}
    subset = job.get_subset(asset_selection=frozenset(), asset_check_selection=wanted)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    done = subset.execute_in_process(tags=unpartitioned_tags(DAYS), raise_on_error=False, run_config=quiet)
    return {e.check_name: e for e in done.get_asset_check_evaluations()}


def run_defs(home: Home) -> dg.Definitions:
    return build_run_defs(home.resources(), with_marts=False)


def test_every_check_is_proved_to_fail_on_bad_rows(computed: Home) -> None:
    ours = {table.name for table in python_tables()}
    keys = computed.defs().resolve_asset_graph().asset_check_keys
    checks = {(key.asset_key.to_user_string(), key.name) for key in keys if key.asset_key.to_user_string() in ours}
    elsewhere = {name for name, _ in QUESTIONS.values()} | {*MODEL_CHECKS}  # proved to fail in test_quality_checks, test_model_checks
    proved = {(spoiling.table, spoiling.check) for spoiling in [*BRONZE, *CONTRACTS, *LAWS, *WORDED, *DECISIONS]}
    assert {(table, name) for table, name in checks if name not in elsewhere} == proved


def failed(bad: Home, spoiling: Spoiling) -> dg.AssetCheckEvaluation:
    """The check of the table after it was spoilt; that it passed before, the run of the home says."""
    spoil(bad.store, spoiling)
    found = evaluations(run_defs(bad), spoiling.table)[spoiling.check]
    assert not found.passed
    assert found.metadata["offender_count"].value != 0
    return found


@pytest.mark.parametrize("spoiling", DECISIONS, ids=str)
def test_check_of_what_was_decided_fails_on_bad_rows(decided: DecidedHome, new_home: NewHome, spoiling: Spoiling) -> None:
    failed(decided.home.copied_to(new_home()), spoiling)


@pytest.mark.parametrize("spoiling", [*CONTRACTS, *LAWS, *WORDED], ids=str)
def test_check_fails_on_bad_rows_and_tells_ids_but_no_words(computed: Home, new_home: NewHome, spoiling: Spoiling) -> None:
    bad = computed.copied_to(new_home())
    said = str(failed(bad, spoiling).metadata["offenders"].value)
    texts = [*bad.table("silver_fragment")["masked_text"], *bad.table("bronze_feedback_record")["text"], ADDRESS, "never said"]
    assert [text for text in texts if text in said] == []


@pytest.mark.parametrize("spoiling", BRONZE, ids=str)
def test_contract_check_of_bronze_fails_on_bad_rows(computed: Home, new_home: NewHome, spoiling: Spoiling) -> None:
    bad = computed.copied_to(new_home())
    resources = {**bad.resources(), "home": HomeResource(home=str(bad.folder))}
    defs = dg.Definitions(assets=[bronze], asset_checks=bronze_checks, resources=resources)
    assert evaluations(defs, spoiling.table)["fulfils_its_contract"].passed
    spoil(bad.store, spoiling)
    assert not evaluations(defs, spoiling.table)["fulfils_its_contract"].passed


BEFORE_GOLD = [
    (number, spoiling)
    for number, spoiling in enumerate([*CONTRACTS, *LAWS])
    if (spoiling.table, spoiling.check)
    in {
        ("context_release", "fulfils_its_contract"),
        ("silver_fragment", "no_personal_data_survives"),
        ("analysis_evidence", "every_claim_has_a_span"),
        ("analysis_cluster", "every_complaint_is_in_one_cluster"),
    }
]
"""One check of each place before gold: beside silver, silver, an analysis that gold does not read, one that it reads."""


@pytest.mark.parametrize(("number", "spoiling"), BEFORE_GOLD[:-1], ids=[str(s) for _, s in BEFORE_GOLD[:-1]])
def test_gold_stays_as_it_was_when_a_check_before_it_fails(computed: Home, new_home: NewHome, number: int, spoiling: Spoiling) -> None:
    home, gold = computed.copied_to(new_home()), TABLES["gold_issue"]
    before = digest(home.table(gold.name), gold)
    home.land([record("later", 2, "The app crashes as soon as I open it.")])
    store = SpoilingStoreResource(home=HomeResource(home=str(home.folder)), number=number)
    summary = home.run(DAYS, store=store, io_manager=TableIOManager(store=store))
    assert f"{spoiling.table}.{spoiling.check}" in summary.failed_checks
    assert gold.name not in summary.rows
    assert digest(home.table(gold.name), gold) == before


def test_result_shows_the_first_offenders_and_counts_them_all() -> None:
    found = result([f"id{n}" for n in range(30)])
    assert not found.passed
    assert found.metadata["offender_count"] == dg.MetadataValue.int(30)
    assert str(found.metadata["offenders"].value).splitlines() == [f"- `id{n}`" for n in range(20)]


def test_result_without_offenders_passes() -> None:
    assert result([]).passed
