"""Evidence for and against one candidate cause of one alert: sentences with their figures, and how strongly each speaks.

Two kinds. Witnesses know what the complaints' counts by segment and hour do not tell (the service's errors, the words, what happened when
the change ended): they enter the posterior in `blame` as factors. Figures show what the weighing of the counts saw: when, inside and
outside of the scope, before and since; their strength only orders them. The rule that is easy to break: a piece without enough
figures says nothing; silence must not look like exoneration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.symptoms import Count, Symptom
from feedback_loop.analysis.telemetry import ErrorShares
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.contracts.tables import CANDIDATE_DAYS
from feedback_loop.methods.diagnosis.reach import added_by
from feedback_loop.methods.statistics.count_models import concentrated_over_common, higher_share_p_value


@dataclass(frozen=True)
class EvidenceWeights:
    """Contributions in natural log-odds: 0.7 doubles the odds, 2.3 makes them ten times as high. Chosen by what is said beside each, not
    fitted to cases.
    """

    errors_rise: float = 2.5
    """The service's errors rose with the start: independent of what customers say, hence the strongest single witness."""

    errors_rise_everywhere: float = -0.5
    """They rose outside of the scope alike: something else reached them all."""

    errors_calm: float = -1.4
    """They did not rise: one fault in four, as what fails in a browser, shows in no server; nothing where words or an offer changed."""

    ended_and_went_on: float = -2.0
    """The cause was over and the complaints went on at half the rate or more."""

    ended_and_stopped: float = 1.0
    """The complaints fell when it ended."""

    same_words: float = 1.8
    """The complaints use words of its description more often than other records do."""

    nearness: float = 2.0
    """Per standard deviation that the complaints are nearer in meaning to its description than other records are, beyond `usual_nearness`;
    steepness and middle as found with made-up companies other than those that are scored."""

    usual_nearness: float = 0.6
    near_limits: tuple[float, float] = (-1.2, 1.8)
    """What that may say of a change whose description says what customers feel: an incident, a job, new words, an offer."""

    far_limits: tuple[float, float] = (-0.2, 0.7)
    """The same of a deployment, a flag, a setting: hardly anything, for these are described as engineers see them."""


@dataclass(frozen=True)
class FigureStrengths:
    """How strongly a figure speaks beside the others of its cause, in the same unit; the posterior does not rest on these."""

    lag_hours: float = 4.0
    """Customers write within hours of a fault: delays up to here are nearly equally likely, longer ones fall off as 1 / delay."""

    scope_limit: float = 3.0
    """Most that the split of complaints inside and outside of the scope may say."""

    same_segment: float = 1.0
    """The scope holds the very segment that stands out."""

    everybody: float = 0.5
    """A cause that reached everybody, and no segment stands out."""

    narrow_under_global: float = -1.0
    """A cause that reached everybody, but one segment stands out: possible (a fault on one browser), yet nothing explains the segment."""

    clean_before: float = 0.5
    """The symptom is significantly more frequent since the start than in the days before."""

    seen_before: float = -4.0
    """The symptom was there before the start: a cause does not come after its effect."""

    dose: float = 1.0
    """Those whom a later stage of a rollout reached complain more from then on; against it, as much before."""

    control_rises: float = -1.0
    """Those whom it did not reach complain more as well, at least half as much."""


WEIGHTS, STRENGTHS = EvidenceWeights(), FigureStrengths()
SIGNIFICANCE, REFUTING = 0.01, 0.001
"""Highest p-values of what is said at all, and of what rules a cause out."""

WITHOUT_ERRORS = (CauseKind.CONTENT, CauseKind.CAMPAIGN)
"""What changes words or an offer makes no server fail."""

_AS_CUSTOMERS_FEEL = (CauseKind.INCIDENT, CauseKind.JOB, CauseKind.CONTENT, CauseKind.CAMPAIGN)

FEWEST_COMPLAINTS, FEWEST_RECORDS = 3, 10
"""Complaints below which nothing rose, and records below which a share says nothing: one customer must not decide."""

DAYS_BEFORE = 3
"""Days before its start in which the symptom is looked for."""

HOURS_AFTER_END = 6
"""Hours after its end in which complaints of a cause still arrive."""


