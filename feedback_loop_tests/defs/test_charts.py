"""What assets show of themselves: counts and pictures, no word of a customer, and no failure on nothing."""

from __future__ import annotations

import base64

import polars as pl
import pytest

from feedback_loop.adapters import charts as drawing
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.charts import alert_charts, class_charts, issue_charts, news_charts, volume_charts
from feedback_loop_tests.defs.conftest import DRAW
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import START

PNG = b"\x89PNG"
CHARTS = {
    "silver_message": (volume_charts, {"record_count", "records_by_day", "negative_share_by_day"}),
    "analysis_classification": (class_charts, {"abstained_count", "classes_by_day"}),
    "analysis_alert": (alert_charts, {"alert_count", "alerts_by_day"}),
    "gold_issue": (issue_charts, {"issue_count", "issue_fragments_by_day"}),
}


@pytest.fixture
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_png", DRAW)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.usefixtures("_drawn")
def test_table_with_rows_shows_its_count_and_pictures(computed: Home, name: str) -> None:
    draw, entries = CHARTS[name]
    shown = {entry: value.value for entry, value in draw(computed.table(name)).items()}
    assert set(shown) == entries
    pictures = [value for value in shown.values() if isinstance(value, str) and value != "no rows"]
    assert pictures or name == "analysis_alert"
    for picture in pictures:
        assert base64.b64decode(picture.split("base64,")[1].rstrip(")")).startswith(PNG)


@pytest.mark.parametrize("name", CHARTS)
def test_table_without_rows_shows_zero_and_no_picture(name: str) -> None:
    draw, entries = CHARTS[name]
    shown = {entry: value.value for entry, value in draw(pl.DataFrame(schema=pl.Schema(TABLES[name].schema))).items()}
    assert shown == {entry: 0 if entry.endswith("_count") else "no rows" for entry in entries}


def test_counts_are_those_of_the_rows(computed: Home) -> None:
    messages, classes, alerts = (computed.table(n) for n in ("silver_message", "analysis_classification", "analysis_alert"))
    assert volume_charts(messages)["record_count"].value == messages.height
    assert class_charts(classes)["abstained_count"].value == classes.filter(pl.col("is_abstained")).height
    assert alert_charts(alerts)["alert_count"].value == alerts.height
    assert issue_charts(computed.table("gold_issue"))["issue_count"].value == computed.table("gold_issue")["issue_id"].n_unique()


def test_records_without_a_rating_make_no_share() -> None:
    unrated = pl.DataFrame({"event_date": [START], "product": ["Lumen"], "rating": [None]}, schema_overrides={"rating": pl.Float64})
    shown = volume_charts(unrated)
    assert (shown["record_count"].value, shown["negative_share_by_day"].value) == (1, "no rows")


@pytest.mark.usefixtures("_drawn")
def test_news_are_drawn_into_the_volume_of_their_product(computed: Home) -> None:
    messages = computed.table("silver_message")
    product, today = messages.select("product", "event_date").row(0)
    news = {"product": product, "event_date": today, "alert_kind": "rate", "is_story_head": True, "is_continuation": False}
    rows = [news, {**news, "is_continuation": True}, {**news, "alert_kind": "urgent"}]
    changes = pl.DataFrame([{"product": product, "event_date": today}])
    shown = news_charts(pl.DataFrame(rows), messages, changes)
    assert shown["news_count"].value == 1
    assert {name.startswith("volume_of_") for name in shown} == {True, False}
    assert len(shown) == 2
