"""Evidence for and against one candidate cause of one alert: each piece a log-odds contribution and a sentence with its figures.

How the pieces become probabilities is the business of `hypotheses`. The weights are chosen by the principles beside them, not fitted to
cases. The rule that is easy to break: a piece without enough figures says nothing; silence must not look like exoneration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.symptoms import Count, Symptom
from feedback_loop.analysis.telemetry import ErrorShares
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.contracts.tables import CANDIDATE_DAYS
from feedback_loop.methods.statistics.count_models import concentrated_over_common, higher_share_p_value


@dataclass(frozen=True)
class EvidenceWeights:
    """Contributions in natural log-odds: 0.7 doubles the odds, 2.3 makes them ten times as high, 3 twenty times."""

    unknown: float = 3.5
    """Prior of "no known cause". What any innocent change beside a chance rise has (time 2.4, a clean past, a rise of everybody) must stay
    below it: time alone never names a cause."""

    lag_hours: float = 4.0
    """Customers write within hours of a fault: delays up to here are nearly equally likely, longer ones fall off as 1 / delay."""

    scope_limit: float = 3.0
    """Most that the split of complaints inside and outside of the scope may say: likelihoods run to hundreds, no model is that true."""

    same_segment: float = 1.0
    """The scope holds the very segment that stands out: a coincidence of both is rarer than the split of counts alone says."""

    everybody: float = 0.5
    """A cause that reached everybody, and no segment stands out."""

    narrow_under_global: float = -1.0
    """A cause that reached everybody, but one segment stands out: possible (a fault on one browser), yet nothing explains the segment."""

    clean_before: float = 0.5
    """The symptom is significantly more frequent since the start than in the days before: any change beside an onset has that too."""

    seen_before: float = -4.0
    """The symptom was there before the start: a cause does not come after its effect."""

    control_rises: float = -1.0
    """Those whom it did not reach complain more as well, at least half as much."""

    errors_rise: float = 2.0
    """The service's errors rose with the start: independent of what customers say, hence the strongest single witness."""

    errors_rise_everywhere: float = -0.5
    """They rose outside of the scope alike: something else reached them all."""

    errors_calm: float = -0.7
    """They did not rise: weak, for what fails in a browser shows in no server; nothing where what changed was words or an offer."""

    ended_and_went_on: float = -2.0
    """The cause was over and the complaints went on at half the rate or more."""

    ended_and_stopped: float = 1.0
    """The complaints fell when it ended."""

    same_words: float = 1.0
    """The complaints use words of its description more often than other records do."""


WEIGHTS = EvidenceWeights()
SIGNIFICANCE, REFUTING = 0.01, 0.001
"""Highest p-values of what is said at all, and of what rules a cause out."""

_WITHOUT_ERRORS = (CauseKind.CONTENT, CauseKind.CAMPAIGN)
FEWEST_COMPLAINTS, FEWEST_RECORDS = 3, 10
"""Complaints below which nothing rose, and records below which a share says nothing: one customer must not decide."""

DAYS_BEFORE = 3
"""Days before its start in which the symptom is looked for."""

HOURS_AFTER_END = 6
"""Hours after its end in which complaints of a cause still arrive."""


@dataclass(frozen=True)
class Evidence:
    """One statement: `log_odds` above 0 speaks for the cause; `refutes` where no other evidence can make up for it."""

    log_odds: float
    statement: str
    refutes: bool = False


def evidence(
    symptom: Symptom, cause: Cause, segment: Mapping[str, str], errors: ErrorShares | None, words: list[str], weights: EvidenceWeights
) -> list[Evidence]:
    """All that speaks for or against the cause; `segment` is the alert's first cohort, `words` those that it shares with the complaints."""
    return [
        _timing(symptom, cause, weights),
        *(_scoped(symptom, cause, segment, weights) if cause.scope else _global(symptom, segment, weights)),
        *_before(symptom, cause, weights),
        *_errors(cause, errors, weights),
        *_ended(symptom, cause, weights),
        *_words(words, weights),
    ]


