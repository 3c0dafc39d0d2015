"""Assumptions as they are written: read whole, or refused with everything that is wrong with them."""

from __future__ import annotations

import pytest

from feedback_loop.errors import AssumptionsRefused
from feedback_loop.outcomes.assumptions_text import parse_assumptions, seed_assumptions, seed_text

DAYS = "compared: {before: {from: 2026-01-01, to: 2026-03-31}, with_loop: {from: 2026-04-01, to: 2026-06-30}}"


def problems(text: str) -> list[str]:
    with pytest.raises(AssumptionsRefused) as refused:
        parse_assumptions(text)
    return refused.value.problems


def test_the_seed_can_be_followed_and_is_what_its_text_says() -> None:
    assert parse_assumptions(seed_text()) == seed_assumptions()
    assert seed_assumptions().compared is None


def test_the_days_that_are_compared_are_read() -> None:
    found = parse_assumptions(f"{seed_text()}\n{DAYS}\n").compared
    assert found is not None
    assert (len(found.before.days()), len(found.with_loop.days())) == (90, 91)


def test_a_day_may_stand_in_quotes() -> None:
    assert parse_assumptions(f"{seed_text()}\n{DAYS.replace('2026-01-01', repr('2026-01-01'))}\n").compared is not None


def test_the_place_of_a_problem_stays_short() -> None:
    assert all(len(said) < 200 for said in problems(f"{seed_text()}\n? {'k' * 5_000}\n: 1\n"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the text holds no fields"),
        ("a: [", "is no YAML"),
        (seed_text().replace("months_kept: {value: 12,", "months_kept: {"), "assumptions.months_kept.value: add it, with null"),
        (seed_text().replace("value: 12,", "value: -1,"), "assumptions.months_kept.value: Input should be greater than or equal to 0"),
        (seed_text().replace("value: 12,", "value: .inf,"), "assumptions.months_kept.value: Input should be a finite number"),
        (seed_text().replace("owner: head of finance", 'owner: " "'), "assumptions.months_kept.owner"),
        (seed_text().replace("months_kept:", "month_kept:"), "assumptions.months_kept: add it"),
        (seed_text().replace("name: infrastructure", "name: months_kept"), "'months_kept' stands there twice"),
        (seed_text().replace("value: 12,", "value: true,"), "assumptions.months_kept.value: is no number; write digits"),
        (seed_text().replace("value: 12,", 'value: "12",'), "assumptions.months_kept.value: is no number; write digits"),
        (seed_text().replace("value: 12,", "value: 1.0e+308,"), "assumptions.months_kept.value: Input should be less than or equal to"),
        (seed_text().replace("value: 0.05,", "value: 5,"), "lost_per_complaint_share.value: Input should be less than or equal to 1"),
        (seed_text().replace("owner: head of finance", 'owner: "\u200b"'), "assumptions.months_kept.owner: says nothing"),
        (f"{seed_text()}\nfoo: 1\n", "foo: is not known here; remove it"),
        ("assumptions:\n", "assumptions: holds no fields"),
        (f"{seed_text()}\n{DAYS.replace('2026-04-01', '2026-03-31')}", "(2026-03-31..2026-06-30); let them end earlier"),
        (f"{seed_text()}\n{DAYS.replace('2026-06-30', '2999-06-30')}", "compared: a stretch has more than 1,098 days"),
        (f"{seed_text()}\n{DAYS.replace('2026-', '0001-')}", "compared: the days lie before 1971"),
        (f"{seed_text()}\n{DAYS.replace('2026-01-01', '86400')}", "compared.before.from: is no day; write it as 2026-01-31"),
        (f"{seed_text()}\n{DAYS.replace('2026-01-01', '2026-01-01T05:00:00')}", "compared.before.from: is no day"),
        (f"{seed_text()}\n{DAYS.replace('to: 2026-03-31', 'to: 2025-03-31')}", "compared.before: ends before it begins"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, problem: str) -> None:
    assert any(problem in said for said in problems(text)), problems(text)
