"""What would decide: the observations that would tell a hypothesis from its rivals, and that nobody has made yet.

Each names what to look at and what either outcome would say. The rule that is easy to break: only what is not known already is asked for; a
figure that stands among the evidence decides nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_loop.analysis.cause_evidence import FEWEST_RECORDS, HOURS_AFTER_END, WITHOUT_ERRORS
from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.segments import Scope
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.analysis.telemetry import ErrorShares

LEAST_RIVAL_SCORE = 0.1
"""A less probable cause is no rival that anybody has to be told from."""

MOST = 3


@dataclass(frozen=True)
class Rival:
    """A candidate with its probability and what was measured of its service."""

    cause: Cause
    score: float
    errors: ErrorShares | None


def deciding_observations(symptom: Symptom, cause: Cause | None, ranked: Sequence[Rival], segment: Mapping[str, str]) -> list[str]:
    """Up to `MOST` sentences for one hypothesis among the ranked candidates; no cause stands for the unknown one."""
    found = _about_unknown(ranked, segment) if cause is None else _about(symptom, cause, ranked)
    return list(found)[:MOST]


def _about_unknown(ranked: Sequence[Rival], segment: Mapping[str, str]) -> Iterator[str]:
    who = " and ".join(f"{dimension} {value}" for dimension, value in sorted(segment.items()))
    yield f"A change or an incident that is not in the log, and reached {who or 'everybody'}: whoever made it would know."
    if ranked and ranked[0].score >= LEAST_RIVAL_SCORE:
        yield f"Whether {ranked[0].cause.label} is to blame, which is the likeliest of the known ones."


def _about(symptom: Symptom, cause: Cause, ranked: Sequence[Rival]) -> Iterator[str]:
    own = next(rival for rival in ranked if rival.cause == cause)
    if own.score < LEAST_RIVAL_SCORE:
        return
    for rival in ranked:
        if rival.cause != cause and rival.score >= LEAST_RIVAL_SCORE:
            yield _apart(cause, rival.cause)
    if own.errors is None and cause.kind not in WITHOUT_ERRORS:
        yield f"Requests and errors of {cause.service or 'its service'} around its start, of which too few were measured."
    outside = symptom.outside(cause.scope, symptom.onset, symptom.end)
    if cause.scope and outside.records < FEWEST_RECORDS:
        yield f"Records of customers whom it did not reach: only {outside.records} since the onset."
    if cause.ended is None and cause.stays_in_force:
        yield f"Whether the complaints fall within {HOURS_AFTER_END} hours of its end or roll-back: if they go on, it is not the cause."


def _apart(cause: Cause, rival: Cause) -> str:
    if own := _alone(cause.scope, rival.scope):
        return f"Complaints of {own}, whom {rival.label} did not reach: they would speak for this one alone."
    if others := _alone(rival.scope, cause.scope):
        return f"Complaints of {others}, whom only {rival.label} reached: they would speak against this one."
    return f"What happens when one of the two is taken back: {rival.label} reached the same customers."


def _alone(scope: Scope, other: Scope) -> str:
    """Whom the first scope reaches and the second does not, by one dimension; empty where that is nobody."""
    for dimension, values in sorted(scope.items()):
        left = [value for value in values if dimension in other and value not in other[dimension]]
        if left:
            return f"{dimension} {', '.join(left)}"
    narrower = next((dimension for dimension in sorted(other) if dimension not in scope), None)
    return f"customers with another {narrower} than {', '.join(other[narrower])}" if narrower else ""
