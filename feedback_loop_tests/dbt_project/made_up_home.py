"""A made-up home: the tables that dbt reads, consistent with each other, written as Delta tables.

Not a simulation of customers (`feedback_loop/simulation`): texts are placeholders, and the figures are chosen so that each rule of the
marts has rows on both sides of it (rated and not, abstained and not, duplicates, issues silent for a day, alerts with and without issue).
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop_tests.dbt_project.made_up_loop import TABLES_OF_THE_LOOP, add_loop

Row = dict[str, Any]
FIRST_DAY = date(2024, 1, 1)
_CLASSES = ("crash", "billing", "latency", "praise", "other")
_ISSUES = {"crash": ("i_crash", "i_crash_rest"), "billing": ("i_billing",), "latency": ("i_latency",)}


def frame_of(table: Table, rows: list[Row]) -> pl.DataFrame:
    """The rows with every column of the contract; one that a row leaves out is null, or the type's blank where null is not allowed."""
    full = [{f.name: row.get(f.name, None if f.is_nullable else blank_of(f.dtype)) for f in table.fields} for row in rows]
    schema = pa.schema([f.with_nullable(True) for f in table.schema])
    frame = pl.from_arrow(pa.Table.from_pylist(full, schema=schema))
    assert isinstance(frame, pl.DataFrame)
    return frame


def write_home(home: Path, frames: dict[str, pl.DataFrame]) -> Settings:
    """The settings of the home, which now holds the frames as Delta tables that fulfil their contracts."""
    settings = Settings(home=home)
    store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
    for name, frame in frames.items():
        store.replace_all(TABLES[name], frame)
    return settings


def made_up_frames(day_count: int = 60, per_day: int = 12, seed: int = 7) -> dict[str, pl.DataFrame]:
    """The frames of every table that dbt reads, by name."""
    rng = random.Random(seed)
    rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
    for n in range(day_count):
        day = FIRST_DAY + timedelta(days=n)
        fragments = _fragments(rng, day, per_day, rows)
        _issues(day, fragments, rows)
    add_loop(rows)
    return {name: frame_of(TABLES[name], found) for name, found in rows.items()}


_TABLES = (
    "silver_message", "silver_fragment", "analysis_classification", "analysis_route", "analysis_triage", "analysis_alert", "gold_issue",
    "gold_issue_event", "gold_issue_impact", "gold_issue_wording", *TABLES_OF_THE_LOOP,
)  # fmt: skip


