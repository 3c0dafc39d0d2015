"""The guards: their texts fit the schema, and a question that does not fit is answered by no. What each guard says: test_policy.py."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.loop_vocab import RefusalReason
from feedback_loop.contracts.routes import PersonReason
from feedback_loop.errors import PolicyRefused
from feedback_loop.remediation.cedar_guards import Verdict, parse_guards, seed_guards
from feedback_loop.remediation.policy import seed_policy


@pytest.mark.parametrize(
    "condition", ["(" * 3_000 + "true" + ")" * 3_000, " && ".join(["true"] * 20_000), "!" * 5_000 + "true", "1" + " + 1" * 9_000 + " == 1"]
)
def test_what_would_end_the_process_of_the_parser_is_refused_before_it_is_parsed(condition: str) -> None:
    text = f'@id("deep") forbid (principal, action, resource) when {{ {condition} }};'
    with pytest.raises(PolicyRefused, match="nested too deeply"):
        parse_guards(text)


def test_many_flat_guards_are_not_deep_and_words_are_no_operators() -> None:
    flat = [f'@id("g{n}") forbid (principal, action, resource) when {{ context.cause_service == "a.b-c.{n}" }};' for n in range(400)]
    assert len(parse_guards("\n".join(flat)).ids) > 400


def test_every_guard_is_named_for_a_reason_that_people_are_told() -> None:
    reasons = {str(reason) for reason in (*RefusalReason, *PersonReason)}
    assert {name.partition(".")[0] for name in seed_guards().ids} - {"base"} <= reasons


def test_a_question_that_does_not_fit_the_schema_is_an_error_and_no() -> None:
    guards, remedies = seed_guards(), seed_policy().remedies
    for action, remedy, facts in (
        ("propose", "refund", {}),
        ("fly", "refund", {}),
        ("propose", 'refund"', {}),
        ("propose", "no such remedy", {"colour": 1}),
    ):
        assert guards.ask(action, remedy, facts, remedies) == Verdict(False, (), True)
