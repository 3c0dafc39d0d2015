"""What tells the same is one story with one head: over subjects, kinds and days; what has nothing in common is two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from feedback_loop.analysis.alert_rows import Finding, Story
from feedback_loop.analysis.alert_stories import Told, stories
from feedback_loop.analysis.complaint_counts import Subject
from feedback_loop.contracts.vocab import AlertKind, SubjectKind
from feedback_loop_tests.analysis.test_rises import RISEN, Seen
from feedback_loop_tests.complaint_stream import day, stream

SEEN = Seen(stream(RISEN))
NOON = datetime(2024, 3, 31, 12, tzinfo=UTC)
NOTHING = Told({}, frozenset())


def finding(kind: AlertKind, records: range, alerted_class: str | None = "auth", p_value: float | None = 1e-6) -> Finding:
    of_class = alerted_class is not None
    subject = Subject(
        SubjectKind.CLASS if of_class else SubjectKind.PRODUCT, alerted_class or "app", alerted_class, None, np.array(records)
    )
    return Finding(kind, subject, np.array(records), 90, [], NOON, 1440.0, 4.0, p_value)


def told(*findings: Finding, number: int = 28, before: Told = NOTHING) -> list[Story]:
    return stories(SEEN.rises, day(number), SEEN.subjects(number), findings, before)


def test_findings_that_share_half_of_their_records_are_one_story_and_others_are_not() -> None:
    rate, share, other = (
        finding(AlertKind.RATE, range(10)), finding(AlertKind.SHARE, range(5, 15)), finding(AlertKind.RATE, range(50, 60), "billing")
    )  # fmt: skip
    first, second, third = told(rate, share, other)
    assert first.story_id == second.story_id != third.story_id
    assert (first.is_head, second.is_head, third.is_head) == (False, True, True)


def test_the_product_joins_the_class_that_explains_most_of_it_and_stands_for_nothing() -> None:
    classes = [finding(AlertKind.RATE, range(10), "auth"), finding(AlertKind.RATE, range(50, 62), "billing", 1e-3)]
    found = told(finding(AlertKind.RATE, range(62), None, 1e-20), *classes)
    product, auth, billing = found
    assert product.story_id == billing.story_id != auth.story_id
    assert [story.is_head for story in found] == [False, True, True]


def test_product_that_rose_alone_is_a_story() -> None:
    wide = [finding(kind, range(60), None) for kind in (AlertKind.RATE, AlertKind.CHANGE)]
    one, other = told(*wide)
    assert one.story_id == other.story_id is not None
    assert (one.is_head, other.is_head) == (False, True)


def test_urgent_records_are_a_story_of_their_own_and_no_news_on_the_day_after() -> None:
    urgent, rate = finding(AlertKind.URGENT, range(3), "crash", None), finding(AlertKind.RATE, range(10), "crash")
    assert [story.is_head for story in told(urgent, rate)] == [True, True]
    again = told(urgent, before=Told({}, frozenset({"crash"})))[0]
    assert (again.is_continuation, again.story_id) == (True, None)


def test_a_class_that_fired_on_a_day_before_goes_on_under_the_name_of_that_day() -> None:
    fired: date = day(28) - timedelta(days=2)
    then = told(finding(AlertKind.SHARE, range(10)), number=26)[0]
    now = told(finding(AlertKind.RATE, range(10)), before=Told({("any-rule", SubjectKind.CLASS, "auth"): fired}, frozenset()))[0]
    assert (then.is_continuation, now.is_continuation) == (False, True)
    assert now.story_id == then.story_id


def test_what_another_rule_told_of_the_product_was_not_told_before() -> None:
    fired = Told({("words", SubjectKind.PRODUCT, "app"): day(28) - timedelta(days=1)}, frozenset())
    of_rule = {rule: replace(finding(AlertKind.SHARE, range(10), None), rule=rule) for rule in ("words", "segment-share")}
    assert [told(one, before=fired)[0].is_continuation for one in of_rule.values()] == [True, False]


def test_a_rise_of_the_days_before_goes_on() -> None:
    of_class = next(s for s in SEEN.subjects(31) if s.subject_id == "broken_workflow")
    today = np.intersect1d(of_class.records, SEEN.rises.history.of_day(day(31)))
    found = stories(
        SEEN.rises, day(31), SEEN.subjects(31), [Finding(AlertKind.RATE, of_class, today, 18, [], NOON, 1440.0, 0.1, 1e-9)], NOTHING
    )
    assert (found[0].is_continuation, found[0].observed_count) == (True, 24)


def test_no_findings_no_stories() -> None:
    assert told() == []
