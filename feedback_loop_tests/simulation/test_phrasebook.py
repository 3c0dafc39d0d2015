"""Tests of the phrase data and of the grammar that expands them."""

from __future__ import annotations

import pytest

from feedback_loop.simulation import load_scenario
from feedback_loop.simulation.phrasebook import SLOT, Phrasebook, phrasebook
from feedback_loop.simulation.streams import stream

COMPANY = load_scenario()
LANGUAGES = sorted({language for region in COMPANY.regions for language in region.languages})
FACTS = dict.fromkeys(
    [
        "product",
        "first",
        "last",
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
        "date",
    ],
    "X1",
)
MAIN_TOPICS = [topic for topic in COMPANY.topics if topic not in ("praise", "other", "rumour")]


def book(**frames: str) -> Phrasebook:
    return Phrasebook("en", {"pet": ("cat", "{size} dog"), "size": ("big",)}, {name: (text,) for name, text in frames.items()}, {})


def all_phrases(language: str) -> list[str]:
    read = phrasebook(language)
    blocks = [*read.lexicon.values(), *read.frames.values(), *(block for kinds in read.topics.values() for block in kinds.values())]
    return [phrase for block in blocks for phrase in block]


def test_choices_are_made_and_slots_filled_in_turn() -> None:
    said = {book(x="[my|your] {pet}[ runs|]").frame(stream(seed), "x", {}) for seed in range(80)}
    assert said == {f"{whose} {pet}{end}" for whose in ("my", "your") for pet in ("cat", "big dog") for end in (" runs", "")}


def test_a_fact_goes_before_the_lexicon_and_is_not_expanded_again() -> None:
    assert book(x="{pet}").frame(stream(1), "x", {"pet": "[a|b] {size}"}) == "[a|b] {size}"


def test_a_phrase_is_left_out_when_a_fact_it_needs_is_unknown() -> None:
    both = Phrasebook("en", {}, {"x": ("on {version}", "no idea")}, {})
    assert {both.frame(stream(seed), "x", {"version": ""}) for seed in range(20)} == {"no idea"}


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        book(x="{nothing}").frame(stream(1), "x", {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_expands_to_plain_words(language: str) -> None:
    for place, phrase in enumerate(all_phrases(language)):
        for seed in range(4):
            said = phrasebook(language).expand(stream(seed, place), phrase, FACTS)
            assert not set("[]{}|") & set(said.replace(" | ", "")), phrase


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_of_the_lexicon_is_said_somewhere(language: str) -> None:
    used = {slot for phrase in all_phrases(language) for slot in SLOT.findall(phrase)}
    assert set(phrasebook(language).lexicon) <= used
    assert used <= set(phrasebook(language).lexicon) | set(FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_say_everything_that_may_come_up(language: str) -> None:
    read = phrasebook(language)
    assert set(read.topics) == set(COMPANY.topics)
    assert all(set(kinds) == {"plain", "symptoms", "contexts", "consequences"} for kinds in read.topics.values())
    assert set(read.frames) == set(phrasebook("en").frames)
    assert set(read.frames) >= {detail for topic in COMPANY.topics.values() for detail in topic.details}
    assert set(read.frames) >= {f"footer_{device.kind}" for device in COMPANY.devices}


@pytest.mark.parametrize("topic", MAIN_TOPICS)
def test_main_topics_have_many_ways_to_be_said(topic: str) -> None:
    assert len(set(phrasebook("en").topics[topic]["symptoms"])) >= 24
    assert all(len(set(phrasebook(language).topics[topic]["symptoms"])) >= 10 for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrasing_is_shared_between_topics(language: str) -> None:
    symptoms = [phrase for kinds in phrasebook(language).topics.values() for phrase in kinds["symptoms"]]
    assert len(symptoms) == len(set(symptoms))
