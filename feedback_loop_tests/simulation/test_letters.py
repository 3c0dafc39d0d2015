"""Tests of what channels put around a message, and of the spans that must survive it."""

from __future__ import annotations

import pytest

from feedback_loop.simulation import Scenario
from feedback_loop.simulation.composition import Draft, Span, Voice, compose_body
from feedback_loop.simulation.letters import in_channel
from feedback_loop.simulation.phrasebook import phrasebook
from feedback_loop.simulation.population import customer
from feedback_loop.simulation.streams import stream

FACTS = dict.fromkeys(
    [
        "product",
        "email",
        "phone",
        "street",
        "device",
        "os",
        "browser",
        "handset",
        "app_version",
        "version",
        "error",
        "plan",
        "order",
        "ticket",
        "digits",
        "money",
    ],
    "X",
)
FACTS |= {"first": "Ann", "last": "Lee", "date": "today"}


def voice(company: Scenario, seed: int, channel: str) -> Voice:
    person = customer(company, seed, seed)
    return Voice(stream(seed, channel), phrasebook(person.language), FACTS, person, channel)


@pytest.mark.parametrize("channel", ["email", "ticket", "chat", "app_review", "survey", "call"])
def test_the_words_stay_where_the_spans_say_whatever_is_put_around(company: Scenario, channel: str) -> None:
    for seed in range(60):
        speaker = voice(company, seed, channel)
        body = compose_body(speaker, company, ["slow_start", "wish"])
        told = [body.text[span.start : span.end] for span in body.spans]
        framed = in_channel(speaker, body, 0.5)
        assert [framed.text[span.start : span.end] for span in framed.spans] == told
        assert [span.topic for span in framed.spans] == ["slow_start", "wish"]


@pytest.mark.parametrize("channel", ["app_review", "survey"])
def test_a_review_stays_as_it_was_written(company: Scenario, channel: str) -> None:
    draft = Draft("Slow", [Span(0, 4, "slow_start")])
    assert in_channel(voice(company, 1, channel), draft, 1.0) == Draft("Slow", [Span(0, 4, "slow_start")])


def test_a_call_begins_with_a_hello_and_has_a_line_per_sentence(company: Scenario) -> None:
    for seed in range(30):
        speaker = voice(company, seed, "call")
        opening, *said = in_channel(speaker, compose_body(speaker, company, ["slow_start"]), 0.0).text.split("\n")
        assert opening in {speaker.book.expand(speaker.rng, frame, FACTS) for frame in speaker.book.frames["call_opening"]}
        assert said


def test_neighbouring_pieces_of_one_topic_make_one_span() -> None:
    draft = Draft()
    for piece, topic in [("a", "x"), ("bb", "x"), ("so", None), ("ccc", "x"), ("", "y")]:
        draft.add(piece, topic)
    assert draft == Draft("a bb so ccc", [Span(0, 4, "x"), Span(8, 11, "x")])


def test_a_mail_quotes_the_reply_below_the_customers_words(company: Scenario) -> None:
    for seed in range(40):
        speaker = voice(company, seed, "email")
        framed = in_channel(speaker, compose_body(speaker, company, ["double_charge"]), 1.0)
        quote = max(framed.text.find("\n> "), framed.text.find("-----Original"))
        assert quote > framed.spans[-1].end