@dataclass(frozen=True)
class Evidence:
    """One statement: `log_odds` above 0 speaks for the cause."""

    log_odds: float
    statement: str


@dataclass(frozen=True)
class Likeness:
    """What the complaints share with a description: words, and how near they are to it (None: unknown), see `shared_meaning`."""

    words: list[str]
    nearness: float | None


def witnesses(symptom: Symptom, cause: Cause, errors: ErrorShares | None, likeness: Likeness, weights: EvidenceWeights) -> list[Evidence]:
    """What else is known of the cause."""
    return [*_errors(cause, errors, weights), *_ended(symptom, cause, weights), *_likeness(cause, likeness, weights)]


def figures(symptom: Symptom, cause: Cause, segment: Mapping[str, str]) -> list[Evidence]:
    """What the counts show; `segment` is the alert's first cohort."""
    scoped = _scoped(symptom, cause, segment, STRENGTHS) if cause.scope else _global(symptom, segment, STRENGTHS)
    return [_timing(symptom, cause, STRENGTHS), *scoped, *_by_stage(symptom, cause, STRENGTHS), *_before(symptom, cause, STRENGTHS)]


def _timing(symptom: Symptom, cause: Cause, strengths: FigureStrengths) -> Evidence:
    """The delay's density, falling as 1 / (delay + lag), over that of an innocent change anywhere in the week."""
    hours = (symptom.onset - cause.started) / HOUR_MICROSECONDS
    week, lag = CANDIDATE_DAYS * 24.0, strengths.lag_hours
    ratio = float(np.log((week + lag) / ((abs(hours) + lag) * np.log((week + lag) / lag))))
    when = f"{_duration(hours)} before" if hours >= 0 else f"{_duration(-hours)} after"
    return Evidence(ratio, f"It began {when} the estimated onset of the complaints.")


def _scoped(symptom: Symptom, cause: Cause, segment: Mapping[str, str], strengths: FigureStrengths) -> Iterator[Evidence]:
    inside = symptom.inside(cause.scope, symptom.onset, symptom.end)
    outside = symptom.outside(cause.scope, symptom.onset, symptom.end)
    if inside.complaints + outside.complaints < FEWEST_COMPLAINTS:
        return
    usual_in, usual_out = inside.records * inside.usual_share, outside.records * outside.usual_share
    ratio = concentrated_over_common(inside.complaints, outside.complaints, usual_in, usual_out)
    bounded = float(np.clip(ratio, -strengths.scope_limit, strengths.scope_limit))
    said = f"Since the onset {inside} complained inside of its scope and {outside} outside."
    if bounded:
        yield Evidence(bounded, said)
    if bounded > 0 and segment and all(segment.get(d) in values for d, values in cause.scope.items()):
        yield Evidence(strengths.same_segment, f"It reached the very customers who stand out: {_named(segment)}.")
    if _has_risen(outside) and outside.rise >= inside.rise / 2:
        yield Evidence(strengths.control_rises, f"Customers whom it did not reach complain more than usual as well: {outside}.")


def _global(symptom: Symptom, segment: Mapping[str, str], strengths: FigureStrengths) -> Iterator[Evidence]:
    if segment:
        yield Evidence(strengths.narrow_under_global, f"It reached everybody, but the complaints are concentrated in {_named(segment)}.")
    else:
        everybody = symptom.inside({}, symptom.onset, symptom.end)
        yield Evidence(strengths.everybody, f"It reached everybody, and no segment stands out: {everybody} complained since the onset.")


def _by_stage(symptom: Symptom, cause: Cause, strengths: FigureStrengths) -> Iterator[Evidence]:
    """Of a rollout, whether those whom a later stage reached began to complain with it, or did so as much before."""
    for earlier, stage in pairwise(cause.stages):
        spans = ((earlier.started, stage.started), (stage.started, symptom.end))
        added = added_by(stage.scope, earlier.scope)
        before, since = (symptom.inside(added, *span) if added else symptom.outside(earlier.scope, *span) for span in spans)
        if not before.records or since.complaints < FEWEST_COMPLAINTS:
            continue
        whom = f"Those whom its stage {stage.cause_id} reached"
        if higher_share_p_value(since.complaints, since.records, before.complaints, before.records) <= SIGNIFICANCE:
            yield Evidence(strengths.dose, f"{whom} complained more once it did: {before} in the stage before, {since} since.")
        elif _has_risen(before) and before.share >= since.share / 2:
            yield Evidence(-strengths.dose, f"{whom} complained as much before it did: {before}, then {since}.")


