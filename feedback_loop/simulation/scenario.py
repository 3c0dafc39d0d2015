"""The scenario of a made-up company as typed data: customers, services, releases, what people write about, what happens to it.

Here: the shape of a scenario file and what follows from it by arithmetic alone (who has which version, which changes the log holds).
Not here: the faults (planted), how people say it (phrasebook), who they are (population), how many write (demand).
The rule that is easy to break: a scenario holds figures and names, never sentences of customers, and days are counted from the start day.
"""

from __future__ import annotations

from importlib import resources
from typing import Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from feedback_loop.contracts.loop_vocab import ChangeKind
from feedback_loop.methods.yaml_texts import yaml_content
from feedback_loop.simulation.parts import Curve, Part, level_on
from feedback_loop.simulation.planted import Fault, PlannedChange, PlannedIncident

Mood = Literal["bad", "neutral", "good"]


class Region(Part):
    """Where customers live: shares of their languages, country (ISO 3166) and how money is written."""

    name: str
    share: float = Field(gt=0)
    languages: dict[str, float]
    country: str
    currency: str


class Device(Part):
    """Devices of one kind: whether its store's reviews are landed, whether they run released versions, which browsers their owners use."""

    kind: str
    share: float = Field(gt=0)
    models: list[str]
    systems: list[str]
    reviews: bool
    versioned: bool
    browsers: list[str] = Field(default_factory=list)


