"""What assets show of themselves: counts and pictures, no word of a customer, and no failure on nothing."""

from __future__ import annotations

import base64

import dagster as dg
import numpy as np
import polars as pl
import pytest

from feedback_loop.adapters import charts as drawing
from feedback_loop.analysis.alert_volume import AlertVolume, Mark
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.charts import (
    alert_charts,
    alert_volume_charts,
    class_charts,
    cohort_charts,
    issue_charts,
    news_charts,
    reliability_charts,
    volume_charts,
)
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.defs.conftest import DRAW
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import START, instant

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


COHORTS = frame_of(
    TABLES["analysis_cohort"],
    *(
        {"cohort_id": f"c{n}", "cohort_rank": rank, "cohort_lift": lift, "cohort_attributes": told}
        for n, (rank, lift, told) in enumerate([(1, 2.5, '{"os": "ios"}'), (1, 9.0, "{}"), (1, None, "{}"), (2, 3.0, '{"os": "web"}')])
    ),
)


@pytest.mark.usefixtures("_drawn")
def test_the_first_segment_of_each_alert_is_shown_by_its_lift_as_picture_and_table() -> None:
    shown = cohort_charts(COHORTS)
    assert shown["cohort_count"].value == 4
    assert [row.data["cohort"] for row in records(shown["cohorts"])] == ["everybody", "os ios"]
    assert "![Complaint share" in str(shown["cohort_lift"].value)
    nobody = cohort_charts(COHORTS.clear())
    assert {name: value.value for name, value in nobody.items()} == {"cohort_count": 0, "cohort_lift": "no rows", "cohorts": "no rows"}


@pytest.mark.usefixtures("_drawn")
def test_an_alert_is_drawn_with_its_marks_and_they_are_told_in_words() -> None:
    counts = pl.DataFrame({"part_starts_at": [instant(0), instant(0, 3)], "complaint_count": [0, 4]})
    volume = AlertVolume({"alerted_class": "crash", "product": "Lumen"}, counts, (Mark(instant(0, 2), "deploy web-6.4 began"),))
    (told,) = alert_volume_charts([volume]).values()
    assert str(told.value).endswith(f"\n\n{instant(0, 2):%Y-%m-%d %H:%M} deploy web-6.4 began")
    assert "![crash: complaints in 3 hours each; " in str(told.value)
    assert alert_volume_charts([])["volume_1"].value == "no rows"


@pytest.mark.usefixtures("_drawn")
def test_confidence_is_shown_beside_how_often_it_was_right_and_where_nobody_said_so_that_is_told() -> None:
    shown = reliability_charts(np.full(20, 0.9), np.arange(20) < 12, "hypotheses")
    assert shown["judged_count"].value == 20
    assert {(row.data["confidence"], row.data["accuracy"]) for row in records(shown["reliability"])} == {(0.9, 0.6)}
    assert "How often hypotheses are right" in str(shown["reliability_curve"].value)
    nothing = reliability_charts(np.zeros(0), np.zeros(0, bool), "hypotheses")
    assert "nobody judged hypotheses yet" in str(nothing["reliability"].value)


def records(told: dg.MetadataValue) -> list[dg.TableRecord]:
    assert isinstance(told, dg.TableMetadataValue)
    return list(told.records)


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
