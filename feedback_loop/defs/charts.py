"""What each asset shows of itself in the Dagster UI: counts, and charts of them as pictures in its metadata.

Only aggregates by day go in. An empty frame gives its zero and no chart.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import dagster as dg
import polars as pl

from feedback_loop.adapters.charts import bars_by_day, bars_with_marks, line_by_day, points_by_day

Metadata = dict[str, dg.MetadataValue]

_NEGATIVE_RATING = 2
_MOST_PRODUCTS = 5


def volume_charts(messages: pl.DataFrame) -> Metadata:
    """Records and the share of one and two stars by day and product."""
    counted = messages.group_by("event_date", "product").agg(
        pl.len().alias("records"),
        pl.col("rating").count().alias("rated"),
        (pl.col("rating") <= _NEGATIVE_RATING).sum().alias("negative"),
    )
    rated = counted.filter(pl.col("rated") > 0).with_columns((pl.col("negative") / pl.col("rated")).alias("share")).sort("event_date")
    return {
        "record_count": dg.MetadataValue.int(messages.height),
        "records_by_day": _picture(counted, lambda f: bars_by_day(f, "records", "Records by day", "product")),
        "negative_share_by_day": _picture(rated, lambda f: line_by_day(f, "share", "Share of one and two stars", "product")),
    }


def class_charts(classifications: pl.DataFrame) -> Metadata:
    """Fragments by day and class, abstentions as a class of their own."""
    counted = classifications.group_by("event_date", pl.col("complaint_class").fill_null("abstained").alias("class")).len("fragments")
    return {
        "abstained_count": dg.MetadataValue.int(int(classifications["is_abstained"].sum())),
        "classes_by_day": _picture(counted, lambda f: bars_by_day(f, "fragments", "Fragments by class", "class")),
    }


def alert_charts(alerts: pl.DataFrame) -> Metadata:
    """Rate alerts by day and score."""
    rates = alerts.filter(pl.col("alert_kind") == "rate").select("event_date", "alert_score", "subject_kind")
    return {
        "alert_count": dg.MetadataValue.int(alerts.height),
        "alerts_by_day": _picture(rates, lambda f: points_by_day(f, "alert_score", "Alerts: −log10 of the p-value", "subject_kind")),
    }


def news_charts(alerts: pl.DataFrame, messages: pl.DataFrame, changes: pl.DataFrame) -> Metadata:
    """How many stories are new, and for each product with one its records by day, with the news and the changes marked."""
    news = alerts.filter(pl.col("is_story_head") & ~pl.col("is_continuation") & (pl.col("alert_kind") != "urgent"))
    pictures = {
        f"volume_of_{re.sub('[^A-Za-z0-9_]+', '_', name)}": _marked_volume(name, news, messages, changes)
        for name in sorted(news["product"].unique())[:_MOST_PRODUCTS]
    }
    return {"news_count": dg.MetadataValue.int(news.height), **pictures}


def _marked_volume(product: str, news: pl.DataFrame, messages: pl.DataFrame, changes: pl.DataFrame) -> dg.MetadataValue:
    of_product = pl.col("product") == product
    counted = messages.filter(of_product).group_by("event_date").len("records")
    shown = changes.filter(of_product & pl.col("event_date").is_between(messages["event_date"].min(), messages["event_date"].max()))
    marks = pl.concat(
        [
            shown.select("event_date", mark=pl.lit("a change")).unique(),
            news.filter(of_product).select("event_date", mark=pl.lit("an alert")).unique(),
        ]
    )
    return _picture(counted, lambda f: bars_with_marks(f, "records", marks, "mark", f"Records of {product} by day"))


def issue_charts(issues: pl.DataFrame) -> Metadata:
    """Fragments of issues by day and class."""
    counted = issues.group_by("event_date", "issue_class").agg(pl.col("fragment_count").sum().alias("fragments"))
    return {
        "issue_count": dg.MetadataValue.int(issues["issue_id"].n_unique()),
        "issue_fragments_by_day": _picture(counted, lambda f: bars_by_day(f, "fragments", "Fragments of issues", "issue_class")),
    }


def _picture(frame: pl.DataFrame, draw: Callable[[pl.DataFrame], bytes]) -> dg.MetadataValue:
    if frame.is_empty():
        return dg.MetadataValue.text("no rows")
    return dg.MetadataValue.md(f"![chart](data:image/png;base64,{base64.b64encode(draw(frame)).decode()})")
