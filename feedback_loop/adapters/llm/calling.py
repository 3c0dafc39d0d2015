"""One call of a language model over HTTP, and what came of it in our own words.

Whatever a provider or a library does becomes an outcome; nothing is raised but a cancellation. The rule that is easy to break: no word of
an exception leaves this module, because libraries quote keys, addresses and customers in them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from feedback_loop.adapters.llm.ledger import Settled
from feedback_loop.adapters.llm.libraries import Prices, load_libraries
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import CallOutcome

_OVERHEAD_TOKENS = 200
"""What a provider adds to a question at the most: roles, and the wrapping of the schema."""

_OUTCOME_BY_CLASS = {
    "RateLimitError": CallOutcome.RATE_LIMITED,
    "ContentPolicyViolationError": CallOutcome.REFUSED,
    "AuthenticationError": CallOutcome.ACCESS_DENIED,
    "PermissionDeniedError": CallOutcome.ACCESS_DENIED,
    "PaymentRequiredError": CallOutcome.ACCESS_DENIED,
    "NotFoundError": CallOutcome.ACCESS_DENIED,
    "BadRequestError": CallOutcome.BAD_REQUEST,
    "UnprocessableEntityError": CallOutcome.BAD_REQUEST,
    "Timeout": CallOutcome.TIMEOUT,
    "APIConnectionError": CallOutcome.CONNECTION_LOST,
    "ServiceUnavailableError": CallOutcome.SERVER_ERROR,
    "BadGatewayError": CallOutcome.SERVER_ERROR,
    "InternalServerError": CallOutcome.SERVER_ERROR,
    "APIError": CallOutcome.SERVER_ERROR,
}
"""LiteLLM's classes, by the nearest ancestor that is named here."""

_MOST_TOKENS = 100_000_000
"""Of one call; a provider that states more, or fewer than none, has not said what the call cost."""

_FREE = (CallOutcome.RATE_LIMITED, CallOutcome.ACCESS_DENIED, CallOutcome.BAD_REQUEST)
"""What a provider answered instead of generating anything; a server's error is that too, where its status said so."""

_SPEAK_HTTP = ("httpx", "httpx2", "openai")
"""Whose exceptions carry the status that came; LiteLLM gives its own one of 500, also where an answer came that it can't read."""

_NOTHING_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_BROKEN_OFF = {"RemoteProtocolError", "ReadError", "WriteError", "CloseError", "APIConnectionError"} | _NOTHING_SENT


@dataclass(frozen=True)
class Endpoint:
    """Who is asked, and how long one call may take as a whole; the key is in no representation."""

    model: str
    base_url: str | None
    api_key: str | None = field(repr=False)
    timeout_seconds: float
    prices: Prices

    def most_usd(self, question: Question) -> float:
        """The most that one call about the question can cost: a token is at least one byte."""
        schema = json.dumps(question.answer_type.model_json_schema())
        told = sum(len(part.encode("utf-8", "surrogatepass")) for part in (question.instructions, question.content, schema))
        return self.prices.cost_usd(told + _OVERHEAD_TOKENS, question.most_answer_tokens)


@dataclass(frozen=True)
class Called:
    """What came of a call, with the seconds for which the provider asked for patience, where it did."""

    settled: Settled
    answer: BaseModel | None = None
    retry_after_seconds: float | None = None


async def call(endpoint: Endpoint, question: Question) -> Called:
    """The outcome of asking once; the limit of time holds for the whole call, however its bytes trickle in."""
    try:
        async with asyncio.timeout(endpoint.timeout_seconds):
            answer, completion = await _create(endpoint, question)
    except TimeoutError:
        return Called(_settled(CallOutcome.TIMEOUT, None, endpoint, question))
    except Exception as error:
        outcome = _outcome_of(error)
        is_free = outcome in _FREE or not _is_sent(error) or (outcome is CallOutcome.SERVER_ERROR and _has_status(error))
        settled = _settled(outcome, getattr(error, "last_completion", None), endpoint, question, is_free=is_free)
        return Called(settled, retry_after_seconds=_retry_after(error) if outcome is CallOutcome.RATE_LIMITED else None)
    return Called(_settled(CallOutcome.ANSWERED, completion, endpoint, question), _plain(answer, question))


