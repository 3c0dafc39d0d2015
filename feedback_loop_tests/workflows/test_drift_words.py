"""The page names a cause only where a test does, says "not enough" where the counts can't tell, and the wrong move comes first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from feedback_loop.analysis.drift import Drift, drift
from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows.drift_words import COLUMNS, drift_lines, drift_rows
from feedback_loop.workflows.model_drift import DriftReport, Promotion, Release
from feedback_loop_tests.analysis.test_drift import OVER_TAGGED, USUAL, judged

DAYS = DayRange(date(2026, 2, 2), date(2026, 2, 8)), DayRange(date(2026, 2, 9), date(2026, 2, 15))


def report(found: Drift, **changes: object) -> DriftReport:
    told = {
        "before": DAYS[0], "after": DAYS[1], "version_before": "model-a", "version_after": "model-b", "since": DAYS[1].first,
        "promotions": (), "release": None, "pairs_are_of": "after", "answered_count": 0, "sampled_share": 1.0, "drift": found,
    }  # fmt: skip
    return DriftReport(**(told | changes))  # type: ignore[arg-type]


def page(found: Drift, **changes: object) -> str:
    return "\n".join(drift_lines(report(found, **changes)))


WRONG = drift(judged(USUAL, USUAL, OVER_TAGGED, [("billing", "billing", "auth")] * 8))


def test_the_answer_stands_in_the_first_line() -> None:
    first = drift_lines(report(WRONG))[0]
    assert first.startswith("30 fragments went from billing to auth, 0 the other way")
    assert "model-b over-tags billing as auth" in first
    assert "8 truly billing, 0 truly auth, 0 neither" in first


def test_a_class_is_told_with_its_shares_and_what_they_are_owed_to() -> None:
    said = page(WRONG)
    assert "auth: 20.0% of fragments before, 50.0% after, +30.0 points: +30.0" in said
    assert "by the model version (model-a to model-b)" in said
    assert "crash: " not in said


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([("billing", "billing", "auth")] * 2, "Not enough held-out labels to say who is right: 2 on such moves"),
        ([("auth", "billing", "auth")] * 8, "model-b mends what model-a got wrong"),
        ([("auth", "billing", "auth")] * 4 + [("billing", "billing", "auth")] * 4, "labels do not settle who is right"),
    ],
)
def test_who_is_right_is_said_as_far_as_labels_go(labels: list[tuple[str, str, str]], words: str) -> None:
    assert words in page(drift(judged(USUAL, USUAL, OVER_TAGGED, labels)))


def test_too_few_fragments_are_not_enough_and_nothing_else_is_said() -> None:
    (only,) = drift_lines(report(drift(judged(USUAL, ["auth"] * 5, ["auth"] * 5))))
    assert only.startswith("Not enough to say anything: 100 fragments")
    assert "at least 30 of each" in only


def test_where_nothing_moved_that_is_said() -> None:
    same = drift(judged(USUAL, USUAL, USUAL))
    assert "No class changed its share beyond chance" in page(same)
    assert "The same version classified both periods" in page(same, version_after="model-a")


def test_what_a_reader_has_to_know_is_told() -> None:
    promotion = Promotion("model-b", datetime(2026, 2, 9, 8, tzinfo=UTC), "bo", "more labels")
    said = page(
        WRONG, promotions=(promotion,), release=Release("6.4", "Lumen", DAYS[1].first), since=date(2026, 2, 11), pairs_are_of="before",
        answered_count=7, sampled_share=0.5,
    )  # fmt: skip
    for words in (
        "promoted 2026-02-09 08:00 UTC by bo: more labels", "6.4 of Lumen came on 2026-02-09", "classified from 2026-02-11 on",
        "model-a can't be trained again", "7 fragments have their class from a language model", "A sample of 50%",
    ):  # fmt: skip
        assert words in said
    assert "a version of the classifier" in page(WRONG, release=Release("model-b", None, DAYS[1].first))


def test_rows_have_a_cell_for_each_column_and_say_what_is_not_known() -> None:
    rows = drift_rows(WRONG)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row[-1] for row in rows] == ["model", "model", "not proven"]
    rare = [*USUAL[:-1], "praise"]
    assert {row[0]: row[-1] for row in drift_rows(drift(judged(USUAL, rare, rare)))}["praise"] == "not enough"
    apart = drift(judged(USUAL, USUAL, OVER_TAGGED, languages=(["en"] * 100, ["de"] * 100)))
    assert {row[5] for row in drift_rows(apart)} == {"not known"}
    assert "can't be known" in page(apart)


def test_what_is_left_open_wrongly_is_not_called_over_tagging() -> None:
    opened = ["left open"] * 30 + USUAL[30:]
    lost = drift(judged(USUAL, USUAL, opened, [("billing", "billing", "left open")] * 8))
    assert "model-b leaves open what is billing" in page(lost)
    assert pl.Series([row[0] for row in drift_rows(lost)]).n_unique() == len(drift_rows(lost))
