"""A made-up home with as many fragments as one asks for: the tables that dbt reads, drawn column by column, as Delta tables.

Row by row, with every rule of the marts on both sides, is `dbt_project/made_up_home`; this one is about size alone. Issues are as
unequal as words are (the size of the n-th is about 1/n), a version is met around its own months, a quarter is of no issue. The rule that is
easy to break: texts differ from each other, as those of customers do, or counting and ranking quotes would cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from feedback_loop.config import Settings
from feedback_loop.contracts.fields import Field
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop_tests.dbt_project.made_up_home import blank_of, write_home

FIRST_DAY = date(2024, 1, 1)
PRODUCTS = ("shop", "pay", "play")
CLASSES = tuple(str(word) for word in ISSUE_CLASSES)
REGIONS, TIERS, CHANNELS = (None, "EU", "US", "APAC", "LATAM"), (None, "free", "silver", "gold"), ("app_review", "ticket", "chat")
VERSIONS = tuple(f"{major}.{minor}" for major in (1, 2, 3) for minor in range(4))
_SYLLABLES = ("ba", "re", "to", "mi", "lu", "sen", "kor", "da", "ve", "pin", "gar", "ho")
ISSUE_COUNT, DAY_COUNT, ALERT_COUNT = 400, 180, 1500
_WORDS, _WORDS_PER_TEXT = [f"{first}{middle}{last}" for first in _SYLLABLES for middle in _SYLLABLES for last in _SYLLABLES], 12


def write_home_of(home: Path, fragment_count: int, seed: int) -> Settings:
    """The settings of the home, which now holds so many fragments with all that hangs on them."""
    fragments = _fragments(fragment_count, np.random.default_rng(seed))
    days = _issue_days(fragments)
    frames = {
        "silver_fragment": fragments,
        "silver_message": fragments.unique("record_id", maintain_order=True),
        "analysis_classification": fragments.with_columns(taxonomy_class="complaint_class"),
        "analysis_route": fragments.select("fragment_id", "event_date", route=pl.lit("human"), route_reason=pl.lit("no_gate")),
        "analysis_triage": fragments.select(
            "fragment_id", "event_date", urgency=pl.lit("normal"), owner="product", owner_rule=pl.lit("all")
        ),
        "gold_issue": days,
        "gold_issue_impact": days.select("issue_id", "event_date", "product", priority=pl.lit("high"), priority_score=pl.lit(0.5)),
        "analysis_alert": _alerts(days),
    }
    return write_home(home, {name: whole(name, frame) for name, frame in frames.items()})


def _fragments(count: int, rng: np.random.Generator) -> pl.DataFrame:
    number = np.arange(count)
    day = np.sort(rng.integers(0, DAY_COUNT, count))
    weights = 1 / np.arange(1, ISSUE_COUNT + 1)
    issue = rng.choice(ISSUE_COUNT, count, p=weights / weights.sum())
    is_of_issue, is_repeated = rng.random(count) < 0.75, rng.random(count) < 0.03
    version = np.clip(day * len(VERSIONS) // DAY_COUNT + rng.integers(-1, 2, count), 0, len(VERSIONS) - 1)
    words = [_drawn(_WORDS, count, rng) for _ in range(_WORDS_PER_TEXT)]
    frame = pl.DataFrame(
        {"number": number, "day": day, "issue": issue, "is_of_issue": is_of_issue & ~is_repeated, "is_repeated": is_repeated}
    )
    issue_class, is_sure = pl.Series(np.array(CLASSES)[issue % len(CLASSES)]), pl.Series(rng.random(count) < 0.8)
    return frame.with_columns(
        event_date=pl.lit(FIRST_DAY) + pl.duration(days="day"),
        occurred_at=(pl.lit(FIRST_DAY) + pl.duration(days="day")).cast(pl.Datetime("us", "UTC")),
        fragment_id=pl.format("fragment_{}", pl.col("number").hash()),
        record_id=pl.format("record_{}", (pl.col("number") * 9 // 10).hash()),
        issue_id=pl.when("is_of_issue").then(pl.format("issue_{}", "issue")),
        duplicate_of=pl.when("is_repeated").then(pl.lit("an earlier one")),
        product=pl.Series(np.array(PRODUCTS)[issue % len(PRODUCTS)]),
        product_version=pl.Series(np.array(VERSIONS)[version]),
        region=_drawn(REGIONS, count, rng),
        tier=_drawn(TIERS, count, rng),
        channel=_drawn(CHANNELS, count, rng),
        best_class=issue_class,
        complaint_class=pl.when(is_sure).then(issue_class),
        is_abstained=~is_sure,
        class_score=pl.Series(rng.random(count)),
        rating=pl.Series(rng.integers(1, 6, count).astype(float)),
        masked_text=pl.concat_str(words, separator=" "),
    )


def _drawn(values: Sequence[str | None], count: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(values)[pl.Series(rng.integers(0, len(values), count))]


def _issue_days(fragments: pl.DataFrame) -> pl.DataFrame:
    """One row per issue and day from the issue's first on, silent days as well."""
    of_issues = fragments.filter(pl.col("issue_id").is_not_null())
    said = of_issues.group_by("issue_id", "event_date").agg(pl.len().cast(pl.Int64).alias("fragment_count"), day_fragment_ids="fragment_id")
    issues = of_issues.group_by("issue_id").agg(
        pl.col("event_date").min().alias("first_date"), pl.first("product"), issue_class=pl.first("best_class"),
        quotes=pl.col("masked_text").head(3), product_versions=pl.col("product_version").unique().sort(),
    )  # fmt: skip
    days = pl.DataFrame({"event_date": [FIRST_DAY + timedelta(days=n) for n in range(DAY_COUNT)]})
    found = (
        issues.join(days, how="cross")
        .filter(pl.col("event_date") >= pl.col("first_date"))
        .join(said, on=["issue_id", "event_date"], how="left")
    )
    return found.with_columns(
        pl.col("fragment_count").fill_null(0),
        pl.col("day_fragment_ids").fill_null([]),
        issue_label=pl.format("label of {}", "issue_id"),
        trend=pl.lit("steady"),
        first_seen_at=pl.col("first_date").cast(pl.Datetime("us", "UTC")),
        last_seen_at=pl.col("event_date").cast(pl.Datetime("us", "UTC")),
        customer_count=pl.col("fragment_count"),
        alert_ids=pl.when(pl.col("fragment_count").rank("ordinal", descending=True) <= ALERT_COUNT)
        .then(pl.concat_list(pl.format("alert_{}_{}", "issue_id", "event_date")))
        .otherwise(pl.lit([], dtype=pl.List(pl.String))),
    )


def _alerts(days: pl.DataFrame) -> pl.DataFrame:
    found = days.explode("alert_ids").filter(pl.col("alert_ids").is_not_null())
    return found.with_columns(
        alert_id="alert_ids", alert_kind=pl.lit("rate"), subject_kind=pl.lit("cluster"), subject_id="issue_id",
        alerted_class="issue_class", observed_count="fragment_count", expected_count=pl.lit(1.5), rate_ratio=pl.col("fragment_count") / 1.5,
        alert_score=pl.col("fragment_count").cast(pl.Float64),
    )  # fmt: skip


def whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the contract in its order and types; one that was not drawn is null, or the type's blank where null is not allowed."""
    schema = pl.DataFrame(pl.from_arrow(TABLES[name].schema.empty_table())).schema
    blanks = [
        pl.lit(_unsaid(field), dtype=schema[field.name]).alias(field.name)
        for field in TABLES[name].fields
        if field.name not in frame.columns
    ]
    return frame.with_columns(blanks).select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _unsaid(field: Field) -> object:
    if field.is_nullable:
        return None
    return str(next(iter(field.vocabulary))) if field.vocabulary is not None else blank_of(field.dtype)
