"""Who may be written to, and when: consent and suppression, quiet hours in the customer's own time, and a cap on each week.

The numbers are data: `contact_rules.yaml`, or a home's own `messages.yaml`; who asked not to be written to stands in a home's
`suppression.yaml`. The rules that are easy to break: who is suppressed is never written to; what is held waits and is lost to nobody; and
where somebody's time is not known for sure, it has to be no quiet hour in any of the zones that it may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from feedback_loop.contracts.message_vocab import HeldReason
from feedback_loop.errors import BadInput
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

WEEK = timedelta(days=7)

_STEP = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(days=8)
_Named = Annotated[str, Field(pattern=r"^\S.*$")]
_Zones = Annotated[tuple[str, ...], Field(min_length=1)]
Form = TypeVar("Form", bound=BaseModel)


class QuietHours(BaseModel):
    """From when until when nobody is written to, local time; the end is no quiet minute any more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    begins: Annotated[time, Field(alias="from")]
    ends: Annotated[time, Field(alias="until")]

    @model_validator(mode="after")
    def _leaves_some_time(self) -> QuietHours:
        if self.begins == self.ends:
            raise ValueError("quiet hours that end when they begin leave no hour, or all of them; write two different times")
        return self

    def holds(self, local: time) -> bool:
        """Whether the time of day is a quiet one."""
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


class ContactRules(BaseModel):
    """When customers may be written to, and how often."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: _Named
    quiet_hours: QuietHours
    weekly_cap: Annotated[int, Field(ge=1)]
    zones: Mapping[str, _Zones]
    default_zones: _Zones

    @field_validator("zones")
    @classmethod
    def _knows_zones(cls, value: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        _require_zones(name for zones in value.values() for name in zones)
        return {place.lower(): zones for place, zones in value.items()}

    @field_validator("default_zones")
    @classmethod
    def _knows_defaults(cls, value: Sequence[str]) -> Sequence[str]:
        _require_zones(value)
        return value

    def zones_of(self, region: str | None, locale: str | None) -> Sequence[str]:
        """The zones of the region, otherwise of the locale's country, otherwise the default's."""
        country = (locale or "").replace("_", "-").rpartition("-")[2]
        for place in (region, country):
            if place and place.lower() in self.zones:
                return self.zones[place.lower()]
        return self.default_zones

    def is_quiet(self, at: datetime, zones: Sequence[str]) -> bool:
        """Whether it is a quiet hour in any of the zones."""
        return any(self.quiet_hours.holds(at.astimezone(ZoneInfo(zone)).time()) for zone in zones)

    def quiet_until(self, at: datetime, zones: Sequence[str]) -> datetime | None:
        """The first quarter of an hour from then on that is quiet in none of the zones; None where there is none within eight days."""
        start = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
        instants = (start + step * _STEP for step in range(_LONGEST_WAIT // _STEP))
        return next((instant for instant in instants if instant >= at and not self.is_quiet(instant, zones)), None)


class Suppression(BaseModel):
    """One customer who asked not to be written to, about one product and on one channel, or about all and on any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: _Named
    product: _Named | None = None
    channel: _Named | None = None
    why: str = ""


class _SuppressionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    suppressed: tuple[Suppression, ...] = ()


@dataclass(frozen=True)
class Contact:
    """The rules, and who asked not to be written to."""

    rules: ContactRules
    suppressions: Sequence[Suppression] = ()

    def unwelcome(self, product: str) -> frozenset[str]:
        """The customers who are not to be written to about the product on this home's channel."""
        fitting = (one for one in self.suppressions if one.product in (None, product) and one.channel in (None, self.rules.channel))
        return frozenset(one.customer for one in fitting)


@dataclass(frozen=True)
class Sorted:
    """What becomes of approved messages now: ids that go, and those that wait with why."""

    going: list[str] = field(default_factory=list)
    held: dict[str, HeldReason] = field(default_factory=dict)


def sorted_out(
    messages: Iterable[Mapping[str, Any]], statements: Sequence[Mapping[str, Any]], sent: Iterable[Mapping[str, Any]], rules: ContactRules,
    now: datetime,
) -> Sorted:  # fmt: skip
    """Which of the approved messages go now, in their order; `statements` are the latest about customers, `sent` all messages with sent_at.

    What goes now counts in the week at once, so that two messages to one customer in one call keep the cap, too.
    """
    known = {row["known_customer_id"]: row for row in statements}
    lately = Counter(row["recipient_customer_id"] for row in sent if row["sent_at"] is not None and row["sent_at"] > now - WEEK)
    found = Sorted()
    for message in messages:
        customer_id, draft_id = message["recipient_customer_id"], message["message_draft_id"]
        about = known.get(customer_id, {})
        if rules.is_quiet(now, rules.zones_of(about.get("region"), about.get("locale"))):
            found.held[draft_id] = HeldReason.QUIET_HOURS
        elif lately[customer_id] >= rules.weekly_cap:
            found.held[draft_id] = HeldReason.WEEKLY_CAP
        else:
            lately[customer_id] += 1
            found.going.append(draft_id)
    return found


@cache
def seed_contact_rules() -> ContactRules:
    """The rules that come with the package."""
    return parse_contact_rules(seed_text())


def seed_text() -> str:
    """Their text, from which a home's own may be written."""
    return (files("feedback_loop.remediation") / "contact_rules.yaml").read_text("utf-8")


def parse_contact_rules(text: str) -> ContactRules:
    """The rules of the YAML text; raises BadInput with all that is wrong with it."""
    return _parsed(text, ContactRules)


def parse_suppressions(text: str) -> Sequence[Suppression]:
    """The lines of the YAML text, `suppressed: [{customer, product, channel, why}]`; raises BadInput with all that is wrong with it."""
    return _parsed(text, _SuppressionFile).suppressed


def _parsed(text: str, form: type[Form]) -> Form:
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise BadInput(f"the text {why_no_yaml(error)}.") from error
    try:
        return form.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{'; '.join(field_problems(error))}.") from error


def _require_zones(names: Collection[str] | Iterable[str]) -> None:
    strangers = [name for name in names if name not in available_timezones()]
    if strangers:
        raise ValueError("a zone is unknown; write names of the IANA database, such as Europe/London")
