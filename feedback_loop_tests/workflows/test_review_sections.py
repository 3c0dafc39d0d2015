"""No section is ever left out: what is missing is a plain sentence, what is there has a table and a picture."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from feedback_loop.analysis.gold_labels import Agreement
from feedback_loop.analysis.hypothesis_labels import score_judgement
from feedback_loop.analysis.model_health import HELD_OUT, Judgement
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.model_answers import Judged, ModelAnswers
from feedback_loop.workflows.model_costs import Costs, TierCost
from feedback_loop.workflows.model_review import EMPTY, CauseLabels, Disagreement, Review
from feedback_loop.workflows.review_sections import CONFUSION, COVERAGE, DRIFT, RELIABILITY, TIERS, confused, pictured, review_page
from feedback_loop_tests.analysis.hypothesis_rows import hypothesis_labels
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.test_drift_words import DAYS, WRONG, report

TITLES = [
    "In short", "Reliability", "Confusion", "Coverage against precision", "Drift: this week beside the week before",
    "Language model: this week beside the four weeks before", "Cost",
    "Disagreements: model against person", "Disagreements: person against person",
    "Scores of hypotheses beside what people say of them", "Hypotheses of the week that wait for a person's word",
]  # fmt: skip
ANSWERS = pl.DataFrame(
    [(f"f{n}", "billing", "auth" if n < 6 else None if n < 10 else "billing", "auth" if n < 6 else "billing", 0.9) for n in range(40)],
    schema=HELD_OUT, orient="row",
)  # fmt: skip
FULL = Review(
    DayRange(DAYS[1].first, DAYS[1].last), "model-b", 0.7, {"precision": Judgement(False, True, "Too low.")}, ANSWERS, report(WRONG),
    Costs((TierCost("local", 90, 0.0, 0.0), TierCost("people", 10, None, None)), 0.0, ()),
    (Disagreement("f1", "charged | twice", "auth", "billing", 0.9),), (Disagreement("f2", "slow", "ada: auth", "bo: crash", None),),
    Agreement(0.4, 5, ("f2",)),
    (ModelAnswers("m+p", Judged(30, 10, 5), Judged(90, 20, 20)), ModelAnswers("n+p", Judged(3, 0, 0), Judged(0, 0, 0))),
    CauseLabels(
        score_judgement(hypothesis_labels(*((f"h{n}", "rejected", 0.9) for n in range(40)))),
        frame_of(TABLES["analysis_hypothesis"], {"hypothesis_id": "h99"}),
    ),
)  # fmt: skip


def test_a_full_review_has_every_section_with_its_table_and_picture() -> None:
    page = review_page(FULL)
    assert [section.title for section in page.sections] == TITLES
    assert [section.picture for section in page.sections] == [
        None,
        RELIABILITY,
        CONFUSION,
        COVERAGE,
        DRIFT,
        None,
        TIERS,
        None,
        None,
        None,
        None,
    ]
    assert page.title == "Model review 2026-02-09..2026-02-15"
    for section in page.sections:
        assert all(len(row) == len(section.columns) for row in section.rows)
    assert "precision, stops remediation: Too low." in page.sections[0].lines
    assert "billing taken for auth, 6 times" in page.sections[2].lines[0]
    assert "36 of 40 held-out labels are decided on, 30 of them rightly" in page.sections[3].lines[0]
    assert "Krippendorff's alpha: 0.40" in page.sections[8].lines[0]
    assert "far off, too high" in page.sections[9].lines[0]
    assert "labels hypotheses --waiting" in page.sections[10].lines[0]
    assert page.sections[10].rows[0][-1] == "h99"
    assert page.sections[5].rows[0] == ("m+p", 30, 10, "5 (19% to 81%)", 20, "20 (83% to 100%)", 0.002)
    assert page.sections[5].rows[1] == ("n+p", 3, 0, "–", 0, "–", None)


def test_each_picture_that_a_section_names_has_its_numbers() -> None:
    named = {section.picture for section in review_page(FULL).sections} - {None}
    assert named == set(pictured(FULL))
    assert all(frame.height for frame in pictured(FULL).values())


def test_an_empty_home_has_every_section_with_a_plain_sentence() -> None:
    page = review_page(EMPTY)
    assert [section.title for section in page.sections] == TITLES
    assert all(len(section.lines) == 1 and section.lines[0].endswith(".") for section in page.sections)
    assert "Nothing has landed yet" in page.sections[0].lines[0]
    assert pictured(EMPTY) == {}


def test_what_is_missing_of_a_home_that_has_something_is_said() -> None:
    nothing = replace(
        FULL, held_out=ANSWERS.clear(), drift=None, of_model=(), agreement=Agreement(None, 0, ()), costs=Costs((), None, ()),
    )  # fmt: skip
    said = {section.title: " ".join(section.lines) for section in review_page(nothing).sections}
    assert "No held-out label yet" in said["Reliability"]
    assert "can't be trained again" in said["Drift: this week beside the week before"]
    assert "read by two people yet" in said["Disagreements: person against person"]
    assert "No language model was asked" in said["Cost"]
    assert pictured(nothing) == {}
    right = replace(FULL, held_out=ANSWERS.filter(said="billing"), of_model=(), agreement=Agreement(None, 3, ()))
    sections = review_page(right).sections
    assert sections[2].lines == ["No decision was wrong."]
    assert sections[7].lines == ["No decision contradicts a held-out label."]
    assert "not defined yet" in sections[8].lines[0]


def test_what_was_left_open_is_a_decision_of_its_own() -> None:
    assert confused(ANSWERS).rows() == [("billing", "auth", 6), ("billing", "billing", 30), ("billing", "left open", 4)]
