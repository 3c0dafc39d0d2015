"""Made-up years of a product in which nothing happens, and the same with rises planted: the frames that alerts are made from.

Volume has a season by hour and weekday, growth, days that differ and campaigns; shares of classes have days that differ, a common mood,
a drift and a weekend; a few complaints come in clumps. What is drawn is set by the seed alone. The rule that is easy to break: nothing
here is taken from the model that is judged by it; gamma days and random walks are harder than what it assumes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES

Reals = npt.NDArray[np.float64]

FIRST_DAY = date(2024, 1, 1)
CLASSES = [str(name) for name in ISSUE_CLASSES][:6]
_ISSUES_PER_CLASS, _BROWSERS = 2, ("Safari", "Chrome", "Firefox")
_CAMPAIGN, _CLUMP = 0.02, 0.03
_NOBODY = -1
_OF_CHANGES = ("statement_id", "change_id", "product", "started_at", "scope", "landed_at")


@dataclass(frozen=True)
class Kind:
    """A kind of product: records a day, and the share of them that complains."""

    records_per_day: float
    complaint_share: float


@dataclass(frozen=True)
class Planted:
    """A rise of one class, all of it one issue, from an hour since the first day on."""

    class_name: str
    starts_at_hour: int
    hours: int
    ratio: float

    @property
    def start(self) -> datetime:
        """When it begins."""
        return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC) + timedelta(hours=self.starts_at_hour)


@dataclass(frozen=True)
class Year:
    """The frames of one product's year, in the order in which `detect.alerts` takes them."""

    fragments: pl.DataFrame
    messages: pl.DataFrame
    classifications: pl.DataFrame
    clusters: pl.DataFrame
    releases: pl.DataFrame
    changes: pl.DataFrame


@dataclass(frozen=True)
class _Habits:
    """How the product's days go."""

    by_hour: Reals
    by_weekday: Reals
    growth: float
    day_spread: float
    shares: Reals
    class_spread: Reals
    mood: float
    weekend: Reals
    split: Reals

    @classmethod
    def drawn(cls, kind: Kind, rng: np.random.Generator) -> _Habits:
        """Drawn anew for each product."""
        by_hour = np.maximum(1.0 + 0.8 * np.sin((np.arange(24) - rng.uniform(6, 12)) / 24 * 2 * np.pi), 0.08)
        weekday = np.ones(7)
        weekday[5:] = rng.uniform(0.4, 1.2)
        return cls(
            by_hour / by_hour.sum(),
            weekday,
            rng.uniform(-0.003, 0.006),
            rng.uniform(0.01, 0.1),
            kind.complaint_share * rng.dirichlet(np.full(len(CLASSES), 2.0)),
            rng.uniform(0.01, 0.12, len(CLASSES)),
            rng.uniform(0.005, 0.1),
            rng.uniform(0.7, 1.4, len(CLASSES)),
            rng.dirichlet(np.full(_ISSUES_PER_CLASS, 2.0), len(CLASSES)),
        )


def year(kind: Kind, seed: int, days: int, planted: tuple[Planted, ...] = (), changes_at: tuple[int, ...] = ()) -> Year:
    """The frames of so many days; changes begin at the given hours since the first day."""
    rng = np.random.default_rng(seed)
    habits, drift = _Habits.drawn(kind, rng), np.zeros(len(CLASSES))
    rows: list[tuple[Reals, int]] = []
    for day in range(days):
        drift = 0.98 * drift + rng.normal(0.0, 0.03, len(CLASSES))
        rows += list(_day(kind, habits, day, days, drift, planted, rng))
    instants = np.concatenate([times for times, _ in rows])
    issues = np.concatenate([np.full(len(times), issue) for times, issue in rows])
    order = np.argsort(instants, kind="stable")
    return _frames(instants[order], issues[order], days, changes_at, rng)


