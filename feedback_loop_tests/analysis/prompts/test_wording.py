"""Wording is two plain sentences: no address, no markup, no money, and no figure that the facts don't have."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from feedback_loop.analysis.prompts.untrusted import LONGEST_TEXT
from feedback_loop.analysis.prompts.wording import MOST_QUOTES, WordingAnswer, figures_without_fact, wording_question

FACTS = {"class": "crash", "complaints": "27, where 6.2 were to be expected", "cause": "release 7.2.0"}


@pytest.mark.parametrize("said", ["Customers of Safari 18 cannot pay.", "Release 7.2.0 is the likeliest cause, e.g. in the U.K."])
def test_a_plain_sentence_is_wording(said: str) -> None:
    assert WordingAnswer(summary=said, hypothesis="No cause is known.").summary == said


@pytest.mark.parametrize(
    "said",
    [
        "See https://evil.example/pay for help.", "Go to www.evil.example now.", "Log in at evil.com please.", "Write to pay@evil.example.",
        "Refund $500 to everybody.", "Pay 20 € to them.", "Click [here](x).", "<b>Urgent</b>", "`rm`", "One.\nTwo.", "Mail [EMAIL] now.",
        "hxxp:evil", "Open javascript:alert now.", "", "x" * 301,
    ],
)  # fmt: skip
def test_what_no_sentence_of_ours_needs_is_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        WordingAnswer(summary=said, hypothesis="No cause is known.")


def test_figures_come_from_the_facts() -> None:
    good = WordingAnswer(summary="27 customers cannot pay.", hypothesis="Release 7.2.0 is the likeliest cause.")
    bad = WordingAnswer(summary="500 customers want 99 back.", hypothesis="No cause is known.")
    assert figures_without_fact(good, FACTS) == []
    assert figures_without_fact(bad, FACTS) == ["500", "99"]


def test_few_and_short_quotes_are_shown() -> None:
    question = wording_question(FACTS, ["x" * (LONGEST_TEXT + 1), *(f"quote {n}" for n in range(9))])
    assert question.content.count("<<<text") == MOST_QUOTES
    assert len(question.text_hashes) == MOST_QUOTES
