"""What happens to a made-up company: changes, incidents, and the faults with their true causes, as typed data.

Here: the shape of those parts of a scenario file, and how strong a fault is at an hour.
Not here: the company itself (scenario), from which ranges a fault is drawn (faults), what is done against it (interventions).
The rule that is easy to break: a fault's cause and innocent neighbour are named by the id that the change log and the incident list use
(`cause_id`), so that a ranking can be scored by equality alone.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, ChangeKind
from feedback_loop.simulation.parts import Curve, Part, Scope, level_on

FaultKind = Literal[
    "release_regression",
    "regional_configuration",
    "billing_sync",
    "entitlement",
    "broken_article",
    "provider_outage",
    "viral_complaint",
]
TAIL_HOURS = 6.0
"""How long people still write of a fault after the company has mended it."""


class PlannedChange(Part):
    """One row of the change log; `minutes` is how long it took (null: it stays), `document_id` the help article that it changed."""

    change_id: str
    kind: ChangeKind
    service: str
    day: int
    hour: int = Field(ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    minutes: int | None = None
    scope: Scope = Field(default_factory=dict)
    description: str
    version: str | None = None
    document_id: str | None = None

    @property
    def at_hour(self) -> float:
        """The instant in hours since the start."""
        return 24 * self.day + self.hour + self.minute / 60


class PlannedIncident(Part):
    """One incident of the company or, where `provider` is named, of somebody it depends on; it ends after `minutes`."""

    incident_id: str
    service: str | None = None
    provider: str | None = None
    day: int
    hour: int = Field(ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    minutes: int = Field(gt=0)
    severity: Literal["low", "normal", "high", "urgent"]
    scope: Scope = Field(default_factory=dict)
    summary: str

    @property
    def at_hour(self) -> float:
        """The instant of its beginning in hours since the start."""
        return 24 * self.day + self.hour + self.minute / 60


class Cause(Part):
    """What truly causes a fault: the id of a change or an incident; null where no change and no incident does (`description` says what)."""

    kind: CauseKind
    reference: str | None = None
    description: str = ""


class Remedy(Part):
    """What mends a fault: one of the actions, aimed at the cause; after `hours_to_work` the share `residual` of its complaints is left."""

    action_kinds: list[ActionKind] = Field(min_length=1)
    hours_to_work: float = Field(gt=0)
    residual: float = Field(ge=0, le=1)


class Fault(Part):
    """A planted fault: who is affected (an empty list: everybody), from when, how strongly, why, and what mends it.

    `daily_rate` is complaints per day at level 1 and full exposure; `profile` is [days since onset, level].
    `service`, `error_share`: whose telemetry shows it, and the share of the exposed requests that fail at level 1.
    `innocent` is a change that only looks like the cause; without help the company mends the fault itself after `manual_fix_days`.
    """

    fault: str
    kind: FaultKind
    topic: str
    cause: Cause
    is_defect: bool
    first_day: int = Field(ge=0)
    first_hour: int = Field(ge=0, le=23)
    first_minute: int = Field(default=0, ge=0, le=59)
    daily_rate: float = Field(gt=0)
    profile: Curve = Field(min_length=1)
    versions: list[str] = Field(default_factory=list)
    device_kinds: list[str] = Field(default_factory=list)
    browsers: list[str] = Field(default_factory=list)
    regions: list[str] = Field(default_factory=list)
    tiers: list[str] = Field(default_factory=list)
    service: str | None = None
    error_share: float = Field(default=0.0, ge=0, le=1)
    error: str | None = None
    innocent: str | None = None
    remedy: Remedy | None = None
    manual_fix_days: float = Field(gt=0)

    @property
    def onset_hour(self) -> float:
        """The instant of the onset in hours since the start."""
        return 24 * self.first_day + self.first_hour + self.first_minute / 60

    @property
    def scope(self) -> Scope:
        """Who is affected, by dimension of the context (kinds of devices are none); empty where everybody is."""
        named = {"product_version": self.versions, "browser": self.browsers, "region": self.regions, "tier": self.tiers}
        return {dimension: values for dimension, values in named.items() if values}

    def level_at(self, hour: float) -> float:
        """The level at an hour since the start: 0 before the onset, the profile, and down to 0 once the company has mended it itself."""
        elapsed = hour - self.onset_hour
        if elapsed < 0:
            return 0.0
        mended = 24 * self.manual_fix_days
        return level_on(self.profile, elapsed / 24) * level_on([(mended, 1.0), (mended + TAIL_HOURS, 0.0)], elapsed)
