"""Two weeks by two versions: the fragments, the versions and their words on the same texts are found, whatever else happened since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.analysis.drift import Cause, MoveVerdict
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, ModelRefused
from feedback_loop.workflows import model_drift
from feedback_loop.workflows.model_drift import DriftReport, drift_of, release_named
from feedback_loop.workflows.model_recipes import ActiveModel, classified
from feedback_loop.workflows.model_versions import Home
from feedback_loop_tests.workflows.drifted_home import AFTER, BEFORE, Drifted, drifted_home, label_held_out_refunds, promoted


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Drifted:
    return drifted_home(tmp_path_factory.mktemp("drifted"))


@pytest.fixture(scope="module")
def unlabelled(drifted: Drifted) -> DriftReport:
    """The page before anybody labelled a held-out refund."""
    return drift_of(drifted.home, AFTER, BEFORE)


@pytest.fixture(scope="module")
def labelled(drifted: Drifted, unlabelled: DriftReport) -> Drifted:
    assert 0 < unlabelled.drift.held_out_count < 40
    label_held_out_refunds(drifted.home)
    return drifted


def test_the_versions_of_both_weeks_are_those_that_classified_them(drifted: Drifted, unlabelled: DriftReport) -> None:
    assert (unlabelled.version_before, unlabelled.version_after) == (drifted.good, drifted.bad)
    assert (unlabelled.since, unlabelled.pairs_are_of, unlabelled.sampled_share) == (AFTER.first, "after", 1.0)
    assert (unlabelled.drift.before_count, unlabelled.drift.after_count) == (70, 70)


def test_a_planted_behaviour_is_the_models_and_nobody_is_right_without_labels(unlabelled: DriftReport) -> None:
    assert {one.name: one.cause for one in unlabelled.drift.classes} == {"closes_itself": Cause.MODEL, "money_back": Cause.MODEL}
    (move,) = unlabelled.drift.moves
    assert (move.from_class, move.to_class, move.count, move.verdict) == ("money_back", "closes_itself", 35, MoveVerdict.OPEN)


def test_held_out_labels_say_that_the_version_before_was_right(labelled: Drifted) -> None:
    (move,) = drift_of(labelled.home, AFTER, BEFORE).drift.moves
    assert move.verdict is MoveVerdict.WORSE
    assert move.after_right_count == 0
    assert move.before_right_count >= 15


def test_one_version_and_other_texts_are_the_input_alone(tmp_path: Path) -> None:
    made = drifted_home(tmp_path, refunds_after=9)
    for row in _of(made, AFTER):
        made.home.tables.replace_days(TABLES["analysis_classification"], _by(made, made.good, row), DayRange(row, row))
    report = drift_of(made.home, AFTER, BEFORE)
    assert report.version_before == report.version_after == made.good
    assert {one.cause for one in report.drift.classes} == {Cause.INPUT}
    assert report.drift.moves == ()
    # Both weeks were computed anew since a promotion: the history says what was in use by then.
    promoted(made.home, made.bad, datetime(2026, 2, 8, 12, tzinfo=UTC))
    promoted(made.home, made.good, datetime(2026, 2, 9, 12, tzinfo=UTC))
    again = drift_of(made.home, AFTER, BEFORE)
    assert (again.version_before, again.version_after) == (made.bad, made.good)
    assert [(one.model_version, one.promoted_by, one.why) for one in again.promotions][-1] == (made.good, "bo", "more labels")
    assert release_named(made.home, made.good).released_date == date(2026, 2, 9)


def _of(made: Drifted, days: DayRange) -> list[date]:
    return sorted(set(made.home.tables.read(TABLES["analysis_classification"], days)["event_date"]))


def _by(made: Drifted, version: str, day: date) -> pl.DataFrame:
    texts = made.home.tables.read(TABLES["silver_fragment"], DayRange(day, day))
    rows = classified(texts, model_drift._made(made.home, version), made.home.embedder).with_columns(event_date=pl.lit(day))
    return rows.select(TABLES["analysis_classification"].columns)


def test_stored_rows_stand_for_a_version_that_cannot_be_trained_again(labelled: Drifted, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = model_drift._made

    def made(home: Home, version: str) -> ActiveModel:
        if version == labelled.good:
            raise ModelRefused(version, "is gone", "Train another.")
        return whole(home, version)

    monkeypatch.setattr(model_drift, "_made", made)
    report = drift_of(labelled.home, AFTER, BEFORE)
    assert report.pairs_are_of == "before"
    causes = {one.name: one.cause for one in report.drift.classes}
    assert causes == {"billing": Cause.MODEL, "crash": Cause.MODEL}  # in the platform's words
    assert [(move.from_class, move.to_class) for move in report.drift.moves] == [("billing", "crash")]
    for one in report.drift.classes:
        assert one.total.points == pytest.approx(one.input_shift.points + one.behaviour.points)


def test_too_few_fragments_and_days_that_overlap(drifted: Drifted) -> None:
    lone = DayRange(AFTER.first, AFTER.first)
    assert not drift_of(drifted.home, lone, BEFORE).drift.is_enough
    nothing = DayRange(date(2025, 1, 1), date(2025, 1, 7))
    assert drift_of(drifted.home, BEFORE, nothing).drift.before_count == 0
    with pytest.raises(BadInput, match="do not end before"):
        drift_of(drifted.home, AFTER, DayRange(BEFORE.first, AFTER.first))


def test_of_many_fragments_a_sample_is_drawn_and_said(drifted: Drifted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_drift, "MOST_FRAGMENTS", 35)
    report = drift_of(drifted.home, AFTER, BEFORE)
    assert (report.drift.before_count, report.drift.after_count, report.sampled_share) == (35, 35, 0.5)


def test_a_release_is_found_by_its_name_and_what_nobody_knows_is_bad_input(drifted: Drifted) -> None:
    table = TABLES["context_release"]
    at = datetime(2026, 2, 9, 6, tzinfo=UTC)
    row = {"product": "Lumen", "release_version": "6.4", "released_at": at, "is_inferred": False, "release_notes": None, "landed_at": at}
    drifted.home.tables.append(table, pl.DataFrame([row | {"event_date": at.date()}], schema=pl.Schema(table.schema)))
    found = release_named(drifted.home, "6.4")
    assert (found.product, found.released_date) == ("Lumen", date(2026, 2, 9))
    assert drift_of(drifted.home, AFTER, BEFORE, found).drift.after_count == 70
    assert drift_of(drifted.home, AFTER, BEFORE, replace(found, product="Other")).drift.after_count == 0
    with pytest.raises(BadInput, match="no release and no promoted model"):
        release_named(drifted.home, "7.0")
