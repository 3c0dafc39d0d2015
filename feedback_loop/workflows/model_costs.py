"""What classification costs: dollars for 1,000 fragments, by the tier that took them on.

The rule that is easy to break: a call whose cost nobody stated counts with the most that it can have cost, and is counted beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from feedback_loop.analysis.routes import is_answered
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import CallOutcome, ModelStage
from feedback_loop.ports import TableStore

LOCAL, LANGUAGE_MODEL, PEOPLE = "local", "language model", "people"
_THOUSAND = 1_000
_CLASSES = TABLES["analysis_classification"]


@dataclass(frozen=True)
class TierCost:
    """What one tier took on, and what that cost; None where it took on nothing, or nobody says what its work costs."""

    tier: str
    fragment_count: int
    cost_usd: float | None
    usd_per_thousand: float | None


@dataclass(frozen=True)
class StageCost:
    """The calls of one stage of one model."""

    model_stage: str
    model_version: str
    call_count: int
    answered_count: int
    input_token_count: int
    output_token_count: int
    cost_usd: float
    assumed_cost_usd: float


@dataclass(frozen=True)
class Costs:
    """All of it: tiers, the whole for 1,000 fragments, and the calls behind it."""

    tiers: tuple[TierCost, ...]
    usd_per_thousand: float | None
    stages: tuple[StageCost, ...]

    def content(self) -> dict[str, object]:
        """The same as plain data."""
        return asdict(self)


def costs_of(tables: TableStore, calls: pl.DataFrame, days: DayRange | None = None) -> Costs:
    """What the fragments of the days cost: those days' fragments, beside the calls of `state_model_call` that were made on them."""
    made = calls if days is None else calls.filter(pl.col("event_date").is_between(days.first, days.last))
    classes = tables.read(_CLASSES, days, columns=["classifier_version", "is_abstained"])
    total, asked = float(made["cost_usd"].sum()), _asked(made)
    left = int(classes["is_abstained"].sum())
    local = classes.filter(~pl.col("is_abstained") & ~is_answered()).height
    tiers = (
        TierCost(LOCAL, local, 0.0, _per_thousand(0.0, local)),
        TierCost(LANGUAGE_MODEL, asked, total, _per_thousand(total, asked)),
        TierCost(PEOPLE, left, None, None),
    )
    return Costs(tiers, _per_thousand(total, classes.height), _stages(made))


def _asked(calls: pl.DataFrame) -> int:
    """How many texts a label was asked for; asking again because no answer came is the same question."""
    return calls.filter((pl.col("model_stage") == str(ModelStage.CLASSIFICATION)) & (pl.col("attempt_rank") == 1)).height


def _stages(calls: pl.DataFrame) -> tuple[StageCost, ...]:
    grouped = calls.group_by("model_stage", "model_version").agg(
        pl.len().alias("call_count"),
        (pl.col("call_outcome") == str(CallOutcome.ANSWERED)).sum().alias("answered_count"),
        pl.col("input_token_count", "output_token_count", "cost_usd").sum(),
        pl.col("cost_usd").filter(pl.col("is_cost_assumed")).sum().alias("assumed_cost_usd"),
    )
    return tuple(StageCost(**row) for row in grouped.sort("model_stage", "model_version").to_dicts())


def _per_thousand(cost_usd: float, fragment_count: int) -> float | None:
    return cost_usd / fragment_count * _THOUSAND if fragment_count else None
