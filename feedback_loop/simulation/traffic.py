"""Who calls the services of a made-up company, minute by minute: the expected requests of each slice and the share that a fault spoils.

Here: arithmetic without chance. The counts that are drawn from it are in `telemetry`.
A service that ships with releases is told apart by version, a gateway or one with a carrier per region by region, any other not at all:
what its own monitoring would break out.
The rule that is easy to break: which slices exist must not depend on the planted faults, else the columns would tell where to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.scenario import Device, Scenario, Service

Numbers = NDArray[np.float64]
MINUTES = 1440
BY_REGION = frozenset({"accounts"})
"""Services besides the gateways that are told apart by region: sign-in codes go out through a carrier per region."""


@dataclass(frozen=True)
class Slice:
    """What is measured together: one service, by version or by region (empty: not told apart)."""

    service: Service
    version: str = ""
    region: str = ""


def slices(scenario: Scenario) -> list[Slice]:
    """Every slice in the order service, version, region."""
    found: list[Slice] = []
    for service in sorted(scenario.services, key=lambda service: service.name):
        shipped = sorted({release.version for release in scenario.releases if release.service == service.name})
        if service.versioned and shipped:
            found += [Slice(service, version=version) for version in shipped]
        else:
            found += [Slice(service, region=region) for region in _told_apart(scenario, service)]
    return found


def _told_apart(scenario: Scenario, service: Service) -> list[str]:
    everywhere = [region.name for region in scenario.regions] if service.name in BY_REGION else [""]
    return sorted(scenario.gateways.get(service.name, everywhere))


def minutes_of(day: int) -> Numbers:
    """The first instant of each minute of a day, in hours since the start."""
    return 24 * day + np.arange(MINUTES) / 60


def rhythm(scenario: Scenario, day: int, weekday: int) -> Numbers:
    """The factor on the mean traffic in each minute of a day: time of day, day of the week and season."""
    by_minute = np.interp(np.arange(MINUTES), 60 * np.arange(24) + 30, scenario.hour_levels, period=MINUTES)
    return by_minute / np.mean(scenario.hour_levels) * scenario.weekday_levels[weekday] * scenario.season_at(24 * day + 12)


@dataclass(frozen=True)
class Owners:
    """The share of all customers who own one kind of device and run one version of it (empty: it runs none)."""

    device: Device
    version: str
    share: float


def mixes(scenario: Scenario) -> tuple[Numbers, list[list[Owners]]]:
    """The hours at which the mix of versions changes, ascending from the start, and the mix from each of them on."""
    steps = {release.at_hour + 24 * since for release in scenario.releases for since, _ in release.rollout}
    hours = sorted({0.0, *(step for step in steps if step > 0)})
    return np.array(hours), [_mix_at(scenario, hour) for hour in hours]


def _mix_at(scenario: Scenario, hour: float) -> list[Owners]:
    everybody = sum(device.share for device in scenario.devices)
    return [
        Owners(device, version, share * device.share / everybody)
        for device in scenario.devices
        for version, share in (scenario.running(device.kind, hour) if device.versioned else {"": 1.0}).items()
    ]


def _of_service(scenario: Scenario, mix: Sequence[Owners], one: Slice) -> list[Owners]:
    """Those who call the service of a slice: of one that is told apart by version, the owners of what it ships to."""
    shipped = {release.version for release in scenario.releases if release.service == one.service.name}
    return [owners for owners in mix if not one.version or owners.version in shipped]


def _within(shares: Mapping[str, float], named: Sequence[str]) -> float:
    """The part of the shares that is named; all of it where nothing is."""
    return sum(share for name, share in shares.items() if name in named) / sum(shares.values()) if named else 1.0


def _regions(scenario: Scenario, one: Slice) -> dict[str, float]:
    served = scenario.gateways.get(one.service.name)
    return {region.name: region.share for region in scenario.regions if served is None or region.name in served}


def slice_weight(scenario: Scenario, mix: Sequence[Owners], one: Slice) -> float:
    """The share of a service's requests that come from a slice."""
    callers = _of_service(scenario, mix, one)
    served = sum(owners.share for owners in callers)
    running = sum(owners.share for owners in callers if owners.version == one.version) / served if one.version and served else 1.0
    return running * _within(_regions(scenario, one), [one.region] if one.region else [])


def _device_share(scenario: Scenario, device: Device, fault: Fault) -> float:
    """The part of a device's owners who are within a fault's kinds of devices and browsers."""
    if fault.device_kinds and device.kind not in fault.device_kinds:
        return 0.0
    if not fault.browsers:
        return 1.0
    return _within({name: scenario.browsers[name] for name in device.browsers}, fault.browsers) if device.browsers else 0.0


def exposed_share(scenario: Scenario, mix: Sequence[Owners], one: Slice, fault: Fault) -> float:
    """The share of a slice's requests that come from customers whom a fault of that service affects; 0 for another service."""
    if fault.service != one.service.name or (one.region and fault.regions and one.region not in fault.regions):
        return 0.0
    inside = [owners for owners in _of_service(scenario, mix, one) if not one.version or owners.version == one.version]
    callers = sum(owners.share for owners in inside)
    hit = sum(
        owners.share * _device_share(scenario, owners.device, fault)
        for owners in inside
        if not fault.versions or owners.version in fault.versions
    )
    regional = 1.0 if one.region else _within(_regions(scenario, one), fault.regions)
    return hit / callers * regional * _within(scenario.tiers, fault.tiers) if callers else 0.0
