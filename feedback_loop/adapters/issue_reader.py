"""Ranked issues of a range of days, put together from the published marts.

Ranked by fragments in the range, then by alerts in the range; catch-alls follow after all clusters, because they gather what fits
nowhere, are large for that reason alone, and name nothing that could be mended. Product, release, region and tier narrow the fragments
that are counted, quoted and listed by version; the class narrows the issues. `trend`, `priority`, `customer_count`, `first_seen_at` and
`last_seen_at` are those of the issue's latest day at or before the last of the range, so that a spike far in the past reads as it stood
then; label and class are the ledger's, so that an issue has one name whatever the range. How the marts are opened is in `marts`; every
value from outside is bound as a parameter, never part of a statement.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from feedback_loop.adapters.marts import open_marts, rows_of
from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import BadInput

QUOTES_PER_ISSUE = 3

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class IssueFilter:
    """Which fragments count (days, product, release, region, tier) and which issues appear (class, id); None takes all."""

    days: DayRange
    product: str | None = None
    release: str | None = None
    region: str | None = None
    tier: str | None = None
    issue_class: str | None = None
    issue_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class IssueAlert:
    """One alert about the issue within the range."""

    alert_id: str
    event_date: date
    alert_kind: str
    observed_count: int
    expected_count: float | None
    rate_ratio: float | None
    p_value: float | None
    alert_score: float


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A candidate that stands beside an alert; it may have to do with it, and is proven by nothing here."""

    candidate_kind: str
    product_version: str
    released_at: datetime | None
    is_inferred: bool
    verdict: str
    statement: str
    alert_id: str


@dataclass(frozen=True, kw_only=True)
class RankedIssue:
    """One line of the ranking: the fields of interfaces.md, then what else tells issues apart."""

    issue_id: str
    label: str
    fragment_count: int
    customer_count: int | None
    trend: str
    first_seen_at: datetime
    last_seen_at: datetime
    versions: tuple[str, ...]
    quotes: tuple[str, ...]
    alerts: tuple[IssueAlert, ...]
    hypotheses: tuple[Hypothesis, ...]
    product: str
    issue_class: str
    is_catch_all: bool
    priority: str
    priority_reasons: tuple[str, ...]
    cost_of_delay_usd: float | None
    wording_summary: str | None
    wording_hypothesis: str | None
    wording_version: str | None


@dataclass(frozen=True, kw_only=True)
class IssueHistory:
    """One issue over all its days, and its fragments per day, silent days left out."""

    issue: RankedIssue
    daily: tuple[tuple[date, int], ...]


def read_issues(marts_file: Path, wanted: IssueFilter, limit: int | None = None) -> list[RankedIssue]:
    """The issues that the filter leaves, first rank first; raises NothingLanded where there are no marts yet."""
    with open_marts(marts_file) as connection:
        return _ranked(connection, wanted, limit)


def read_issue(marts_file: Path, issue_id: str) -> IssueHistory:
    """The issue over all its days; raises BadInput where the ledger has none of that id."""
    with open_marts(marts_file) as connection:
        span = rows_of(connection, _SPAN, [issue_id])[0]
        if span["first_date"] is None:
            raise BadInput(f"no issue '{issue_id}' in the ledger. `feedback-loop issues --from DAY --to DAY` lists the ids.")
        wanted = IssueFilter(days=DayRange(span["first_date"], span["last_date"]), issue_id=issue_id)
        daily = tuple((row["event_date"], row["fragment_count"]) for row in rows_of(connection, _DAILY, [issue_id]))
        return IssueHistory(issue=_ranked(connection, wanted, None)[0], daily=daily)


