"""Tests of how people type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.simulation.handwriting import emoji, neighbours, slip, write_down
from feedback_loop.simulation.population import Habits
from feedback_loop.simulation.streams import stream

TIDY = Habits(typo_rate=0.0, casing="usual", ends_sentences=True, shortens=False, drops_accents=False, emoji_rate=0.0)


def typed(sentence: str, language: str = "en", **habits: Any) -> list[str]:
    return [write_down(stream(seed), sentence, language, replace(TIDY, **habits), upset=True) for seed in range(60)]


@settings(max_examples=60)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12), st.integers())
def test_a_slip_keeps_the_first_letter_and_most_of_the_word(word: str, seed: int) -> None:
    slipped = slip(stream(seed), word, "en")
    assert slipped[0] == word[0]
    assert abs(len(slipped) - len(word)) <= 1


def test_slips_hit_neighbouring_keys_of_the_own_keyboard() -> None:
    assert set(neighbours("en")["s"]) == set("adwx")
    assert "z" in neighbours("de")["t"]
    assert "y" in neighbours("en")["t"]


def test_a_tidy_writer_changes_only_the_first_letter_and_the_end() -> None:
    assert {text.rstrip(".!…") for text in typed("it will not open")} == {"It will not open"}
    assert set(typed("why is it slow?")) == {"Why is it slow?"}


def test_codes_addresses_and_numbers_survive_the_worst_typist() -> None:
    kept = ["PW-20481516", "SUM-0417", "ana.ruiz@correo.example", "07700 900123", "6.4.0"]
    for text in typed("look at " + " and ".join(kept) + " tomorrow", typo_rate=1.0):
        assert all(token in text for token in kept)


@pytest.mark.parametrize(
    ("habits", "expected"),
    [
        ({"casing": "lower"}, "nothing opens"),
        ({"casing": "shouting"}, "NOTHING OPENS"),
        ({"ends_sentences": False}, "Nothing opens"),
    ],
)
def test_habits_show_in_the_text(habits: dict[str, Any], expected: str) -> None:
    assert {text.rstrip(".!") for text in typed("Nothing opens", **habits)} == {expected}


def test_shorthand_and_bare_letters_follow_the_language() -> None:
    assert any("Pls" in text for text in typed("please help", shortens=True))
    assert all("ueber" in text for text in typed("alles über Nacht", "de", drops_accents=True))
    assert all("manana" in text for text in typed("hasta mañana", "es", drops_accents=True))


def test_who_uses_emoji_uses_those_of_the_mood() -> None:
    often, never = replace(TIDY, emoji_rate=1.0), TIDY
    assert all(emoji(stream(seed), "good", often) for seed in range(20))
    assert not any(emoji(stream(seed), "good", never) for seed in range(20))
