"""Turns of a call: whose words are whose, and a refusal where that is not sure."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import call_turns
from feedback_loop.sources.call_turns import Turn, seconds, words_of
from feedback_loop.sources.reading import RowRefused

TURNS = [Turn(3.0, "Ben", "Sorry"), Turn(1.0, "Customer", "My card"), Turn(2.0, "Customer", "is blocked"), Turn(4.0, "Customer", "Help")]


def test_turns_are_in_the_order_of_time_and_a_run_of_one_speaker_is_a_line() -> None:
    assert words_of(TURNS, []) == ("My card is blocked\nHelp", "Sorry")


def test_who_is_named_is_the_customer_whatever_the_roles_say() -> None:
    assert words_of(TURNS, ["ben"]).customer == "Sorry"


@pytest.mark.parametrize("name", ["speaker 1", "Speaker 1", "1"])
def test_a_speaker_is_named_as_written_or_by_its_number(name: str) -> None:
    assert words_of([Turn(1, "speaker 0", "a"), Turn(2, "speaker 1", "b"), Turn(3, "speaker 11", "c")], [name]).customer == "b"


@pytest.mark.parametrize(("turns", "named"), [([Turn(1, "spk_0", "a"), Turn(2, "", "b")], []), (TURNS, ["Carl"]), (TURNS, [" "])])
def test_a_call_in_which_nobody_is_surely_the_customer_is_refused_with_what_to_do(turns: list[Turn], named: list[str]) -> None:
    with pytest.raises(RowRefused, match="say who is the customer") as refusal:
        words_of(turns, named)
    assert refusal.value.problem.reason is QuarantineReason.MISSING_REQUIRED_VALUE


def test_a_call_without_words_is_no_feedback() -> None:
    with pytest.raises(RowRefused, match="nobody says anything"):
        words_of([Turn(1, "Customer", " ")], [])


def test_a_call_that_says_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_turns, "MAX_ROW_BYTES", 5)
    with pytest.raises(RowRefused, match="more than 5"):
        words_of(TURNS, [])


@pytest.mark.parametrize(("written", "found"), [("4.87", 4.87), (3, 3.0), ("1e2", 100.0)])
def test_seconds_are_numbers(written: object, found: float) -> None:
    assert seconds(written) == found


@pytest.mark.parametrize("written", [None, "", "x", "nan", "1e999", True, [], "9" * 400])
def test_other_times_are_refused(written: object) -> None:
    with pytest.raises(RowRefused):
        seconds(written)
