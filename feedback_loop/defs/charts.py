"""What each asset shows of itself in the Dagster UI: counts, and charts of them as pictures in its metadata.

Only aggregates go in, by day, part of a day or segment. An empty frame gives its zero and no chart.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import dagster as dg
import polars as pl

from feedback_loop.adapters.charts import bars_by_day, bars_by_day_with_marks, bars_by_name, bars_with_marks, line_by_day, points_by_day
from feedback_loop.adapters.model_charts import reliability_curve
from feedback_loop.analysis.alert_volume import PART_HOURS, AlertVolume
from feedback_loop.methods.statistics.calibration import Flags, Reals
from feedback_loop.methods.statistics.calibration_gap import reliability

Metadata = dict[str, dg.MetadataValue]

_NEGATIVE_RATING = 2
_MOST_PRODUCTS = 5
_MOST_COHORTS = 10


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
    return _picture(counted, lambda f: bars_by_day_with_marks(f, "records", marks, "mark", f"Records of {product} by day"))


def issue_charts(issues: pl.DataFrame) -> Metadata:
    """Fragments of issues by day and class."""
    counted = issues.group_by("event_date", "issue_class").agg(pl.col("fragment_count").sum().alias("fragments"))
    return {
        "issue_count": dg.MetadataValue.int(issues["issue_id"].n_unique()),
        "issue_fragments_by_day": _picture(counted, lambda f: bars_by_day(f, "fragments", "Fragments of issues", "issue_class")),
    }


def cohort_charts(cohorts: pl.DataFrame) -> Metadata:
    """How many times as often the first segment of each alert complains as everybody else: the strongest, as a picture and a table."""
    known = cohorts.filter(pl.col("cohort_rank") == 1, pl.col("cohort_lift").is_not_null())
    first = known.sort("cohort_lift", "cohort_id", descending=[True, False]).head(_MOST_COHORTS)
    names = [", ".join(f"{k} {v}" for k, v in json.loads(told).items()) or "everybody" for told in first["cohort_attributes"]]
    shown = first.with_columns(pl.Series("cohort", names, pl.String))
    title = "Complaint share inside of the segment over that outside"
    return {
        "cohort_count": dg.MetadataValue.int(cohorts.height),
        "cohort_lift": _picture(shown, lambda f: bars_by_name(f, "cohort", "cohort_lift", title), title),
        "cohorts": _table(shown.select("cohort", "observed_count", "expected_count", "cohort_lift", "p_value", "alert_id")),
    }


def alert_volume_charts(volumes: Sequence[AlertVolume]) -> Metadata:
    """The strongest alerts: complaints by parts of days with alert, onset and likeliest changes marked, and the marks in words."""
    shown = {f"volume_{number}": _volume(one) for number, one in enumerate(volumes, start=1)}
    return shown or {"volume_1": dg.MetadataValue.text("no rows")}


def _volume(one: AlertVolume) -> dg.MetadataValue:
    marks = pl.DataFrame([vars(mark) for mark in one.marks], schema={"at": pl.Datetime("us", "UTC"), "what": pl.String})
    told = "; ".join(f"{mark.at:%Y-%m-%d %H:%M} {mark.what}" for mark in one.marks)
    title = f"{one.alert['alerted_class'] or one.alert['product']}: complaints in {PART_HOURS} hours each"
    drawn = _picture(one.counts, partial(bars_with_marks, marks=marks, title=title), f"{title}; {told}")
    return dg.MetadataValue.md(f"{drawn.value}\n\n{told}")


def reliability_charts(confidence: Reals, is_right: Flags, of_what: str) -> Metadata:
    """How often answers are right by how sure they claim to be: a table by bins, and its picture; `of_what` names the answers."""
    count = dg.MetadataValue.int(len(confidence))
    if not len(confidence):
        return {"judged_count": count, "reliability": dg.MetadataValue.text(f"nobody judged {of_what} yet, so there is nothing to compare")}
    bins = [vars(one) for one in reliability(confidence, is_right)]
    return {"judged_count": count, **reliability_of_bins(bins, of_what)}


def reliability_of_bins(bins: Sequence[Mapping[str, float]], of_what: str) -> Metadata:
    """The same of bins that were made before."""
    shown = [dg.TableRecord({name: round(value, 4) for name, value in one.items()}) for one in bins]
    picture = _picture(pl.DataFrame(list(bins)), reliability_curve, f"How often {of_what} are right by the confidence that they claim")
    return {"reliability": dg.MetadataValue.table(shown), "reliability_curve": picture}


def _table(frame: pl.DataFrame) -> dg.MetadataValue:
    if frame.is_empty():
        return dg.MetadataValue.text("no rows")
    rounded = frame.with_columns(pl.col(pl.Float64).round_sig_figs(4))
    return dg.MetadataValue.table([dg.TableRecord(row) for row in rounded.to_dicts()])


def _picture(frame: pl.DataFrame, draw: Callable[[pl.DataFrame], bytes], told: str = "chart") -> dg.MetadataValue:
    if frame.is_empty():
        return dg.MetadataValue.text("no rows")
    return dg.MetadataValue.md(f"![{told}](data:image/png;base64,{base64.b64encode(draw(frame)).decode()})")
