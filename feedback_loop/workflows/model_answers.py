"""What a language model's own answers are worth, by its version, prompt and week: whether it got worse, also under an unchanged name.

A provider may change what stands behind a name, so a version is held against itself in the weeks before. The rule that is easy to break:
only held-out labels judge, for the others may have been shown to the model as examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl
from scipy.stats import fisher_exact

from feedback_loop.analysis.gold_labels import counting, in_words_of, is_held_out
from feedback_loop.analysis.routes import ANSWERED_MARK, is_answered
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore

WEEKS_BEFORE = 4
_CLASSES = TABLES["analysis_classification"]


@dataclass(frozen=True)
class Judged:
    """So many answers of a period, those of them that a held-out label judges, and those that it calls right."""

    answer_count: int
    judged_count: int
    right_count: int


@dataclass(frozen=True)
class ModelAnswers:
    """The answers of one model and prompt in the week and in the four weeks before."""

    answered_by: str
    week: Judged
    before: Judged

    @property
    def p_value(self) -> float | None:
        """The chance of so great a difference, were it as right now as before (Fisher's exact test, two-sided); None without both sides."""
        if not self.week.judged_count or not self.before.judged_count:
            return None
        table = [[one.right_count, one.judged_count - one.right_count] for one in (self.week, self.before)]
        return float(fisher_exact(table).pvalue)


def model_answers(tables: TableStore, labels: pl.DataFrame, taxonomy: Taxonomy, week: DayRange) -> tuple[ModelAnswers, ...]:
    """One for each model and prompt that answered in the week or before, by name; of stored rows, so nothing is asked."""
    before = DayRange(week.first - timedelta(weeks=WEEKS_BEFORE), week.first - timedelta(days=1))
    columns = ["fragment_id", "taxonomy_class", "classifier_version", "event_date"]
    rows = tables.read(_CLASSES, DayRange(before.first, week.last), columns=columns).filter(is_answered())
    told = rows.with_columns(answered_by=pl.col("classifier_version").str.splitn(ANSWERED_MARK, 2).struct[1]).join(
        _held_out(labels, taxonomy), on="fragment_id", how="left"
    )
    in_week = pl.col("event_date").is_between(week.first, week.last)
    return tuple(
        ModelAnswers(str(name), _judged(of.filter(in_week)), _judged(of.filter(~in_week)))
        for (name,), of in sorted(told.partition_by("answered_by", as_dict=True).items())
    )


def _held_out(labels: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    known, _ = in_words_of(taxonomy, counting(labels))
    wanted = [name for name in known["fragment_id"] if is_held_out(name)]
    return known.filter(pl.col("fragment_id").is_in(wanted)).select("fragment_id", "labelled_class")


def _judged(rows: pl.DataFrame) -> Judged:
    judged = rows.filter(pl.col("labelled_class").is_not_null())
    return Judged(rows.height, judged.height, judged.filter(pl.col("labelled_class") == pl.col("taxonomy_class")).height)