def _fragments(rng: random.Random, day: date, per_day: int, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Fragments of the day by issue; the rows of message, fragment and classification are added on the way."""
    by_issue: dict[str, list[Row]] = {}
    for n in range(per_day):
        record = _record(rng, day, n)
        rows["silver_message"].append(record)
        for index in range(rng.choice((1, 1, 2))):
            fragment = {**record, "fragment_id": f"{record['record_id']}/{index}", "fragment_index": index}
            fragment |= {"masked_text": f"words of {day} number {n}", "duplicate_of": "earlier" if n % 11 == 10 else None}
            best = rng.choice(_CLASSES)
            is_abstained = rng.random() < 0.2
            rows["silver_fragment"].append(fragment)
            rows["analysis_classification"].append(
                {**fragment, "best_class": best, "complaint_class": None if is_abstained else best, "is_abstained": is_abstained,
                 "class_score": round(rng.random(), 3), "runner_up_class": "other"}
            )  # fmt: skip
            rows["analysis_route"].append(
                {**fragment, "route": "human", "route_reason": "abstained" if is_abstained else "no_gate", "strong_indicator_count": n % 3}
            )
            rows["analysis_triage"].append(
                {**fragment, "urgency": ("normal", "low", "high", "normal", "urgent")[n % 5] if day.day < 20 else "normal",
                 "urgency_reasons": [f"class:{best}"], "owner": f"team-{best}", "owner_rule": best}
            )  # fmt: skip
            if best in _ISSUES and fragment["duplicate_of"] is None:
                by_issue.setdefault(rng.choice(_ISSUES[best]), []).append(fragment)
    return by_issue


def _record(rng: random.Random, day: date, n: int) -> Row:
    return {
        "record_id": f"r{day:%m%d}-{n}", "product": "shop", "channel": rng.choice(("app_review", "ticket")), "event_date": day,
        "product_version": rng.choice((None, "1.0", "2.0")), "region": rng.choice((None, "EU", "US")), "tier": rng.choice((None, "gold")),
        "rating": rng.choice((None, 1.0, 2.0, 3.0, 5.0)), "occurred_at": datetime.combine(day, time(23, 30), UTC), "language": "en",
    }  # fmt: skip


def _issues(day: date, fragments: dict[str, list[Row]], rows: dict[str, list[Row]]) -> None:
    """The day's row of each issue, also of those that were silent, and an alert where an issue had many."""
    for issue_class, issues in _ISSUES.items():
        for issue in issues:
            ids = sorted(f["fragment_id"] for f in fragments.get(issue, []))
            cluster = f"c-{issue}-{day}"
            alerts = _alerts(day, issue, issue_class, cluster, len(ids), rows)
            rows["gold_issue"].append(
                {"issue_id": issue, "product": "shop", "issue_class": issue_class, "issue_label": f"{issue} as of {day}",
                 "cluster_id": cluster, "held_cluster_ids": [cluster], "occurrence_count": 1,
                 "is_catch_all": issue.endswith("_rest"), "fragment_count": len(ids),
                 "window_fragment_count": len(ids) + 20, "customer_count": len(ids) or None, "trend": _trend(day, len(ids)),
                 "continuity_share": None if day == FIRST_DAY else 0.75,
                 "first_seen_at": datetime.combine(FIRST_DAY - timedelta(days=1), time(23, 30), UTC), "product_versions": ["2.0", "1.0"],
                 "last_seen_at": datetime.combine(day, time(23, 30), UTC), "quotes": [f"quote of {issue}"], "day_fragment_ids": ids,
                 "alert_ids": alerts, "event_date": day}
            )  # fmt: skip
            rows["gold_issue_impact"].append(_impact(day, issue, len(ids)))
            if day == FIRST_DAY:
                rows["gold_issue_event"].append(
                    {"issue_event_id": f"e-{issue}", "issue_id": issue, "product": "shop", "issue_event_kind": "opened",
                     "moved_fragment_count": 0, "occurrence_count": 1, "event_date": day}
                )  # fmt: skip
            if alerts:
                rows["gold_issue_wording"].append(_wording(day, issue, is_shown=day.day % 3 > 0))


def _impact(day: date, issue: str, count: int) -> Row:
    return {
        "issue_id": issue, "product": "shop", "event_date": day, "touched_customer_count": count, "touched_tiers": ["gold"],
        "touched_arr_usd": 1200.0 * count if count else None, "arr_missing_reason": None if count else "no_known_customer",
        "cost_of_delay_usd": 3.0 * count if count else None, "cost_of_delay_reason": None if count else "no_known_customer",
        "priority": ("low", "normal", "high")[min(count, 2)], "priority_score": min(count, 10) / 10,
        "priority_reasons": [f"{count} said so"],
    }  # fmt: skip


def _wording(day: date, issue: str, *, is_shown: bool) -> Row:
    said = {"wording_summary": f"{issue} on {day}.", "wording_hypothesis": "No cause is known."}
    return {"issue_id": issue, "product": "shop", "event_date": day, "wording_version": "model+prompt"} | (
        said if is_shown else {"wording_withheld_reason": "malformed"}
    )


def _trend(day: date, count: int) -> str:
    if day - FIRST_DAY < timedelta(days=7):
        return "new"
    return ("falling", "steady", "rising")[min(count, 2)]


def _alerts(day: date, issue: str, issue_class: str, cluster: str, count: int, rows: dict[str, list[Row]]) -> list[str]:
    if count < 4:
        return []
    about_cluster = {
        "alert_id": f"a-{issue}-{day}", "alert_kind": "rate", "subject_kind": "cluster", "subject_id": cluster,
        "alerted_cluster_id": cluster, "product": "shop", "alerted_class": issue_class, "observed_count": count,
        "exposure_count": 12, "expected_count": 1.5,
        "raised_at": datetime.combine(day + timedelta(days=1), time(0), UTC), "window_minutes": 1440.0,
        "rate_ratio": count / 1.5, "p_value": 0.001, "alert_score": 3.0, "event_date": day, "candidates": [_candidate("2.0")],
    }  # fmt: skip
    about_class = about_cluster | {"alert_id": f"b-{issue}-{day}", "subject_kind": "class", "alerted_cluster_id": None}
    about_class |= {"alert_kind": "share", "window_minutes": 360.0}
    rows["analysis_alert"] += [about_cluster, about_class]
    return [str(about_cluster["alert_id"])]


def _candidate(version: str) -> Row:
    return {
        "candidate_kind": "release", "product_version": version, "released_at": datetime(2024, 1, 5, tzinfo=UTC), "is_inferred": True,
        "share_in_alert": 0.5, "share_before": 0.1, "complaint_share_with": 0.4, "complaint_share_without": 0.1, "verdict": "consistent",
        "statement": f"release {version} stands beside the alert",
    }  # fmt: skip


def blank_of(dtype: pa.DataType) -> Any:
    """What stands in a column of this type where nothing was said and null is not allowed."""
    if pa.types.is_list(dtype):
        return []
    blanks: dict[Any, Any] = {
        pa.string(): "-", pa.int64(): 0, pa.float64(): 0.0, pa.bool_(): False, pa.date32(): FIRST_DAY, pa.binary(): b"",
        pa.timestamp("us", tz="UTC"): datetime(2024, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return blanks[dtype]
