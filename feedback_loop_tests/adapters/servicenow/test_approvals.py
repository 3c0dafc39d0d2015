"""Of what ServiceNow calls an approval only a person's own word counts: none of a workflow, of the clock, or of somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback_loop.adapters.action_words import signed
from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.servicenow.approvals import sorted_out
from feedback_loop.adapters.vendor_client import UNREADABLE
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.contracts.said_elsewhere import AnswersElsewhere, LeftOut, NotCounted, SaidElsewhere
from feedback_loop.errors import ConnectorUnreachable
from feedback_loop.ports import ApprovalDesk
from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow
from feedback_loop_tests.adapters.servicenow.test_client import INCIDENT, ROLLBACK
from feedback_loop_tests.adapters.servicenow.test_client_reversal import reversal_of

CHANGE = "c" * 32
ROW: dict[str, Any] = {
    "sys_id": "r1", "sysapproval": CHANGE, "state": "approved", "approver.user_name": "ada", "approver.active": "true",
    "approver.web_service_access_only": "false", "sys_updated_by": "ada", "sys_updated_on": "2026-01-05 09:30:00", "due_date": "",
}  # fmt: skip
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def test_a_person_who_set_it_before_it_was_due_said_it() -> None:
    before_due = ROW | {"due_date": "2026-01-05 09:30:01"}
    for row in (ROW, before_due):
        assert sorted_out([row], CHANGE) == AnswersElsewhere((SaidElsewhere("ada", ApprovalVerdict.APPROVE, AT, "r1"),))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sys_updated_by": "system"}, NotCounted.BY_THE_SYSTEM),
        ({"sys_updated_by": "workflow"}, NotCounted.BY_THE_SYSTEM),
        ({"sys_updated_by": ""}, NotCounted.BY_THE_SYSTEM),
        ({"sys_updated_by": "admin", "approver.user_name": "admin"}, NotCounted.BY_THE_SYSTEM),
        ({"approver.user_name": ""}, NotCounted.NO_PERSON),
        ({"approver.user_name": "guest"}, NotCounted.NO_PERSON),
        ({"approver.active": "false"}, NotCounted.NO_PERSON),
        ({"approver.web_service_access_only": "true"}, NotCounted.NO_PERSON),
        ({"approver.web_service_access_only": ""}, NotCounted.NO_PERSON),
        ({"sys_updated_by": "bo"}, NotCounted.BY_SOMEBODY_ELSE),
        ({"sys_updated_by": "loop"}, NotCounted.BY_SOMEBODY_ELSE),
        ({"due_date": "2026-01-05 09:30:00"}, NotCounted.WHEN_DUE),
        ({"due_date": "2026-01-01 00:00:00"}, NotCounted.WHEN_DUE),
    ],
)
def test_an_approval_that_nobody_gave_never_counts(changed: dict[str, str], reason: NotCounted) -> None:
    assert sorted_out([ROW | changed], CHANGE) == AnswersElsewhere((), (LeftOut("r1", reason),))


def test_a_person_may_reject_when_it_is_due_and_what_is_open_is_no_answer() -> None:
    late = ROW | {"state": "rejected", "due_date": "2026-01-01 00:00:00"}
    assert [one.verdict for one in sorted_out([late], CHANGE).said] == [ApprovalVerdict.REJECT]
    for state in ("requested", "not requested", "not_required", "cancelled", "duplicate", ""):
        assert sorted_out([ROW | {"state": state}], CHANGE) == AnswersElsewhere()


@pytest.mark.parametrize(
    "changed", [{"sysapproval": "other"}, {"sys_updated_on": "now"}, {"due_date": "soon"}, {"sys_updated_on": None}], ids=str
)
def test_a_row_of_another_change_or_form_says_nothing(changed: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        sorted_out([ROW | changed], CHANGE)
    for name in ROW:
        with pytest.raises(UNREADABLE):
            sorted_out([{other: value for other, value in ROW.items() if other != name}], CHANGE)


def test_people_are_asked_once_in_a_change_that_is_not_the_action_itself(servicenow: RunningServiceNow) -> None:
    desk: ApprovalDesk = servicenow.client()
    back = reversal_of(INCIDENT, "INC1")
    for request in (ROLLBACK, INCIDENT, back):
        assert desk.ask(request).receipt_id == servicenow.client().ask(request).receipt_id
        assert servicenow.client().receipt_for(request.idempotency_key) is None
    changes = servicenow.desk.tables["change_request"].values()
    assert [one["correlation_id"] for one in changes] == ["ask-key_3", "ask-key_2", "ask-key_back"]
    assert servicenow.desk.tables["incident"] == {}


def test_the_answers_to_an_action_are_read_page_by_page_and_sorted_out(servicenow: RunningServiceNow) -> None:
    assert servicenow.client().answers_to(ROLLBACK) == AnswersElsewhere()
    servicenow.client().ask(ROLLBACK)
    (change,) = servicenow.desk.tables["change_request"].values()
    assert servicenow.client().answers_to(ROLLBACK) == AnswersElsewhere()
    ada = servicenow.desk.says(change, "ada")
    clock = servicenow.desk.says(change, "bo", sys_updated_by="system")
    servicenow.clock.advance(timedelta(minutes=1))
    cy = servicenow.desk.says(change, "cy", state="rejected")
    servicenow.desk.says(change, "eve", state="requested")
    servicenow.desk.most_rows = 1
    answers = servicenow.client().answers_to(ROLLBACK)
    assert [(one.account_id, one.reference) for one in answers.said] == [("ada", ada["sys_id"]), ("cy", cy["sys_id"])]
    assert answers.left_out == (LeftOut(clock["sys_id"], NotCounted.BY_THE_SYSTEM),)
    servicenow.plans.extend([Fault.NONE, Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        servicenow.client().answers_to(ROLLBACK)


def test_who_approved_another_text_than_ours_approved_nothing(servicenow: RunningServiceNow) -> None:
    servicenow.client().ask(ROLLBACK)
    (change,) = servicenow.desk.tables["change_request"].values()
    row = servicenow.desk.says(change, "ada")
    assert signed("ask-key_3") in change["description"]
    assert servicenow.client().answers_to(replace(ROLLBACK, arguments={"product": "Other"})).said == ()
    servicenow.desk.work_on(change, description="Paint it green")
    assert servicenow.client().answers_to(ROLLBACK) == AnswersElsewhere((), (LeftOut(row["sys_id"], NotCounted.TEXT_CHANGED),))


def test_rows_that_an_instance_gives_for_another_query_are_no_answers(servicenow: RunningServiceNow) -> None:
    servicenow.client().ask(ROLLBACK)
    (change,) = servicenow.desk.tables["change_request"].values()
    servicenow.desk.says({**change, "sys_id": "f" * 32}, "ada")
    servicenow.desk.ignores_queries = True
    with pytest.raises(ConnectorUnreachable, match="can't be read"):
        servicenow.client().answers_to(ROLLBACK)
