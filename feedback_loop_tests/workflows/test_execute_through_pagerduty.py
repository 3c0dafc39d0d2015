"""An incident that a share alert asks for, through PagerDuty with every fault at every request: one incident, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.pagerduty.client import PagerDutyClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, ProposalStatus
from feedback_loop.remediation.reversal import Wanted
from feedback_loop.workflows.execute import ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop.workflows.undo import ask_to_undo
from feedback_loop_tests.adapters.pagerduty.running import RunningPagerDuty, rule_at, running_pagerduty
from feedback_loop_tests.remediation.made_up_case import alert_row
from feedback_loop_tests.workflows.outbox_world import PEOPLE, Died, World, grounds

MINUTE = timedelta(minutes=1)
NOTICED = {"alert_kind": "share", "alert_rule_id": "rule_1"}


@contextmanager
def asked_for(folder: Path) -> Iterator[tuple[World, RunningPagerDuty]]:
    """An incident that nobody has to approve, and a PagerDuty that is to open it."""
    world = World(folder, grounds=grounds(alerts=[alert_row(**NOTICED)]))
    world.propose()
    (action,) = [a for a in world.state.actions(ActionStatus.QUEUED) if a.action_kind is ActionKind.OPEN_INCIDENT]
    assert action.action_target == "Printwren"
    with running_pagerduty(world.clock) as pager:
        yield world, pager


def execute_in_a_new_process(world: World, pager: RunningPagerDuty, client: PagerDutyClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one incident is there."""
    report = world.execute(lanes_of({"pager": rule_at(pager.url)}, {"pager": client or pager.client(timeout_seconds=0.5)}))
    assert len(pager.desk.incidents) <= 1
    return report


def goes_on_until_done(world: World, pager: RunningPagerDuty) -> None:
    """Run after run, minute by minute; in the end there is one incident, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, pager)
    (action,) = world.state.actions(ActionStatus.DONE)
    (incident,) = pager.desk.incidents.values()
    assert (action.receipt_id, action.idempotency_key, action.connector) == (incident["id"], incident["incident_key"], "pager")


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_incident(tmp_path: Path, fault: Fault, position: int) -> None:
    with asked_for(tmp_path) as (world, pager):
        pager.faults.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, pager)
        goes_on_until_done(world, pager)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SILENCE_AFTER_WRITE])
def test_whatever_goes_wrong_with_every_request_for_a_while_ends_in_one_incident(tmp_path: Path, fault: Fault) -> None:
    with asked_for(tmp_path) as (world, pager):
        for _ in range(3):
            pager.faults.extend([fault] * 20)
            execute_in_a_new_process(world, pager)
            pager.faults.clear()
            world.clock.advance(MINUTE)
        goes_on_until_done(world, pager)


class DiesAfterTheWrite(PagerDutyClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


@pytest.mark.parametrize("became", ["triggered", "resolved"])
def test_a_process_that_dies_after_the_write_is_taken_over_without_a_second_one(tmp_path: Path, became: str) -> None:
    with asked_for(tmp_path) as (world, pager):
        client = pager.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, pager, client)
        pager.desk.incidents["PINC1"]["status"] = became
        goes_on_until_done(world, pager)


@pytest.mark.parametrize(("is_worked_on", "status"), [(False, ProposalStatus.ROLLED_BACK), (True, ProposalStatus.DONE)])
def test_an_incident_is_taken_back_unless_people_work_on_it(tmp_path: Path, is_worked_on: bool, status: ProposalStatus) -> None:
    with asked_for(tmp_path) as (world, pager):
        goes_on_until_done(world, pager)
        (action,) = world.state.actions(ActionStatus.DONE)
        wanted = Wanted(action.proposal_id)
        (reversal,) = ask_to_undo(wanted, "a false alarm", "cy", PEOPLE, world.state, world.grounds.rules, world.clock.now()).reversals
        world.say(reversal.proposal_id, "bo")
        if is_worked_on:
            pager.desk.acknowledge("PINC1")
        report = execute_in_a_new_process(world, pager, pager.client())
        assert len(report.failed) == is_worked_on
        assert pager.desk.incidents["PINC1"]["status"] == ("acknowledged" if is_worked_on else "resolved")
        settled = world.state.proposal(action.proposal_id)
        assert settled is not None
        assert settled.proposal_status is status
