"""What people said of hypotheses, and what that proves of their scores: the latest label of each counts, and its score as it was then.

Here: rows of `state_hypothesis_label` to figures. Who may say it is in `workflows/judge_hypothesis`. The rule that is easy to break: a
score is compared with what people said of it when they saw it; a later ranking has other scores for the same hypothesis.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from feedback_loop.analysis.model_health import FALSE_BLOCK, FEWEST_ANSWERS, TOLERATED_GAP, Judgement
from feedback_loop.contracts.loop_vocab import HypothesisLabel, HypothesisVerdict
from feedback_loop.methods.statistics.calibration import Flags, Reals, expected_calibration_error
from feedback_loop.methods.statistics.calibration_gap import far_off_p_value, reliability

HOW_TO_JUDGE = "Say `issues confirm HYPOTHESIS` or `issues reject HYPOTHESIS` of what `labels hypotheses --waiting` lists."

_FEWEST_SCORE = 0.05
"""A hypothesis below it is asked of nobody: what it claims is that it is not the cause."""


def counting(labels: pl.DataFrame) -> pl.DataFrame:
    """The label that counts of each hypothesis, its latest, by hypothesis_id; rows of `state_hypothesis_label`."""
    latest = labels.sort("labelled_at", "label_id").group_by("hypothesis_id", maintain_order=True).last()
    return latest.select(labels.columns).sort("hypothesis_id")


def scores_and_truth(labels: pl.DataFrame) -> tuple[Reals, Flags]:
    """The score that each judged hypothesis had, and whether it was confirmed."""
    counted = counting(labels)
    is_confirmed = (counted["hypothesis_label"] == HypothesisLabel.CONFIRMED).to_numpy().astype(np.bool_)
    return counted["hypothesis_score_applied"].to_numpy().astype(np.float64), is_confirmed


def score_judgement(labels: pl.DataFrame) -> Judgement:
    """Whether scores of hypotheses are further from how often people confirm them than is tolerated, beyond doubt."""
    score, is_confirmed = scores_and_truth(labels)
    count = len(score)
    if count < FEWEST_ANSWERS:
        few = f"judged by people: {count}, {FEWEST_ANSWERS - count} more are needed"
        return Judgement(True, False, f"Nothing is proven about the scores of hypotheses: {few}. {HOW_TO_JUDGE}")
    error, p_value = expected_calibration_error(score, is_confirmed), far_off_p_value(score, is_confirmed, TOLERATED_GAP)
    figures = tuple(vars(one) for one in reliability(score, is_confirmed))
    told = f"calibration error {error:.3f} on {count} judged hypotheses; that scores are at most {TOLERATED_GAP} off has p = {p_value:.3f}"
    if p_value <= FALSE_BLOCK:
        is_too_high = bool(score.mean() > is_confirmed.mean())
        direction = "too high" if is_too_high else "too low"
        todo = "approve nothing on its score alone; look at the rejected ones with `labels hypotheses`"
        return Judgement(False, is_too_high, f"Scores are far off, {direction} on average ({told}): {todo}.", figures)
    return Judgement(True, False, f"Scores are not proven to be far off: {told}. Nothing to do.", figures)


def judged_against_their_score(labels: pl.DataFrame) -> list[str]:
    """Ids of hypotheses that claimed to be the likely cause and were rejected, or the other way round; the boldest claims first."""
    claim = pl.col("hypothesis_score_applied")
    is_confirmed = pl.col("hypothesis_label") == HypothesisLabel.CONFIRMED
    wrong = counting(labels).filter((claim >= 0.5) != is_confirmed)
    return wrong.sort((claim - 0.5).abs(), "hypothesis_id", descending=[True, False])["hypothesis_id"].to_list()


def waiting(hypotheses: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The hypotheses that claim something and that nobody judged, the latest day first, the surest first; rows of `analysis_hypothesis`."""
    claims = (pl.col("hypothesis_verdict") != HypothesisVerdict.REFUTED) & (pl.col("hypothesis_score") >= _FEWEST_SCORE)
    left = hypotheses.filter(claims).join(labels, on="hypothesis_id", how="anti")
    return left.sort("event_date", "hypothesis_score", "hypothesis_id", descending=[True, True, False])
