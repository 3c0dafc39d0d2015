"""The HTTP session of language models: it follows no redirect, and reads no more of an answer than an answer can hold.

Whoever answers in the place of a model could otherwise fill the memory of this machine, or send a customer's words on to an address that
nobody allowed. The rule that is easy to break: connections belong to the event loop that opened them, and each round of questions has one
of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakKeyDictionary

import httpx2

MOST_ANSWER_BYTES = 262_144
"""Many times what the longest answer that is asked for takes, with all that a provider says beside it."""


class BoundedSession(httpx2.AsyncClient):
    """A session that every event loop may use; each gets connections of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    async def send(self, request: httpx2.Request, **given: Any) -> httpx2.Response:
        """The response; raises an error of httpx2 where it is longer than an answer, or compressed, so that nobody knows how long it is."""
        loop = asyncio.get_running_loop()
        if loop not in self._of_loop:
            self._of_loop[loop] = httpx2.AsyncClient(event_hooks={"response": [_bound]})
        request.headers["Accept-Encoding"] = "identity"
        return await self._of_loop[loop].send(request, **given | {"follow_redirects": False})


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise httpx2.DecodingError("the answer is compressed, which was not asked for", request=response.request)
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _BoundedStream(response.stream, response.request)


class _BoundedStream(httpx2.AsyncByteStream):
    """The bytes of another stream, as long as there are not too many."""

    def __init__(self, inner: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._inner, self._request = inner, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for part in self._inner:
            count += len(part)
            if count > MOST_ANSWER_BYTES:
                raise httpx2.ReadError("the answer is longer than one can be", request=self._request)
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()
