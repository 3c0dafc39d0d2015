"""The seven kinds of faults as ranges, and a company with one of them, drawn from a seed.

Here: the shape of `faults/*.yaml` and the drawing. What a fault does to the feed is in `demand`, its shape in `planted`.
The rule that is easy to break: one seed is one company on the same ordinary days whatever goes wrong in it. What customers write of other
things must not depend on the kind of fault: releases are drawn from the seed alone, and a fault takes its onset from them or ignores them.
"""

from __future__ import annotations

import random
from typing import Self, get_args

from pydantic import Field, model_validator

from feedback_loop.contracts.loop_vocab import CauseKind, ChangeKind
from feedback_loop.simulation.parts import Curve, Part, Scope
from feedback_loop.simulation.planted import Cause, Fault, FaultKind, PlannedChange, PlannedIncident, Remedy
from feedback_loop.simulation.scenario import Release, Scenario, load_scenario, read_data
from feedback_loop.simulation.streams import stream

FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
BASE = "company"
Span = tuple[int, int]
Range = tuple[float, float]


class ReleaseRanges(Part):
    """When a release of the drawn company comes: from and to, both included."""

    days: Span
    hours: Span


class OnsetRanges(Part):
    """When a fault begins: on a day at an hour, or so many minutes after the release of its slice."""

    days: Span | None = None
    hours: Span | None = None
    after_release: Span | None = None

    @model_validator(mode="after")
    def _one_way_to_begin(self) -> Self:
        if (self.after_release is None) == (self.days is None or self.hours is None):
            raise ValueError("name days and hours, or after_release")
        return self


class Slice(Part):
    """Who may be affected by what; `near` is the release that the onset follows where the slice itself names no version."""

    topic: str
    versions: list[str] = Field(default_factory=list)
    device_kinds: list[str] = Field(default_factory=list)
    browsers: list[str] = Field(default_factory=list)
    regions: list[str] = Field(default_factory=list)
    tiers: list[str] = Field(default_factory=list)
    service: str | None = None
    error: str | None = None
    near: str | None = None
    provider: str | None = None

    @property
    def release(self) -> str | None:
        """The version whose release the onset follows."""
        return self.versions[0] if self.versions else self.near


class CauseRanges(Part):
    """The change or incident behind a fault: minutes before the onset, minutes that it lasts, dimensions of the slice in its scope."""

    kind: CauseKind
    minutes: Span = (0, 0)
    lasts: Span | None = None
    scope_of: list[str] = Field(default_factory=list)
    description: str = ""
    document_id: str | None = None


class InnocentRanges(Part):
    """The change that only looks like the cause: the release that the onset follows, or another one so many minutes before the onset."""

    release: bool = False
    kind: ChangeKind = ChangeKind.CONFIG
    service: str = "web"
    minutes: Span = (10, 50)
    description: str = ""


class FaultRanges(Part):
    """One kind of fault: every figure as a range (from, to), every choice as a list."""

    kind: FaultKind
    onset: OnsetRanges
    daily_rate: Range
    profiles: list[Curve] = Field(min_length=1)
    slices: list[Slice] = Field(min_length=1)
    error_share: Range
    manual_fix_days: Range
    cause: CauseRanges
    innocent: InnocentRanges
    remedy: Remedy | None = None
    is_defect: bool = True


def fault_ranges(kind: FaultKind) -> FaultRanges:
    """The ranges of one kind of fault that ship with the package."""
    return FaultRanges.model_validate(read_data("faults", kind))


def draw_company(seed: int, days: int | None = None) -> Scenario:
    """The company of that seed on ordinary days: nothing goes wrong, and the last releases come when the seed says."""
    company = load_scenario(BASE)
    ranges = {version: ReleaseRanges.model_validate(each) for version, each in read_data("faults", BASE)["releases"].items()}
    releases = [_moved(seed, release, ranges[release.version]) if release.version in ranges else release for release in company.releases]
    return company.model_copy(update={"releases": releases, "days": days or company.days})


def _moved(seed: int, release: Release, ranges: ReleaseRanges) -> Release:
    rng = stream(seed, "release", release.version)
    instant = {"day": rng.randint(*ranges.days), "hour": rng.randint(*ranges.hours), "minute": rng.randrange(60)}
    return release.model_copy(update=instant)


