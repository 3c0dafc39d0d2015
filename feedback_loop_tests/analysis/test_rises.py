"""A day is judged by the days before it, as often as one looks, and can be judged again exactly from a later day's window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_loop.analysis.alert_rows import ProductHistory
from feedback_loop.analysis.cluster import clusters, eligible_fragments
from feedback_loop.analysis.complaint_counts import Subject, first_instant
from feedback_loop.analysis.rises import FEWEST_RECORDS, REPLAYED_DAYS, TIERS, Rises, tier_size
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, SubjectKind
from feedback_loop_tests.analysis.scenes import on
from feedback_loop_tests.complaint_stream import Said, Stream, day, releases, steady, stream

CALM = steady(40, per_day=6, topics=(*["praise"] * 8, "login", "refund"))
RISEN = CALM + [Said(n, "scanner", hour=10 + k / 6) for n in (30, 31, 32) for k in range(12)]


class Seen:
    """The rises of the product of a stream, and its subjects of a day."""

    def __init__(self, of: Stream) -> None:
        self._of = of
        scored = of.classifications.select("fragment_id", "class_score")
        eligible = eligible_fragments(of.fragments, of.classifications).join(scored, on="fragment_id")
        self.rises = Rises(ProductHistory.of("app", of.messages, eligible, releases()).history)

    def subjects(self, number: int) -> list[Subject]:
        """Of the day of that number."""
        grouped = clusters(self._of.fragments, self._of.classifications, self._of.embeddings, on(number))
        return list(self.rises.history.subjects(day(number), grouped.to_dicts()))

    def of(self, number: int) -> dict[tuple[str, str], int]:
        """When each subject rose on the day, in minutes since its midnight."""
        risen = self.rises.of(day(number), self.subjects(number))
        return {(str(r.subject.kind), r.subject.subject_id): (r.raised_at - first_instant(day(number))) // 60_000_000 for r in risen}


def test_a_calm_day_has_no_rise_and_a_risen_one_says_when_it_was_certain() -> None:
    seen = Seen(stream(RISEN))
    assert seen.of(29) == {}
    found = seen.of(30)
    assert 10 * 60 < found["class", "broken_workflow"] <= 12 * 60
    assert found["class", "broken_workflow"] % 15 == 0


@pytest.mark.parametrize("hours", [11.0, 12.0, 24.0])
def test_looking_early_tells_the_same_of_the_product_and_its_classes_as_looking_late(hours: float) -> None:
    known = [said for said in RISEN if said.day < 30 or (said.day == 30 and (said.hour or 8.0) < hours)]
    late = {key: at for key, at in Seen(stream(RISEN)).of(30).items() if key[0] != "cluster"}
    early = {key: at for key, at in Seen(stream(known)).of(30).items() if key[0] != "cluster"}
    assert early == {key: at for key, at in late.items() if at <= hours * 60}


def test_a_day_is_judged_the_same_from_its_own_window_and_from_that_of_a_later_day() -> None:
    whole, later = stream(RISEN), 30 + REPLAYED_DAYS
    window = stream([said for said in RISEN if later - WINDOW_DAYS < said.day <= later])
    alone, again = Seen(whole), Seen(window)
    for number in range(30, later + 1):
        then = alone.rises.lasting(day(number), alone.subjects(number))
        replayed = again.rises.lasting(day(number), again.subjects(later))
        assert {key: (r.raised_at, r.log_evidence) for key, r in replayed.items()} == {
            key: (r.raised_at, r.log_evidence) for key, r in then.items()
        }


LASTING = CALM + [Said(n, "scanner", hour=3.0 + 2 * k) for n in range(30, 34) for k in range(8)]


def test_a_rise_that_lasts_is_judged_by_what_was_usual_before_it_began() -> None:
    seen = Seen(stream(LASTING))
    risen = {n: {r.subject.subject_id: r.expected for r in seen.rises.of(day(n), seen.subjects(n))} for n in (31, 33)}
    assert max(risen[n]["broken_workflow"] for n in risen) < 0.05, "by the three weeks before its fourth day it would be a tenth a day"


@pytest.mark.parametrize("number", [31, 32, 33])
def test_looking_early_on_a_later_day_of_a_rise_tells_the_same_too(number: int) -> None:
    late = {key: at for key, at in Seen(stream(LASTING)).of(number).items() if key[0] != "cluster"}
    assert late
    for hours in (4.0, 8.0, 12.0, 16.0):
        known = [said for said in LASTING if said.day < number or (said.day == number and (said.hour or 8.0) < hours)]
        early = {key: at for key, at in Seen(stream(known)).of(number).items() if key[0] != "cluster"}
        assert early == {key: at for key, at in late.items() if at <= hours * 60}


def test_days_told_before_are_those_on_which_the_subject_or_its_class_rose() -> None:
    seen = Seen(stream(RISEN))
    subjects = seen.subjects(33)
    of_class = next(s for s in subjects if s.kind is SubjectKind.CLASS and s.subject_id == "broken_workflow")
    assert seen.rises.told_before(day(33), of_class, subjects) == [day(30), day(31), day(32)]
    other = next(s for s in subjects if s.kind is SubjectKind.CLASS and s.subject_id == "billing")
    assert seen.rises.told_before(day(33), other, subjects) == []


def test_fewer_records_than_the_fewest_rise_never() -> None:
    few = CALM + [Said(30, "scanner", hour=10.0)] * (FEWEST_RECORDS - 1)
    assert Seen(stream(few)).of(30) == {}


def test_a_young_product_has_no_usual() -> None:
    young = stream([Said(n, "praise") for n in range(25, 31) for _ in range(9)])
    assert not Seen(young).rises.has_usual(day(30))
    assert Seen(young).rises.has_usual(day(32))
    assert not Seen(young).rises.has_usual(day(30) + timedelta(days=40))


def test_all_classes_share_the_budget_also_those_that_nobody_complains_of() -> None:
    subjects = Seen(stream(RISEN)).subjects(30)
    sizes = {kind: tier_size(kind, subjects) for kind in TIERS}
    assert (sizes[SubjectKind.PRODUCT], sizes[SubjectKind.CLASS]) == (1, len(ISSUE_CLASSES))
    assert sizes[SubjectKind.CLUSTER] == sum(s.kind is SubjectKind.CLUSTER for s in subjects)
