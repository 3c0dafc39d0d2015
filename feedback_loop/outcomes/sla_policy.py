"""What is promised to whom: targets by urgency, class and tier, the calendar that counts, and whether waiting for the customer pauses it.

How a policy is read from YAML, and what is wrong with one, is in `sla_policy_text`; what became of a promise in `sla_verdicts`. The rule
that is easy to break: a promise is looked up for the subject as it was when the clock started; looked up for what it is now, the past
would be judged by what somebody or something has become since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.vocab import ComplaintClass, Urgency
from feedback_loop.methods.working_time.counting import LONGEST_SEARCH, working_time
from feedback_loop.methods.working_time.spans import in_utc
from feedback_loop.outcomes.sla_calendars import CalendarText, Strict, WorkCalendar

DEFAULT_RULE = "default"
DAILY_REVIEW = "daily review"

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_PARTS = ("urgencies", "complaint_classes", "tiers")

Named = Annotated[str, Field(pattern=r"\S")]
TargetText = Annotated[str, Field(pattern=r"^([1-9]\d{0,5} (minute|hour)s?|daily review)$")]
Share = Annotated[float, Field(gt=0, lt=1)]


def length_of(text: str) -> timedelta:
    """The working time that a target such as `15 minutes` gives."""
    amount, unit = text.split()
    return int(amount) * _UNITS[unit.removesuffix("s")]


class Targets(Strict):
    """What is due by when; what is None is not asked for."""

    triage: TargetText | None = None
    mitigate: TargetText | None = None
    remediate: TargetText | None = None
    confirm: TargetText | None = None

    def of(self, stage: SlaStage) -> str | None:
        """The target of the stage as it is written."""
        text: str | None = getattr(self, stage)
        return text


class SlaDefault(Strict):
    """What holds where no rule applies, and what rules leave out."""

    calendar: Named
    waiting_pauses: bool
    at_risk_share: Share
    targets: Targets


class SlaRule(Strict):
    """One row of the table; a part that it leaves empty restricts nothing."""

    rule_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    urgencies: tuple[Urgency, ...] = ()
    complaint_classes: tuple[ComplaintClass, ...] = ()
    tiers: tuple[Named, ...] = ()
    calendar: Named | None = None
    waiting_pauses: bool | None = None
    at_risk_share: Share | None = None
    targets: Targets

    @property
    def part_count(self) -> int:
        """How many parts it names."""
        return sum(bool(getattr(self, part)) for part in _PARTS)

    def applies(self, subject: Subject) -> bool:
        """Whether each part that it names fits; what is not known of the subject fits no part."""
        values = (subject.urgency, subject.complaint_class, subject.tier)
        return all(not named or (value or "").strip().casefold() in named for named, value in zip(self.parts(), values, strict=True))

    def parts(self) -> tuple[frozenset[str], ...]:
        """The words of each part in lower case."""
        return tuple(frozenset(str(word).strip().casefold() for word in getattr(self, part)) for part in _PARTS)


@dataclass(frozen=True)
class Subject:
    """What a promise depends on, as it was known at one moment; None where it was not."""

    urgency: str | None = None
    complaint_class: str | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Promise:
    """What one clock is held to, whatever changes after its start."""

    rule_id: str
    calendar_name: str
    calendar: WorkCalendar
    waiting_pauses: bool
    at_risk_share: float
    targets: Targets
    policy_version: str

    def target(self, stage: SlaStage, started_at: datetime) -> timedelta | None:
        """The working time from the start until the stage is due if nothing pauses; None where it is not asked for."""
        text = self.targets.of(stage)
        if text is None:
            return None
        if text != DAILY_REVIEW:
            return length_of(text)
        ends = self._review_end(in_utc(started_at))
        return None if ends is None else working_time(self.calendar.hours, started_at, ends)

    def _review_end(self, start: datetime) -> datetime | None:
        """When the first review that begins at the start or later is over."""
        reviews = self.calendar.reviews
        # Asked from a day before, because a review that runs at the start must be known not to begin with it.
        found = reviews.working_spans(start - timedelta(days=1), start + LONGEST_SEARCH) if reviews else iter(())
        return next((end for begin, end in found if begin >= start), None)


class SlaPolicy(Strict):
    """The whole policy."""

    calendars: Mapping[Named, CalendarText]
    default: SlaDefault
    rules: tuple[SlaRule, ...] = ()
    policy_version: str = ""

    def rule_for(self, subject: Subject) -> SlaRule | None:
        """The rule that decides: of those that apply the one that names most parts, the upper one where equal; None for the default."""
        return max((rule for rule in self.rules if rule.applies(subject)), key=lambda rule: rule.part_count, default=None)

    def strictest(self, subjects: Iterable[Subject], started_at: datetime) -> Subject:
        """Of several subjects of one clock, of which there is one at least, that whose triage is due soonest."""

        def minutes(subject: Subject) -> tuple[timedelta, str]:
            target = self.promise_for(subject).target(SlaStage.TRIAGE, started_at)
            return timedelta.max if target is None else target, str(subject)

        return min(set(subjects), key=minutes)

    def promise_for(self, subject: Subject) -> Promise:
        """What the subject is promised, as it is known now."""
        rule, default = self.rule_for(subject), self.default
        own = {} if rule is None else {name: value for name in SlaDefault.model_fields if (value := getattr(rule, name)) is not None}
        chosen = default.model_copy(update=own)
        return Promise(
            DEFAULT_RULE if rule is None else rule.rule_id,
            chosen.calendar,
            self.calendars[chosen.calendar].calendar(),
            chosen.waiting_pauses,
            chosen.at_risk_share,
            chosen.targets,
            self.policy_version,
        )
