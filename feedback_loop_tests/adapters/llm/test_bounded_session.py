"""What answers in the place of a model can neither fill this machine's memory nor send its visitor on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx2
import pytest

from feedback_loop.adapters.llm.bounded_session import BoundedSession
from feedback_loop_tests.adapters.llm.conftest import World
from feedback_loop_tests.language_model_server import Fault

BODY = {"model": "made-up", "messages": [{"role": "user", "content": "It closes."}]}


async def posted(session: BoundedSession, world: World) -> httpx2.Response:
    return await session.post(f"{world.server.url}/chat/completions", json=BODY, follow_redirects=True)


def test_every_event_loop_may_use_it(world: World) -> None:
    session = BoundedSession()
    assert [asyncio.run(posted(session, world)).status_code for _ in range(3)] == [200, 200, 200]


def test_no_redirect_is_followed_whoever_asks_for_it(failing: Callable[..., World]) -> None:
    world = failing(Fault.REDIRECT)
    assert asyncio.run(posted(BoundedSession(), world)).status_code == 307
    assert len(world.server.heard.bodies) == 1


@pytest.mark.parametrize(("fault", "error"), [(Fault.ENDLESS, httpx2.ReadError), (Fault.COMPRESSED, httpx2.DecodingError)])
def test_an_answer_without_an_end_is_not_read_to_it(failing: Callable[..., World], fault: Fault, error: type[Exception]) -> None:
    with pytest.raises(error, match="the answer is"):
        asyncio.run(posted(BoundedSession(), failing(fault)))
