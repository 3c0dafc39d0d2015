"""Documents and questions are spelt alike; no script is lost, and no sign of a question is more than a sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.retrieval.words import MOST_WORDS, asked_words, readable, spelt


def test_words_that_name_nothing_are_not_looked_for_unless_there_are_no_others() -> None:
    assert asked_words("Why can I not open the gallery?") == ("not", "open", "gallery")
    assert asked_words("What is it?") == ("What", "is", "it")
    assert asked_words("") == ()


def test_a_word_is_looked_for_once_whatever_its_case() -> None:
    assert asked_words("Pay PAY pay!") == ("pay",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("支付失败", ("支付", "付失", "失败")),
        ("iPhone支付", ("iPhone", "支付")),
        ("支", ("支",)),
        ("カメラ", ("カメ", "メラ")),
        ("भुगतान विफल", ("भुगतान", "विफल")),
        ("не открывается", ("не", "открывается")),
    ],
)
def test_a_script_without_blanks_is_looked_for_by_pairs(text: str, words: tuple[str, ...]) -> None:
    assert asked_words(text) == words


def test_a_version_is_one_word_and_is_shown_as_it_is_written() -> None:
    (word,) = asked_words("7.2.0")
    assert word != "7.2.0"
    assert readable(word) == "7.2.0"


def test_the_numbers_of_steps_are_no_words() -> None:
    assert spelt("1. Stop.\n2) Undo 2.").split() == ["Stop.", "Undo", "2."]


@given(st.text(max_size=200))
def test_any_text_can_be_spelt_and_spelling_holds_no_sign_that_a_database_can_not_bear(text: str) -> None:
    said = spelt(text)
    said.encode()
    assert "\0" not in said
    assert len(asked_words(text * 50)) <= MOST_WORDS
