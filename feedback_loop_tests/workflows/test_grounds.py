"""Grounds: nothing after the instant is read, and a proposal finds its case again although the alert was computed anew."""

from __future__ import annotations

from datetime import timedelta

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.grounds import alert_days, read_grounds
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import LET_GO, alert_row, cause_row, document_row, frame, proposed, rollback_proposal
from feedback_loop_tests.workflows.outbox_world import DAY, grounds


def test_nothing_that_was_raised_or_landed_later_is_read() -> None:
    store = FakeTableStore()
    later = START + timedelta(hours=1)
    alerts = [alert_row(), alert_row(alert_id="alert_2", raised_at=later)]
    store.replace_days(TABLES["analysis_alert"], frame("analysis_alert", alerts), DAY)
    documents = [document_row("a"), document_row("b", landed_at=later)]
    store.replace_days(TABLES["context_document"], frame("context_document", documents), DAY)
    found = read_grounds(store, DAY, START)
    assert found.alerts["alert_id"].to_list() == ["alert_1"]
    assert found.documents["document_id"].to_list() == ["a"]
    assert read_grounds(store, DAY, later).alerts.height == 2


def test_a_case_is_found_by_its_alert_or_else_by_its_cause() -> None:
    proposal = rollback_proposal()
    anew = grounds([alert_row(alert_id="alert_9")], [cause_row(alert_id="alert_9")])
    same, alike = grounds().case_of(proposal), anew.case_of(proposal)
    assert same is not None
    assert alike is not None
    assert (same.alert["alert_id"], alike.alert["alert_id"]) == ("alert_1", "alert_9")


def test_a_case_of_another_cause_day_or_class_is_another_case() -> None:
    proposal = rollback_proposal()
    assert grounds([alert_row(alert_id="a9")], [cause_row(alert_id="a9", cause_id="other")]).case_of(proposal) is None
    assert grounds([alert_row(event_date=START.date() + timedelta(days=1))]).case_of(proposal) is None
    assert grounds([alert_row(alerted_class="latency")]).case_of(proposal) is None
    assert grounds([alert_row(alert_id="a9")], []).case_of(proposed(causes=[])[0]) is None


def test_the_days_of_the_alerts_are_those_to_be_read() -> None:
    later = START.date() + timedelta(days=2)
    late = rollback_proposal(alerts=[alert_row(event_date=later)])
    assert alert_days([late, rollback_proposal()]) == DayRange(START.date(), later)
    assert alert_days([]) is None


def test_a_class_whose_triage_is_late_lets_nothing_of_it_go_without_a_person() -> None:
    store = FakeTableStore()
    alerts = [alert_row(sample_fragment_ids=["f1", "f2", "f3"])]
    store.replace_days(TABLES["analysis_alert"], frame("analysis_alert", alerts), DAY)
    broken = {"promised_stage": "triage", "class_applied": "crash", "sla_verdict": "breached", "measured_at": START}
    at = {"clock_started_at": START - timedelta(hours=2), "event_date": START.date()}
    rows = frame_of(TABLES["outcomes_sla_stage"], *({"sla_stage_id": f"s{n}", **broken, **at} for n in range(3)))
    assert read_grounds(store, DAY, START).rules.late_classes == frozenset()
    store.replace_days(TABLES["outcomes_sla_stage"], rows, DAY)
    ruling = read_grounds(store, DAY, START, LET_GO).rules
    assert ruling.late_classes == frozenset({"crash"})
    causes = [cause_row(cause_kind="content", cause_service="help", cause_id="article-7")]
    samples = ("f1", "f2", "f3")
    (late,), (kept,) = (proposed(alerts, causes, certified=samples, rules=rules) for rules in (ruling, LET_GO))
    assert (late.approvals_required_count, kept.approvals_required_count) == (1, 0)
    assert late.evidence["person_because"] == "sla_missed"
