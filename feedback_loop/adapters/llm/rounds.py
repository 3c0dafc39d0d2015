"""One round of questions: how many are asked at once, how often each is asked again, and when the whole round stops.

Each question stands alone; what fails of one is asked again for that one. The rules that are easy to break: a call is entered in the ledger
before it is made; and where the budget has no room for it, it waits until the calls under way have their true cost, so that the breaker
falls only when less is left than one call can cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count

from feedback_loop.adapters.llm.calling import Called
from feedback_loop.adapters.llm.ledger import CallLedger, Planned
from feedback_loop.contracts.questions import Question, Reply, unanswered
from feedback_loop.contracts.vocab import CallOutcome, UnansweredReason

ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 30.0
_FIRST_WAIT_SECONDS = 0.5
_MOST_FAILURES_IN_A_ROW = 20
"""After so many questions without an answer, and none with one between them, the model counts as gone."""

_AGAIN = frozenset(CallOutcome) - {
    CallOutcome.ASKED,
    CallOutcome.ANSWERED,
    CallOutcome.REFUSED,
    CallOutcome.CUT_SHORT,
    CallOutcome.ACCESS_DENIED,
    CallOutcome.BAD_REQUEST,
}
_ABOUT_THE_TEXT = (CallOutcome.REFUSED, CallOutcome.CUT_SHORT, CallOutcome.BAD_REQUEST, CallOutcome.MALFORMED)
"""What says nothing of whether the model is there."""


@dataclass(frozen=True)
class Manners:
    """How a model is asked: calls at once, the call itself, and how to wait."""

    concurrency: int
    call: Callable[[Question], Awaitable[Called]]
    most_usd: Callable[[Question], float]
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep


class Round:
    """The questions that are asked together; made inside of the event loop that asks them."""

    def __init__(self, model_version: str, manners: Manners, ledger: CallLedger) -> None:
        self._model_version, self._manners, self._ledger = model_version, manners, ledger
        self._places = asyncio.Semaphore(manners.concurrency)
        self._settled = asyncio.Condition()
        self._under_way = self._failures = 0
        self._stopped: UnansweredReason | None = None

    async def ask(self, question: Question) -> Reply:
        """The reply to one question, after as many attempts as it takes and may take."""
        async with self._places:
            for attempt in count(1):
                called = await self._attempt(question, attempt)
                if called is None:
                    break
                pause = _pause_before_next(called, attempt)
                if pause is None:
                    return self._reply(called)
                await self._manners.wait(pause)
        return unanswered(self._stopped or UnansweredReason.BUDGET_SPENT)

    async def _attempt(self, question: Question, attempt: int) -> Called | None:
        """What came of one call; None where it may not be made any more."""
        most_usd = self._manners.most_usd(question)
        call_id = await self._begin(Planned(question.stage, self._model_version, question.prompt_version, attempt, most_usd))
        if call_id is None:
            return None
        try:
            called = await self._manners.call(question)
            self._ledger.settle(call_id, called.settled)
        finally:
            async with self._settled:
                self._under_way -= 1
                self._settled.notify_all()
        return called

    async def _begin(self, planned: Planned) -> str | None:
        async with self._settled:
            while self._stopped is None:
                call_id = self._ledger.begin(planned)
                if call_id is not None:
                    self._under_way += 1
                    return call_id
                if not self._under_way:
                    self._stopped = UnansweredReason.BUDGET_SPENT
                else:
                    await self._settled.wait()
        return None

    def _reply(self, called: Called) -> Reply:
        outcome = called.settled.outcome
        if called.answer is not None:
            self._failures = 0
            return Reply(called.answer)
        if outcome is CallOutcome.ACCESS_DENIED:
            self._stopped = UnansweredReason.ACCESS_DENIED
        elif outcome not in _ABOUT_THE_TEXT:
            self._failures += 1
            if self._failures >= _MOST_FAILURES_IN_A_ROW:
                self._stopped = self._stopped or UnansweredReason.MODEL_UNAVAILABLE
        return unanswered(UnansweredReason(outcome.value))


def _pause_before_next(called: Called, attempt: int) -> float | None:
    """The seconds until the question may be asked again; None where asking again is of no use, or the wait would be too long."""
    if attempt == ATTEMPTS or called.settled.outcome not in _AGAIN:
        return None
    seconds = called.retry_after_seconds
    if seconds is None:
        return float(min(_FIRST_WAIT_SECONDS * 2 ** (attempt - 1), LONGEST_WAIT_SECONDS))
    return seconds if seconds <= LONGEST_WAIT_SECONDS else None
