"""A build file as dbt would leave it, made directly from rows: for what reads or publishes marts, without a dbt run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb

from feedback_loop.contracts.tables import marts
from feedback_loop_tests.dbt_project.made_up_home import Row, frame_of

DAY_1, DAY_2, DAY_3 = date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)


def build_file_of(folder: Path, rows: dict[str, list[Row]], leave_out: str | None = None) -> Path:
    """The file, with every mart (empty where no rows are given) and one table that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "build.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table stg_gold_issue as select 1 as not_for_readers")
        for table in marts():
            if table.name != leave_out:
                connection.register("rows_given", frame_of(table, rows.get(table.name, [])).to_arrow())
                connection.execute(f"create table {table.name} as select * from rows_given")
    return file


def noon_of(day: date) -> datetime:
    """The instant at noon of the day."""
    return datetime.combine(day, time(12), UTC)


def ledger_row(issue_id: str, **values: object) -> Row:
    """A row of mart_issue of the product shop."""
    row: Row = {
        "issue_id": issue_id, "product": "shop", "issue_class": "crash", "issue_label": f"label of {issue_id}", "is_catch_all": False,
        "trend": "rising", "customer_count": 7, "first_seen_at": noon_of(DAY_1), "last_seen_at": noon_of(DAY_3), "quotes": ["typical"],
    }  # fmt: skip
    return row | values


def day_row(issue_id: str, day: date, **values: object) -> Row:
    """A row of mart_issue_day of the product shop, of an issue that was seen at noon of each day since the first."""
    row: Row = {"issue_id": issue_id, "event_date": day, "product": "shop", "trend": "rising", "customer_count": 7}
    row |= {"priority": "high", "priority_reasons": ["7 known customers in 28 days (10.9 points)", "trend rising (15.0 points)"]}
    return row | {"first_seen_at": noon_of(DAY_1), "last_seen_at": noon_of(day)} | values


def daily_row(issue_id: str, day: date, count: int, **values: object) -> Row:
    """A row of mart_issue_daily of the product shop."""
    return {"issue_id": issue_id, "event_date": day, "fragment_count": count, "message_count": count, "product": "shop"} | values


def complaint_row(fragment_id: str, issue_id: str | None, text: str, **values: object) -> Row:
    """A row of mart_complaint of the product shop on the first day."""
    row: Row = {"fragment_id": fragment_id, "complaint_issue_id": issue_id, "masked_text": text, "product": "shop", "event_date": DAY_1}
    return row | values


def alert_row(alert_id: str, issue_id: str | None, day: date, score: float, **values: object) -> Row:
    """A row of mart_alert of the product shop."""
    row: Row = {"alert_id": alert_id, "complaint_issue_id": issue_id, "event_date": day, "alert_score": score, "product": "shop"}
    return row | {"alert_kind": "rate", "observed_count": 9, "rate_ratio": 3.0, "story_id": alert_id, "candidates": []} | values
