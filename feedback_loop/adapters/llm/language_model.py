"""`ports.TextModel` over HTTP: what was answered before comes from the cache, the rest is asked in one round; and its replay without any.

The rule that is easy to break: an answer is remembered the moment that it comes, so that a killed process has paid for nothing in vain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pydantic import BaseModel

from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.llm.ledger import CallLedger
from feedback_loop.adapters.llm.rounds import Manners, Round
from feedback_loop.contracts.questions import Question, Reply, unanswered
from feedback_loop.contracts.vocab import UnansweredReason


class LanguageModel:
    """A model that is asked for what nobody asked before; equal questions are asked once."""

    def __init__(self, model_version: str, manners: Callable[[], Manners], ledger: Callable[[], CallLedger], answers: AnswerCache) -> None:
        """Manners and ledger are asked for when the first question has no answer yet: they import libraries and make a database."""
        self.model_version = model_version
        self._manners, self._ledger, self._answers = cache(manners), cache(ledger), answers

    def answer(self, questions: Sequence[Question]) -> list[Reply]:
        """A reply to each question, in their order."""
        distinct = {question.request_hash: question for question in questions}
        replies = {key: Reply(known, is_remembered=True) for key, one in distinct.items() if (known := self._known(one)) is not None}
        missing = {key: one for key, one in distinct.items() if key not in replies}
        if missing:
            # A thread of its own: whoever calls may run an event loop already.
            with ThreadPoolExecutor(1) as thread:
                replies |= thread.submit(asyncio.run, self._asked(missing, self._manners(), self._ledger())).result()
        return [replies[question.request_hash] for question in questions]

    def _known(self, question: Question) -> BaseModel | None:
        return self._answers.find(self.model_version, question)

    async def _asked(self, questions: dict[str, Question], manners: Manners, ledger: CallLedger) -> dict[str, Reply]:
        together = Round(self.model_version, manners, ledger)
        replies = await asyncio.gather(*(self._one(together, question) for question in questions.values()))
        return dict(zip(questions, replies, strict=True))

    async def _one(self, together: Round, question: Question) -> Reply:
        reply = await together.ask(question)
        if reply.answer is not None:
            self._answers.keep(self.model_version, question, reply.answer)
        return reply


class RecordedModel:
    """A model whose answers were recorded: it gives those, and asks nobody."""

    def __init__(self, model_version: str, recording: AnswerCache) -> None:
        self.model_version = model_version
        self._recording = recording

    def answer(self, questions: Sequence[Question]) -> list[Reply]:
        """The recorded reply to each question, in their order; `not_recorded` where there is none."""
        found = (self._recording.find(self.model_version, question) for question in questions)
        return [unanswered(UnansweredReason.NOT_RECORDED) if one is None else Reply(one, is_remembered=True) for one in found]