async def _create(endpoint: Endpoint, question: Question) -> Any:
    return await load_libraries().client.chat.completions.create_with_completion(
        response_model=question.answer_type,
        messages=[{"role": "system", "content": question.instructions}, {"role": "user", "content": question.content}],
        model=endpoint.model,
        api_base=endpoint.base_url,
        api_key=endpoint.api_key,
        max_tokens=question.most_answer_tokens,
        temperature=0,
        timeout=endpoint.timeout_seconds,
        max_retries=0,
        num_retries=0,
    )


def _plain(answer: Any, question: Question) -> BaseModel:
    """The answer as an instance of the question's own type, without what Instructor hangs onto it."""
    return question.answer_type.model_validate_json(answer.model_dump_json())


def _settled(outcome: CallOutcome, completion: Any, endpoint: Endpoint, question: Question, *, is_free: bool = False) -> Settled:
    usage = getattr(completion, "usage", None)
    told, said = (_count(getattr(usage, name, None)) for name in ("prompt_tokens", "completion_tokens"))
    if told and said is not None:
        return Settled(outcome, endpoint.prices.cost_usd(told, said), False, told, said)
    if is_free:
        return Settled(outcome, 0.0, False)
    return Settled(outcome, endpoint.most_usd(question), True)


def _count(stated: Any) -> int | None:
    """How many tokens a provider states, 0 where it states none; None for what is no count: fewer than none would pay for other calls."""
    if stated is None:
        return 0
    return stated if type(stated) is int and 0 <= stated <= _MOST_TOKENS else None


def _outcome_of(error: Exception) -> CallOutcome:
    completion = getattr(error, "last_completion", None)
    if type(error).__name__ == "IncompleteOutputException":
        return CallOutcome.CUT_SHORT
    if completion is not None:
        return _outcome_of_completion(completion)
    names = [type(one).__name__ for one in _chain(error)]
    if "JSONDecodeError" in names or any(isinstance(one, ValidationError) for one in _chain(error)):
        return CallOutcome.MALFORMED
    kinds = (_OUTCOME_BY_CLASS[k.__name__] for one in _chain(error) for k in type(one).__mro__ if k.__name__ in _OUTCOME_BY_CLASS)
    found = next(kinds, CallOutcome.FAILED)
    return CallOutcome.CONNECTION_LOST if found is CallOutcome.SERVER_ERROR and _BROKEN_OFF & set(names) else found


def _outcome_of_completion(completion: Any) -> CallOutcome:
    """Why a completion that came whole is no answer."""
    choices = getattr(completion, "choices", None) or []
    message = getattr(choices[0], "message", None) if choices else None
    extra = getattr(message, "provider_specific_fields", None) or {}
    if (choices and choices[0].finish_reason == "content_filter") or extra.get("refusal") or getattr(message, "refusal", None):
        return CallOutcome.REFUSED
    return CallOutcome.MALFORMED if getattr(message, "content", None) else CallOutcome.EMPTY


def _is_sent(error: Exception) -> bool:
    """Whether anything of the question may have reached the provider."""
    return not _NOTHING_SENT & {type(one).__name__ for one in _chain(error)}


def _has_status(error: Exception) -> bool:
    """Whether what came was no answer by its status already."""
    said = (one for one in _chain(error) if type(one).__module__.partition(".")[0] in _SPEAK_HTTP)
    return any(getattr(getattr(one, "response", None), "status_code", 200) >= 300 for one in said)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what led to it; libraries wrap each other's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _retry_after(error: Exception) -> float | None:
    """What Retry-After says, as seconds or as a date beside that of the answer; None where it says nothing that can be read."""
    for one in _chain(error):
        headers = getattr(getattr(one, "response", None), "headers", None) or getattr(one, "headers", None) or {}
        stated = headers.get("retry-after")
        if not stated:
            continue
        try:
            return float(stated) if stated.isdecimal() else _seconds_between(headers.get("date", ""), stated)
        except (TypeError, ValueError, OverflowError):
            return None
    return None


def _seconds_between(now: str, then: str) -> float:
    return max((parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds(), 0.0)
