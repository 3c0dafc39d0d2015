"""How well a loop did in a simulated company: whether it noticed each planted fault, named its true cause, and mended it in time.

Here: what a loop found (`Found`, identifiers and instants only) and its score against the truth, one per planted fault. How the loop finds
is not this package's to know. Scores over many seeds are in `score_report`, the score of issues in `recovery`.
The rule that is easy to break: an alert counts for a fault only where enough of its messages are that fault's, so that whoever alerts
every hour detects nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.loop_vocab import MENDING, ActionKind, HypothesisVerdict
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.statements import HOUR, instant

OVERLAP_SHARE = 0.2
"""The least share of an alert's messages that come from a fault, for the alert to be about it."""

NAMED_SCORE = 0.5
"""From this score on, a cause counts as blamed."""

RANKED_HOURS = 24
"""The ranking that counts is that of the surest alert within so many hours of the first."""

NEGATIVE_STARS = 2
FIXED_RESIDUAL = 0.5
"""An action that leaves more of a fault than this eases it and fixes nothing."""


@dataclass(frozen=True)
class FoundCause:
    """One candidate cause of an alert; `cause_id` null is the cause that is not known."""

    cause_id: str | None
    score: float
    verdict: HypothesisVerdict


@dataclass(frozen=True)
class FoundAlert:
    """One alert: when it was raised, about what and whom, from which messages (ids of the sources), and its causes, likeliest first."""

    raised_at: datetime
    subject: str
    message_ids: frozenset[str]
    cohort: Mapping[str, str]
    causes: tuple[FoundCause, ...] = ()


@dataclass(frozen=True)
class FoundAction:
    """One action that was carried out; `is_automatic` where no person approved it."""

    executed_at: datetime
    action_kind: ActionKind
    target: str
    is_automatic: bool


@dataclass(frozen=True)
class Found:
    """All that a loop found and did in one simulation."""

    alerts: Sequence[FoundAlert] = ()
    actions: Sequence[FoundAction] = ()


@dataclass(frozen=True)
class Score:
    """How a loop did on one planted fault; null where the question does not arise.

    `is_cause_*`: null without an alert and where there is no true cause; that the cause is not known is a rank like any other, but for
    `is_cause_first_named`, which asks of the causes that are named alone. `has_abstained_rightly`: null where there is one.
    `is_innocent_blamed`: a cause other than the true one was scored as blamed. `has_false_action`: something was carried out that mends
    none of the planted faults, `has_false_automation`: and no person had approved it. `hours_to_fix`: until the fault was mended, by the
    loop, by hand or by itself; null where there is no defect. `negative_review_share`: of the reviews from the onset to the end.
    """

    kind: str
    seed: int
    is_detected: bool
    detection_delay_hours: float | None
    is_cause_first: bool | None
    is_cause_first_named: bool | None
    is_cause_in_top_three: bool | None
    is_innocent_blamed: bool | None
    has_abstained_rightly: bool | None
    has_false_action: bool
    has_false_automation: bool
    hours_to_fix: float | None
    negative_review_share: float | None


def alerts_about(simulation: Simulation, fault: Fault, found: Found) -> list[FoundAlert]:
    """The alerts about a fault from its onset on, earliest first."""
    onset = instant(simulation.start_day, fault.onset_hour)
    planted = {message.message_id for message in simulation.messages if message.fault == fault.fault}
    about = [
        alert
        for alert in found.alerts
        if alert.raised_at >= onset and alert.message_ids and len(alert.message_ids & planted) >= OVERLAP_SHARE * len(alert.message_ids)
    ]
    return sorted(about, key=lambda alert: (alert.raised_at, alert.subject))


def _blamed(causes: Sequence[FoundCause]) -> set[str]:
    return {cause.cause_id for cause in causes if cause.cause_id is not None and cause.score >= NAMED_SCORE}


