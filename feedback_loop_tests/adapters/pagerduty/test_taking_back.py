"""Taking an incident back: it is noted and resolved once, whatever goes wrong, and left to people who work on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.pagerduty.client import PagerDutyClient
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.pagerduty.running import RunningPagerDuty

ASKED = ActionRequest("key_1", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40})
FAULTS = (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE)


@pytest.fixture
def reversal(pager: RunningPagerDuty) -> ActionRequest:
    """The request to take back what was opened just now."""
    receipt = pager.client().perform(ASKED)
    undone = {"undone_kind": "open_incident", "undone_target": "Printwren", "undone_key": "key_1", "undone_receipt_id": receipt.receipt_id}
    return ActionRequest(
        "key_2", ActionKind.REVERSE_ACTION, receipt.receipt_id, {"connector": "pager", **undone, "steps": ["tell the team"]}
    )


def stands(pager: RunningPagerDuty) -> tuple[str, int]:
    """The status of the incident, and how many notes it has."""
    return pager.desk.incidents["PINC1"]["status"], len(pager.desk.notes["PINC1"])


def test_it_is_noted_and_resolved_and_asking_again_changes_nothing(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    receipts = {pager.client().perform(reversal).receipt_id for _ in range(2)}
    assert (receipts, stands(pager)) == ({"PINC1/PINC1N0"}, ("resolved", 1))
    assert pager.desk.notes["PINC1"][0]["content"].endswith("Sent once under the key key_2")
    assert [method for method, _ in pager.desk.asked if method != "GET"] == ["POST", "POST", "PUT"]


@pytest.mark.parametrize("position", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_with_any_request_it_is_taken_back_once(
    pager: RunningPagerDuty, reversal: ActionRequest, position: int, fault: Fault
) -> None:
    pager.faults.extend([Fault.NONE] * position + [fault] * (4 if position < 3 else 1))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        pager.client().perform(reversal)
    pager.faults.clear()
    pager.clock.advance(PagerDutyClient.settling_time)
    pager.client().perform(reversal)
    assert stands(pager) == ("resolved", 1)


def test_an_incident_that_people_work_on_is_left_to_them(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    pager.desk.note("PINC1", "Looking at it now.")
    with pytest.raises(ConnectorRefused, match="people work on the incident"):
        pager.client().perform(reversal)
    pager.desk.notes["PINC1"].clear()
    pager.desk.acknowledge("PINC1")
    with pytest.raises(ConnectorRefused, match="people work on the incident"):
        pager.client().perform(reversal)
    assert stands(pager) == ("acknowledged", 0)


def test_one_that_was_acknowledged_once_is_theirs_too(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    pager.desk.acknowledge("PINC1")
    pager.desk.incidents["PINC1"]["status"] = "triggered"
    with pytest.raises(ConnectorRefused, match="people work on the incident"):
        pager.client().perform(reversal)


def test_a_note_of_an_earlier_reversal_that_came_to_nothing_is_no_work_of_people(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    pager.desk.note("PINC1", "The feedback loop asks to reverse action: PINC1\nSent once under the key key_0")
    pager.client().perform(reversal)
    assert stands(pager) == ("resolved", 2)


def test_one_that_somebody_resolved_already_is_left_as_it_is(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    pager.desk.incidents["PINC1"]["status"] = "resolved"
    with pytest.raises(ConnectorRefused, match="somebody resolved the incident already"):
        pager.client().perform(reversal)
    assert stands(pager) == ("resolved", 0)


@pytest.mark.parametrize(
    ("name", "other"),
    [("title", "Something else"), ("incident_key", "key_of_another"), ("service", {"id": "POTHER", "type": "service_reference"})],
)
def test_one_that_is_not_as_the_loop_left_it_is_left_alone(
    pager: RunningPagerDuty, reversal: ActionRequest, name: str, other: object
) -> None:
    pager.desk.incidents["PINC1"][name] = other
    with pytest.raises(ConnectorRefused, match="not as the loop left it"):
        pager.client().perform(reversal)
    assert stands(pager) == ("triggered", 0)


def test_one_that_is_gone_or_was_never_opened_is_refused(pager: RunningPagerDuty, reversal: ActionRequest) -> None:
    pager.desk.incidents.clear()
    with pytest.raises(ConnectorRefused, match="the incident is gone"):
        pager.client().perform(reversal)
    for receipt in ("OPS-1", None):
        with pytest.raises(ConnectorRefused, match="undone_receipt_id is no id"):
            pager.client().perform(replace(reversal, arguments={**reversal.arguments, "undone_receipt_id": receipt}))
