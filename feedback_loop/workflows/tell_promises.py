"""Telling people of promises that are at risk or broken: one message for each, where they talk, as soon as it is so.

Which promises wait is reckoned by `outcomes/sla_stages`, by the clocks of now. The rule that is easy to break: a promise that was told as
at risk is told once more when it is broken, and neither a second time; what it is about is said by ids, figures and labels alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.errors import ConnectorRefused, WriteInDoubt
from feedback_loop.ports import Clock, NoticeChannel, StateStore
from feedback_loop.workflows.posted_once import ANOTHER, CLAIM, Claims

TELLING, TOLD = "promise_being_told", "promise_told"
"""Events of the trail: somebody is about to post, and it was posted."""

WATCHED = ("due_at", "promised_stage", "sla_verdict", "class_applied", "urgency_applied", "tier_applied", "alerted_id")
"""What is said of a promise that waits."""

MOST = 20
"""So many in one round at most, the one due first in front: a channel of hundreds is read by nobody."""


@dataclass
class PromisesTold:
    """The promises that were told now, by their ids, and what was left with the reason."""

    told: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def promise_id(row: Mapping[str, Any]) -> str:
    """The id of what is told: a promise of one stage of one alert, as at risk or as broken."""
    return stable_id("promise", row["alerted_id"], row["promised_stage"], row["sla_verdict"], row["due_at"])


def untold(waiting: Sequence[Mapping[str, Any]], state: StateStore) -> list[Mapping[str, Any]]:
    """Those of the promises that nobody was told of yet, as many as one round tells."""
    known = {record.subject_id for record, _ in state.told(TOLD)}
    return [row for row in waiting if promise_id(row) not in known][:MOST]


def tell_promises(
    waiting: Sequence[Mapping[str, Any]], state: StateStore, channel: NoticeChannel, clock: Clock, attempt: str
) -> PromisesTold:
    """What came of one round; `waiting` are rows of promises that are at risk or broken, the one due first in front."""
    report, claims = PromisesTold(), Claims(state, clock, TELLING, channel.connector, attempt)
    for row in untold(waiting, state):
        subject_id, begun_at = promise_id(row), clock.now()
        if not claims.is_ours(subject_id):
            report.left[subject_id] = ANOTHER
            continue
        try:
            message_id = channel.posted(subject_id, begun_at - 2 * CLAIM) or channel.post(subject_id, _subject(row), _lines(row), begun_at)
        except (ConnectorRefused, WriteInDoubt) as error:
            report.left[subject_id] = str(error)
            continue
        state.note(TOLD, subject_id, LOOP, {"message_id": message_id, "connector": channel.connector}, clock.now())
        report.told.append(subject_id)
    return report


def _subject(row: Mapping[str, Any]) -> str:
    about = row["class_applied"] or "complaints of several classes"
    return f"Promise {str(row['sla_verdict']).replace('_', ' ')}: {row['promised_stage']} of {about}".replace("_", " ")


def _lines(row: Mapping[str, Any]) -> list[str]:
    return [
        f"due: {row['due_at']:%Y-%m-%d %H:%M} UTC",
        f"urgency: {row['urgency_applied'] or 'none'}",
        f"tier: {row['tier_applied'] or 'any'}",
        f"alert: {row['alerted_id']}",
    ]
