"""Taking back through Statuspage: what nobody went on with is corrected, and whatever somebody said since stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.statuspage.running import RunningStatuspage
from feedback_loop_tests.adapters.statuspage.test_client import AFTER_WRITE, BEFORE_WRITE, NOTE, update_of
from feedback_loop_tests.adapters.vendor_server import Plan

TAKEN_BACK = "What we said here was posted in error and does not hold. We are sorry for the confusion."


def reversal_of(receipt_id: str | None, undone_key: str = "key_1") -> ActionRequest:
    """As `remediation/reversal` asks for it."""
    arguments: dict[str, Any] = {
        "connector": "status",
        "issue_id": "issue_1",
        "undone_key": undone_key,
        "undone_receipt_id": receipt_id,
        "steps": ["Take the note back and say why."],
    }
    return ActionRequest("key_back", ActionKind.REVERSE_ACTION, str(receipt_id).partition("/")[0], arguments)


def test_an_incident_that_nobody_went_on_with_is_resolved_with_a_correction_once(statuspage: RunningStatuspage) -> None:
    back = reversal_of(statuspage.client().perform(NOTE).receipt_id)
    first = statuspage.client().perform(back)
    (incident,) = statuspage.desk.incidents
    assert (first.receipt_id, incident["status"], statuspage.desk.bodies()[1:]) == ("inc1/upd2", "resolved", [TAKEN_BACK])
    assert (set(incident["metadata"]), statuspage.desk.notified) == ({"feedback-loop-key_1", "feedback-loop-key_back"}, [])
    found = statuspage.client().receipt_for("key_back")
    assert [statuspage.client().perform(back).receipt_id, found and found.receipt_id] == ["inc1/upd2"] * 2
    assert len(statuspage.desk.bodies()) == 2


def test_an_update_of_ours_is_corrected_and_its_incident_stays_open(statuspage: RunningStatuspage) -> None:
    incident = statuspage.desk.open_incident()
    back = reversal_of(statuspage.client().perform(update_of("inc1")).receipt_id, "key_2")
    assert statuspage.client().perform(back).receipt_id == "inc1/upd3"
    assert (incident["status"], statuspage.desk.bodies()[2:], "jira" in incident["metadata"]) == ("identified", [TAKEN_BACK], True)


@pytest.mark.parametrize("is_update", [False, True])
@pytest.mark.parametrize("status", [None, "monitoring"])
def test_what_somebody_went_on_with_stays_as_it_is(statuspage: RunningStatuspage, status: str | None, *, is_update: bool) -> None:
    if is_update:
        statuspage.desk.open_incident()
    request = update_of("inc1") if is_update else NOTE
    back = reversal_of(statuspage.client().perform(request).receipt_id, request.idempotency_key)
    statuspage.desk.say(statuspage.desk.incidents[0], "We found it.", status)
    with pytest.raises(ConnectorRefused, match="no longer as it was said"):
        statuspage.client().perform(back)
    assert statuspage.desk.bodies()[-1] == "We found it."


def test_what_is_not_ours_is_never_taken_back(statuspage: RunningStatuspage) -> None:
    statuspage.desk.open_incident()
    for receipt_id, why in (("inc1", "no longer"), ("inc1/upd1", "no longer"), ("inc9", "404")):
        with pytest.raises(ConnectorRefused, match=why):
            statuspage.client().perform(reversal_of(receipt_id))
    for other in (None, "", "inc1/", "../x", "a/b/c"):
        with pytest.raises(ConnectorRefused, match="undone_receipt_id"):
            statuspage.client().perform(reversal_of(other))
    assert statuspage.desk.bodies() == ["We know it."]


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_it_is_taken_back_once_whatever_goes_wrong_with_any_request(statuspage: RunningStatuspage, position: int, plan: Plan) -> None:
    """The requests are the list, the incident, and the update."""
    back = reversal_of(statuspage.client().perform(NOTE).receipt_id)
    statuspage.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 2 else 4))
    client = statuspage.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(back)
    statuspage.plans.clear()
    statuspage.clock.advance(SETTLING)
    client.perform(back)
    assert (statuspage.desk.incidents[0]["status"], statuspage.desk.bodies()[1:]) == ("resolved", [TAKEN_BACK])