def _ranked(connection: duckdb.DuckDBPyConnection, wanted: IssueFilter, limit: int | None) -> list[RankedIssue]:
    slice_of: list[object] = [wanted.days.first, wanted.days.last, wanted.product, wanted.release, wanted.region, wanted.tier]
    rows = rows_of(connection, _RANKING, [*slice_of, wanted.issue_class, wanted.issue_id, limit])
    ids = [row["issue_id"] for row in rows]
    versions = _grouped(rows_of(connection, _VERSIONS, [*slice_of, ids]))
    quotes = _quotes(connection, slice_of, ids)
    alerts = _grouped(rows_of(connection, _ALERTS, [wanted.days.first, wanted.days.last, ids]))
    return [_issue(row, versions[row["issue_id"]], quotes[row["issue_id"]], alerts[row["issue_id"]]) for row in rows]


def _quotes(connection: duckdb.DuckDBPyConnection, slice_of: list[object], ids: list[str]) -> dict[str, list[Row]]:
    """The quotes of each issue, the first rank first."""
    quotes = _grouped(rows_of(connection, _SUREST_QUOTES, [*slice_of, ids, QUOTES_PER_ISSUE]))
    # One text can hold several of the highest scores, classified by other models; then the texts below count as well.
    few = [issue_id for issue_id in ids if len(quotes[issue_id]) < QUOTES_PER_ISSUE]
    return quotes | _grouped(rows_of(connection, _QUOTES, [*slice_of, few, QUOTES_PER_ISSUE])) if few else quotes


def _issue(row: Row, versions: list[Row], quotes: list[Row], alerts: list[Row]) -> RankedIssue:
    return RankedIssue(
        **row | {"priority_reasons": tuple(row["priority_reasons"])},
        versions=tuple(v["product_version"] for v in versions),
        quotes=tuple(q["masked_text"] for q in quotes),
        alerts=tuple(IssueAlert(**{k: v for k, v in alert.items() if k != "candidates"}) for alert in alerts),
        hypotheses=_hypotheses(alerts),
    )


def _hypotheses(alerts: list[Row]) -> tuple[Hypothesis, ...]:
    """Each candidate once, as its highest alert saw it; the alerts come highest first."""
    found: dict[tuple[str, str], Hypothesis] = {}
    for alert in alerts:
        for candidate in alert["candidates"]:
            told = {name: candidate[name] for name in Hypothesis.__dataclass_fields__ if name != "alert_id"}
            found.setdefault((candidate["candidate_kind"], candidate["product_version"]), Hypothesis(**told, alert_id=alert["alert_id"]))
    return tuple(found.values())


