"""Taking back through ServiceNow: what nobody touched since is canceled with a note, and whatever somebody works on stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow
from feedback_loop_tests.adapters.servicenow.test_client import AFTER_WRITE, BEFORE_WRITE, INCIDENT, ROLLBACK
from feedback_loop_tests.adapters.vendor_server import Plan


def reversal_of(undone: ActionRequest, receipt_id: str | None) -> ActionRequest:
    """As `remediation/reversal` asks for it."""
    arguments: dict[str, Any] = {
        "connector": "itsm",
        "undone_kind": str(undone.action_kind),
        "undone_target": undone.target,
        "undone_key": undone.idempotency_key,
        "undone_receipt_id": receipt_id,
        "steps": ["Close the record."],
    }
    return ActionRequest("key_back", ActionKind.REVERSE_ACTION, str(receipt_id).partition("/")[0], arguments)


@pytest.mark.parametrize(("request_", "state"), [(INCIDENT, "8"), (ROLLBACK, "4")])
def test_a_record_that_is_as_it_was_made_is_canceled_with_a_note_once(
    servicenow: RunningServiceNow, request_: ActionRequest, state: str
) -> None:
    back = reversal_of(request_, servicenow.client().perform(request_).receipt_id)
    first = servicenow.client().perform(back)
    (record,) = servicenow.desk.records
    assert (record["state"], record["correlation_id"], record["sys_mod_count"]) == (state, request_.idempotency_key, "1")
    assert record["work_notes"].count(f"- undone_key: {request_.idempotency_key}") == 1
    assert servicenow.client().perform(back).receipt_id == first.receipt_id
    found = servicenow.client().receipt_for("key_back")
    assert found is not None
    assert (found.receipt_id, record["sys_mod_count"]) == (first.receipt_id, "1")


@pytest.mark.parametrize("change", [{"state": "2"}, {"work_notes": "on it"}, {"correlation_id": "theirs"}])
def test_a_record_that_somebody_took_up_stays_as_it_is(servicenow: RunningServiceNow, change: dict[str, str]) -> None:
    back = reversal_of(INCIDENT, servicenow.client().perform(INCIDENT).receipt_id)
    (record,) = servicenow.desk.records
    servicenow.desk.work_on(record, **change)
    before = dict(record)
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        servicenow.client().perform(back)
    assert record == before


def test_what_was_changed_before_its_receipt_was_found_does_not_count_as_untouched(servicenow: RunningServiceNow) -> None:
    servicenow.client().perform(INCIDENT)
    servicenow.desk.work_on(servicenow.desk.records[0], state="2")
    found = servicenow.client().receipt_for("key_2")
    assert found is not None
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        servicenow.client().perform(reversal_of(INCIDENT, found.receipt_id))


def test_a_record_that_a_rule_of_the_instance_keeps_open_is_not_told_as_canceled(servicenow: RunningServiceNow) -> None:
    back = reversal_of(INCIDENT, servicenow.client().perform(INCIDENT).receipt_id)
    servicenow.desk.keeps_open = True
    with pytest.raises(WriteInDoubt, match="kept the record open"):
        servicenow.client().perform(back)
    assert servicenow.client().receipt_for("key_back") is None
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        servicenow.client().perform(back)


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_it_is_taken_back_once_whatever_goes_wrong_with_any_request(servicenow: RunningServiceNow, position: int, plan: Plan) -> None:
    """The requests are the searches in both tables, the read of the record, and the change."""
    back = reversal_of(INCIDENT, servicenow.client().perform(INCIDENT).receipt_id)
    servicenow.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 3 else 4))
    client = servicenow.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(back)
    servicenow.plans.clear()
    servicenow.clock.advance(SETTLING)
    client.perform(back)
    (record,) = servicenow.desk.records
    assert (record["state"], record["work_notes"].count("undone_key")) == ("8", 1)


@pytest.mark.parametrize("receipt_id", [None, "", "INC1", "INC1/incident/xyz/0", f"INC1/../{1:032x}/0", f"inc1/incident/{1:032x}/0"])
def test_what_is_no_receipt_of_ours_is_refused(servicenow: RunningServiceNow, receipt_id: str | None) -> None:
    with pytest.raises(ConnectorRefused, match="undone_receipt_id"):
        servicenow.client().perform(reversal_of(INCIDENT, receipt_id))


def test_a_record_that_is_gone_or_of_another_table_is_refused(servicenow: RunningServiceNow) -> None:
    with pytest.raises(ConnectorRefused, match="404"):
        servicenow.client().perform(reversal_of(INCIDENT, f"INC1/incident/{1:032x}/0"))
    own = servicenow.client(settings={"table": "u_request"})
    with pytest.raises(ConnectorRefused, match="means canceled"):
        own.perform(reversal_of(INCIDENT, own.perform(INCIDENT).receipt_id))
