"""The classifier's checks over a home: what the hold-out proves of it, and whether more than usual is left open or out of its scope.

The judgements on the hold-out are in `analysis/model_health`, a share beside its own past is in `quality_shares`. The pipeline knows no
reason "out of scope", so a fragment counts as out of it where the classifier was not made for it: no words, a language that it does not
speak, or a class score below what all but one in twenty of the left-out training examples reach. The rule that is easy to break: the
precision is that of what was decided, so where a language model gave the class under the present version, its word counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from feedback_loop.analysis.classify import AbstentionPolicy
from feedback_loop.analysis.model_health import HELD_OUT, Judgement, calibration_judgement, precision_judgement
from feedback_loop.analysis.routes import ANSWERED_MARK
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import AbstentionReason
from feedback_loop.errors import ClassifierDistrusted
from feedback_loop.methods.statistics.count_models import discoveries
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS
from feedback_loop.ports import Embedder, TableStore
from feedback_loop.workflows.model_recipes import ActiveModel, classified, gold_of
from feedback_loop.workflows.quality_shares import SharePast, share_pasts

CLASSES = TABLES["analysis_classification"]

FALSE_SHARE, MIN_RISE = 0.001, 0.1
"""Chance of a warning on a day on which nothing is wrong, and the points by which a share must rise to be worth one."""

MOST_LEFT_OPEN, MOST_OUT_OF_SCOPE = 0.9, 0.5
"""Shares that are too many in a home that is too young to have a past."""

Opened = Callable[[], tuple[ActiveModel, Embedder]]
"""Opens the classifier in use and the vectors; called only where there is something to ask them."""


def hold_out_judgements(labels: pl.DataFrame, tables: TableStore, opened: Opened) -> dict[str, Judgement]:
    """`precision` and `calibration` of the classifier in use; without a label nothing is trained or embedded."""
    if labels.is_empty():
        return _judged(pl.DataFrame(schema=HELD_OUT), AbstentionPolicy())
    active, embedder = opened()
    return _judged(held_out_answers(labels, tables, active, embedder), active.classifier.policy)


def _judged(held_out: pl.DataFrame, policy: AbstentionPolicy) -> dict[str, Judgement]:
    return {
        "precision": precision_judgement(held_out, policy.target_precision, policy.delta),
        "calibration": calibration_judgement(held_out),
    }


def require_trusted(labels: pl.DataFrame, tables: TableStore, opened: Opened) -> None:
    """Raises ClassifierDistrusted where the hold-out proves that the classifier in use is worse than what is promised."""
    failed = [one.said for one in hold_out_judgements(labels, tables, opened).values() if one.is_error]
    if failed:
        raise ClassifierDistrusted(failed)


def held_out_answers(labels: pl.DataFrame, tables: TableStore, active: ActiveModel, embedder: Embedder) -> pl.DataFrame:
    """What is true, and what was decided, of each held-out label, as `analysis.model_health.HELD_OUT`, by fragment_id."""
    gold = gold_of(labels, tables, active.taxonomy).part(held_out=True)
    if gold.is_empty():
        return pl.DataFrame(schema=HELD_OUT)
    rows = classified(gold, active, embedder).select("fragment_id", "taxonomy_class", "class_score", "is_abstained")
    joined = gold.join(rows, on="fragment_id").join(_answered(gold, tables, active), on="fragment_id", how="left")
    local = pl.when(~pl.col("is_abstained")).then(pl.col("taxonomy_class"))
    found = joined.select(
        "fragment_id", truth="labelled_class", said=pl.coalesce("answered", local), likeliest="taxonomy_class", class_score="class_score"
    )
    return found.sort("fragment_id").cast(HELD_OUT)


def abstention_judgement(tables: TableStore, days: DayRange) -> Judgement:
    """Whether more is left open than usual on any of the days."""
    rows = tables.read(CLASSES, days.widened(before=SEASON_DAYS), columns=["event_date", "is_abstained"])
    found = risen(_counts(rows, pl.col("is_abstained")), days, MOST_LEFT_OPEN)
    return share_judgement(found, "left open", "see `model drift` for what changed, answer what `labels queue` asks, then `model train`")


def scope_judgement(tables: TableStore, days: DayRange, active: ActiveModel) -> Judgement:
    """Whether more is out of the classifier's scope than usual on any of the days."""
    rows = tables.read(CLASSES, days.widened(before=SEASON_DAYS), columns=["event_date", "class_score", "abstention_reason"])
    found = risen(_counts(rows, out_of_scope(active)), days, MOST_OUT_OF_SCOPE)
    todo = "look at them with `labels queue`: a new language, product or topic needs examples or a class of its own in the taxonomy"
    return share_judgement(found, "out of the classifier's scope", todo)


def out_of_scope(active: ActiveModel) -> pl.Expr:
    """Whether the classifier was not made for a row of `analysis_classification`."""
    is_strange = pl.col("class_score") < active.classifier.lowest_usual_score
    distant = [str(AbstentionReason.NO_WORDS), str(AbstentionReason.LANGUAGE_UNSUPPORTED)]
    return is_strange | pl.col("abstention_reason").is_in(distant).fill_null(False)


def _answered(gold: pl.DataFrame, tables: TableStore, active: ActiveModel) -> pl.DataFrame:
    """The classes that a language model gave the fragments under the version in use."""
    columns = ["fragment_id", "taxonomy_class", "classifier_version"]
    rows = tables.read(CLASSES, columns=columns, matching=gold.select("fragment_id"))
    is_its = pl.col("classifier_version").str.starts_with(f"{active.classifier.classifier_version}{ANSWERED_MARK}")
    return rows.filter(is_its).select("fragment_id", answered="taxonomy_class")


def _counts(rows: pl.DataFrame, is_hit: pl.Expr) -> pl.DataFrame:
    counted = rows.group_by("event_date").agg(is_hit.sum().cast(pl.Int64).alias("hit_count"), pl.len().cast(pl.Int64).alias("record_count"))
    return counted.sort("event_date")


def risen(counts: pl.DataFrame, days: DayRange, fixed_share: float) -> list[SharePast]:
    """The days whose share is above what the weeks before let expect; those without a past, where it reaches the fixed share."""
    pasts = list(share_pasts(counts, days))
    known = [past for past in pasts if past.fit is not None]
    odd = discoveries(np.asarray([past.p_value for past in known]), FALSE_SHARE)
    risen = [past for past, is_odd in zip(known, odd, strict=True) if is_odd and past.rise >= MIN_RISE]
    return [*risen, *(past for past in pasts if past.fit is None and past.reaches(fixed_share))]


def share_judgement(found: list[SharePast], what: str, todo: str) -> Judgement:
    """A warning where any day was found; `what` is said of its fragments, `todo` to whoever reads it."""
    if not found:
        return Judgement(True, False, f"No day has more fragments {what} than usual. Nothing to do.")
    told = "; ".join(f"{past.row['event_date']}: {past.share:.0%} of {past.row['record_count']}, {_usual(past)}" for past in found[:3])
    figures = tuple({**past.row, "share": past.share, "usual": past.usual if past.fit else None} for past in found)
    return Judgement(False, False, f"More fragments than usual are {what} ({told}): {todo}.", figures)


def _usual(past: SharePast) -> str:
    return f"usually {past.usual:.0%}" if past.fit else "without a past"
