"""What a return is reckoned with and can't be measured here: prices, shares and costs, each with who answers for it and its source.

The file of a home is read by `workflows/roi`, refused with all that is wrong with it by `assumptions_text`; the figures are in `roi` and
`roi_comparison`. The rules that are easy to break: an assumption without a value is a missing input, so what needs it is not reckoned;
zero would be a claim. And a figure is a number as it is written: `true` is no 1, and nobody's share is above 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator

from feedback_loop.contracts.days import DayRange

TRIED = 0.5, 1.5
"""Where nobody says how far a figure may be off, these parts of it are tried."""

MOST = 1e9
"""No price, share, length or monthly cost is higher; what is was mistyped, and multiplied it would soon be no number any more."""

LONGEST_DAYS = 3 * 366
"""Days of a stretch that is compared: three years."""

FIRST_YEAR, LAST_YEAR = 1970, 2999


def _day(value: object) -> date:
    """A day as it is written; a number or an instant is none, for 86400 is no second of January 1970 here."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError
    return value


def _written_day(value: object) -> date:
    try:
        return _day(value)
    except ValueError as error:
        raise ValueError("is no day; write it as 2026-01-31") from error


Words = Annotated[str, Field(pattern=r"[^\s\p{C}]", max_length=1_000)]
Amount = Annotated[FiniteFloat, Field(strict=True, ge=0, le=MOST)]
Share = Annotated[FiniteFloat, Field(strict=True, ge=0, le=1)]
Day = Annotated[date, BeforeValidator(_written_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumption(_Strict):
    """One figure that somebody has to stand for; `value` is None where nobody does yet, `low` and `high` say how far it may be off."""

    value: Amount | None
    unit: Words
    owner: Words
    source: Words
    low: Amount | None = None
    high: Amount | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Assumption:
        ends = [end for end in (self.low, self.value, self.high) if end is not None]
        if ends != sorted(ends):
            raise ValueError("low, value and high are not in this order; exchange them")
        return self

    def ends(self) -> tuple[float, float] | None:
        """The lowest and highest value to try; None without a value."""
        if self.value is None:
            return None
        low, high = (part * self.value for part in TRIED)
        return low if self.low is None else self.low, high if self.high is None else self.high


class ShareAssumption(Assumption):
    """One that is a fraction of something, so that nothing above 1 is tried."""

    value: Share | None
    low: Share | None = None
    high: Share | None = None

    def ends(self) -> tuple[float, float] | None:
        """The lowest and highest share to try; None without a value."""
        ends = super().ends()
        return None if ends is None else (ends[0], min(ends[1], 1.0))


class Cost(_Strict):
    """What one part of running the loop costs; None where nobody says."""

    name: Words
    usd_per_month: Amount | None
    owner: Words
    source: Words

    def ends(self) -> tuple[float, float] | None:
        """As of an assumption."""
        if self.usd_per_month is None:
            return None
        low, high = (part * self.usd_per_month for part in TRIED)
        return low, high


class Days(_Strict):
    """A stretch of days, both ends included."""

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> Days:
        if self.last < self.first:
            raise ValueError("ends before it begins; exchange from and to")
        return self

    def days(self) -> DayRange:
        """The same as a range."""
        return DayRange(self.first, self.last)


class Compared(_Strict):
    """The days before the loop, and those with it."""

    before: Days
    with_loop: Days

    @model_validator(mode="after")
    def _comparable(self) -> Compared:
        if problem := why_not_comparable(self.before.days(), self.with_loop.days()):
            raise ValueError(problem)
        return self


def why_not_comparable(before: DayRange, with_loop: DayRange) -> str | None:
    """What keeps the two stretches from being compared, and what to do about it; None where nothing does."""
    if before.last >= with_loop.first:
        return f"the days before the loop ({before}) reach into those with it ({with_loop}); let them end earlier"
    if max(len(before), len(with_loop)) > LONGEST_DAYS:
        return f"a stretch has more than {LONGEST_DAYS:,} days; name a quarter or a year"
    if before.first.year <= FIRST_YEAR or with_loop.last.year > LAST_YEAR:
        return f"the days lie before {FIRST_YEAR + 1} or after {LAST_YEAR}; name others"
    return None


@dataclass(frozen=True)
class RoiAssumptions:
    """The assumptions of one company. The defaults are placeholders of a plausible size, to be replaced by its own."""

    agent_hour_usd: Assumption
    lost_per_complaint_share: ShareAssumption
    months_kept: Assumption
    usual_incident_hours: Assumption
    costs: tuple[Cost, ...] = ()
    compared: Compared | None = None

    def named(self) -> dict[str, Assumption]:
        """The assumptions by name."""
        return {one.name: found for one in fields(self) if isinstance(found := getattr(self, one.name), Assumption)}

    def to_try(self) -> Iterator[tuple[str, float]]:
        """The name of each assumption and cost that has a value, with each other value to try it at."""
        uncertain: dict[str, Assumption | Cost] = {**self.named(), **{cost.name: cost for cost in self.costs}}
        for name, one in uncertain.items():
            yield from ((name, end) for end in one.ends() or ())

    def varied(self, name: str, value: float) -> RoiAssumptions:
        """The same with another value of the assumption, or of the cost, of this name."""
        if name in self.named():
            return replace(self, **{name: getattr(self, name).model_copy(update={"value": value})})
        costs = tuple(cost.model_copy(update={"usd_per_month": value}) if cost.name == name else cost for cost in self.costs)
        return replace(self, costs=costs)
