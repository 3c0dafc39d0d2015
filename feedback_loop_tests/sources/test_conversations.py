"""Whose words stand beside which message of the customer."""

from __future__ import annotations

from datetime import UTC, datetime

from feedback_loop.sources.conversations import Message, of_customer

AT = datetime(2026, 3, 3, tzinfo=UTC)


def messages(*told: str) -> list[Message]:
    """`c` is the customer's, `a` an agent's; each is named and worded by its place."""
    return [Message(f"{who}{index}", AT, f"{who}{index}", who == "c", "{}") for index, who in enumerate(told)]


def shown(*told: str) -> list[tuple[str, str | None, str | None]]:
    return [(one.message.text, one.context_text, one.in_reply_to) for one in of_customer(messages(*told))]


def test_answers_stand_beside_the_message_before_them() -> None:
    assert shown("c", "a", "a", "c", "a") == [("c0", "a1\na2", None), ("c3", "a4", "a2")]


def test_what_was_said_before_the_customer_stands_beside_the_first_message() -> None:
    assert shown("a", "a", "c", "a") == [("c2", "a0\na1\na3", "a1")]


def test_a_message_without_answer_has_no_context() -> None:
    assert shown("c", "c") == [("c0", None, None), ("c1", None, None)]


def test_nobody_speaks_for_a_customer_who_is_silent() -> None:
    assert shown("a", "a") == shown() == []
