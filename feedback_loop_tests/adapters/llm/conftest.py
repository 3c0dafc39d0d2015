"""A language model over real HTTP on this machine, asked through LiteLLM and Instructor, with waits that are noted and not waited."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.llm.calling import Endpoint, call
from feedback_loop.adapters.llm.language_model import LanguageModel
from feedback_loop.adapters.llm.ledger import Budget, CallLedger
from feedback_loop.adapters.llm.libraries import Prices
from feedback_loop.adapters.llm.rounds import Manners
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.analysis.prompts.classification import LabelDefinition, classification_question
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.language_model_server import Fault, ModelServer, always, running_model

LABELS = (LabelDefinition("crash", "The product closes by itself."), LabelDefinition("billing", "Money was taken wrongly."))
PRICES = Prices(1e-6, 4e-6)
PATIENT = 120.0
"""Seconds that a busy machine is given, where time is not what a test is about."""

AMPLE = Budget(10.0, 10.0)
KEY = "sk-only-for-this-test"


def question(text: str = "It closes by itself.") -> Question:
    return classification_question(text, LABELS)


@dataclass
class World:
    """A running server, a home, and models that ask the one for the other."""

    server: ModelServer
    home: Path
    clock: FakeClock = field(default_factory=FakeClock)
    waits: list[float] = field(default_factory=list)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("openai/made-up", self.server.url, KEY, PATIENT, PRICES)

    @property
    def state_url(self) -> str:
        return f"sqlite:///{self.home / 'state.sqlite'}"

    @property
    def answers(self) -> AnswerCache:
        return AnswerCache(self.home / "answers.sqlite")

    def ledger(self, budget: Budget = AMPLE, run_id: str = "run-1") -> CallLedger:
        return CallLedger(self.state_url, self.clock, run_id, budget)

    def model(self, budget: Budget = AMPLE, *, timeout: float = PATIENT, concurrency: int = 4) -> LanguageModel:
        endpoint = replace(self.endpoint, timeout_seconds=timeout)
        manners = Manners(concurrency, partial(call, endpoint), endpoint.most_usd, self._note_wait)
        return LanguageModel("made-up", lambda: manners, lambda: self.ledger(budget), self.answers)

    def calls(self) -> pl.DataFrame:
        store = SqlStateStore(self.state_url, AnchorFile(self.home / "anchor.jsonl"), self.clock)
        return store.snapshot(TABLES["state_model_call"])

    async def _note_wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture(scope="session", autouse=True)
def imported() -> None:
    """Both libraries import parts of themselves at the first call, which takes seconds and is no fault of a provider."""
    with running_model(always(label="crash")) as server:
        assert asyncio.run(call(Endpoint("openai/made-up", server.url, KEY, 600.0, PRICES), question())).answer is not None


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_model(always(label="crash")) as server:
        yield World(server, tmp_path)


@pytest.fixture
def failing(world: World) -> Callable[..., World]:
    """The world in which the next requests go wrong as named."""

    def plan(*faults: Fault) -> World:
        world.server.faults.extend(deque(faults))
        return world

    return plan