def _timing(symptom: Symptom, cause: Cause, weights: EvidenceWeights) -> Evidence:
    """The delay's density, falling as 1 / (delay + lag), over that of an innocent change anywhere in the week."""
    hours = (symptom.onset - cause.started) / HOUR_MICROSECONDS
    week, lag = CANDIDATE_DAYS * 24.0, weights.lag_hours
    ratio = float(np.log((week + lag) / ((abs(hours) + lag) * np.log((week + lag) / lag))))
    when = f"{_duration(hours)} before" if hours >= 0 else f"{_duration(-hours)} after"
    return Evidence(ratio, f"It began {when} the estimated onset of the complaints.")


def _scoped(symptom: Symptom, cause: Cause, segment: Mapping[str, str], weights: EvidenceWeights) -> Iterator[Evidence]:
    inside = symptom.inside(cause.scope, symptom.onset, symptom.end)
    outside = symptom.outside(cause.scope, symptom.onset, symptom.end)
    if inside.complaints + outside.complaints < FEWEST_COMPLAINTS:
        return
    usual_in, usual_out = inside.records * inside.usual_share, outside.records * outside.usual_share
    ratio = concentrated_over_common(inside.complaints, outside.complaints, usual_in, usual_out)
    bounded = float(np.clip(ratio, -weights.scope_limit, weights.scope_limit))
    said = f"Since the onset {inside} complained inside of its scope and {outside} outside."
    if bounded:
        yield Evidence(bounded, said, refutes=bounded == -weights.scope_limit and inside.rise <= outside.rise)
    if bounded > 0 and segment and all(segment.get(d) in values for d, values in cause.scope.items()):
        yield Evidence(weights.same_segment, f"It reached the very customers who stand out: {_named(segment)}.")
    if _has_risen(outside) and outside.rise >= inside.rise / 2:
        yield Evidence(weights.control_rises, f"Customers whom it did not reach complain more than usual as well: {outside}.")


def _global(symptom: Symptom, segment: Mapping[str, str], weights: EvidenceWeights) -> Iterator[Evidence]:
    if segment:
        yield Evidence(weights.narrow_under_global, f"It reached everybody, but the complaints are concentrated in {_named(segment)}.")
    else:
        everybody = symptom.inside({}, symptom.onset, symptom.end)
        yield Evidence(weights.everybody, f"It reached everybody, and no segment stands out: {everybody} complained since the onset.")


def _before(symptom: Symptom, cause: Cause, weights: EvidenceWeights) -> Iterator[Evidence]:
    """Complaints inside of the scope in the days before the start, against those since.

    Where the scope names what came with the change (a new version), nobody was inside of it before: then there is nothing to compare.
    """
    before = symptom.inside(cause.scope, cause.started - DAYS_BEFORE * DAY_MICROSECONDS, cause.started)
    since = symptom.inside(cause.scope, max(cause.started, symptom.onset), symptom.end)
    if before.records < FEWEST_RECORDS or not since.records:
        return
    if _has_risen(before, REFUTING) and before.share >= since.share / 2:
        yield Evidence(weights.seen_before, f"The symptom was there in the {DAYS_BEFORE} days before it began: {before}.", refutes=True)
    elif higher_share_p_value(since.complaints, since.records, before.complaints, before.records) <= SIGNIFICANCE:
        yield Evidence(weights.clean_before, f"In the {DAYS_BEFORE} days before it began {before} complained, since the onset {since}.")


def _errors(cause: Cause, errors: ErrorShares | None, weights: EvidenceWeights) -> Iterator[Evidence]:
    if errors is None:
        return
    figures = f"from {_percent(errors.before)} to {_percent(errors.after)} of {errors.requests} requests, p {_chance(errors.p_value)}"
    if not errors.has_risen:
        if cause.kind not in _WITHOUT_ERRORS:
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


def _words(words: list[str], weights: EvidenceWeights) -> Iterator[Evidence]:
    if words:
        yield Evidence(weights.same_words, f"The complaints use words of its description: {', '.join(words)}.")


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
