"""The scenario of a made-up company as typed data: who its customers are, what it released, what goes wrong and for whom.

Here: the shape of a scenario file and what follows from it by arithmetic alone (who has which version, how strong a fault is at an hour).
Not here: how people say it (phrasebook), who they are (population), how many write (demand).
The rule that is easy to break: a scenario holds figures and names, never sentences, and days are counted from the start day.
"""

from __future__ import annotations

from importlib import resources
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

Mood = Literal["bad", "neutral", "good"]
Curve = list[tuple[float, float]]


class Part(BaseModel):
    """A piece of a scenario: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Region(Part):
    """Where customers live: shares of their languages, country (ISO 3166) and how money is written."""

    name: str
    share: float = Field(gt=0)
    languages: dict[str, float]
    country: str
    currency: str


class Device(Part):
    """A kind of device: `reviews` says whether its store's reviews are landed, `versioned` whether it runs released versions."""

    kind: str
    share: float = Field(gt=0)
    models: list[str]
    systems: list[str]
    reviews: bool
    versioned: bool


class Release(Part):
    """A version, its instant, and its rollout: steps of [days since release, share of customers who have it]."""

    version: str
    day: int
    hour: int = Field(ge=0, le=23)
    rollout: Curve
    notes: str

    def share_at(self, hour: float) -> float:
        """The share of customers who were offered this version, at an hour since the start."""
        elapsed = (hour - 24 * self.day - self.hour) / 24
        return max((share for since, share in self.rollout if since <= elapsed), default=0.0)


class Topic(Part):
    """What people write about without a planted cause: messages per day, and the relative weights of what they come with.

    `ratings` are the weights of 1..5 stars, `severities` those of low..urgent; `details` names the frames of phrases that may go with it.
    """

    rate: float = Field(ge=0)
    mood: Mood
    area: str | None
    channels: dict[str, float]
    ratings: list[float] = Field(min_length=5, max_length=5)
    severities: list[float] = Field(min_length=4, max_length=4)
    details: list[str]


class Cause(Part):
    """The true reason of a fault."""

    kind: str
    reference: str


class Fault(Part):
    """A planted fault: its slice (an empty list is everybody), onset, complaints per day at full exposure, and course.

    `profile`: [days since onset, level] points joined by straight lines. `is_defect` is false for an outcry about nothing.
    """

    fault: str
    kind: str
    topic: str
    cause: Cause
    is_defect: bool
    first_day: int = Field(ge=0)
    first_hour: int = Field(ge=0, le=23)
    daily_rate: float = Field(gt=0)
    profile: Curve = Field(min_length=1)
    versions: list[str] = []
    device_kinds: list[str] = []
    regions: list[str] = []
    tiers: list[str] = []
    error: str | None = None
    innocent: str | None = None

    def level_at(self, hour: float) -> float:
        """The level of the profile at an hour since the start; 0 before the onset."""
        elapsed = (hour - 24 * self.first_day - self.first_hour) / 24
        if elapsed < 0:
            return 0.0
        for (left, low), (right, high) in zip(self.profile, self.profile[1:], strict=False):
            if elapsed <= right:
                return low + (high - low) * (elapsed - left) / (right - left)
        return self.profile[-1][1]


class Scenario(Part):
    """A company over some days; see the comments of a scenario file for units."""

    name: str
    product: str
    days: int = Field(ge=1)
    customers: int = Field(ge=1)
    weekday_levels: list[float] = Field(min_length=7, max_length=7)
    hour_levels: list[float] = Field(min_length=24, max_length=24)
    daily_spread: float = Field(ge=0)
    second_topic_share: float
    third_topic_share: float
    duplicate_share: float
    missing_field_share: float
    public_reply_share: float
    quoted_reply_share: float
    wordless_share: float
    stray_errors: list[str]
    regions: list[Region]
    tiers: dict[str, float]
    segments: dict[str, float]
    devices: list[Device]
    releases: list[Release]
    topics: dict[str, Topic]
    faults: list[Fault]

    @model_validator(mode="after")
    def _faults_name_what_exists(self) -> Self:
        known = {
            "topic": set(self.topics),
            "version": {release.version for release in self.releases},
            "device kind": {device.kind for device in self.devices},
            "region": {region.name for region in self.regions},
            "tier": set(self.tiers),
        }
        for fault in self.faults:
            named = {"topic": [fault.topic], "version": fault.versions, "device kind": fault.device_kinds}
            for what, names in (named | {"region": fault.regions, "tier": fault.tiers}).items():
                if unknown := set(names) - known[what]:
                    raise ValueError(f"fault {fault.fault} names the unknown {what} {sorted(unknown)}")
        return self

    def version_at(self, luck: float, hour: float) -> str | None:
        """The version of a versioned device whose owner is among the first `luck` share of every rollout; null before any release."""
        had = [release.version for release in self.releases if release.share_at(hour) > luck]
        return had[-1] if had else None

    def exposure(self, versions: list[str], hour: float) -> float:
        """The share of customers who run one of these versions at an hour (1 where no version is named)."""
        if not versions:
            return 1.0
        shares = [release.share_at(hour) for release in self.releases]
        later = [max(shares[place + 1 :], default=0.0) for place in range(len(shares))]
        running = zip(self.releases, shares, later, strict=True)
        return sum(max(share - newer, 0.0) for release, share, newer in running if release.version in versions)


def load_scenario(name: str = "printwren") -> Scenario:
    """The scenario of that name that ships with the package; pydantic's ValidationError names each wrong field."""
    text = resources.files("feedback_loop.simulation").joinpath("scenarios", f"{name}.yaml").read_text("utf-8")
    return Scenario.model_validate(yaml.safe_load(text))