def _before(symptom: Symptom, cause: Cause, strengths: FigureStrengths) -> Iterator[Evidence]:
    """Complaints inside of the scope in the days before the start, against those since.

    Where the scope names what came with the change (a new version), nobody was inside of it before: then there is nothing to compare.
    """
    before = symptom.inside(cause.scope, cause.started - DAYS_BEFORE * DAY_MICROSECONDS, cause.started)
    since = symptom.inside(cause.scope, max(cause.started, symptom.onset), symptom.end)
    if before.records < FEWEST_RECORDS or not since.records:
        return
    if _has_risen(before, REFUTING) and before.share >= since.share / 2:
        yield Evidence(strengths.seen_before, f"The symptom was there in the {DAYS_BEFORE} days before it began: {before}.")
    elif higher_share_p_value(since.complaints, since.records, before.complaints, before.records) <= SIGNIFICANCE:
        yield Evidence(strengths.clean_before, f"In the {DAYS_BEFORE} days before it began {before} complained, since the onset {since}.")


def _errors(cause: Cause, errors: ErrorShares | None, weights: EvidenceWeights) -> Iterator[Evidence]:
    if errors is None:
        return
    figures = f"from {_percent(errors.before)} to {_percent(errors.after)} of {errors.requests} requests, p {_chance(errors.p_value)}"
    if not errors.has_risen:
        if cause.kind not in WITHOUT_ERRORS:
            yield Evidence(weights.errors_calm, f"The errors of {cause.service} did not rise with it: {figures}.")
    elif errors.has_risen_elsewhere:
        others = f"from {_percent(errors.elsewhere_before)} to {_percent(errors.elsewhere_after)}"
        yield Evidence(weights.errors_rise_everywhere, f"The errors of {cause.service} rose outside of its scope alike: {others}.")
    else:
        yield Evidence(weights.errors_rise, f"The errors of {cause.service} rose when it began: {figures}.")


def _ended(symptom: Symptom, cause: Cause, weights: EvidenceWeights) -> Iterator[Evidence]:
    if cause.ended is None or not cause.stays_in_force or cause.ended >= symptom.end:
        return
    during = symptom.inside(cause.scope, max(cause.started, symptom.onset), cause.ended)
    later = symptom.inside(cause.scope, max(cause.ended + HOURS_AFTER_END * HOUR_MICROSECONDS, symptom.onset), symptom.end)
    if min(during.records, later.records) < FEWEST_RECORDS:
        return
    if _has_risen(later) and later.share >= during.share / 2:
        yield Evidence(weights.ended_and_went_on, f"It ended, and the complaints went on: {later}.")
    elif higher_share_p_value(during.complaints, during.records, later.complaints, later.records) <= SIGNIFICANCE:
        yield Evidence(weights.ended_and_stopped, f"The complaints fell when it ended: from {during} to {later}.")


def _likeness(cause: Cause, likeness: Likeness, weights: EvidenceWeights) -> Iterator[Evidence]:
    if likeness.words:
        yield Evidence(weights.same_words, f"The complaints use words of its description: {', '.join(likeness.words)}.")
    elif likeness.nearness is not None:
        limits = weights.near_limits if cause.kind in _AS_CUSTOMERS_FEEL else weights.far_limits
        says = float(np.clip(weights.nearness * (likeness.nearness - weights.usual_nearness), *limits))
        than = f"than other records are by {likeness.nearness:.1f} standard deviations"
        yield Evidence(says, f"In meaning the complaints are {'nearer' if says > 0 else 'hardly nearer'} to its description {than}.")


def _has_risen(count: Count, significance: float = SIGNIFICANCE) -> bool:
    return count.complaints >= FEWEST_COMPLAINTS and count.p_value <= significance


def _named(segment: Mapping[str, str]) -> str:
    return ", ".join(f"{dimension} {value}" for dimension, value in sorted(segment.items()))


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{round(60 * hours)} minutes"
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


def _chance(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
