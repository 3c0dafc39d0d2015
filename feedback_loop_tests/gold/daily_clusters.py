"""Clusters as `analysis_cluster` holds them, made from the known topics of a stream, and the ledger that follows from them.

Gold must not need the code of `analysis`.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.gold.identity import IDENTITY_VERSION, Said, carried_days
from feedback_loop.gold.ledger_rows import rows_of, state_frame
from feedback_loop_tests.complaint_stream import TOPICS, Stream

NO_STATUSES = pl.DataFrame(schema={"issue_id": pl.String, "issue_status": pl.String, "event_date": pl.Date})


def by_topic(of: Stream, days: DayRange) -> pl.DataFrame:
    """One cluster per topic and day; topics of fewer than four fragments are the catch-all of their class."""
    rows = []
    kept = of.fragments.filter(pl.col("duplicate_of").is_null()).join(of.embeddings.select("fragment_id", "vector"), on="fragment_id")
    for day in days:
        window = kept.filter(pl.col("event_date").is_between(day - timedelta(days=WINDOW_DAYS - 1), day)).sort("fragment_id")
        for topic, (best_class, texts) in TOPICS.items():
            members = window.filter(pl.Series([of.topics[f] == topic for f in window["fragment_id"]], dtype=pl.Boolean))
            if best_class == "praise" or not members.height:
                continue
            ids = members["fragment_id"].to_list()
            mean = np.stack(members["vector"].to_list()).mean(axis=0)
            rows.append(
                {
                    "cluster_id": stable_id("cluster", day, topic), "product": members["product"][0], "best_class": best_class,
                    "cluster_label": ", ".join(texts[0].split()[:2]), "is_catch_all": len(ids) < 4, "member_fragment_ids": ids,
                    "day_fragment_ids": members.filter(pl.col("event_date") == day)["fragment_id"].to_list(),
                    "centroid": (mean / np.linalg.norm(mean)).tolist(), "member_count": len(ids), "embedding_model_version": "m1",
                    "clusterer_version": "topics", "event_date": day,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["analysis_cluster"].schema))


def states_of(of: Stream, clusters: pl.DataFrame, statuses: pl.DataFrame = NO_STATUSES) -> pl.DataFrame:
    """The ledger of every day from the first cluster to the last, as `gold_issue_state` has it."""
    if clusters.is_empty():
        return state_frame([])
    days = DayRange(*(d for d in (clusters["event_date"].min(), clusters["event_date"].max()) if isinstance(d, date)))
    said = Said.of(of.fragments, of.embeddings)
    carried = carried_days(clusters, said, statuses, {}, days)
    return state_frame(row for d, ledger in carried for row in rows_of(ledger, d, IDENTITY_VERSION))
