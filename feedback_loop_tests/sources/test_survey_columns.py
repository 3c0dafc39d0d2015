"""Headings of a survey: which are scores, which are comments, and which are neither."""

from __future__ import annotations

import pytest

from feedback_loop.sources.survey_columns import CHOICE, FREE_TEXT, survey_columns


def test_ids_and_times_are_found_whatever_their_spelling_in_the_order_of_their_worth() -> None:
    found = survey_columns(("Start Date", "Recorded Date", "End Date", "Response ID", "Email Address"))
    assert (found.ids, found.times) == (("Response ID",), ("End Date", "Recorded Date", "Start Date"))
    assert found.told == {"customer_email": "Email Address"}


@pytest.mark.parametrize("heading", ["comment", "Why that score?", f"Q3: Anything{FREE_TEXT}", "What can we improve?", "Kommentar"])
def test_where_people_write_is_a_comment(heading: str) -> None:
    assert survey_columns(("id", heading)).comments == (heading,)


@pytest.mark.parametrize(
    "heading",
    ["csat", "CSAT score", f"Q1: How satisfied are you?{CHOICE}", "rating", "How would you rate our app?", "Wie zufrieden sind Sie?"],
)
def test_a_score_of_satisfaction_is_known(heading: str) -> None:
    found = survey_columns(("id", heading))
    assert (found.csat, found.nps, found.comments) == ((heading,), (), ())


@pytest.mark.parametrize("headings", [("nps",), ("How likely are you to recommend us?",), ("Q9_NPS_GROUP", "Q9: Anything" + CHOICE)])
def test_a_promoters_score_is_known_by_its_words_or_by_its_group(headings: tuple[str, ...]) -> None:
    assert survey_columns(headings).nps == headings[-1:]


@pytest.mark.parametrize(
    "heading",
    [
        f"Your e-mail{FREE_TEXT}",
        f"Your phone{FREE_TEXT}",
        f"Q5: Which feedback forms do you know?{CHOICE}",
        "plan",
        "IP Address",
        "Conversion rate",
    ],
)
def test_what_is_not_surely_a_score_or_a_comment_is_neither(heading: str) -> None:
    found = survey_columns(("id", heading))
    assert (found.csat, found.nps, found.comments) == ((), (), ())
