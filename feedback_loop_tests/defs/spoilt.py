"""Tables that break a rule: a home whose store spoils one table after its asset wrote it, past every validation.

Each spoiling is a function from the table's good rows to bad ones, named after what the blocking check says when all is well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from deltalake import write_deltalake

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, Table, python_tables
from feedback_loop.contracts.validate import conform
from feedback_loop.defs.resources import StoreResource
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.defs.homes import waits_for_decision
from feedback_loop_tests.defs.made_up_feedback import START

ADDRESS = "anna.berger@example.com"

Spoil = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Spoiling:
    """How to make the check of the table fail."""

    table: str
    check: str
    spoil: Spoil

    def __str__(self) -> str:
        return f"{self.table}.{self.check}"


def first(**values: pl.Expr) -> Spoil:
    """Changes columns of the first row."""

    def spoil(rows: pl.DataFrame) -> pl.DataFrame:
        is_first = pl.int_range(pl.len()) == 0
        return rows.with_columns(pl.when(is_first).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items())

    return spoil


def doubled(rows: pl.DataFrame) -> pl.DataFrame:
    """The first row twice, so that the key is not unique."""
    return pl.concat([rows, rows.head(1)])


def without_first(rows: pl.DataFrame) -> pl.DataFrame:
    """All rows but the first."""
    return rows.tail(-1)


CONTRACTS = [
    Spoiling(name, "fulfils_its_contract", doubled)
    for name in (
        "context_release", "context_change", "context_incident", "context_customer", "context_business_event", "context_document",
        "silver_message", "silver_fragment", "silver_context_link", "analysis_embedding", "analysis_classification", "analysis_triage",
        "analysis_evidence", "analysis_route", "analysis_cluster", "analysis_alert", "analysis_forecast", "analysis_cohort",
        "analysis_hypothesis", "gold_issue",
        "gold_issue_state", "gold_issue_event", "gold_issue_impact",
    )
]  # fmt: skip

WORDED = [
    Spoiling(
        "gold_issue_wording",
        "fulfils_its_contract",
        lambda _: frame_of(TABLES["gold_issue_wording"], *[{"issue_id": "i", "event_date": START}] * 2),
    )
]
"""Without a language model there is no row to be doubled."""

_TWICE = pl.col("vector").list.eval(pl.element() * 2)

LAWS = [
    Spoiling("silver_message", "no_personal_data_in_messages", first(masked_message=pl.lit(f"write to {ADDRESS}"))),
    Spoiling("silver_fragment", "no_personal_data_survives", first(masked_text=pl.lit(f"write to {ADDRESS}"))),
    Spoiling("silver_fragment", "every_fragment_is_in_its_place", first(raw_end=pl.col("raw_end") - 1)),
    Spoiling("silver_context_link", "every_link_was_known_in_time", first(minutes_since_start=pl.lit(-1.0))),
    Spoiling("silver_context_link", "every_link_was_known_in_time", first(link_id=pl.lit("said by nobody"))),
    Spoiling("analysis_embedding", "every_fragment_has_a_vector_of_unit_length", without_first),
    Spoiling("analysis_embedding", "every_fragment_has_a_vector_of_unit_length", first(vector=_TWICE)),
    Spoiling("analysis_classification", "every_fragment_is_classified_or_abstained_from", without_first),
    Spoiling("analysis_classification", "every_fragment_is_classified_or_abstained_from", first(complaint_class=pl.lit(None, pl.String))),
    Spoiling("analysis_triage", "every_fragment_has_an_owner_and_a_reason_for_its_urgency", without_first),
    Spoiling("analysis_triage", "every_fragment_has_an_owner_and_a_reason_for_its_urgency", first(owner=pl.lit(" "))),
    Spoiling("analysis_evidence", "every_claim_has_a_span", first(evidence_text=pl.lit("never said"))),
    Spoiling("analysis_route", "every_fragment_has_a_route_and_no_sensitive_one_the_automatic", without_first),
    Spoiling("analysis_route", "every_fragment_has_a_route_and_no_sensitive_one_the_automatic", lambda rows: rows.with_columns(
        route=pl.lit("automatic"))),
    Spoiling("analysis_cluster", "every_complaint_is_in_one_cluster", without_first),
    Spoiling("analysis_cluster", "every_complaint_is_in_one_cluster", lambda rows: rows.with_columns(
        day_fragment_ids=pl.col("day_fragment_ids").list.concat(pl.col("day_fragment_ids")))),
    Spoiling("analysis_hypothesis", "scores_of_an_alert_sum_to_one", first(hypothesis_score=pl.lit(0.4))),
    Spoiling("analysis_hypothesis", "no_cause_is_named_without_evidence", lambda rows: rows.with_columns(
        cause_kind=pl.lit("deploy"), evidence_for=pl.lit([], pl.List(pl.String)), evidence_against=pl.lit([], pl.List(pl.String)))),
    Spoiling("analysis_cluster", "no_more_fits_no_cluster_than_usual", lambda rows: rows.with_columns(
        is_catch_all=pl.lit(True), day_fragment_ids=pl.col("day_fragment_ids").list.concat([pl.col("day_fragment_ids")] * 9))),
    Spoiling("gold_issue_state", "identity_goes_on_from_the_day_before", lambda rows: rows.with_columns(
        issue_id=pl.concat_str("issue_id", pl.col("event_date").cast(pl.String)), founded_date=pl.col("event_date").min())),
    Spoiling("gold_issue", "fragments_add_up", without_first),
    Spoiling("gold_issue", "noise_is_no_dustbin", lambda rows: rows.with_columns(
        is_catch_all=pl.lit(True), window_fragment_count=pl.lit(1000))),
]  # fmt: skip

_REJECTED = {"hypothesis_score_applied": 0.95, "hypothesis_label": "rejected"}

DECISIONS = [
    *(Spoiling(table.name, "fulfils_its_contract", doubled) for table in python_tables() if waits_for_decision(table)),
    Spoiling("state_hypothesis_label", "scores_of_hypotheses_are_as_people_confirm_them", lambda _: frame_of(
        TABLES["state_hypothesis_label"], *({"label_id": f"l{n}", "hypothesis_id": f"h{n}", **_REJECTED} for n in range(40)))),
    Spoiling("outcomes_sla_stage", "no_promise_is_left_waiting", first(sla_verdict=pl.lit("at_risk"))),
    Spoiling("remediation_proposal", "no_high_risk_is_approved_by_fewer_than_two", lambda rows: rows.with_columns(
        approvals_given_count=pl.lit(1))),
]  # fmt: skip
"""Spoilings of a home in which something was decided."""


class SpoilingStore(DeltaTableStore):
    """Writes one table as it is told, and then spoils it."""

    spoiling: Spoiling

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        """As the real store, then spoilt."""
        changed = super().replace_days(table, frame, days)
        self._spoil(table)
        return changed

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        """As the real store, then spoilt."""
        changed = super().replace_all(table, frame)
        self._spoil(table)
        return changed

    def _spoil(self, table: Table) -> None:
        if table.name == self.spoiling.table:
            overwrite(self, table, self.spoiling.spoil(self.read(table).sort(table.key)))


class SpoilingStoreResource(StoreResource):
    """Opens a store that spoils; `number` counts in `CONTRACTS` and then in `LAWS`."""

    number: int

    def open(self) -> SpoilingStore:
        """The store."""
        settings = self.home.settings()
        store = SpoilingStore(settings.tables_folder, settings.locks_folder)
        store.spoiling = [*CONTRACTS, *LAWS][self.number]
        return store


def overwrite(store: DeltaTableStore, table: Table, rows: pl.DataFrame) -> None:
    """Writes the rows as Delta, whatever they break."""
    partition = [table.partition] if table.partition else None
    write_deltalake(store._uri(table), conform(rows, table), mode="overwrite", partition_by=partition)


def spoil(store: DeltaTableStore, spoiling: Spoiling) -> None:
    """Spoils the table as it lies there."""
    table = TABLES[spoiling.table]
    overwrite(store, table, spoiling.spoil(store.read(table).sort(table.key)))
