"""The door for signed callbacks of Slack and the ticket systems, as a web application; what they lead to stands in `workflows/callbacks`.

A vendor that has no secret has no door. The rules that are easy to break: nothing is looked at before the signature over the raw bytes is
right; a body is refused before it is whole where it is too large; and whoever is refused is told nothing but that, always in the same
words, while the log names the reason and never anything that came in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from feedback_loop.contracts.callback_vocab import CallbackOutcome, CallbackVendor
from feedback_loop.errors import CallbackReplayed
from feedback_loop.ports import Clock
from feedback_loop.remediation.callbacks.forms import described
from feedback_loop.remediation.callbacks.heard import Heard
from feedback_loop.remediation.callbacks.reading import Fault, understood
from feedback_loop.workflows.callbacks import Answer

MOST_BYTES = 256 * 1024
"""So long may a body be: what PagerDuty sends at the most, and more than the others do."""

MOST_PER_MINUTE = 300
"""So many signed callbacks of one vendor are looked into in a minute; it is asked to send the others again."""

_MOST_AT_ONCE, _SECONDS_TO_SEND = 32, 10.0
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_OK, _ACCEPTED, _BAD, _FORBIDDEN, _TOO_LARGE, _WRONG_TYPE, _TOO_MANY, _LATER = 200, 202, 400, 403, 413, 415, 429, 503
_LOG = logging.getLogger(__name__)

CarryOut = Callable[[Heard], Answer]
"""Does what a callback says; raises CallbackReplayed, and StateUnavailable or ErasureUnfinished where the vendor should try again."""

Tell = Callable[[str, str], object]
"""Tells the person at the address these words."""


class _Stopped(Exception):
    """The callback is refused with the status; `why` is for the log."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why
        super().__init__(why)


@dataclass
class _Pace:
    """How many callbacks of each vendor were looked into in this minute, and how many refusals were logged."""

    clock: Clock
    most: int
    since: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def allows(self, name: str) -> bool:
        """Whether one more goes in this minute."""
        now = self.clock.now()
        if self.since is None or not timedelta(0) <= now - self.since < timedelta(minutes=1):
            self.since, self.counts = now, {}
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name] <= self.most


@dataclass
class _Door:
    """The door of one vendor; `at_work` is how many bodies are being read at this moment, through all doors."""

    vendor: CallbackVendor
    secret: str = field(repr=False)
    carry_out: CarryOut
    clock: Clock
    tell: Tell
    pace: _Pace
    at_work: list[None]

    async def hear(self, request: Request) -> JSONResponse:
        """The answer to one callback."""
        try:
            heard = await self._heard(request)
            answer = await run_in_threadpool(self.carry_out, heard)
        except CallbackReplayed:
            return self._refused(_Stopped(_BAD, "replayed"))
        except _Stopped as stopped:
            return self._refused(stopped)
        except Exception as error:
            # What is no fault of the callback: the vendor tries again. The words of the error may quote what came in.
            return self._refused(_Stopped(_LATER, type(error).__name__))
        return self._answer(heard, answer)

    async def _heard(self, request: Request) -> Heard:
        _require_type(request, _FORM if self.vendor is CallbackVendor.SLACK else _JSON)
        if len(self.at_work) >= _MOST_AT_ONCE:
            raise _Stopped(_TOO_MANY, "busy")
        self.at_work.append(None)
        try:
            body = await _body(request)
        finally:
            self.at_work.pop()
        headers: dict[str, list[str]] = {}
        for name, value in request.headers.items():
            headers.setdefault(name, []).append(value)
        heard = understood(self.vendor, headers, body, self.secret, self.clock.now())
        if isinstance(heard, Fault):
            raise _Stopped(_FORBIDDEN if heard is Fault.FORGED else _BAD, heard)
        if not self.pace.allows(self.vendor):
            raise _Stopped(_TOO_MANY, "too many")
        return heard

    def _answer(self, heard: Heard, answer: Answer) -> JSONResponse:
        if self.vendor is not CallbackVendor.SLACK:
            return JSONResponse({"status": str(answer.outcome)}, _ACCEPTED)
        words = {"response_type": "ephemeral", "replace_original": False, "text": answer.words}
        if heard.answer_url is None or answer.outcome is CallbackOutcome.IGNORED:
            return JSONResponse(words, _OK)
        return JSONResponse(words, _OK, background=BackgroundTask(self.tell, heard.answer_url, answer.words))

    def _refused(self, stopped: _Stopped) -> JSONResponse:
        if self.pace.allows(f"refusals of {self.vendor}"):
            _LOG.warning("a callback of %s was refused: %s", self.vendor, stopped.why)
        return _refusal(stopped.status)


def _to_nobody(url: str, words: str) -> None:
    """Tells nobody."""


def build_app(
    secrets: Mapping[CallbackVendor, str],
    carry_out: CarryOut,
    clock: Clock,
    tell: Tell = _to_nobody,
    most_per_minute: int = MOST_PER_MINUTE,
) -> FastAPI:
    """The application, with a door at /callbacks/VENDOR for each vendor that has a secret."""
    app = FastAPI(title="feedback_loop receiver", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    pace, at_work = _Pace(clock, most_per_minute), list[None]()
    open_to = [vendor for vendor in CallbackVendor if secrets.get(vendor)]
    for vendor in open_to:
        door = _Door(vendor, secrets[vendor], carry_out, clock, tell, pace, at_work)
        app.add_api_route(path_of(vendor), door.hear, methods=["POST"], response_model=None, openapi_extra={"operationId": vendor})

    async def refuse(_: Request, error: Exception) -> JSONResponse:
        return _refusal(error.status_code if isinstance(error, HTTPException) else _BAD)

    app.add_exception_handler(HTTPException, refuse)
    app.openapi = lambda: described(open_to, path_of)  # type: ignore[method-assign]
    return app


def path_of(vendor: CallbackVendor) -> str:
    """Where the vendor's door is."""
    return f"/callbacks/{vendor}"


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serves until it is stopped. Neither a proxy's headers are believed nor is anything told of the server."""
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, proxy_headers=False, server_header=False)


def _refusal(status: int) -> JSONResponse:
    return JSONResponse({"status": "not accepted"}, status)


def _require_type(request: Request, wanted: str) -> None:
    """Refuses other media types, and bodies in a disguise that would have to be taken off before their signature can be looked at."""
    said = request.headers.getlist("content-type")
    if len(said) != 1 or said[0].partition(";")[0].strip().lower() != wanted or request.headers.getlist("content-encoding"):
        raise _Stopped(_WRONG_TYPE, "wrong type")


async def _body(request: Request) -> bytes:
    """The raw body, of which never more is held than may come, whatever its length is said to be."""
    said = _length_said(request.headers.getlist("content-length"))
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_TO_SEND):
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BYTES:
                    raise _Stopped(_TOO_LARGE, "too large")
    except (ClientDisconnect, TimeoutError):
        raise _Stopped(_BAD, "broken off") from None
    if said is not None and said != len(body):
        raise _Stopped(_BAD, "not as long as it says")
    return bytes(body)


def _length_said(values: list[str]) -> int | None:
    if not values:
        return None
    if len(values) > 1 or not (values[0].isascii() and values[0].isdigit()):
        raise _Stopped(_BAD, "no length")
    if len(values[0]) > len(str(MOST_BYTES)) or int(values[0]) > MOST_BYTES:
        raise _Stopped(_TOO_LARGE, "too large")
    return int(values[0])
