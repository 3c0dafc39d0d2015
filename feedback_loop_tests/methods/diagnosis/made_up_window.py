"""Four weeks of made-up complaints and the day after them, in which nothing, one segment or everybody complains more.

Not a simulation of customers: rows are drawn from independent shares, at one rate by day and night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from feedback_loop.methods.diagnosis.coding import Coded, Window, coded
from feedback_loop.methods.diagnosis.level import DAY_US

HOUR_US = DAY_US // 24
START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 28
WINDOW = Window(
    int(START.timestamp()) * 10**6, int(START.timestamp()) * 10**6 + DAYS * DAY_US, int(START.timestamp()) * 10**6 + (DAYS + 1) * DAY_US
)
SHARES: dict[str, dict[str, float]] = {
    "version": {"1.0": 0.5, "1.1": 0.3, "2.0": 0.2},
    "os": {"android": 0.6, "ios": 0.3, "web": 0.1},
    "region": {"de": 0.4, "fr": 0.3, "in": 0.2, "us": 0.1},
    "area": {"billing": 0.2, "login": 0.3, "search": 0.5},
}
DIMENSIONS = tuple(SHARES)


def at_hour(hour: float) -> int:
    """Microseconds of an hour after the window's start."""
    return WINDOW.start + int(hour * HOUR_US)


@dataclass
class MadeUp:
    """Complaints as rows, growing by what is added."""

    frame: pl.DataFrame
    rng: np.random.Generator

    def more(self, count: int, since_hour: float = 4.0, customer: str | None = None, **attributes: str | None) -> MadeUp:
        """So many more complaints from that hour to the window's end with the attributes, the others drawn as usual."""
        at = self.rng.integers(at_hour(since_hour), WINDOW.end, count)
        extra = _rows(self.rng, at, attributes, customer)
        return MadeUp(pl.concat([self.frame, extra]).sort("occurred_at"), self.rng)

    def coded(self) -> Coded:
        """As numbers."""
        return coded(self.frame, DIMENSIONS, WINDOW)


def made_up(per_day: int = 200, seed: int = 7) -> MadeUp:
    """History and window at one rate."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(per_day, DAYS + 1)
    at = np.concatenate([rng.integers(WINDOW.first + day * DAY_US, WINDOW.first + (day + 1) * DAY_US, n) for day, n in enumerate(counts)])
    return MadeUp(_rows(rng, np.sort(at), {}, None), rng)


def active_customers(total: int = 5000, **shares_now: Mapping[str, float]) -> pl.DataFrame:
    """Active customers by hour, in total and by value; in the window by the given shares."""
    hours = [START + timedelta(hours=hour) for hour in range((DAYS + 1) * 24)]
    rows: list[dict[str, object]] = [{"hour": hour, "active_customers": total} for hour in hours]
    for name, usual in SHARES.items():
        for value in {**usual, **shares_now.get(name, {})}:
            for number, hour in enumerate(hours):
                share = shares_now.get(name, usual).get(value, 0.0) if number >= DAYS * 24 else usual.get(value, 0.0)
                rows.append({"hour": hour, name: value, "active_customers": round(total * share)})
    texts = dict.fromkeys(DIMENSIONS, pl.String())
    schema = pl.Schema({"hour": pl.Datetime("us", "UTC"), **texts, "active_customers": pl.Int64()})
    return pl.DataFrame(rows, schema=schema)


def _rows(rng: np.random.Generator, at: np.ndarray, fixed: Mapping[str, str | None], customer: str | None) -> pl.DataFrame:
    drawn = {
        name: [fixed[name]] * len(at) if name in fixed else rng.choice(list(shares), len(at), p=list(shares.values())).tolist()
        for name, shares in SHARES.items()
    }
    who = [customer] * len(at) if customer else [f"c{n}" for n in rng.integers(0, 10**9, len(at))]
    times = pl.Series("occurred_at", at, dtype=pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return pl.DataFrame({"occurred_at": times, "customer_id": who, **drawn}, schema_overrides=dict.fromkeys(DIMENSIONS, pl.String))
