"""What was said elsewhere is kept without a word of its own: an account, a verdict, an instant and an id."""

from __future__ import annotations

from dataclasses import fields

from feedback_loop.contracts.said_elsewhere import AnswersElsewhere, LeftOut, NotCounted, SaidElsewhere


def test_nobody_said_anything_by_default() -> None:
    assert AnswersElsewhere() == AnswersElsewhere((), ())


def test_neither_a_person_nor_a_comment_is_kept() -> None:
    assert [one.name for one in fields(SaidElsewhere)] == ["account_id", "verdict", "said_at", "reference"]
    assert [one.name for one in fields(LeftOut)] == ["reference", "reason"]


def test_each_reason_is_a_word_of_its_own() -> None:
    assert {str(reason) for reason in NotCounted} == {"by_the_system", "no_person", "by_somebody_else", "when_due", "text_changed"}
