"""The sections of the weekly model review, and the frames that their pictures are drawn from; a plain sentence where something is missing.

The figures are in `model_review`, how a page is written in `page`. The rule that is easy to break: a section is never left out,
because a reader can't tell what was left out from what was fine.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from feedback_loop.analysis.coverage_curve import coverage_curve
from feedback_loop.analysis.drift import LEFT_OPEN
from feedback_loop.analysis.gold_labels import HOW_TO_LABEL
from feedback_loop.analysis.hypothesis_labels import HOW_TO_JUDGE
from feedback_loop.analysis.model_health import confidences
from feedback_loop.methods.statistics.calibration import expected_calibration_error
from feedback_loop.methods.statistics.calibration_gap import reliability
from feedback_loop.methods.statistics.share_bounds import share_interval
from feedback_loop.workflows.drift_words import COLUMNS, drift_lines, drift_rows
from feedback_loop.workflows.model_answers import Judged, ModelAnswers
from feedback_loop.workflows.model_review import Disagreement, Review
from feedback_loop.workflows.page import Page, Section

RELIABILITY, CONFUSION, COVERAGE, DRIFT, TIERS = "reliability.png", "confusion.png", "coverage.png", "drift.png", "tiers.png"

_NO_LABELS = f"No held-out label yet. {HOW_TO_LABEL}"
_TO_JUDGE = ("event_date", "product", "cause_kind", "cause_id", "hypothesis_score", "hypothesis_verdict", "hypothesis_id")
_MOST_WAITING = 20
_KEPT = "The pack holds masked words of customers, and `erase` does not reach it: delete it when the review is over."


def review_page(review: Review) -> Page:
    """The whole review, every section of it."""
    title = "Model review" if review.week is None else f"Model review {review.week}"
    made = (_summary, _reliability, _confusion, _coverage, _drift, _answers, _cost, _of_model, _of_people, _of_causes, _waiting)
    return Page(title, [section(review) for section in made])


def pictured(review: Review) -> dict[str, pl.DataFrame]:
    """What is drawn, by the name of its file; nothing where there is nothing to draw."""
    frames: dict[str, pl.DataFrame] = {}
    if review.held_out is not None and review.held_out.height:
        frames |= {RELIABILITY: _bins(review.held_out), CONFUSION: confused(review.held_out), COVERAGE: coverage_curve(review.held_out)}
    if review.drift is not None and review.drift.drift.classes:
        rows = [
            {"class": one.name, "period": period, "share": share}
            for one in review.drift.drift.classes
            for period, share in (("1 before", one.share_before), ("2 after", one.share_after))
        ]
        frames[DRIFT] = pl.DataFrame(rows)
    if review.costs is not None and any(one.fragment_count for one in review.costs.tiers):
        frames[TIERS] = pl.DataFrame(
            {"tier": [t.tier for t in review.costs.tiers], "fragments": [t.fragment_count for t in review.costs.tiers]}
        )
    return frames


def confused(held_out: pl.DataFrame) -> pl.DataFrame:
    """How often each decision met each truth: truth, said, count; what was left open is a decision of its own."""
    said = pl.col("said").fill_null(LEFT_OPEN)
    return held_out.group_by("truth", said).agg(count=pl.len().cast(pl.Int64)).sort("truth", "said")


def _summary(review: Review) -> Section:
    if review.week is None:
        return Section("In short", ["Nothing has landed yet, so there is nothing to review. Land files with `ingest`, then `run`."])
    checks = [f"{name}, {_verdict(one.is_passed, one.is_error)}: {one.said}" for name, one in review.judgements.items()]
    version = f"{review.model_version} classifies; it decides from a score of {review.threshold} on."
    return Section("In short", [version, *checks, _KEPT])


def _reliability(review: Review) -> Section:
    title = "Reliability"
    if review.held_out is None or review.held_out.is_empty():
        return Section(title, [_NO_LABELS])
    confidence, is_right = confidences(review.held_out)
    error = expected_calibration_error(confidence, is_right)
    line = f"Calibration error {error:.3f} on {len(confidence)} held-out labels (15 bins of equal mass; above 0 by chance as well)."
    bins = _bins(review.held_out)
    return Section(title, [line], bins.columns, bins.rows(), RELIABILITY)


def _confusion(review: Review) -> Section:
    if review.held_out is None or review.held_out.is_empty():
        return Section("Confusion", [_NO_LABELS])
    counts = confused(review.held_out)
    wrong = counts.filter((pl.col("truth") != pl.col("said")) & (pl.col("said") != LEFT_OPEN)).sort(
        "count", "truth", descending=[True, False]
    )
    worst = wrong.row(0) if wrong.height else None
    line = f"The most frequent mistake: {worst[0]} taken for {worst[1]}, {worst[2]} times." if worst else "No decision was wrong."
    return Section("Confusion", [line], counts.columns, counts.rows(), CONFUSION)


def _coverage(review: Review) -> Section:
    title = "Coverage against precision"
    if review.held_out is None or review.held_out.is_empty():
        return Section(title, [_NO_LABELS])
    decided = review.held_out.filter(pl.col("said").is_not_null())
    right = decided.filter(pl.col("said") == pl.col("truth")).height
    low, high = share_interval(right, decided.height)
    precise = f"{right} of them rightly ({low:.0%} to {high:.0%})"
    line = f"At present {decided.height} of {review.held_out.height} held-out labels are decided on, {precise}."
    return Section(title, [line, "The curve is for looking at: a threshold that is chosen on it holds no promise."], picture=COVERAGE)


def _drift(review: Review) -> Section:
    title = "Drift: this week beside the week before"
    if review.week is None:
        return Section(title, ["Nothing has landed yet."])
    if review.drift is None:
        return Section(title, ["Not known: the version that classified can't be trained again; see `model history`."])
    picture = DRIFT if review.drift.drift.classes else None
    return Section(title, drift_lines(review.drift), COLUMNS, drift_rows(review.drift.drift), picture)


def _answers(review: Review) -> Section:
    title = "Language model: this week beside the four weeks before"
    if not review.answers:
        return Section(title, ["No class was given by a language model."])
    line = "Judged by held-out labels alone. A small p says that a model is no longer as right as it was, also under the same name."
    columns = ("model and prompt", "answers", "judged", "right, 95 %", "before: judged", "right, 95 %", "p")
    return Section(title, [line], columns, [_answered(one) for one in review.answers])


def _answered(one: ModelAnswers) -> tuple[object, ...]:
    p_value = None if one.p_value is None else round(one.p_value, 3)
    return (
        one.answered_by, one.week.answer_count, one.week.judged_count, _right(one.week), one.before.judged_count, _right(one.before),
        p_value,
    )  # fmt: skip


def _right(one: Judged) -> str:
    low, high = share_interval(one.right_count, one.judged_count)
    return f"{one.right_count} ({low:.0%} to {high:.0%})" if one.judged_count else "–"


def _cost(review: Review) -> Section:
    if review.costs is None:
        return Section("Cost", ["Nothing has landed yet."])
    asked = (
        f"{sum(one.call_count for one in review.costs.stages)} calls of a language model."
        if review.costs.stages
        else "No language model was asked."
    )
    rows = [(one.tier, one.fragment_count, one.cost_usd, one.usd_per_thousand) for one in review.costs.tiers]
    picture = TIERS if any(one.fragment_count for one in review.costs.tiers) else None
    return Section("Cost", [asked], ("tier", "fragments", "USD", "USD per 1,000 fragments"), rows, picture)


def _of_model(review: Review) -> Section:
    title = "Disagreements: model against person"
    if review.held_out is None or review.held_out.is_empty():
        return Section(title, [_NO_LABELS])
    if not review.of_model:
        return Section(title, ["No decision contradicts a held-out label."])
    line = "Decisions that a held-out label contradicts, the surest first. A label that is wrong is mended by `labels correct`."
    return Section(title, [line], ("text", "model", "person", "score", "fragment"), list(_told(review.of_model)))


def _of_people(review: Review) -> Section:
    title = "Disagreements: person against person"
    found = review.agreement
    if found is None or not found.fragment_count:
        return Section(title, ["No fragment was read by two people yet. `labels queue --reason second_reading` shows what is due."])
    alpha = "not defined yet" if found.alpha is None else f"{found.alpha:.2f}"
    counts = f"{found.fragment_count} fragments were read by two people or more, {len(found.disputed)} are disputed"
    line = f"{counts}. Krippendorff's alpha: {alpha}."
    return Section(
        title, [line], ("text", "one says", "others say", "fragment"), [(t, a, b, i) for t, a, b, _, i in _told(review.of_people)]
    )


def _of_causes(review: Review) -> Section:
    title = "Scores of hypotheses beside what people say of them"
    if review.of_causes is None:
        return Section(title, ["Nothing has landed yet."])
    bins = [tuple(one.values()) for one in review.of_causes.judgement.figures]
    columns = tuple(review.of_causes.judgement.figures[0]) if bins else ()
    return Section(title, [review.of_causes.judgement.said], columns, bins)


def _waiting(review: Review) -> Section:
    title = "Hypotheses of the week that wait for a person's word"
    if review.of_causes is None or review.of_causes.waiting.is_empty():
        return Section(title, ["None."])
    found = review.of_causes.waiting
    line = f"{found.height} that claim something. {HOW_TO_JUDGE}"
    return Section(title, [line], _TO_JUDGE, found.head(_MOST_WAITING).select(_TO_JUDGE).rows())


def _told(found: tuple[Disagreement, ...]) -> Iterator[tuple[object, ...]]:
    yield from ((one.masked_text, one.one_says, one.other_says, one.class_score, one.fragment_id) for one in found)


def _bins(held_out: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([vars(one) for one in reliability(*confidences(held_out))])


def _verdict(is_passed: bool, is_error: bool) -> str:
    return "passed" if is_passed else "stops remediation" if is_error else "warning"
