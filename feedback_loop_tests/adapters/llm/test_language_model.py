"""What was answered once is never asked, nor paid, again; a recording answers without anybody being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.llm.language_model import RecordedModel
from feedback_loop.contracts.vocab import UnansweredReason
from feedback_loop_tests.adapters.llm.conftest import World, question
from feedback_loop_tests.language_model_server import Fault

TEXTS = [question(f"text {n}") for n in range(6)]


def test_replies_come_in_the_order_of_the_questions(failing: Callable[..., World]) -> None:
    world = failing(Fault.NONE, Fault.NONE, Fault.REFUSAL)
    reasons = [reply.reason for reply in world.model(concurrency=1).answer(TEXTS)]
    assert reasons == [None, None, UnansweredReason.REFUSED, None, None, None]


def test_equal_questions_are_asked_once(world: World) -> None:
    replies = world.model().answer([TEXTS[0], TEXTS[1], TEXTS[0]])
    assert replies[0] == replies[2]
    assert len(world.server.heard.bodies) == 2


def test_only_what_failed_is_asked_and_paid_again_by_the_next_run(failing: Callable[..., World]) -> None:
    world = failing(*[Fault.REFUSAL] * 2)
    first = world.model(concurrency=1).answer(TEXTS)
    second = world.model(concurrency=1).answer(TEXTS)
    assert [reply.is_remembered for reply in second] == [False, False, True, True, True, True]
    assert [reply.answer for reply in second[2:]] == [reply.answer for reply in first[2:]]
    assert max(world.server.heard.answered.values()) == 1


def test_nothing_is_asked_where_all_is_known(world: World) -> None:
    world.model().answer(TEXTS)
    asked = len(world.server.heard.bodies)
    assert all(reply.is_remembered for reply in world.model().answer(TEXTS))
    assert len(world.server.heard.bodies) == asked


def test_a_recording_gives_the_answers_again_and_asks_nobody(world: World) -> None:
    given = world.model().answer(TEXTS)
    heard = len(world.server.heard.bodies)
    recorded = RecordedModel("made-up", AnswerCache(world.home / "answers.sqlite", is_recording=True))
    replayed = recorded.answer([*TEXTS, question("never asked")])
    assert [reply.answer for reply in replayed[:-1]] == [reply.answer for reply in given]
    assert replayed[-1].reason is UnansweredReason.NOT_RECORDED
    assert len(world.server.heard.bodies) == heard


def test_a_recording_of_another_model_answers_nothing(world: World) -> None:
    world.model().answer(TEXTS)
    other = RecordedModel("another", AnswerCache(world.home / "answers.sqlite", is_recording=True))
    assert {reply.reason for reply in other.answer(TEXTS)} == {UnansweredReason.NOT_RECORDED}


def test_it_can_be_asked_from_within_an_event_loop(world: World) -> None:
    async def inside() -> int:
        return len(world.model().answer(TEXTS))

    assert asyncio.run(inside()) == len(TEXTS)


def test_no_question_no_call_and_no_database(world: World) -> None:
    assert world.model().answer([]) == []
    assert not (world.home / "state.sqlite").exists()
