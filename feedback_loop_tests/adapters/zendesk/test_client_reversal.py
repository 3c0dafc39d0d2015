"""Taking back through Zendesk: what nobody touched since is solved, and whatever somebody works on stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.vendor_server import Answered, Asked, Plan
from feedback_loop_tests.adapters.zendesk.running import RunningZendesk
from feedback_loop_tests.adapters.zendesk.test_client import AFTER_WRITE, BEFORE_WRITE, INCIDENT, NOTE


def reversal_of(undone: ActionRequest, receipt_id: str | None) -> ActionRequest:
    """As `remediation/reversal` asks for it."""
    arguments: dict[str, Any] = {
        "connector": "support",
        "undone_kind": str(undone.action_kind),
        "undone_target": undone.target,
        "undone_key": undone.idempotency_key,
        "undone_receipt_id": receipt_id,
        "steps": ["Close the ticket."],
    }
    return ActionRequest("key_back", ActionKind.REVERSE_ACTION, str(receipt_id).partition("/")[0], arguments)


def test_a_ticket_that_is_as_it_was_made_is_solved_with_a_note_once(zendesk: RunningZendesk) -> None:
    back = reversal_of(INCIDENT, zendesk.client().perform(INCIDENT).receipt_id)
    first = zendesk.client().perform(back)
    assert (first.receipt_id, zendesk.desk.tickets[1001]["status"]) == ("1001/1001001", "solved")
    assert "- undone_key: key_2" in zendesk.desk.notes_of(1001)[1]
    assert [zendesk.client().perform(back).receipt_id, len(zendesk.desk.notes_of(1001))] == [first.receipt_id, 2]
    found = zendesk.client().receipt_for("key_back")
    assert found is not None
    assert found.receipt_id == first.receipt_id


@pytest.mark.parametrize("change", [{"status": "solved"}, {"assignee_id": 902}, {"priority": "low"}, {"external_id": "theirs"}])
def test_a_ticket_that_somebody_took_up_stays_as_it_is(zendesk: RunningZendesk, change: dict[str, object]) -> None:
    back = reversal_of(INCIDENT, zendesk.client().perform(INCIDENT).receipt_id)
    zendesk.desk.work_on(1001, **change)
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        zendesk.client().perform(back)
    assert len(zendesk.desk.notes_of(1001)) == 1


def test_a_ticket_that_somebody_takes_up_at_the_same_moment_stays_as_it_is(
    zendesk: RunningZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = reversal_of(INCIDENT, zendesk.client().perform(INCIDENT).receipt_id)
    answer = zendesk.desk.answer

    def taken_up(asked: Asked) -> Answered:
        if asked.method == "PUT":
            zendesk.desk.work_on(1001, assignee_id=902)
        return answer(asked)

    monkeypatch.setattr(zendesk.desk, "answer", taken_up)
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        zendesk.client().perform(back)
    assert zendesk.desk.tickets[1001]["status"] == "open"


def test_a_note_is_answered_by_a_note_that_it_no_longer_holds_whatever_came_after_it(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    back = reversal_of(NOTE, zendesk.client().perform(NOTE).receipt_id)
    zendesk.desk.work_on(7, priority="low")
    assert zendesk.client().perform(back).receipt_id == "7/7003"
    assert (zendesk.desk.keys_of(7), zendesk.desk.tickets[7]["status"]) == (["key_3", "key_back"], "open")


@pytest.mark.parametrize("receipt_id", ["7/9999", "7", "OPS-7", None, "8"])
def test_what_is_not_ours_is_not_taken_back(zendesk: RunningZendesk, receipt_id: str | None) -> None:
    zendesk.desk.open_ticket(7)
    zendesk.client().perform(NOTE)
    with pytest.raises(ConnectorRefused):
        zendesk.client().perform(reversal_of(NOTE, receipt_id))
    assert zendesk.desk.keys_of(7) == ["key_3"]


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_reversal_without_a_good_answer_is_done_once(zendesk: RunningZendesk, plan: Plan) -> None:
    back = reversal_of(INCIDENT, zendesk.client().perform(INCIDENT).receipt_id)
    zendesk.plans.extend([Fault.NONE] * 4 + [plan])
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        zendesk.client().perform(back)
    assert zendesk.client().perform(back).receipt_id == "1001/1001001"
    assert zendesk.desk.keys_of(1001) == ["key_back"]