class _Draw:
    """One fault being drawn: each quantity from a stream of its own, so that a changed range moves nothing else."""

    def __init__(self, kind: FaultKind, seed: int, company: Scenario) -> None:
        self.ranges, self.seed, self.company = fault_ranges(kind), seed, company
        self.slice = self.rng("slice").choice(self.ranges.slices)
        self.onset = self._onset_minute()
        self.lasts = self.rng("lasts").randint(*self.ranges.cause.lasts) if self.ranges.cause.lasts else None

    def rng(self, what: str) -> random.Random:
        return stream(self.seed, "fault", self.ranges.kind, what)

    def _onset_minute(self) -> int:
        rng, onset = self.rng("onset"), self.ranges.onset
        if onset.days and onset.hours:
            return 1440 * rng.randint(*onset.days) + 60 * rng.randint(*onset.hours) + rng.randrange(60)
        release = next(release for release in self.company.releases if release.version == self.slice.release)
        return round(60 * release.at_hour) + rng.randint(*(onset.after_release or (0, 0)))

    def identifier(self, what: str) -> str:
        """An id like those of ordinary changes, which tells nothing."""
        return f"{what}-{self.rng(what).getrandbits(16):04x}"

    def scope(self) -> Scope:
        known = {"region": self.slice.regions, "tier": self.slice.tiers}
        return {dimension: known[dimension] for dimension in self.ranges.cause.scope_of if known[dimension]}

    def profile(self) -> Curve:
        """The profile in days; that of an incident is told in units of its length."""
        unit = self.lasts / 1440 if self.lasts and self.ranges.cause.kind is CauseKind.INCIDENT else 1.0
        return [(days * unit, level) for days, level in self.rng("profile").choice(self.ranges.profiles)]


def _instant(minute: int) -> dict[str, int]:
    return {"day": minute // 1440, "hour": minute % 1440 // 60, "minute": minute % 60}


def _cause(draw: _Draw) -> tuple[str | None, list[PlannedChange], list[PlannedIncident]]:
    """The id of the cause, with the change or the incident that it adds to the company."""
    cause, begun = draw.ranges.cause, _instant(draw.onset - draw.rng("cause").randint(*draw.ranges.cause.minutes))
    if cause.kind is CauseKind.UNKNOWN:
        return None, [], []
    if cause.kind is CauseKind.DEPLOY:
        return f"deploy-{draw.slice.release}", [], []
    if cause.kind is CauseKind.INCIDENT:
        name = draw.identifier("inc")
        return name, [], [PlannedIncident.model_validate(begun | _incident(draw) | {"incident_id": name})]
    name = draw.identifier("chg")
    return name, [PlannedChange.model_validate(begun | _change(draw) | {"change_id": name})], []


def _incident(draw: _Draw) -> dict[str, object]:
    return {
        "service": draw.slice.service,
        "provider": draw.slice.provider,
        "minutes": draw.lasts,
        "severity": "high",
        "scope": draw.scope(),
        "summary": draw.ranges.cause.description,
    }


def _change(draw: _Draw) -> dict[str, object]:
    return {
        "kind": draw.ranges.cause.kind,
        "service": draw.slice.service,
        "minutes": draw.lasts,
        "scope": draw.scope(),
        "description": draw.ranges.cause.description,
        "document_id": draw.ranges.cause.document_id,
    }


def _innocent(draw: _Draw) -> tuple[str, list[PlannedChange]]:
    innocent = draw.ranges.innocent
    if innocent.release:
        return f"deploy-{draw.slice.release}", []
    name, begun = f"chg-{draw.rng('innocent id').getrandbits(16):04x}", draw.onset - draw.rng("innocent").randint(*innocent.minutes)
    told = {"change_id": name, "kind": innocent.kind, "service": innocent.service, "description": innocent.description}
    return name, [PlannedChange.model_validate(_instant(begun) | told)]


def draw_scenario(kind: FaultKind, seed: int, days: int | None = None) -> Scenario:
    """The company of that seed with one fault of that kind; without the fault's own messages it is the same for every kind."""
    company = draw_company(seed, days)
    draw = _Draw(kind, seed, company)
    reference, changes, incidents = _cause(draw)
    innocent, beside = _innocent(draw)
    begun = _instant(draw.onset)
    fault = Fault(
        fault=f"{kind}_{seed}",
        kind=kind,
        **draw.slice.model_dump(exclude={"near", "provider"}),
        cause=Cause(kind=draw.ranges.cause.kind, reference=reference, description=draw.ranges.cause.description),
        innocent=innocent,
        is_defect=draw.ranges.is_defect,
        first_day=begun["day"],
        first_hour=begun["hour"],
        first_minute=begun["minute"],
        daily_rate=draw.rng("rate").uniform(*draw.ranges.daily_rate),
        profile=draw.profile(),
        error_share=draw.rng("errors").uniform(*draw.ranges.error_share),
        remedy=draw.ranges.remedy,
        manual_fix_days=draw.rng("manual").uniform(*draw.ranges.manual_fix_days),
    )
    added = {"changes": [*company.changes, *changes, *beside], "incidents": [*company.incidents, *incidents], "faults": [fault]}
    return Scenario.model_validate(company.model_dump() | {"name": f"{kind}_{seed}"} | added)


def scenario_names() -> tuple[str, ...]:
    """The names that `scenario_of` takes: the company of the demo, and each kind of fault."""
    return ("printwren", *FAULT_KINDS)


def scenario_of(name: str, seed: int, days: int | None = None) -> Scenario:
    """The scenario of that name; a kind of fault is drawn from the seed. KeyError names what there is."""
    for kind in FAULT_KINDS:
        if name == kind:
            return draw_scenario(kind, seed, days)
    if name not in scenario_names():
        raise KeyError(f"no scenario {name!r}; take one of {', '.join(scenario_names())}, or pass the text of a file of your own")
    scenario = load_scenario(name)
    return scenario.model_copy(update={"days": days}) if days else scenario