def _abstains(causes: Sequence[FoundCause]) -> bool:
    return bool(causes) and causes[0].cause_id is None and causes[0].verdict is HypothesisVerdict.INSUFFICIENT_EVIDENCE


def is_wrong(fault: Fault, done: FoundAction) -> bool:
    """Whether a mending action can't mend the fault: nothing can, or it is aimed at something else, or another kind mends it."""
    if done.action_kind not in MENDING:
        return False
    return not _hits(fault, done)


def _hits(fault: Fault, done: FoundAction) -> bool:
    return fault.remedy is not None and done.action_kind in fault.remedy.action_kinds and done.target == fault.cause.reference


def _passes_after_hours(fault: Fault) -> list[float]:
    """When a fault is over by itself, as an outage of a provider is, in hours since its onset; empty where it is not."""
    lasting = [place for place, (_, level) in enumerate(fault.profile) if level > 0]
    after = fault.profile[max(lasting, default=0) + 1 :]
    return [24 * day for day, _ in after[:1]]


def _hours_to_fix(simulation: Simulation, fault: Fault, found: Found) -> float | None:
    if not fault.is_defect:
        return None
    onset, mended = instant(simulation.start_day, fault.onset_hour), [24 * fault.manual_fix_days, *_passes_after_hours(fault)]
    for done in found.actions:
        if fault.remedy and fault.remedy.residual <= FIXED_RESIDUAL and done.executed_at >= onset and _hits(fault, done):
            mended.append((done.executed_at - onset) / HOUR + fault.remedy.hours_to_work)
    return min(mended)


def negative_review_share(simulation: Simulation, fault: Fault) -> float | None:
    """The share of reviews with two stars or fewer, from the onset of a fault to the end; null without a review."""
    onset = instant(simulation.start_day, fault.onset_hour)
    rated = [message.rating for message in simulation.messages if message.rating is not None and message.occurred_at >= onset]
    return sum(stars <= NEGATIVE_STARS for stars in rated) / len(rated) if rated else None


def score(simulation: Simulation, found: Found) -> list[Score]:
    """One score per planted fault, in the order of the scenario."""
    return [_score(simulation, fault, found) for fault in simulation.scenario.faults]


def ranking(about: Sequence[FoundAlert]) -> Sequence[FoundCause]:
    """The causes of the alert of the first day that names one most surely: what a loop that acts within a day would act on."""
    early = [alert for alert in about if (alert.raised_at - about[0].raised_at) / HOUR <= RANKED_HOURS]
    return max(early, key=_surest).causes if early else ()


def _surest(alert: FoundAlert) -> float:
    return max((cause.score for cause in alert.causes if cause.cause_id is not None), default=0.0)


def _score(simulation: Simulation, fault: Fault, found: Found) -> Score:
    about = alerts_about(simulation, fault, found)
    wrong = [done for done in found.actions if all(is_wrong(planted, done) for planted in simulation.scenario.faults)]
    causes, true = ranking(about), fault.cause.reference
    ranked = [cause.cause_id for cause in causes]
    has_cause = bool(about) and true is not None
    return Score(
        kind=fault.kind,
        seed=simulation.seed,
        is_detected=bool(about),
        detection_delay_hours=(about[0].raised_at - instant(simulation.start_day, fault.onset_hour)) / HOUR if about else None,
        is_cause_first=ranked[:1] == [true] if has_cause else None,
        is_cause_first_named=[cause for cause in ranked if cause is not None][:1] == [true] if has_cause else None,
        is_cause_in_top_three=true in ranked[:3] if has_cause else None,
        is_innocent_blamed=bool(_blamed(causes) - {true}) if about else None,
        has_abstained_rightly=_abstains(causes) if about and true is None else None,
        has_false_action=bool(wrong),
        has_false_automation=any(done.is_automatic for done in wrong),
        hours_to_fix=_hours_to_fix(simulation, fault, found),
        negative_review_share=negative_review_share(simulation, fault),
    )
