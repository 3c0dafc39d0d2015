"""One executor of `exactly_once.py`: a process that runs the real `execute` again and again until nothing is open, or until it is killed.

It can be crippled on purpose, to see that the proof notices: without the lookup by key before something is sent again, without the lease
that keeps a claim from others, or without a look at what has happened since the action was listed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import ActionStatus, RefusalReason
from feedback_loop.workflows import execute as execution
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import PEOPLE, grounds

OPEN = (ActionStatus.QUEUED, ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)
CRIPPLED = ("lookup", "lease", "fence")
COMPLAINTS = "complaints.txt"
_PAUSE_SECONDS = 0.05


class FastClock:
    """Goes so many times as fast as that of the machine, alike in every process."""

    def __init__(self, began: float, speed: float) -> None:
        self._began, self._speed = began, speed

    def now(self) -> datetime:
        return START + timedelta(seconds=(time.time() - self._began) * self._speed)


class Told(CaseApiClient):
    """A client that tells of each action that it sends."""

    listener: Connection
    asks: bool = True

    def perform(self, request: ActionRequest) -> Receipt:
        self.listener.send_bytes(b".")
        return super().perform(request)

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        return super().receipt_for(idempotency_key) if self.asks else None


class Unfenced(SqlStateStore):
    """A store that claims whatever can be claimed, also what somebody else has tried since it was listed."""

    def claim(
        self, action_id: str, judge: Callable[..., RefusalReason | None], connector: str, at: datetime, tried: int | None = None
    ) -> OutboxAction | RefusalReason | None:
        return super().claim(action_id, judge, connector, at)

    def finish(
        self, action_id: str, status: ActionStatus, receipt_id: str | None, at: datetime, tried: int | None = None, why: str | None = None
    ) -> None:
        super().finish(action_id, status, receipt_id, at, why=why)


@dataclass(frozen=True)
class Job:
    """What an executor needs to know: the state, the vendor, the time, and what it is to leave out."""

    url: str
    folder: Path
    vendor: str
    began: float
    speed: float
    patience_seconds: float
    crippled: str


def work(job: Job, listener: Connection) -> None:
    """Afterwards nothing is open any more; what the process has to complain of stands in a file of the folder."""
    with (job.folder / COMPLAINTS).open("ab") as complaints:
        os.dup2(complaints.fileno(), sys.stderr.fileno())
    clock, kind = FastClock(job.began, job.speed), Unfenced if job.crippled == "fence" else SqlStateStore
    state = kind(job.url, AnchorFile(job.folder / "anchor.jsonl"), clock)
    if job.crippled == "lease":
        execution.LEASE = timedelta(0)
    with Told(job.vendor, timeout_seconds=job.patience_seconds) as system:
        system.listener, system.asks = listener, job.crippled != "lookup"
        on = grounds()
        while state.actions(*OPEN):
            report = execution.execute(state, system, on, PEOPLE, clock)
            if not report.done:
                time.sleep(_PAUSE_SECONDS)
