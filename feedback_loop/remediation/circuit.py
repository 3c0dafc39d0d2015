"""When a connector may be asked: a circuit that opens after failures in a row, and a pace that is not exceeded.

Both are told the time, so that the same questions at the same instants get the same answers; what they stand between is in
`workflows/lanes`. The rule that is easy to break: after its pause a circuit lets one question through, the probe; only its answer decides
about the others. There is one caller who asks one question after the other, so nothing here is locked.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_MINUTE = timedelta(minutes=1)


class WaitReason(StrEnum):
    """Why an action that may be carried out stays where it is for now."""

    NO_CONNECTOR = "no_connector"
    SWITCHED_OFF = "switched_off"
    NO_ANSWER = "no_answer"
    TOO_MANY_A_MINUTE = "too_many_a_minute"
    SETTLING = "settling"
    STOPPED = "stopped"
    TOO_MANY_OF_ITS_PLAYBOOK = "too_many_of_its_playbook"


@dataclass(frozen=True)
class Waiting:
    """Why one action waits, for whom, and until when; `until` is None where only people can end it."""

    reason: WaitReason
    connector: str
    until: datetime | None = None


@dataclass
class Circuit:
    """Counts failures in a row; at `failures_to_open` of them nothing is asked for the time of `pause`."""

    failures_to_open: int
    pause: timedelta
    failures: int = 0
    failed_at: datetime | None = None

    def shut_until(self, now: datetime) -> datetime | None:
        """The instant until which nothing may be asked; None where it may be now."""
        if self.failed_at is None or self.failures < self.failures_to_open:
            return None
        until = self.failed_at + self.pause
        return until if now < until else None

    def answered(self) -> None:
        """The connector is there: the count begins anew."""
        self.failures, self.failed_at = 0, None

    def failed(self, at: datetime) -> None:
        """The connector gave no answer; where this was the probe, the pause begins anew."""
        self.failures, self.failed_at = self.failures + 1, at


@dataclass
class Pace:
    """Lets so many questions through in any minute."""

    most_per_minute: int
    asked: deque[datetime] = field(default_factory=deque)

    def full_until(self, now: datetime) -> datetime | None:
        """The instant at which the next question may be asked; None where it may be now."""
        while self.asked and self.asked[0] <= now - _MINUTE:
            self.asked.popleft()
        return self.asked[-self.most_per_minute] + _MINUTE if len(self.asked) >= self.most_per_minute else None

    def count(self, at: datetime) -> None:
        """One question was asked then; instants come in their order."""
        self.asked.append(at)
