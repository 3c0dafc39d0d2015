"""A call counts with the most that it can cost until its cost is known, over all processes that share the day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.llm.ledger import Budget, CallLedger, Planned, Settled
from feedback_loop.contracts.vocab import CallOutcome, ModelStage
from feedback_loop_tests.fakes import FakeClock

PLANNED = Planned(ModelStage.CLASSIFICATION, "made-up", "classification-1", 1, 0.4)


def ledger(home: Path, clock: FakeClock, run_id: str = "run-1", budget: Budget | None = None) -> CallLedger:
    return CallLedger(f"sqlite:///{home / 'state.sqlite'}", clock, run_id, budget or Budget(1.0, 2.0))


def test_a_call_counts_before_it_is_over(tmp_path: Path) -> None:
    book = ledger(tmp_path, FakeClock())
    assert [book.begin(PLANNED) is not None for _ in range(3)] == [True, True, False]
    assert book.spent_usd() == pytest.approx((0.8, 0.8))


def test_its_true_cost_makes_room_again(tmp_path: Path) -> None:
    book = ledger(tmp_path, FakeClock())
    first, second = book.begin(PLANNED), book.begin(PLANNED)
    assert first
    assert second
    book.settle(first, Settled(CallOutcome.ANSWERED, 0.1, False, 10, 2))
    assert book.begin(PLANNED) is not None
    assert book.spent_usd()[0] == pytest.approx(0.9)


def test_a_call_of_a_process_that_was_killed_keeps_counting(tmp_path: Path) -> None:
    ledger(tmp_path, FakeClock()).begin(PLANNED)
    assert ledger(tmp_path, FakeClock()).spent_usd() == pytest.approx((0.4, 0.4))


def test_the_day_ends_at_midnight_and_the_run_does_not(tmp_path: Path) -> None:
    clock = FakeClock()
    book = ledger(tmp_path, clock, budget=Budget(1.0, 0.5))
    assert book.begin(PLANNED) is not None
    assert book.begin(PLANNED) is None
    clock.advance(timedelta(days=1))
    assert book.begin(PLANNED) is not None
    clock.advance(timedelta(days=1))
    assert book.begin(PLANNED) is None, "the run has spent its own budget"


def test_each_run_has_its_own_budget_within_that_of_the_day(tmp_path: Path) -> None:
    books = [ledger(tmp_path, FakeClock(), f"run-{n}") for n in range(4)]
    assert [sum(book.begin(PLANNED) is not None for _ in range(4)) for book in books] == [2, 2, 1, 0]