class Release(Part):
    """A version for some kinds of devices (none named: all), its instant, and its rollout: [days since release, share who have it]."""

    version: str
    day: int
    hour: int = Field(ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    rollout: Curve
    notes: str
    device_kinds: list[str] = Field(default_factory=list)
    service: str

    @property
    def at_hour(self) -> float:
        """The instant in hours since the start."""
        return 24 * self.day + self.hour + self.minute / 60

    @property
    def change_id(self) -> str:
        """What the change log calls the deployment."""
        return f"deploy-{self.version}"

    def share_at(self, hour: float) -> float:
        """The share of customers who were offered this version, at an hour since the start."""
        elapsed = (hour - self.at_hour) / 24
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


class Service(Part):
    """A part of the product that is measured: requests per minute over all regions and versions, the usual error share and p95 latency."""

    name: str
    requests_per_minute: float = Field(gt=0)
    error_share: float = Field(ge=0, le=1)
    latency_ms: float = Field(gt=0)
    versioned: bool


class Agents(Part):
    """Who answers: how many, how long a case takes them, and their hours (UTC) on every day."""

    count: int = Field(ge=1)
    handling_minutes: float = Field(gt=0)
    first_hour: int = Field(ge=0, le=23)
    last_hour: int = Field(ge=1, le=24)


class Reactions(Part):
    """What customers do next: write again, leave, confirm.

    `repeat_share` of those with a lasting fault write again per day; the n-th bad contact makes `churn_share` times n leave, after
    `churn_days` on average; `confirm_share` of those who were told and are well again say so, within `confirm_hours` (from, to).
    """

    repeat_share: float = Field(ge=0, le=1)
    churn_share: float = Field(ge=0, le=1)
    churn_days: float = Field(gt=0)
    confirm_share: float = Field(ge=0, le=1)
    confirm_hours: tuple[float, float]


class Scenario(Part):
    """A company over some days; see the comments of a scenario file for units."""

    name: str
    product: str
    days: int = Field(ge=1)
    customers: int = Field(ge=1)
    weekday_levels: list[float] = Field(min_length=7, max_length=7)
    hour_levels: list[float] = Field(min_length=24, max_length=24)
    seasons: Curve
    volume: float = Field(gt=0)
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
    prices: dict[str, float]
    segments: dict[str, float]
    devices: list[Device]
    browsers: dict[str, float]
    skus: list[str] = Field(min_length=1)
    services: list[Service]
    gateways: dict[str, list[str]]
    agents: Agents
    orders_per_day: float = Field(ge=0)
    order_usd: float = Field(ge=0)
    refund_share: float = Field(ge=0, le=1)
    renewals_per_day: float = Field(ge=0)
    consent_share: float = Field(ge=0, le=1)
    reactions: Reactions
    channel_delays: dict[str, tuple[float, float]]
    releases: list[Release]
    changes: list[PlannedChange]
    incidents: list[PlannedIncident]
    topics: dict[str, Topic]
    faults: list[Fault]

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Self:
        known = self._names()
        for owner, what, names in self._named():
            if unknown := set(names) - known[what]:
                raise ValueError(f"{owner} names the unknown {what} {sorted(unknown)}")
        return self

    def _names(self) -> dict[str, set[str]]:
        return {
            "topic": set(self.topics),
            "version": {release.version for release in self.releases},
            "device kind": {device.kind for device in self.devices},
            "browser": set(self.browsers),
            "region": {region.name for region in self.regions},
            "tier": set(self.tiers),
            "channel": set(self.channel_delays),
            "service": {service.name for service in self.services},
            "change": {change.change_id for change in self.change_log()},
            "cause": {change.change_id for change in self.change_log()} | {incident.incident_id for incident in self.incidents},
        }

    def _named(self) -> list[tuple[str, str, list[str]]]:
        named = [(f"gateway {name}", "region", regions) for name, regions in self.gateways.items()]
        named += [(f"topic {name}", "channel", list(topic.channels)) for name, topic in self.topics.items()]
        named += [("gateways", "service", list(self.gateways)), ("prices", "tier", list(self.prices))]
        named += [(device.kind, "browser", device.browsers) for device in self.devices]
        named += [(change.change_id, "service", [change.service]) for change in self.changes]
        named += [(f"release {release.version}", "service", [release.service]) for release in self.releases]
        named += [(f"release {release.version}", "device kind", release.device_kinds) for release in self.releases]
        for fault in self.faults:
            owner = f"fault {fault.fault}"
            named += [(owner, "topic", [fault.topic]), (owner, "version", fault.versions), (owner, "device kind", fault.device_kinds)]
            named += [(owner, "browser", fault.browsers), (owner, "region", fault.regions), (owner, "tier", fault.tiers)]
            named += [(owner, "service", [fault.service] if fault.service else [])]
            named += [(owner, "cause", [fault.cause.reference] if fault.cause.reference else [])]
            named += [(owner, "change", [fault.innocent] if fault.innocent else [])]
        return named

    def change_log(self) -> list[PlannedChange]:
        """Every change in order of time: the planned ones and one deployment per release, whose scope names its version and no more."""
        deployed = [
            PlannedChange(
                change_id=release.change_id,
                kind=ChangeKind.DEPLOY,
                service=release.service,
                day=release.day,
                hour=release.hour,
                minute=release.minute,
                scope={"product_version": [release.version]},
                description=release.notes,
                version=release.version,
            )
            for release in self.releases
        ]
        return sorted([*self.changes, *deployed], key=lambda change: (change.at_hour, change.change_id))

    def browser_shares(self) -> dict[str, float]:
        """The share of each browser among all customers who use one."""
        found = dict.fromkeys(self.browsers, 0.0)
        for device in self.devices:
            chosen = {name: self.browsers[name] for name in device.browsers}
            for name, weight in chosen.items():
                found[name] += device.share * weight / sum(chosen.values())
        return {name: share / sum(found.values()) for name, share in found.items()}

    def season_at(self, hour: float) -> float:
        """The factor on the volume at an hour since the start."""
        return level_on(self.seasons, hour / 24)

    def releases_of(self, device_kind: str) -> list[Release]:
        """The releases for one kind of device, in the order of the scenario."""
        return [release for release in self.releases if not release.device_kinds or device_kind in release.device_kinds]

    def version_at(self, device_kind: str, luck: float, hour: float) -> str | None:
        """The version of a versioned device whose owner is among the first `luck` share of every rollout; null before any release."""
        had = [release.version for release in self.releases_of(device_kind) if release.share_at(hour) > luck]
        return had[-1] if had else None

    def running(self, device_kind: str, hour: float) -> dict[str, float]:
        """The share of the owners of one kind of device by the version that they run at an hour; versions that nobody runs are left out."""
        releases = self.releases_of(device_kind)
        shares = [release.share_at(hour) for release in releases]
        later = [max(shares[place + 1 :], default=0.0) for place in range(len(shares))]
        found = zip(releases, shares, later, strict=True)
        return {release.version: share - newer for release, share, newer in found if share > newer}

    def exposure(self, versions: list[str], device_kinds: list[str], hour: float) -> float:
        """The share of the owners of these devices (none named: of all that run versions) who run one of the versions (none: 1)."""
        if not versions:
            return 1.0
        kinds = [device for device in self.devices if device.versioned and (not device_kinds or device.kind in device_kinds)]
        able = [device for device in kinds if {release.version for release in self.releases_of(device.kind)} & set(versions)]
        owners = sum(device.share for device in able)
        exposed = sum(
            device.share * share for device in able for version, share in self.running(device.kind, hour).items() if version in versions
        )
        return exposed / owners if owners else 0.0


def read_data(folder: str, name: str) -> dict[str, Any]:
    """The content of one data file of the package."""
    text = resources.files("feedback_loop.simulation").joinpath(folder, f"{name}.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _completed(content: dict[str, Any]) -> dict[str, Any]:
    """The content with all that it leaves out, from the shipped scenario that it names, which may name another."""
    if "based_on" not in content:
        return content
    own = {key: value for key, value in content.items() if key != "based_on"}
    return _completed(read_data("scenarios", content["based_on"])) | own


def scenario_from_text(text: str) -> Scenario:
    """The scenario that YAML text describes; what it leaves out is that of the shipped scenario that it names under `based_on`.

    pydantic's ValidationError names each wrong field.
    """
    content = yaml_content(text)
    return Scenario.model_validate(_completed(content) if isinstance(content, dict) else content)


def load_scenario(name: str = "printwren") -> Scenario:
    """The scenario of that name that ships with the package."""
    return Scenario.model_validate(_completed(read_data("scenarios", name)))
