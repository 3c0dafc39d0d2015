"""Whatever a provider does becomes one outcome and one cost; the key reaches the provider and nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from feedback_loop.adapters.llm.calling import Called, call
from feedback_loop.contracts.vocab import CallOutcome
from feedback_loop_tests.adapters.llm.conftest import KEY, PATIENT, PRICES, World, question
from feedback_loop_tests.language_model_server import INPUT_TOKENS, OUTPUT_TOKENS, Fault

OUTCOMES = {
    Fault.NONE: CallOutcome.ANSWERED,
    Fault.NO_USAGE: CallOutcome.ANSWERED,
    Fault.TOO_MANY: CallOutcome.RATE_LIMITED,
    Fault.TOO_MANY_FOR_LONG: CallOutcome.RATE_LIMITED,
    Fault.SERVER_ERROR: CallOutcome.SERVER_ERROR,
    Fault.SILENCE: CallOutcome.TIMEOUT,
    Fault.SLOW_TRICKLE: CallOutcome.TIMEOUT,
    Fault.CUT_STREAM: CallOutcome.CONNECTION_LOST,
    Fault.MALFORMED_JSON: CallOutcome.MALFORMED,
    Fault.NO_JSON_AT_ALL: CallOutcome.MALFORMED,
    Fault.WRONG_ENUM: CallOutcome.MALFORMED,
    Fault.EXTRA_FIELDS: CallOutcome.MALFORMED,
    Fault.EMPTY_CHOICE: CallOutcome.EMPTY,
    Fault.EMPTY_MESSAGE: CallOutcome.EMPTY,
    Fault.REFUSAL: CallOutcome.REFUSED,
    Fault.FILTERED: CallOutcome.REFUSED,
    Fault.CUT_SHORT: CallOutcome.CUT_SHORT,
    Fault.WRONG_KEY: CallOutcome.ACCESS_DENIED,
    Fault.BAD_REQUEST: CallOutcome.BAD_REQUEST,
    Fault.UNREADABLE_RETRY: CallOutcome.RATE_LIMITED,
    Fault.REDIRECT: CallOutcome.SERVER_ERROR,
    Fault.ENDLESS: CallOutcome.CONNECTION_LOST,
    Fault.COMPRESSED: CallOutcome.CONNECTION_LOST,
    Fault.NEGATIVE_TOKENS: CallOutcome.ANSWERED,
    Fault.TOO_MANY_TOKENS: CallOutcome.ANSWERED,
    Fault.ANOTHER_SHAPE: CallOutcome.SERVER_ERROR,
}
FREE = (
    Fault.TOO_MANY,
    Fault.TOO_MANY_FOR_LONG,
    Fault.SERVER_ERROR,
    Fault.WRONG_KEY,
    Fault.BAD_REQUEST,
    Fault.UNREADABLE_RETRY,
    Fault.REDIRECT,
)
UNSAID = (
    Fault.NO_USAGE,
    Fault.SILENCE,
    Fault.SLOW_TRICKLE,
    Fault.CUT_STREAM,
    Fault.NO_JSON_AT_ALL,
    Fault.ENDLESS,
    Fault.COMPRESSED,
    Fault.NEGATIVE_TOKENS,
    Fault.TOO_MANY_TOKENS,
    Fault.ANOTHER_SHAPE,
)
SHORT_SECONDS = 1.5


def asked(world: World, *, timeout: float = PATIENT) -> Called:
    return asyncio.run(call(replace(world.endpoint, timeout_seconds=timeout), question()))


def test_every_fault_has_its_outcome_here() -> None:
    assert set(OUTCOMES) == set(Fault)


@pytest.mark.parametrize("fault", Fault)
def test_what_a_provider_does_becomes_one_outcome(failing: Callable[..., World], fault: Fault) -> None:
    world = failing(fault)
    called = asked(world, timeout=SHORT_SECONDS if OUTCOMES[fault] is CallOutcome.TIMEOUT else PATIENT)
    assert called.settled.outcome is OUTCOMES[fault]
    assert (called.answer is None) == (OUTCOMES[fault] is not CallOutcome.ANSWERED)
    assert len(world.server.heard.bodies) <= 1, "neither library may ask again on its own"


@pytest.mark.parametrize("fault", Fault)
def test_a_call_costs_its_tokens_or_nothing_or_the_most_that_it_can(failing: Callable[..., World], fault: Fault) -> None:
    world = failing(fault)
    settled = asked(world, timeout=SHORT_SECONDS if OUTCOMES[fault] is CallOutcome.TIMEOUT else PATIENT).settled
    if fault in FREE:
        assert (settled.cost_usd, settled.is_cost_assumed) == (0.0, False)
    elif fault in UNSAID:
        assert (settled.cost_usd, settled.is_cost_assumed) == (world.endpoint.most_usd(question()), True)
    else:
        assert settled.cost_usd == pytest.approx(PRICES.cost_usd(INPUT_TOKENS, OUTPUT_TOKENS))
        assert (settled.input_token_count, settled.output_token_count, settled.is_cost_assumed) == (INPUT_TOKENS, OUTPUT_TOKENS, False)


def test_nobody_there_costs_nothing(world: World) -> None:
    gone = replace(world.endpoint, base_url="http://127.0.0.1:9/v1")
    settled = asyncio.run(call(gone, question())).settled
    assert (settled.outcome, settled.cost_usd) == (CallOutcome.CONNECTION_LOST, 0.0)


def test_the_provider_says_how_long_to_wait(failing: Callable[..., World]) -> None:
    assert asked(failing(Fault.TOO_MANY)).retry_after_seconds == 7.0


def test_a_time_that_no_calendar_has_is_none(failing: Callable[..., World]) -> None:
    assert asked(failing(Fault.UNREADABLE_RETRY)).retry_after_seconds is None


def test_no_words_of_a_customer_follow_a_redirect(failing: Callable[..., World]) -> None:
    world = failing(Fault.REDIRECT)
    asked(world)
    assert len(world.server.heard.bodies) == 1


def test_the_request_has_the_prompt_the_schema_and_no_tool(world: World) -> None:
    asked(world)
    [body] = world.server.heard.bodies
    assert [m["content"] for m in body["messages"]] == [question().instructions, question().content]
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["label"]["enum"] == ["crash", "billing", "unsure"]
    assert schema["additionalProperties"] is False
    assert {"tools", "tool_choice", "functions"} & set(body) == set()
    assert (body["temperature"], body["max_tokens"]) == (0, question().most_answer_tokens)


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.WRONG_KEY, Fault.MALFORMED_JSON, Fault.SERVER_ERROR])
def test_neither_key_nor_text_is_logged_or_printed(
    failing: Callable[..., World], fault: Fault, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    world = failing(fault)
    with caplog.at_level(logging.INFO):
        asked(world)
    said = caplog.text + "".join(capfd.readouterr())
    assert [secret for secret in (KEY, "closes by itself", "cra", "planned") if secret in said] == []
    assert world.server.heard.keys == [f"Bearer {KEY}"]
    assert KEY not in repr(world.endpoint)
