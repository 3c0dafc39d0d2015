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
        (f"{seed_text()}\n{DAYS.replace('2026-04-01', '2026-03-31')}", "compared: the days before the loop reach into those with it"),
        (f"{seed_text()}\n{DAYS.replace('to: 2026-03-31', 'to: 2025-03-31')}", "compared.before: ends before it begins"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, problem: str) -> None:
    assert any(problem in said for said in problems(text)), problems(text)
