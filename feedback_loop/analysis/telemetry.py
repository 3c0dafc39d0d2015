"""Whether the errors of a service rose when a cause began, from counts per minute by version and region.

What a rise says for or against the cause is the business of `cause_evidence`. The rule that is easy to break: one minute with millions of
requests is no million independent trials; the errors' own variation from hour to hour before the start says how sure a rise is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.segments import Codes, Flags
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.methods.statistics.count_models import Reals, overdispersed_rise_p_value

BEFORE, AFTER = DAY_MICROSECONDS, 6 * HOUR_MICROSECONDS
"""Spans compared: a whole day before, so that the rhythm of the day is in it, and the hours in which a fault shows."""

FEWEST_REQUESTS = 200
"""Requests on each side below which nothing is said."""

SIGNIFICANCE, LEAST_RATIO = 1e-3, 1.5
"""A rise has to be both improbable and large: over many requests the smallest drift is significant."""

Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class ErrorShares:
    """Error share of a service before and after an instant, where requests inside of the cause's scope are counted after it."""

    before: float
    after: float
    requests: int
    p_value: float
    elsewhere_before: float
    """The same of the requests outside of the scope; where there are none, both are 0."""

    elsewhere_after: float

    @property
    def has_risen(self) -> bool:
        """Whether it rose, improbably and by a lot."""
        return self.p_value <= SIGNIFICANCE and self.after >= LEAST_RATIO * self.before

    @property
    def has_risen_elsewhere(self) -> bool:
        """Whether it rose outside of the scope by at least half of what it rose inside: then it is not the scope that matters."""
        inside = self.after / max(self.before, 1e-9)
        return self.elsewhere_after > LEAST_RATIO * self.elsewhere_before and self.elsewhere_after >= inside * self.elsewhere_before / 2


@dataclass(frozen=True)
class _Service:
    """The measured minutes of one service, ascending."""

    minutes: Codes
    versions: Names
    regions: Names
    requests: Reals
    errors: Reals

    @classmethod
    def of(cls, rows: pl.DataFrame) -> _Service:
        rows = rows.sort("minute_at", "measured_version", "measured_region")
        return cls(
            rows["minute_at"].dt.epoch("us").to_numpy().astype(np.int64),
            rows["measured_version"].to_numpy().astype(np.str_),
            rows["measured_region"].to_numpy().astype(np.str_),
            rows["request_count"].to_numpy().astype(np.float64),
            rows["error_count"].to_numpy().astype(np.float64),
        )

    def span(self, start: int, end: int) -> _Service:
        first, last = np.searchsorted(self.minutes, [start, end])
        kept = slice(int(first), int(last))
        return _Service(self.minutes[kept], self.versions[kept], self.regions[kept], self.requests[kept], self.errors[kept])

    def where(self, flags: Flags) -> _Service:
        return _Service(self.minutes[flags], self.versions[flags], self.regions[flags], self.requests[flags], self.errors[flags])

    def is_in(self, versions: Sequence[str], regions: Sequence[str]) -> Flags:
        """Which rows are of these versions and regions; none named means all, and a service that doesn't tell them apart fits as well."""
        fits = np.ones(len(self.minutes), dtype=bool)
        for column, wanted in ((self.versions, versions), (self.regions, regions)):
            if wanted:
                fits &= np.isin(column, [*wanted, ""])
        return fits

    @property
    def share(self) -> float:
        return float(self.errors.sum() / max(self.requests.sum(), 1.0))

    def by_hour(self) -> tuple[Reals, Reals]:
        hours, places = np.unique(self.minutes // HOUR_MICROSECONDS, return_inverse=True)
        errors, requests = (np.bincount(places, v, minlength=len(hours)) for v in (self.errors, self.requests))
        return errors.astype(np.float64), requests.astype(np.float64)


@dataclass
class Telemetry:
    """Rows of `context_telemetry`; a service's are put in order when it is first asked for, for most are never."""

    rows: pl.DataFrame
    known: dict[tuple[str, str], _Service] = field(default_factory=dict)
    compared: dict[tuple[str, CauseKind, str, int], ErrorShares | None] = field(default_factory=dict)
    """Of each product's cause up to an end: the alerts of a day ask for the same."""

    def error_shares(self, product: str, cause: Cause, end: int) -> ErrorShares | None:
        """The error share of the cause's service around its start; None where the service or too little of it was measured."""
        asked = (product, cause.kind, cause.cause_id, end)
        if asked not in self.compared:
            self.compared[asked] = self._compared(product, cause, end)
        return self.compared[asked]

    def _compared(self, product: str, cause: Cause, end: int) -> ErrorShares | None:
        service = self._service(product, cause.service or "")
        last = min(cause.started + AFTER, end, cause.ended or end)
        before, after = service.span(cause.started - BEFORE, cause.started), service.span(cause.started, last)
        versions, regions = _versions(cause), list(cause.scope.get("region", ()))
        # A new version has no past of its own: what it replaced stands for it.
        was, now = before.where(before.is_in((), regions)), after.where(after.is_in(versions, regions))
        if min(was.requests.sum(), now.requests.sum()) < FEWEST_REQUESTS:
            return None
        others = (before.where(~before.is_in(versions, regions)), after.where(~after.is_in(versions, regions)))
        p_value = overdispersed_rise_p_value(*was.by_hour(), float(now.errors.sum()), float(now.requests.sum()))
        return ErrorShares(was.share, now.share, int(now.requests.sum()), p_value, others[0].share, others[1].share)

    def _service(self, product: str, service: str) -> _Service:
        if (product, service) not in self.known:
            wanted = (pl.col("product") == product) & (pl.col("measured_service") == service)
            self.known[product, service] = _Service.of(self.rows.filter(wanted))
        return self.known[product, service]


def _versions(cause: Cause) -> list[str]:
    return list(cause.scope.get("product_version", (cause.version,) if cause.version else ()))
