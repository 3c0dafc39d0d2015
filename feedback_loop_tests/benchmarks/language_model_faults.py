"""1,000 fragments are asked about over real HTTP while 30 % of the answers go wrong.

`python -m feedback_loop_tests.benchmarks.language_model_faults`. What must hold: every fragment ends with a class or with a reason for
people, none is lost, none that was answered is paid for again, and the budget breaker stops within one call of its limit. Faults are
planned by a seed; waits between attempts are not waited. Exit code 1 where anything does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.llm.calling import Endpoint, call
from feedback_loop.adapters.llm.language_model import LanguageModel, RecordedModel
from feedback_loop.adapters.llm.ledger import Budget, CallLedger
from feedback_loop.adapters.llm.libraries import Prices, load_libraries
from feedback_loop.adapters.llm.rounds import Manners
from feedback_loop.analysis.prompts.classification import classification_question
from feedback_loop.analysis.prompts.evidence import evidence_question
from feedback_loop.contracts.questions import Question
from feedback_loop.workflows.ask_model import Asked, ask_about_open
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.language_model_server import INPUT_TOKENS, OUTPUT_TOKENS, Fault, ModelServer, running_model
from feedback_loop_tests.workflows.asked_fragments import KNOWN, NO_EVIDENCE, fragments_of, left_open

FRAGMENTS = 1_000
FAULT_SHARE = 0.3
SEED = 20_260_105
CONCURRENCY = 8
TIMEOUT_SECONDS = 20.0
"""Long enough that an answer which the server gave whole is received whole, also on a busy machine."""

PRICES = Prices(1.5e-7, 6e-7)
AMPLE = Budget(100.0, 100.0)
_BREAKER_CALLS = (0.03, 0.15, 0.5)
"""Budgets of the breaker, as calls for each fragment."""

_PLANNED_REQUESTS = 20_000
_HANGS = (Fault.SILENCE, Fault.SLOW_TRICKLE)
_HANG_WEIGHT = 0.1
"""Faults that take the whole limit of time are a tenth as frequent as the others, or the benchmark would only wait."""
_FAULTS = [fault for fault in Fault if fault not in (Fault.NONE, Fault.NO_USAGE, Fault.WRONG_KEY)]


def planned_faults(seed: int = SEED) -> deque[Fault]:
    """What goes wrong with each request, in their order."""
    draw = random.Random(seed)
    weights = [_HANG_WEIGHT if fault in _HANGS else 1.0 for fault in _FAULTS]
    return deque(draw.choices(_FAULTS, weights)[0] if draw.random() < FAULT_SHARE else Fault.NONE for _ in range(_PLANNED_REQUESTS))


def honest(body: dict[str, Any]) -> str:
    """A label for who is asked for one, and no evidence for who is asked for that."""
    properties = body["response_format"]["json_schema"]["schema"]["properties"]
    return json.dumps({"label": "crash"} if "label" in properties else NO_EVIDENCE)


def model_of(server: ModelServer, home: Path, run_id: str, budget: Budget = AMPLE) -> LanguageModel:
    """A model over HTTP that does not wait between attempts."""
    endpoint = Endpoint("openai/made-up", server.url, "sk-benchmark", TIMEOUT_SECONDS, PRICES)

    async def no_wait(_: float) -> None:
        await asyncio.sleep(0)

    manners = Manners(CONCURRENCY, partial(call, endpoint), endpoint.most_usd, no_wait)
    ledger = partial(CallLedger, f"sqlite:///{home / 'state.sqlite'}", FakeClock(datetime(2026, 1, 5, tzinfo=UTC)), run_id, budget)
    return LanguageModel("made-up", lambda: manners, ledger, AnswerCache(home / "answers.sqlite"))


def ask(model: LanguageModel | RecordedModel, texts: Sequence[str]) -> Asked:
    """What the model says of fragments with these texts."""
    return ask_about_open(fragments_of(texts), left_open(len(texts)), model, KNOWN)


def broken_promises(count: int, first: Asked, second: Asked, replayed: Asked, server: ModelServer) -> list[str]:
    """What does not hold of two runs over the same fragments, and of the replay of what was recorded."""
    found = []
    for name, asked in (("first", first), ("second", second), ("replay", replayed)):
        answers = asked.answers
        neither = answers.filter(pl.col("answered_class").is_null() == pl.col("unanswered_reason").is_null()).height
        if answers["fragment_id"].n_unique() != count or answers.height != count:
            found.append(f"{name}: {count - answers['fragment_id'].n_unique()} fragments are lost")
        if neither:
            found.append(f"{name}: {neither} fragments have neither a class nor a reason, or both")
    twice = sum(given > 1 for given in server.heard.answered.values())
    if twice:
        found.append(f"{twice} questions were answered well, and paid, more than once")
    before = set(first.answers.filter(pl.col("answered_class").is_not_null())["fragment_id"])
    after = set(second.answers.filter(pl.col("answered_class").is_not_null())["fragment_id"])
    if not before <= after:
        found.append(f"{len(before - after)} answers were forgotten by the second run")
    if not replayed.answers["answered_class"].equals(second.answers["answered_class"]):
        found.append("the replay says something else than the run that it replays")
    return found


def breaker_misses(texts: Sequence[str], home: Path) -> list[str]:
    """Budgets of which more was spent than allowed, or more was left than one call can cost, while faults go on."""
    found = []
    for number, calls in enumerate(_BREAKER_CALLS):
        limit = calls * len(texts) * PRICES.cost_usd(INPUT_TOKENS, OUTPUT_TOKENS)
        place = home / f"limit_{number}"
        with running_model(honest, planned_faults(SEED + number)) as server:
            model = model_of(server, place, "run", Budget(limit, 100.0))
            asked = ask(model, texts)
        spent, _ = CallLedger(f"sqlite:///{place / 'state.sqlite'}", FakeClock(datetime(2026, 1, 5, tzinfo=UTC)), "run", AMPLE).spent_usd()
        most = max(Endpoint("x", None, None, 1.0, PRICES).most_usd(question) for question in _questions(texts))
        stopped = asked.answers.filter(pl.col("unanswered_reason") == "budget_spent").height
        print(f"budget {limit:.3f} USD: spent {spent:.6f}, one call costs at most {most:.6f}, {stopped} fragments left to people by it")
        if not limit - most <= spent <= limit + 1e-9 or not stopped:
            found.append(f"the breaker of {limit} USD stopped at {spent:.6f}")
    return found


def _questions(texts: Sequence[str]) -> list[Question]:
    return [*(classification_question(text, KNOWN.labels) for text in texts), *map(evidence_question, texts)]


def main() -> int:
    """Runs it and prints what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fragments", type=int, default=FRAGMENTS)
    count = options.parse_args().fragments
    load_libraries()
    texts = [f"The app closes by itself when I open page {n}." for n in range(count)]
    with tempfile.TemporaryDirectory() as folder, running_model(honest, planned_faults()) as server:
        home = Path(folder)
        begun = time.perf_counter()
        first = ask(model_of(server, home, "first"), texts)
        requests = len(server.heard.bodies)
        print(f"first run: {requests} requests in {time.perf_counter() - begun:.0f} s, at most {server.heard.most_at_once} at once")
        second = ask(model_of(server, home, "second"), texts)
        print(f"second run: {len(server.heard.bodies) - requests} requests, for what the first had left open")
        replayed = ask(RecordedModel("made-up", AnswerCache(home / "answers.sqlite", is_recording=True)), texts)
        for name, asked in (("first", first), ("second", second)):
            said = Counter(asked.answers["unanswered_reason"].fill_null("a class").to_list())
            print(f"{name} run: " + ", ".join(f"{number} {what}" for what, number in said.most_common()))
        problems = [*broken_promises(count, first, second, replayed, server), *breaker_misses(texts, home)]
    print("\n".join(problems) or "every fragment ended with a class or a reason, none lost, none paid twice, the breakers held")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
