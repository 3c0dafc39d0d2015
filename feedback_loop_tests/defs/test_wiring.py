"""All definitions together: the graph is the reviewed one, names are one, everything blocks, everything loads."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from feedback_loop.contracts.tables import TABLES, marts, python_tables
from feedback_loop.defs.act_jobs import act
from feedback_loop.defs.bronze_assets import BRONZE_TABLES
from feedback_loop.defs.resources import ClockResource, StateResource
from feedback_loop.defs.run_days import DAILY
from feedback_loop.defs.wiring import build_defs, build_resources, build_run_defs
from feedback_loop_tests.defs.asset_graph import GOLDEN, drawn


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


@pytest.fixture(scope="module")
def run_defs() -> dg.Definitions:
    return build_run_defs(build_resources())


def test_the_asset_graph_is_the_one_that_was_reviewed(defs: dg.Definitions) -> None:
    assert drawn(defs) == GOLDEN.read_text(encoding="utf-8"), (
        "the graph changed: read the difference, then write the golden with `python -m feedback_loop_tests.defs.asset_graph`"
    )


def test_every_table_is_an_asset_and_every_asset_a_table_or_a_dbt_model(defs: dg.Definitions) -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().materializable_asset_keys}
    assert set(TABLES) <= keys
    assert all(key.startswith(("stg_", "int_")) for key in keys - set(TABLES))


def test_a_table_asset_its_function_and_its_table_bear_one_name(defs: dg.Definitions) -> None:
    single = [a for a in defs.assets or () if isinstance(a, dg.AssetsDefinition) and len(a.keys) == 1]
    assert {a.op.name for a in single} == {a.key.to_user_string() for a in single} <= set(TABLES)


def test_every_python_table_has_its_contract_check(defs: dg.Definitions) -> None:
    checked = {k.asset_key.to_user_string() for k in defs.resolve_asset_graph().asset_check_keys if k.name == "fulfils_its_contract"}
    assert checked == {table.name for table in python_tables()}


def test_every_check_of_a_python_table_blocks(defs: dg.Definitions) -> None:
    graph, ours = defs.resolve_asset_graph(), {table.name for table in python_tables()}
    checks = [graph.get(key) for key in graph.asset_check_keys if key.asset_key.to_user_string() in ours]
    assert checks
    assert [c.key.to_user_string() for c in checks if not c.blocking] == []


def test_a_check_says_in_a_sentence_what_it_proves(defs: dg.Definitions) -> None:
    specs = [spec for check in defs.asset_checks or () if isinstance(check, dg.AssetChecksDefinition) for spec in check.check_specs]
    assert [s.name for s in specs if not (s.description or "").endswith(".")] == []


def test_checks_have_the_partitions_of_their_asset(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    ours = {table.name for table in python_tables()}
    for key in (k for k in graph.asset_check_keys if k.asset_key.to_user_string() in ours):
        assert graph.get(key).partitions_def == graph.get(key.asset_key).partitions_def, key.to_user_string()


def test_days_that_an_asset_reads_are_within_what_its_table_says_that_it_looks_back(defs: dg.Definitions) -> None:
    for spec in defs.resolve_all_asset_specs():
        windows = [d.partition_mapping for d in spec.deps if isinstance(d.partition_mapping, dg.TimeWindowPartitionMapping)]
        lookback = TABLES[spec.key.to_user_string()].lookback_days if windows else None
        assert lookback is None or max(-w.start_offset for w in windows) <= lookback, f"{spec.key.to_user_string()}: mend lookback_days"


def test_the_code_location_can_be_loaded_by_the_daemon(defs: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(defs)
    jobs = {"loop", "landing", "act", "ask_in_slack_job", "feed_back_job", "pull_job", "snapshots", "tell_promises_job", "report_job"}
    assert {job.name for job in defs.jobs or ()} == jobs
    assert {s.name for s in defs.schedules or ()} == {
        "open_day_every_five_minutes", "close_of_day", "pack_of_the_week", "promises_every_five_minutes",
    }  # fmt: skip
    sensors = {
        "landed_days",
        "waiting_inbox",
        "failed_run",
        "sources_that_are_due",
        "approved_actions",
        "outcomes_of_a_run",
        "what_was_done",
        "proposals_to_ask_about",
    }
    assert {s.name for s in defs.sensors or ()} == sensors


def test_no_asset_can_reach_another_system_so_that_no_backfill_carries_anything_out(defs: dg.Definitions) -> None:
    assets = [a for a in defs.assets or () if isinstance(a, dg.AssetsDefinition)]
    assert assets
    assert [a.keys for a in assets if "case_system" in a.required_resource_keys] == []
    assert "case_system" in act.nodes[0].definition.required_resource_keys  # type: ignore[attr-defined]


def test_clock_that_stands_still_is_that_of_the_state_store_too() -> None:
    now = datetime(2024, 3, 1, tzinfo=UTC)
    made = build_resources(now=now)
    state, clock = made["state"], made["clock"]
    assert isinstance(state, StateResource)
    assert isinstance(clock, ClockResource)
    assert state.clock.now() == clock.now() == now


def test_resources_that_are_given_replace_the_real_ones() -> None:
    clock = ClockResource(fixed="2024-03-01T00:00:00+00:00")
    assert (build_defs({"clock": clock}).resources or {})["clock"] is clock


def test_run_defs_have_the_same_assets_and_checks_from_silver_on_without_partitions(defs: dg.Definitions, run_defs: dg.Definitions) -> None:
    whole, run = defs.resolve_asset_graph(), run_defs.resolve_asset_graph()
    above_bronze = {key for key in whole.materializable_asset_keys if key.to_user_string() not in BRONZE_TABLES}
    assert run.materializable_asset_keys == above_bronze
    assert {k for k in whole.asset_check_keys if k.asset_key in above_bronze} == set(run.asset_check_keys)
    assert {run.get(key).partitions_def for key in above_bronze} == {None}
    assert {key: run.get(key).parent_keys for key in above_bronze} == {key: whole.get(key).parent_keys for key in above_bronze}


def test_run_defs_without_marts_leave_out_dbt_alone(run_defs: dg.Definitions) -> None:
    without = build_run_defs(build_resources(), with_marts=False).resolve_asset_graph().materializable_asset_keys
    left_out = {key.to_user_string() for key in run_defs.resolve_asset_graph().materializable_asset_keys - without}
    assert {table.name for table in marts()} <= left_out
    assert all(name.startswith(("mart_", "stg_", "int_")) for name in left_out)


def test_gold_alone_waits_behind_the_gate(defs: dg.Definitions) -> None:
    gated = [spec.key.to_user_string() for spec in defs.resolve_all_asset_specs() if spec.automation_condition]
    assert sorted(gated) == ["gold_issue", "gold_issue_state"]


def test_every_table_by_event_day_has_the_daily_partitions(defs: dg.Definitions) -> None:
    daily = {spec.key.to_user_string() for spec in defs.resolve_all_asset_specs() if spec.partitions_def == DAILY}
    assert daily == {t.name for t in python_tables() if t.name.startswith(("silver_", "analysis_", "gold_"))}
