"""What must be true of issues beyond their contracts, each a function from frames to what breaks it; other tables: `checks`."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange

NOISE_SHARE, NOISE_LEAST_FRAGMENTS = 0.6, 400
"""Share of a window's fragments in catch-alls from which grouping has failed, where there are at least so many fragments."""


def issues_that_do_not_add_up(issues: pl.DataFrame, clusters: pl.DataFrame) -> list[str]:
    """Days and products on which the issues' fragments are not those of the clusters."""
    of_issues = issues.group_by("event_date", "product").agg(pl.col("fragment_count").sum().alias("issues"))
    of_clusters = clusters.group_by("event_date", "product").agg(pl.col("day_fragment_ids").list.len().sum().alias("clusters"))
    both = of_issues.join(of_clusters, on=["event_date", "product"], how="full", coalesce=True)
    broken = both.filter(pl.col("issues").fill_null(0) != pl.col("clusters").fill_null(0)).sort("event_date", "product")
    return [f"{day}/{product}" for day, product in broken.select("event_date", "product").iter_rows()]


def issues_that_do_not_go_on(states: pl.DataFrame, days: DayRange) -> list[str]:
    """Days and issues without the row of the day before that their age asks for, or that took fragments of an issue that lives on.

    States are rows of `gold_issue_state` of the days and the one before. Where nothing is stored of the day before, nothing can be said:
    then everything was replayed.
    """
    full = states.filter(pl.col("parent_issue_id").is_null())
    stored = set(states["event_date"].to_list())
    before = full.select(pl.col("event_date") + timedelta(days=1), "issue_id", pl.col("member_fragment_ids").alias("held_before"))
    now = full.filter(pl.col("event_date").is_between(days.first, days.last))
    joined = now.join(before, on=["event_date", "issue_id"], how="left")
    aged = joined.filter((pl.col("founded_date") < pl.col("event_date")) & pl.col("held_before").is_null())
    lost = [(day, name) for day, name in aged.select("event_date", "issue_id").iter_rows() if day - timedelta(days=1) in stored]
    return sorted({f"{day}/{name}" for day, name in [*lost, *_taken(now, before)]})


def _taken(now: pl.DataFrame, before: pl.DataFrame) -> list[tuple[object, str]]:
    """Issues that were founded earlier and hold what another issue that still lives held the day before."""
    owned = now.select("event_date", "issue_id", "founded_date", fragment="member_fragment_ids").explode("fragment").drop_nulls("fragment")
    held = before.select("event_date", source="issue_id", fragment="held_before").explode("fragment").drop_nulls("fragment")
    moved = owned.join(held, on=["event_date", "fragment"]).filter(pl.col("source") != pl.col("issue_id"))
    living = now.select("event_date", source="issue_id")
    silent = moved.filter(pl.col("founded_date") < pl.col("event_date")).join(living, on=["event_date", "source"], how="semi")
    return list(silent.select("event_date", "issue_id").unique().iter_rows())


def windows_that_are_mostly_noise(issues: pl.DataFrame) -> list[str]:
    """Days and products of whose window's fragments most are in catch-alls."""
    counted = issues.group_by("event_date", "product").agg(
        pl.col("window_fragment_count").sum().alias("all"),
        pl.col("window_fragment_count").filter("is_catch_all").sum().alias("noise"),
    )
    is_broken = (pl.col("all") >= NOISE_LEAST_FRAGMENTS) & (pl.col("noise") > NOISE_SHARE * pl.col("all"))
    return [
        f"{day}/{product}"
        for day, product in counted.filter(is_broken).sort("event_date", "product").select("event_date", "product").iter_rows()
    ]
