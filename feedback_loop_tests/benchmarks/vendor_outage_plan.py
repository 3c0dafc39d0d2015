"""What `vendor_outage` plays through: when things happen, when the vendor is out, and what is known of each side in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_loop_tests.fakes import START

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """One run: something happens each `spacing` until the end of the outage and as long again; then there is time to finish."""

    minutes_before: int = 60
    minutes_out: int = 60
    minutes_after: int = 60
    minutes_to_finish: int = 45
    spacing: timedelta = MINUTE
    is_any_out: bool = True
    begins: datetime = START

    @property
    def arrivals(self) -> int:
        """How often something happens."""
        return (self.minutes_before + self.minutes_out + self.minutes_after) * MINUTE // self.spacing

    @property
    def lasts(self) -> timedelta:
        """From the beginning to the end."""
        return (self.minutes_before + self.minutes_out + self.minutes_after + self.minutes_to_finish) * MINUTE

    @property
    def ends_at(self) -> datetime:
        """When the outage ends, or would."""
        return self.begins + (self.minutes_before + self.minutes_out) * MINUTE

    def is_out(self, now: datetime) -> bool:
        """Whether the vendor is out then."""
        return self.is_any_out and self.ends_at - self.minutes_out * MINUTE <= now < self.ends_at


@dataclass
class Side:
    """What became of one vendor's part: `waited` in seconds for each thing, from when it happened until it was through."""

    what: str
    waited: list[float] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    is_in_order: bool = False
    most_in_a_minute: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The wait that 95 % stay at or below, in seconds."""
        return sorted(self.waited)[max(0, -(-95 * len(self.waited) // 100) - 1)] if self.waited else 0.0


def most_in_a_minute(instants: list[datetime]) -> int:
    """The most of the instants that lie within any minute."""
    ascending, most, first = sorted(instants), 0, 0
    for last, at in enumerate(ascending):
        while ascending[first] <= at - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most
