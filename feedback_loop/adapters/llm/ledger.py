"""What language models cost: a row a call, written before it is made, and the breaker that goes by them.

A call is entered with the most that it can cost, in the transaction that looks whether that is still within the budgets of the run and of
the day; afterwards it gets its true cost. So processes that ask at the same time share one budget, and a call whose process was killed
keeps counting. The rules that are easy to break: no row holds a text, a hash of one, or the id of what was asked about, so that an erasure
finds nothing here; and calls stand outside of the audit chain, for they decide nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.state_store.engine import open_engine, writing
from feedback_loop.adapters.state_store.schema import MODEL_CALL
from feedback_loop.contracts.vocab import CallOutcome, ModelStage
from feedback_loop.ports import Clock

_ID_BYTES = 10
_ROUNDING_USD = 1e-9


@dataclass(frozen=True)
class Budget:
    """The most that one run, and all runs of one UTC day, may cost."""

    usd_per_run: float
    usd_per_day: float


@dataclass(frozen=True)
class Planned:
    """A call that is about to be made."""

    stage: ModelStage
    model_version: str
    prompt_version: str
    attempt_rank: int
    most_usd: float


@dataclass(frozen=True)
class Settled:
    """What came of a call; without tokens it counts as free, unless the cost is assumed."""

    outcome: CallOutcome
    cost_usd: float
    is_cost_assumed: bool
    input_token_count: int | None = None
    output_token_count: int | None = None


class CallLedger:
    """The calls in the database of the state, for one run."""

    def __init__(self, state_url: str, clock: Clock, run_id: str, budget: Budget) -> None:
        self._engine, self._clock, self._run_id, self._budget = open_engine(state_url), clock, run_id, budget

    def begin(self, planned: Planned) -> str | None:
        """The id of the call, which may now be made; None where it might cost more than is left."""
        with writing(self._engine).begin() as connection:
            at = self._clock.now()
            run, day = self._spent(connection, at)
            if run + planned.most_usd > self._budget.usd_per_run + _ROUNDING_USD:
                return None
            if day + planned.most_usd > self._budget.usd_per_day + _ROUNDING_USD:
                return None
            call_id = f"call_{secrets.token_hex(_ID_BYTES)}"
            connection.execute(MODEL_CALL.insert(), [self._row(call_id, planned, at)])
        return call_id

    def settle(self, call_id: str, settled: Settled) -> None:
        """Afterwards the call has its outcome and its cost."""
        values = {
            "call_outcome": str(settled.outcome),
            "cost_usd": settled.cost_usd,
            "is_cost_assumed": settled.is_cost_assumed,
            "input_token_count": settled.input_token_count,
            "output_token_count": settled.output_token_count,
            "call_ended_at": self._clock.now(),
        }
        with writing(self._engine).begin() as connection:
            connection.execute(MODEL_CALL.update().where(MODEL_CALL.c.call_id == call_id).values(values))

    def spent_usd(self) -> tuple[float, float]:
        """What the run and the present day have cost so far."""
        with self._engine.connect() as connection:
            return self._spent(connection, self._clock.now())

    def _spent(self, connection: sa.Connection, at: datetime) -> tuple[float, float]:
        begun = at.replace(hour=0, minute=0, second=0, microsecond=0)
        is_today = (MODEL_CALL.c.asked_at >= begun) & (MODEL_CALL.c.asked_at < begun + timedelta(days=1))
        total: sa.Select[Any] = sa.select(sa.func.coalesce(sa.func.sum(MODEL_CALL.c.cost_usd), 0.0))
        run: float = connection.execute(total.where(MODEL_CALL.c.model_run_id == self._run_id)).scalar_one()
        today: float = connection.execute(total.where(is_today)).scalar_one()
        return run, today

    def _row(self, call_id: str, planned: Planned, at: datetime) -> dict[str, object]:
        return {
            "call_id": call_id,
            "model_run_id": self._run_id,
            "model_stage": str(planned.stage),
            "model_version": planned.model_version,
            "prompt_version": planned.prompt_version,
            "attempt_rank": planned.attempt_rank,
            "call_outcome": str(CallOutcome.ASKED),
            "input_token_count": None,
            "output_token_count": None,
            "cost_usd": planned.most_usd,
            "is_cost_assumed": True,
            "asked_at": at,
            "call_ended_at": None,
        }
