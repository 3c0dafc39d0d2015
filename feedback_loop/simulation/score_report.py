"""Scores over many seeds by kind of fault, as figures with intervals and as a Markdown table.

Here: which figures are told and in which words. One run's score is `scoring`, the intervals are `intervals`.
The rule that is easy to break: every figure is called simulated wherever it is shown, since figures on real customers differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback_loop.simulation.intervals import Estimate, change_estimate, mean_estimate, share_estimate
from feedback_loop.simulation.scoring import Score

ALL_KINDS = "all"


@dataclass(frozen=True)
class ScoreRow:
    """The figures of one loop on one kind of fault (or `all`) over its runs; null where the question never arose."""

    loop: str
    kind: str
    run_count: int
    detected: Estimate | None
    detection_delay_hours: Estimate | None
    cause_first: Estimate | None
    cause_first_named: Estimate | None
    cause_in_top_three: Estimate | None
    innocent_blamed: Estimate | None
    abstained_rightly: Estimate | None
    false_action: Estimate | None
    false_automation: Estimate | None
    hours_to_fix: Estimate | None
    negative_review_share: Estimate | None


def _share(answers: Iterable[bool | None]) -> Estimate | None:
    return share_estimate([answer for answer in answers if answer is not None])


def _mean(values: Iterable[float | None], *names: object) -> Estimate | None:
    return mean_estimate([value for value in values if value is not None], *names)


def _row(loop: str, kind: str, scores: Sequence[Score]) -> ScoreRow:
    return ScoreRow(
        loop=loop,
        kind=kind,
        run_count=len(scores),
        detected=_share(score.is_detected for score in scores),
        detection_delay_hours=_mean((score.detection_delay_hours for score in scores), loop, kind, "delay"),
        cause_first=_share(score.is_cause_first for score in scores),
        cause_first_named=_share(score.is_cause_first_named for score in scores),
        cause_in_top_three=_share(score.is_cause_in_top_three for score in scores),
        innocent_blamed=_share(score.is_innocent_blamed for score in scores),
        abstained_rightly=_share(score.has_abstained_rightly for score in scores),
        false_action=_share(score.has_false_action for score in scores),
        false_automation=_share(score.has_false_automation for score in scores),
        hours_to_fix=_mean((score.hours_to_fix for score in scores), loop, kind, "fix"),
        negative_review_share=_mean((score.negative_review_share for score in scores), loop, kind, "reviews"),
    )


def score_rows(loop: str, scores: Iterable[Score]) -> list[ScoreRow]:
    """One row per kind of fault, ascending, and one over all of them."""
    told = list(scores)
    kinds = sorted({score.kind for score in told})
    return [_row(loop, kind, [score for score in told if score.kind == kind]) for kind in kinds] + [_row(loop, ALL_KINDS, told)]


def negative_review_change(without: Iterable[Score], with_loop: Iterable[Score]) -> Estimate | None:
    """The relative change of the negative-review share that a loop makes, over runs of the same kind and seed with and without it."""
    before = {(score.kind, score.seed): score.negative_review_share for score in without}
    pairs = [(before.get((score.kind, score.seed)), score.negative_review_share) for score in with_loop]
    told = [(was, became) for was, became in pairs if was is not None and became is not None]
    return change_estimate([was for was, _ in told], [became for _, became in told], "reviews")


def _percent(figure: Estimate | None) -> str:
    return "–" if figure is None else f"{figure.value:.0%} ({figure.low:.0%}…{figure.high:.0%})"


def _number(figure: Estimate | None) -> str:
    return "–" if figure is None else f"{figure.value:.1f} ({figure.low:.1f}…{figure.high:.1f})"


def _cells(row: ScoreRow) -> list[str]:
    return [
        row.loop,
        row.kind.replace("_", " "),
        str(row.run_count),
        _percent(row.detected),
        _number(row.detection_delay_hours),
        _percent(row.cause_first),
        _percent(row.cause_first_named),
        _percent(row.cause_in_top_three),
        _percent(row.innocent_blamed),
        _percent(row.abstained_rightly),
        _percent(row.false_action),
        _percent(row.false_automation),
        _number(row.hours_to_fix),
        _percent(row.negative_review_share),
    ]


COLUMNS = (
    "loop",
    "planted fault",
    "runs",
    "detected",
    "hours to the first alert",
    "true cause first",
    "true cause first of the named",
    "true cause in the top three",
    "an innocent blamed",
    "abstained rightly",
    "false action",
    "false automation",
    "hours to the fix",
    "reviews of ≤ 2 stars",
)


def score_report(rows: Iterable[ScoreRow]) -> str:
    """A Markdown table of the rows in their order; each figure's column says that it is simulated, intervals are 95 %."""
    head = [*COLUMNS[:2], *(f"{name} (simulated)" for name in COLUMNS[2:])]
    lines = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *(_cells(row) for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
