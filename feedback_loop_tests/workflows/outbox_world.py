"""A case to be decided and carried out: its evidence, a state store, people, and a case system that dies or refuses on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, ApprovalVerdict
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem
from feedback_loop.remediation.rules import Pace, Rules
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.execute import ExecuteReport, execute
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.lanes import Lanes
from feedback_loop.workflows.people import People
from feedback_loop.workflows.propose import propose
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.remediation.made_up_case import (
    LET_GO,
    UNBOUNDED,
    Row,
    alert_row,
    all_documents,
    cause_row,
    cohort_row,
    frame,
    route_row,
)

DAY = DayRange(START.date(), START.date())
PEOPLE: People = {"ada": ("release_manager",), "bo": ("incident_commander", "billing_owner"), "cy": ("intern",)}


class Died(BaseException):
    """The process ended here."""


class FakeCaseSystem:
    """Writes each key once; `script` says what goes wrong at the next calls: before or after the write, or in the answer."""

    connector = "desk"

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.written: dict[str, ActionRequest] = {}
        self.calls: list[str] = []

    def perform(self, request: ActionRequest) -> Receipt:
        step = self._next("perform")
        if step == "refuse":
            raise ConnectorRefused(self.connector, request.action_kind, "no such change")
        if step == "unreachable":
            raise ConnectorUnreachable(self.connector, request.action_kind, "ConnectError")
        if step == "die_before":
            raise Died
        if step == "doubt_before":
            raise WriteInDoubt(self.connector, request.idempotency_key, "timeout")
        is_repeat = request.idempotency_key in self.written
        self.written.setdefault(request.idempotency_key, request)
        if step == "die_after":
            raise Died
        if step == "doubt_after":
            raise WriteInDoubt(self.connector, request.idempotency_key, "timeout")
        return Receipt(f"receipt_{request.idempotency_key}", request.idempotency_key, is_repeat)

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        step = self._next("receipt_for")
        if step == "doubt_before":
            raise WriteInDoubt(self.connector, idempotency_key, "timeout")
        if step == "die_before":
            raise Died
        return Receipt(f"receipt_{idempotency_key}", idempotency_key, True) if idempotency_key in self.written else None

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        return []

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        raise NotImplementedError

    def _next(self, call: str) -> str:
        self.calls.append(call)
        return self.script.pop(0) if self.script else "fine"


def grounds(
    alerts: list[Row] | None = None,
    causes: list[Row] | None = None,
    documents: list[Row] | None = None,
    issues: list[Row] | None = None,
    certified: tuple[str, ...] = (),
    rules: Rules | None = None,
) -> Grounds:
    """By default everything was let go, as much as anybody likes; what is done counts for these grounds alone."""
    return Grounds(
        frame("analysis_alert", [alert_row()] if alerts is None else alerts),
        frame("analysis_cohort", [cohort_row()]),
        frame("analysis_hypothesis", [cause_row()] if causes is None else causes),
        frame("gold_issue", issues or []),
        frame("context_document", all_documents() if documents is None else documents),
        frame("analysis_route", [route_row(name) for name in certified]),
        rules=rules or replace(LET_GO, playbooks=UNBOUNDED, pace=Pace()),
    )


def made_up_action(
    status: ActionStatus, kind: ActionKind = ActionKind.RETRY_JOB, connector: str = "none", claimed_at: datetime | None = None
) -> OutboxAction:
    return OutboxAction("action_1", "proposal_1", "key_1", connector, kind, "sync", {}, status, None, 0, False, START, claimed_at, None)


@dataclass
class World:
    """One state store with its clock, and the case that it is asked about."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    grounds: Grounds = field(default_factory=grounds)
    people: People = field(default_factory=lambda: PEOPLE)
    url: str | None = None

    def __post_init__(self) -> None:
        self.state: SqlStateStore = open_state(self.folder, self.clock, self.url)

    def propose(self) -> tuple[str, ...]:
        return propose(self.grounds, self.state, self.clock.now(), is_live=True).proposal_ids

    def say(self, proposal_id: str, person: str, verdict: ApprovalVerdict = ApprovalVerdict.APPROVE) -> None:
        decide(proposal_id, verdict, person, self.people, self.state, self.clock)

    def approved(self) -> str:
        """The id of the proposal, approved by two people."""
        (proposal_id,) = self.propose()
        for person in ("ada", "bo"):
            self.say(proposal_id, person)
        return proposal_id

    def execute(self, system: ActionSystem | Lanes | None) -> ExecuteReport:
        return execute(self.state, system, self.grounds, self.people, self.clock)
