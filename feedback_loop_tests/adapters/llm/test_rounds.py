"""Each question stands alone, is asked a bounded number of times, and is never asked when the budget has no room for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_loop.adapters.llm.ledger import Budget
from feedback_loop.adapters.llm.rounds import ATTEMPTS
from feedback_loop.contracts.vocab import UnansweredReason
from feedback_loop_tests.adapters.llm.conftest import PRICES, World, question
from feedback_loop_tests.language_model_server import INPUT_TOKENS, OUTPUT_TOKENS, Fault

PER_CALL = PRICES.cost_usd(INPUT_TOKENS, OUTPUT_TOKENS)


def test_a_question_that_failed_is_asked_again_and_answered(failing: Callable[..., World]) -> None:
    world = failing(Fault.MALFORMED_JSON, Fault.SERVER_ERROR)
    [reply] = world.model().answer([question()])
    assert reply.answer is not None
    calls = world.calls().sort("attempt_rank").select("attempt_rank", "call_outcome")
    assert calls.rows() == [(1, "malformed"), (2, "server_error"), (3, "answered")]


def test_it_is_asked_a_bounded_number_of_times(failing: Callable[..., World]) -> None:
    world = failing(*[Fault.WRONG_ENUM] * 10)
    [reply] = world.model().answer([question()])
    assert (reply.answer, reply.reason) == (None, UnansweredReason.MALFORMED)
    assert len(world.server.heard.bodies) == ATTEMPTS


@pytest.mark.parametrize("fault", [Fault.REFUSAL, Fault.FILTERED, Fault.BAD_REQUEST, Fault.CUT_SHORT, Fault.TOO_MANY_FOR_LONG])
def test_what_would_end_the_same_way_is_asked_once(failing: Callable[..., World], fault: Fault) -> None:
    world = failing(fault)
    [reply] = world.model().answer([question()])
    assert reply.answer is None
    assert len(world.server.heard.bodies) == 1


def test_retry_after_is_what_is_waited(failing: Callable[..., World]) -> None:
    world = failing(Fault.TOO_MANY, Fault.SERVER_ERROR)
    world.model().answer([question()])
    assert world.waits == [7.0, 1.0]


def test_the_failure_of_one_question_is_no_other_ones(failing: Callable[..., World]) -> None:
    world = failing(Fault.REFUSAL)
    replies = world.model(concurrency=1).answer([question(f"text {n}") for n in range(5)])
    assert [reply.reason for reply in replies] == [UnansweredReason.REFUSED, None, None, None, None]


def test_no_more_calls_run_at_once_than_were_allowed(world: World) -> None:
    world.model(concurrency=3).answer([question(f"text {n}") for n in range(30)])
    assert 1 <= world.server.heard.most_at_once <= 3
    assert len(world.server.heard.bodies) == 30


def test_a_key_that_is_refused_is_not_tried_for_every_text(failing: Callable[..., World]) -> None:
    world = failing(*[Fault.WRONG_KEY] * 100)
    replies = world.model(concurrency=2).answer([question(f"text {n}") for n in range(50)])
    assert {reply.reason for reply in replies} == {UnansweredReason.ACCESS_DENIED}
    assert len(world.server.heard.bodies) <= 2


def test_a_model_that_is_gone_is_not_asked_about_every_text(failing: Callable[..., World]) -> None:
    world = failing(*[Fault.SERVER_ERROR] * 1_000)
    replies = world.model(concurrency=1).answer([question(f"text {n}") for n in range(50)])
    assert {reply.reason for reply in replies} == {UnansweredReason.SERVER_ERROR, UnansweredReason.MODEL_UNAVAILABLE}
    assert len(world.server.heard.bodies) == 20 * ATTEMPTS


@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_the_breaker_stops_within_one_call_of_the_limit_of_the_run(world: World, concurrency: int) -> None:
    questions = [question(f"text {n}") for n in range(60)]
    most = world.endpoint.most_usd(questions[-1])
    limit = 20 * PER_CALL
    replies = world.model(Budget(limit, 10.0), concurrency=concurrency).answer(questions)
    spent = float(world.calls()["cost_usd"].sum())
    assert limit - most <= spent <= limit + 1e-9
    assert {reply.reason for reply in replies if reply.answer is None} == {UnansweredReason.BUDGET_SPENT}
    assert sum(reply.answer is not None for reply in replies) == len(world.server.heard.bodies)


def test_the_budget_of_the_day_is_that_of_all_its_runs(world: World) -> None:
    limit = 10 * PER_CALL
    for run in range(3):
        world.model(Budget(10.0, limit)).answer([question(f"run {run} text {n}") for n in range(8)])
    assert float(world.calls()["cost_usd"].sum()) <= limit + 1e-9
    assert limit - float(world.calls()["cost_usd"].sum()) < world.endpoint.most_usd(question("run 2 text 7"))


def test_without_a_budget_nothing_is_asked(world: World) -> None:
    [reply] = world.model(Budget(0.0, 10.0)).answer([question()])
    assert reply.reason is UnansweredReason.BUDGET_SPENT
    assert world.server.heard.bodies == []
