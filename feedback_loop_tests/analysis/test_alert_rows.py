from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from feedback_loop.analysis.alert_rows import SAMPLE_SIZE, Finding, ProductHistory, Story, alert_row, sample
from feedback_loop.analysis.cluster import clusters, eligible_fragments
from feedback_loop.contracts.vocab import AlertKind, SubjectKind
from feedback_loop_tests.analysis.scenes import DAY, crowd, fault, on
from feedback_loop_tests.complaint_stream import day, releases, stream

OF = stream(crowd() + fault(30))
GROUPED = clusters(OF.fragments, OF.classifications, OF.embeddings, on(DAY)).to_dicts()
ELIGIBLE = eligible_fragments(OF.fragments, OF.classifications).join(
    OF.classifications.select("fragment_id", "class_score"), on="fragment_id"
)
PRODUCT = ProductHistory.of("app", OF.messages, ELIGIBLE, releases([("app", "2.0", DAY - 1, True), ("other", "3.0", DAY, True)]))
SUBJECT = next(s for s in PRODUCT.history.subjects(day(DAY), GROUPED) if s.kind is SubjectKind.CLASS and s.subject_id == "broken_workflow")
TODAY = np.intersect1d(SUBJECT.records, PRODUCT.history.of_day(day(DAY)))
NEWS = Story("story_1", is_continuation=False, is_head=True, observed_count=31)
NOON = datetime(2024, 3, 31, 12, tzinfo=UTC)


def finding(p_value: float | None) -> Finding:
    expected = None if p_value is None else 4.0
    return Finding(AlertKind.RATE, SUBJECT, TODAY, 90, ["fragment_x"], NOON, 1440.0, expected, p_value, 0.1)


@pytest.mark.parametrize(("p_value", "score"), [(1e-6, 6.0), (0.0, 300.0), (None, 1000.0)])
def test_the_score_is_the_exponent_of_the_p_value(p_value: float | None, score: float) -> None:
    assert alert_row(PRODUCT, day(DAY), finding(p_value), NEWS)["alert_score"] == pytest.approx(score)


def test_a_row_says_what_was_found_when_and_beside_which_releases() -> None:
    row = alert_row(PRODUCT, day(DAY), finding(1e-6), NEWS)
    assert (row["observed_count"], row["exposure_count"], row["rate_ratio"]) == (len(TODAY), 90, len(TODAY) / 4.0)
    assert (row["raised_at"], row["window_minutes"], row["event_date"]) == (NOON, 1440.0, day(DAY))
    assert [c["product_version"] for c in row["candidates"]] == ["2.0"]  # type: ignore[attr-defined]


def test_the_id_follows_from_day_and_subject_and_not_from_the_figures() -> None:
    ids = {alert_row(PRODUCT, day(DAY), finding(p), NEWS)["alert_id"] for p in (1e-6, 1e-3)}
    assert len(ids) == 1
    assert alert_row(PRODUCT, day(DAY - 1), finding(1e-6), NEWS)["alert_id"] not in ids


def test_alerts_that_followed_two_changes_or_broke_two_rules_are_two() -> None:
    told = [replace(finding(1e-6), change_id=c, rule=r) for c, r in ((None, None), ("c1", None), ("c2", None), (None, "r1"))]
    rows = [alert_row(PRODUCT, day(DAY), one, NEWS) for one in told]
    assert len({row["alert_id"] for row in rows}) == 4
    assert [(row["alerted_change_id"], row["alert_rule_id"]) for row in rows] == [(None, None), ("c1", None), ("c2", None), (None, "r1")]


def test_a_row_says_which_story_it_tells() -> None:
    row = alert_row(PRODUCT, day(DAY), finding(1e-6), NEWS)
    assert (row["story_id"], row["is_continuation"], row["is_story_head"], row["story_observed_count"]) == ("story_1", False, True, 31)


def test_a_sample_shows_as_many_records_as_fragments_and_only_the_counted_ones() -> None:
    shown = sample(PRODUCT.history, SUBJECT, TODAY, GROUPED)
    records = {PRODUCT.history.fragments[f].record for f in shown}
    assert len(shown) == len(records) == SAMPLE_SIZE
    assert records <= set(TODAY.tolist())
    assert sample(PRODUCT.history, SUBJECT, TODAY[:2], GROUPED) != shown
