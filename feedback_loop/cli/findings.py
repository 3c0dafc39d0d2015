"""What the marts say of some days: what rose and beside which releases and in whose words. Printed by `highlights`.

Ranked issues are read in `adapters/issue_reader`. Every value from outside is bound as a parameter, never part of a statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from feedback_loop.adapters.marts import open_marts, rows_of
from feedback_loop.cli.places import day_or
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.vocab import AlertKind
from feedback_loop.errors import NothingLanded

TOP_COUNT = 5
_QUOTES_PER_ALERT = 2


@dataclass(frozen=True, kw_only=True)
class Spike:
    """One subject on the day on which it rose most, and on how many days of the range it was alerted about."""

    event_date: date
    product: str
    subject: str
    observed_count: int
    expected_count: float
    rate_ratio: float
    day_count: int
    quotes: tuple[str, ...]
    candidates: tuple[dict[str, Any], ...]


def days_of_marts(marts_file: Path, first: str | None, last: str | None) -> DayRange:
    """The days that were asked for; where an end is left open, that of the issues. Raises BadInput and NothingLanded."""
    with open_marts(marts_file) as connection:
        span = rows_of(connection, _SPAN, [])[0]
    if span["first_day"] is None:
        raise NothingLanded("no issues yet", "Run `feedback-loop run` over days with complaints first.")
    return DayRange(day_or(first, span["first_day"]), day_or(last, span["last_day"]))


def mart_rows(marts_file: Path) -> dict[str, int]:
    """How many rows each mart holds."""
    from feedback_loop.contracts.tables import marts  # here, because it needs pyarrow, for which `issues` need not wait

    with open_marts(marts_file) as connection:
        return {t.name: int(rows_of(connection, f"select count(*) as n from {t.name}", [])[0]["n"]) for t in marts()}  # noqa: S608


def top_spikes(marts_file: Path, days: DayRange, product: str | None = None) -> list[Spike]:
    """The subjects that rose most within the days, each once, the most surprising first."""
    with open_marts(marts_file) as connection:
        rows = rows_of(connection, _SPIKES, [days.first, days.last, str(AlertKind.RATE), product, TOP_COUNT])
        for row in rows:
            wanted = [row["event_date"], row["product"], row.pop("complaint_issue_id"), row.pop("alerted_class"), _QUOTES_PER_ALERT]
            row["quotes"] = tuple(quote["masked_text"] for quote in rows_of(connection, _QUOTES, wanted))
            row["candidates"] = tuple(row["candidates"])
        return [Spike(**row) for row in rows]


_SPAN = "select min(event_date) as first_day, max(event_date) as last_day from mart_issue_daily"

_SPIKES = """
with named as (
    select
        alerts.*,
        case alerts.subject_kind
            when 'cluster' then coalesce(ledger.issue_label, replace(alerts.alerted_class, '_', ' '))
            when 'class' then 'all complaints of class ' || replace(alerts.alerted_class, '_', ' ')
            else 'all complaints'
        end as subject
    from mart_alert as alerts
    left join mart_issue as ledger on alerts.complaint_issue_id = ledger.issue_id
    where
        alerts.event_date between $1 and $2
        and alerts.alert_kind in ($3, 'change')
        and (cast($4 as varchar) is null or alerts.product = $4)
),
best_day as (
    select
        *,
        count(distinct event_date) over (partition by product, subject) as day_count,
        row_number() over (partition by product, subject order by alert_score desc, event_date, alert_id) as place,
        -- One rise is told of its product, its class and its clusters on several days: of all these only the most surprising is told.
        row_number() over (partition by product, coalesce(story_id, alert_id) order by alert_score desc, event_date, alert_id) as in_story
    from named
),
-- A class rises with the issue that makes it rise: of both only the more surprising is told.
told_once as (
    select *, row_number() over (partition by product, event_date, alerted_class order by alert_score desc, alert_id) as place_in_class
    from best_day
    where place = 1 and in_story = 1
)
select
    event_date, product, subject, observed_count, expected_count, rate_ratio, day_count, candidates, complaint_issue_id, alerted_class
from told_once
where place_in_class = 1
order by alert_score desc, event_date, product, subject
limit $5
"""

_QUOTES = """
select masked_text from mart_complaint
where
    event_date = $1 and product = $2 and duplicate_of is null and length(masked_text) between 20 and 200
    -- Of the issue where the alert is about one, otherwise of the class, otherwise of any issue.
    and case
        when cast($3 as varchar) is not null then complaint_issue_id = $3
        when cast($4 as varchar) is not null then best_class = $4
        else complaint_issue_id is not null
    end
group by masked_text
order by max(class_score) desc, masked_text
limit $5
"""
