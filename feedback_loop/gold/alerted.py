"""Which alerts speak of which issue: those about a cluster that it holds, and those about a class or a product whose samples it holds.

The rule that is easy to break: an alert speaks of one issue of its day at most, so that none is counted or told of twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from feedback_loop.gold.membership import Held

FEWEST_SAMPLES, SAMPLE_SHARE = 2, 0.5
"""Of the samples of an alert about no single cluster: how many, and what share, lie in the issue that it speaks of."""

AlertsOfIssues = Mapping[tuple[date, str], list[str]]
"""Ids of alerts by day and issue, the highest score first."""

Row = Mapping[str, Any]


def alerts_of_issues(alerts: pl.DataFrame, issues: Sequence[Held]) -> AlertsOfIssues:
    """The alerts of each issue of each day that has any; read of alerts is what `issues` lists."""
    by_cluster = {name: held for held in issues for name in held.cluster_ids}
    owner = {(held.event_date, fragment): held for held in issues for fragment in held.members}
    found: dict[tuple[date, str], list[str]] = {}
    for alert in alerts.sort("alert_score", "alert_id", descending=[True, False]).iter_rows(named=True):
        held = by_cluster.get(alert["alerted_cluster_id"]) if alert["alerted_cluster_id"] else _holding_samples(alert, owner)
        if held is not None:
            found.setdefault((alert["event_date"], held.issue_id), []).append(alert["alert_id"])
    return found


def _holding_samples(alert: Row, owner: Mapping[tuple[date, str], Held]) -> Held | None:
    """The issue with most of the samples; what people know as one issue before what is left of a class."""
    samples = [owner.get((alert["event_date"], fragment)) for fragment in alert["sample_fragment_ids"]]
    owners = {held.issue_id: held for held in samples if held is not None}
    votes = Counter(held.issue_id for held in samples if held is not None)
    enough = [name for name, count in votes.items() if count >= max(FEWEST_SAMPLES, SAMPLE_SHARE * len(samples))]
    best = min(enough, key=lambda name: (-votes[name], owners[name].state is None, name), default=None)
    return owners[best] if best else None