def _day(
    kind: Kind, habits: _Habits, day: int, days: int, drift: Reals, planted: tuple[Planted, ...], rng: np.random.Generator
) -> Iterator[tuple[Reals, int]]:
    """Hours since the first day of the day's records, by issue (`_NOBODY` where nobody complains)."""
    weekday = (FIRST_DAY.weekday() + day) % 7
    volume = kind.records_per_day * np.exp(habits.growth * (day - days / 2)) * habits.by_weekday[weekday]
    volume *= rng.gamma(1.0 / habits.day_spread, habits.day_spread)
    if rng.random() < _CAMPAIGN and kind.complaint_share < 0.5:
        volume *= rng.uniform(1.5, 3.0)
    share = habits.shares * np.exp(drift) * rng.gamma(1.0 / habits.class_spread, habits.class_spread)
    share = share * rng.gamma(1.0 / habits.mood, habits.mood) * (habits.weekend if weekday >= 5 else 1.0)
    yield _times(day, rng.poisson(volume * (1.0 - kind.complaint_share) * habits.by_hour), rng), _NOBODY
    for number, name in enumerate(CLASSES):
        mean = volume * share[number] * habits.by_hour
        more = sum((_more(one, day) * mean for one in planted if one.class_name == name), start=np.zeros(24))
        for issue, part in enumerate(habits.split[number]):
            counts = rng.poisson(part * mean + (more if issue == 0 else 0.0))
            clumps = (rng.random(24) < _CLUMP) & (counts > 0)
            yield _times(day, counts + clumps * rng.integers(1, 4, 24), rng), number * _ISSUES_PER_CLASS + issue


def _more(one: Planted, day: int) -> Reals:
    hours = day * 24 + np.arange(24)
    return np.asarray((one.ratio - 1.0) * ((hours >= one.starts_at_hour) & (hours < one.starts_at_hour + one.hours)), dtype=np.float64)


def _times(day: int, counts: npt.NDArray[np.int64], rng: np.random.Generator) -> Reals:
    hours = np.repeat(np.arange(24), counts)
    return np.asarray(day * 24 + hours + rng.random(len(hours)))


def _frames(hours: Reals, issues: npt.NDArray[np.int64], days: int, changes_at: tuple[int, ...], rng: np.random.Generator) -> Year:
    count, first = len(hours), datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    said = pl.DataFrame(
        {
            "record_id": [f"record_{n:07d}" for n in range(count)],
            "customer_id": pl.Series([None] * count, dtype=pl.String),
            "fragment_id": [f"fragment_{n:07d}" for n in range(count)],
            "product": ["app"] * count,
            "occurred_at": first + pl.Series((hours * 3_600_000_000).astype(np.int64)).cast(pl.Duration("us")),
            "issue": issues,
            "best_class": [CLASSES[n // _ISSUES_PER_CLASS] if n >= 0 else "praise" for n in issues],
            "browser": rng.choice(_BROWSERS, count, p=(0.5, 0.3, 0.2)),
        }
    ).with_columns(pl.col("occurred_at").cast(pl.Datetime("us", "UTC")), event_date=pl.col("occurred_at").dt.date())
    nothing = {name: pl.lit(None, pl.String) for name in SCOPE_DIMENSIONS if name != "browser"}
    changes = [_change(number, first + timedelta(hours=hour)) for number, hour in enumerate(changes_at)]
    return Year(
        said.with_columns(duplicate_of=pl.lit(None, pl.String), severity=pl.lit(None, pl.String)),
        said.with_columns(**nothing, rating=pl.lit(None, pl.Float64)),
        said.select("fragment_id", "best_class", "event_date", class_score=pl.lit(0.9)),
        pl.DataFrame(list(_clusters(said.filter(pl.col("issue") >= 0), days))),
        pl.DataFrame(schema=_columns("context_release", "product", "release_version", "released_at", "is_inferred")),
        pl.DataFrame(changes, schema=_columns("context_change", *_OF_CHANGES)),
    )  # fmt: skip


def _columns(table: str, *names: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    schema = pl.Schema(TABLES[table].schema)
    return {name: schema[name] for name in names}


def _change(number: int, at: datetime) -> dict[str, object]:
    return {"statement_id": f"s{number}", "change_id": f"c{number}", "product": "app", "started_at": at, "scope": "{}", "landed_at": at}


def _clusters(said: pl.DataFrame, days: int) -> Iterator[dict[str, object]]:
    """One cluster per issue and day, as if clusters were always right."""
    for day in (FIRST_DAY + timedelta(days=n) for n in range(days)):
        window = said.filter(pl.col("event_date").is_between(day - timedelta(days=WINDOW_DAYS - 1), day))
        for (issue, name), rows in window.sort("fragment_id").group_by("issue", "best_class", maintain_order=True):
            yield {
                "cluster_id": f"cluster_{issue}_{day}", "product": "app", "best_class": name, "is_catch_all": False,
                "member_fragment_ids": rows["fragment_id"].to_list(),
                "day_fragment_ids": rows.filter(pl.col("event_date") == day)["fragment_id"].to_list(), "event_date": day,
            }  # fmt: skip
