"""The figures that people decide by: per product and week, each with what it counts and of how many it is told (R105, R107, R108, R121).

How customers fared is counted in `customer_metrics`, what the loop and its people did in `loop_metrics`. The rule that is easy to break: a
figure whose inputs are missing has no value and names them; none is ever zero because nobody looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.outcome_vocab import OutcomeMetric
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.customer_metrics import Customers, customer_figures
from feedback_loop.outcomes.loop_metrics import Handled, loop_figures
from feedback_loop.outcomes.weekly import week_of

_SCHEMA = pl.Schema(TABLES["outcomes_metric"].schema)


@dataclass(frozen=True)
class Meaning:
    """What a figure counts, its unit, and the inputs without which there is none."""

    words: str
    unit: str
    inputs: tuple[str, ...]


_LIFE, _DECIDED = ("outcomes_lifecycle_event",), ("remediation_proposal",)
_M = OutcomeMetric
MEANINGS: Mapping[OutcomeMetric, Meaning] = {
    _M.DETECTION_HOURS: Meaning("median from the first complaint of an alert to the alert", "hours", _LIFE),
    _M.INSIGHT_HOURS: Meaning("median from the first complaint of an alert to its ranked causes", "hours", _LIFE),
    _M.TRIAGE_HOURS: Meaning("median from landing to the proposal", "hours", _LIFE),
    _M.MITIGATION_HOURS: Meaning("median from landing to the executed action", "hours", _LIFE),
    _M.REMEDIATION_HOURS: Meaning("median from landing to the customers who were told", "hours", _LIFE),
    _M.CONFIRMATION_HOURS: Meaning("median from landing to a customer who confirms", "hours", _LIFE),
    _M.TRIAGE_KEPT: Meaning("promised triages that were met, of those that are over", "share", ("outcomes_sla_stage",)),
    _M.MITIGATION_KEPT: Meaning("promised mitigations that were met, of those that are over", "share", ("outcomes_sla_stage",)),
    _M.REMEDIATION_KEPT: Meaning("promised remedies that were met, of those that are over", "share", ("outcomes_sla_stage",)),
    _M.CONFIRMATION_KEPT: Meaning("promised confirmations that were met, of those that are over", "share", ("outcomes_sla_stage",)),
    _M.CLASSIFICATION_ACCURACY: Meaning("held-out labels that the classifier agrees with, of what it decided", "share", ("state_label",)),
    _M.ESCALATED: Meaning("alerts that were put before people for want of an action, of those with a proposal", "share", _DECIDED),
    _M.ACCEPTED: Meaning("proposals that people approved, of those that they approved or rejected", "share", _DECIDED),
    _M.OVERRIDDEN: Meaning("proposals that people rejected, of those that they approved or rejected", "share", _DECIDED),
    _M.CORRECTED: Meaning("actions that were taken back, of those that were carried out", "share", _DECIDED),
    _M.FALSE_AUTOMATION: Meaning(
        "fixes without a person that did not help, came back within a day or were taken back, of those that are judged", "share",
        ("remediation_proposal", "outcomes_effect"),
    ),
    _M.CLOSED: Meaning("fixes that helped and did not come back within a day, of those carried out", "share", ("outcomes_effect",)),
    _M.REOPENED: Meaning("fixes after which the same alerted again within a day, of those carried out", "share", _LIFE),
    _M.NEGATIVE_REVIEWS: Meaning("ratings of two stars or fewer, of all ratings", "share", ("ratings",)),
    _M.REPEAT_CONTACT: Meaning(
        "complaints after which the same customer complained of the same class within seven days, of those of known customers", "share",
        ("customer_id",),
    ),
    _M.DEFLECTED: Meaning(
        "customers who were told and did not complain of it within seven days, of those who were told", "share", ("remediation_message",)
    ),
    _M.CONFIRMED: Meaning(
        "customers who were told of a fix and said within fourteen days that it is mended, of those who were told", "share",
        ("remediation_message",),
    ),
    _M.ASSUMED: Meaning(
        "customers who were told of a fix and for fourteen days neither said that it is mended nor complained, of those who were told",
        "share", ("remediation_message",),
    ),
    _M.REFUNDED: Meaning("refunds per order", "share", ("order_events",)),
    _M.CASE_COST_USD: Meaning(
        "agents' time per handled case, at the assumed price of an hour", "USD", ("case_handled_events", "agent_hour_usd")
    ),
    _M.RETAINED_AT_RISK: Meaning(
        "customers who complained twice or more in the week and did not cancel within thirty days, of all such", "share",
        ("cancellation_events", "customer_id"),
    ),
}  # fmt: skip


def metrics(customers: Customers, handled: Handled, assumptions: RoiAssumptions | None = None) -> pl.DataFrame:
    """The rows of `outcomes_metric`: every figure of every product that somebody spoke of, in each week that it has one.

    A figure that a product has in no week has one row without a value, in the week of the product's last message.
    """
    found = {
        figure.metric: figure.rows for figure in (*customer_figures(customers, assumptions or seed_assumptions()), *loop_figures(handled))
    }
    last = customers.messages.group_by("product").agg(event_date=week_of("occurred_at").max())
    told = pl.concat([*(_told(metric, found[metric]) for metric in OutcomeMetric), *_missing(found, last)])
    ids = [stable_id("metric", *row) for row in told.select("product", "metric_name", "event_date").iter_rows()]
    rows = told.with_columns(metric_id=pl.Series(ids, dtype=pl.String))
    return rows.select(_SCHEMA.names()).cast(_SCHEMA).sort("product", "metric_name", "event_date")


def _told(metric: OutcomeMetric, rows: pl.DataFrame) -> pl.DataFrame:
    meaning = MEANINGS[metric]
    return rows.select(
        "product",
        "event_date",
        metric_name=pl.lit(str(metric)),
        metric_meaning=pl.lit(meaning.words),
        metric_unit=pl.lit(meaning.unit),
        metric_value="value",
        metric_numerator="numerator",
        metric_denominator="denominator",
        missing_inputs=pl.lit([], dtype=pl.List(pl.String)),
    )


def _missing(found: Mapping[OutcomeMetric, pl.DataFrame], last: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A row without a value for each product that has the figure in no week."""
    for metric, rows in found.items():
        without = last.join(rows, on="product", how="anti")
        unknown = without.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("value", "numerator", "denominator"))
        missing = pl.lit(list(MEANINGS[metric].inputs), dtype=pl.List(pl.String))
        yield _told(metric, unknown).with_columns(missing_inputs=missing)
