"""What table assets take from their contracts, and the gate before gold by the truth table of its condition.

The gate is tried on a graph of its own, two tables with a blocking check each and a gold one, because runs over it take no time; that the
real gold table stands behind the same gate, test_wiring.py says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData as Target

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.run_days import DAILY
from feedback_loop.defs.table_asset import GATE, table_asset
from feedback_loop_tests.defs.homes import NewHome
from feedback_loop_tests.defs.made_up_feedback import days, feedback

DAY, OTHER_DAY = "2024-03-01", "2024-03-02"
BOTH = ("silver_fragment", "analysis_alert")


class GateTrial:
    """Two tables before a gated one over an instance of their own; `failing` names the tables whose check fails from now on."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.failing: set[str] = set()
        tables = [dg.asset(name=name, partitions_def=DAILY)(lambda: None) for name in BOTH]
        gold = dg.asset(name="gold", deps=tables, partitions_def=DAILY, automation_condition=GATE)(lambda: None)
        self._defs = dg.Definitions([*tables, gold], asset_checks=[self._check("silver_fragment"), self._check("analysis_alert")])
        self._cursor: Any = None
        self.requested()

    def _check(self, table: str) -> dg.AssetChecksDefinition:
        @dg.asset_check(asset=table, name="is_right", blocking=True, partitions_def=DAILY)
        def is_right() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=table not in self.failing)

        return is_right

    def run(self, day: str, *tables: str, checks: bool = True) -> None:
        """A run over the tables of the day, with their checks or without."""
        selection = dg.AssetSelection.assets(*tables)
        self._execute(selection if checks else selection.without_checks(), day)

    def check(self, day: str, *tables: str) -> None:
        """The checks of the tables alone, as passed; stored from outside, since Dagster runs no check of a partition alone in process."""
        for table in tables:
            of_day = dg.AssetRecordsFilter(asset_key=dg.AssetKey(table), asset_partitions=[day])
            made = self.instance.fetch_materializations(of_day, limit=1).records[0]
            target = Target(storage_id=made.storage_id, run_id=made.run_id, timestamp=made.timestamp)
            result = dg.AssetCheckEvaluation(dg.AssetKey(table), "is_right", True, {}, target, partition=day)
            self.instance.report_runless_asset_event(result)

    def requested(self) -> set[str]:
        """The days of gold that this tick of the automation requests."""
        result = dg.evaluate_automation_conditions(self._defs, self.instance, cursor=self._cursor)
        self._cursor = result.cursor
        return {str(key) for key in result.get_requested_partitions(dg.AssetKey("gold"))}

    def _execute(self, selection: dg.AssetSelection, day: str) -> None:
        defs = [*(self._defs.assets or ()), *(self._defs.asset_checks or ())]
        dg.materialize(defs, selection=selection, partition_key=day, instance=self.instance, raise_on_error=False)  # type: ignore[arg-type]


@pytest.fixture
def gate() -> Iterator[GateTrial]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield GateTrial(instance)


def test_gate_opens_for_the_days_whose_blocking_checks_passed_and_for_no_other(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH)
    gate.failing = {"analysis_alert"}
    gate.run(OTHER_DAY, *BOTH)
    assert gate.requested() == {DAY}


@pytest.mark.parametrize("there", BOTH)
def test_gate_stays_shut_while_a_dependency_is_missing(gate: GateTrial, there: str) -> None:
    gate.run(DAY, there)
    assert gate.requested() == set()


def test_gate_opens_when_the_last_check_ends_long_after_its_table(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH, checks=False)
    assert gate.requested() == set()
    assert gate.requested() == set()
    gate.check(DAY, *BOTH)
    assert gate.requested() == {DAY}


def test_gate_opens_when_what_failed_is_mended(gate: GateTrial) -> None:
    gate.failing = {"silver_fragment"}
    gate.run(DAY, *BOTH)
    assert gate.requested() == set()
    gate.failing = set()
    gate.run(DAY, *BOTH)
    assert gate.requested() == {DAY}


def test_gate_stays_shut_when_a_check_fails_that_passed_before(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH)
    assert gate.requested() == {DAY}
    gate.failing = {"analysis_alert"}
    gate.run(DAY, *BOTH)
    assert gate.requested() == set()


def test_gate_asks_for_nothing_while_the_alerts_are_older_than_what_they_come_from(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH)
    assert gate.requested() == {DAY}
    gate.run(DAY, "silver_fragment")
    assert gate.requested() == set()
    gate.run(DAY, "analysis_alert")
    assert gate.requested() == {DAY}


def test_gate_asks_once_for_one_update(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH)
    assert gate.requested() == {DAY}
    assert gate.requested() == set()
    gate.run(DAY, *BOTH)
    assert gate.requested() == {DAY}


def test_gate_asks_for_nothing_where_gold_was_computed_meanwhile(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH, checks=False)
    assert gate.requested() == set()
    gate.run(DAY, "gold")
    assert gate.requested() == set()
    gate.check(DAY, *BOTH)
    assert gate.requested() == set()


def test_gate_asks_for_nothing_after_a_run_that_computed_gold_itself(gate: GateTrial) -> None:
    gate.run(DAY, *BOTH, "gold")
    assert gate.requested() == set()


def test_loop_job_opens_no_gate_and_a_run_without_gold_does(new_home: NewHome) -> None:
    home, day = new_home(), days(0, 0).first
    home.land(feedback(0))
    gold = dg.AssetKey("gold_issue")
    with dg.DagsterInstance.ephemeral() as instance:
        first = dg.evaluate_automation_conditions(home.defs(), instance)
        assert home.loop(day, instance=instance).success
        after_loop = dg.evaluate_automation_conditions(home.defs(), instance, cursor=first.cursor)
        assert after_loop.get_requested_partitions(gold) == set()
        assert home.loop(day, instance=instance, without=("gold_issue",)).success
        after_rest = dg.evaluate_automation_conditions(home.defs(), instance, cursor=after_loop.cursor)
        assert after_rest.get_requested_partitions(gold) == {day.isoformat()}


def test_table_asset_says_of_itself_what_the_contract_says() -> None:
    @table_asset()
    def silver_message() -> None:
        """Never called."""

    spec = silver_message.get_asset_spec()
    table = TABLES["silver_message"]
    assert (spec.group_name, spec.description) == ("silver", f"One row: {table.grain}.")
    assert spec.metadata == {"key": list(table.key), "lookback_days": table.lookback_days}
    assert silver_message.backfill_policy == dg.BackfillPolicy.single_run()


def test_function_without_a_table_of_its_name_is_no_asset() -> None:
    with pytest.raises(KeyError, match="silver_mesage"):

        @table_asset()
        def silver_mesage() -> None:
            """Misspelt."""