def _grouped(rows: list[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.pop("issue_id")].append(row)
    return groups


_IN_SLICE = """
    event_date between $1 and $2
    and (cast($3 as varchar) is null or product = $3)
    and (cast($4 as varchar) is null or product_version = $4)
    and (cast($5 as varchar) is null or region = $5)
    and (cast($6 as varchar) is null or tier = $6)
"""
"""Constant text: the narrowing that daily counts and fragments share, by the same six parameters."""

_RANKING = f"""
with counted as (
    select issue_id, cast(sum(fragment_count) as bigint) as fragment_count
    from mart_issue_daily
    where {_IN_SLICE}
    group by issue_id
),
alerted as (
    select complaint_issue_id as issue_id, count(*) as alert_count
    from mart_alert
    where event_date between $1 and $2
    group by complaint_issue_id
),
ranked_days as (
    select
        issue_id, trend, customer_count, first_seen_at, last_seen_at, priority, priority_reasons, cost_of_delay_usd,
        row_number() over (partition by issue_id order by event_date desc) as recency_rank
    from mart_issue_day
    where event_date <= $2
),
worded as (
    select
        issue_id, wording_summary, wording_hypothesis, wording_version,
        row_number() over (partition by issue_id order by event_date desc) as recency_rank
    from mart_issue_day
    where event_date <= $2 and wording_summary is not null
)
select
    ledger.issue_id, ledger.issue_label as label, coalesce(counted.fragment_count, 0) as fragment_count, as_of.customer_count,
    as_of.trend, as_of.first_seen_at, as_of.last_seen_at, ledger.product, ledger.issue_class, ledger.is_catch_all,
    as_of.priority, as_of.priority_reasons, as_of.cost_of_delay_usd,
    worded.wording_summary, worded.wording_hypothesis, worded.wording_version
from mart_issue as ledger
-- An issue without a day so far did not exist at the end of the range.
inner join ranked_days as as_of on ledger.issue_id = as_of.issue_id and as_of.recency_rank = 1
left join counted on ledger.issue_id = counted.issue_id
left join alerted on ledger.issue_id = alerted.issue_id
left join worded on ledger.issue_id = worded.issue_id and worded.recency_rank = 1
where
    (cast($7 as varchar) is null or ledger.issue_class = $7)
    -- An issue that is asked for by its id is shown even where it has no fragment of its own yet.
    and case when cast($8 as varchar) is null then counted.issue_id is not null else ledger.issue_id = $8 end
order by ledger.is_catch_all, fragment_count desc, coalesce(alerted.alert_count, 0) desc, ledger.issue_id
limit cast($9 as bigint)
"""  # noqa: S608 (the only inserted text is the constant above)

_VERSIONS = f"""
select issue_id, product_version, sum(fragment_count) as fragment_count
from mart_issue_daily
where {_IN_SLICE} and product_version is not null and issue_id in (select unnest($7))
group by issue_id, product_version
order by issue_id, fragment_count desc, product_version
"""  # noqa: S608

_SAID = f"{_IN_SLICE} and duplicate_of is null and complaint_issue_id in (select unnest($7))"

_RANKED_QUOTES = """
ranked as (
    select fragments.issue_id, fragments.masked_text, row_number() over (
        partition by fragments.issue_id
        -- What the ledger found most typical comes first, where it was said within the slice; then what was classified most surely.
        order by coalesce(nullif(list_position(ledger.quotes, fragments.masked_text), 0), 1000), fragments.class_score desc, masked_text
    ) as quote_rank
    from fragments
    inner join mart_issue as ledger on fragments.issue_id = ledger.issue_id
)
select issue_id, masked_text from ranked where quote_rank <= $8 order by issue_id, quote_rank
"""

_QUOTES = f"""
with fragments as (
    select complaint_issue_id as issue_id, masked_text, max(class_score) as class_score
    from mart_complaint
    where {_SAID}
    group by complaint_issue_id, masked_text
),
{_RANKED_QUOTES}
"""  # noqa: S608

_SUREST_QUOTES = f"""
with scores as (
    select complaint_issue_id as issue_id, class_score from mart_complaint where {_SAID} group by complaint_issue_id, class_score
),
ranked_scores as (
    select *, row_number() over (partition by issue_id order by class_score desc) as score_rank from scores
),
surest as (
    select ranked_scores.issue_id, min(ranked_scores.class_score) as least_score, any_value(ledger.quotes) as typical_texts
    from ranked_scores
    inner join mart_issue as ledger on ranked_scores.issue_id = ledger.issue_id
    where score_rank <= $8
    group by ranked_scores.issue_id
),
fragments as (
    select issue_id, masked_text, max(class_score) as class_score
    from mart_complaint
    inner join surest on complaint_issue_id = issue_id
    where {_SAID} and (class_score >= least_score or list_contains(typical_texts, masked_text))
    group by issue_id, masked_text
),
{_RANKED_QUOTES}
"""  # noqa: S608
"""The same quotes without comparing the text of every fragment, wherever it finds as many as are wanted: no other can come before them."""

_ALERTS = """
select
    complaint_issue_id as issue_id, alert_id, event_date, alert_kind, observed_count, expected_count, rate_ratio, p_value, alert_score,
    candidates
from mart_alert
where event_date between $1 and $2 and complaint_issue_id in (select unnest($3))
order by complaint_issue_id, alert_score desc, event_date, alert_id
"""

_SPAN = "select min(event_date) as first_date, max(event_date) as last_date from mart_issue_day where issue_id = $1"

_DAILY = """
select event_date, cast(sum(fragment_count) as bigint) as fragment_count
from mart_issue_daily where issue_id = $1 group by event_date order by event_date
"""
