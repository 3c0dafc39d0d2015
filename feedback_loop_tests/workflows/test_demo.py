"""What the demo does beside printing: time that goes on, a company that is delivered bit by bit, and the comparison with the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.bronze.context import context_documents
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, EffectVerdict, ProposalStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.simulation import Confirmation, Intervention, load_scenario, truth_files
from feedback_loop.workflows import demo as story
from feedback_loop.workflows.demo import Company, DemoClock, at_hour, planted_and_found, rollback_of
from feedback_loop.workflows.people import DEMO_PEOPLE
from feedback_loop_tests.adapters.state_store.test_facts import message
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import ALERT, Row, alert_row, cause_row, cohort_row, frame, unknown_row
from feedback_loop_tests.workflows.outbox_world import World
from feedback_loop_tests.workflows.short_company import FAULT_DAY, fault_of, short_company

COMPANY = short_company(days=4, volume=0.3)
FAULT = fault_of(COMPANY)
RECORD, EFFECT, MESSAGE = (TABLES[name] for name in ("bronze_feedback_record", "outcomes_effect", "remediation_message"))


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    """The story's company cut down to four days."""
    monkeypatch.setattr(story, "load_scenario", lambda _: COMPANY)
    return Company(FakeTableStore())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_document_that_is_rewritten_counts_in_its_new_words_from_then_on(company: Company) -> None:
    at = story.at_hour(2, 9)
    company.land_until(at)
    company.rewrite(story.RUNBOOK, story.REWRITTEN, at)
    statements = company.store.read(TABLES["bronze_context_statement"])
    versions = context_documents(statements).filter(document_id=story.RUNBOOK).sort("started_at")
    assert versions["started_at"].to_list()[-1] == at
    assert [story.REWRITTEN in text for text in versions["document_text"]] == [False, True]


def test_the_issue_of_the_highest_alert_is_the_one_that_is_routed(company: Company) -> None:
    assert story.issue_to_route(company.store, START.date(), START) is None
    issue = {"issue_id": "issue_1", "product": "Printwren", "alert_ids": [ALERT], "event_date": START.date()}
    company.store.append(TABLES["analysis_alert"], frame("analysis_alert", [alert_row()]))
    company.store.append(TABLES["gold_issue"], frame_of(TABLES["gold_issue"], issue))
    assert story.issue_to_route(company.store, START.date(), START + timedelta(hours=1)) == "issue_1"


def test_time_never_goes_back() -> None:
    clock = DemoClock(START)
    assert clock.set_to(START + timedelta(hours=1)) == clock.now() == START + timedelta(hours=1)
    assert clock.set_to(START) == clock.now() == START + timedelta(hours=1)


def test_the_story_of_sixty_days_has_its_bad_release_on_the_watched_day() -> None:
    told = load_scenario(story.SCENARIO)
    bad = next(fault for fault in told.faults if fault.kind == "release_regression")
    assert (told.days, bad.first_day) == (60, story.WATCHED_DAY)
    assert story.FIRST_HOUR < bad.onset_hour - 24 * story.WATCHED_DAY < story.TICK_HOURS[-1]
    assert len({bad.cause.reference, bad.innocent}) == 2


def test_the_people_of_the_story_may_do_what_they_do_in_it() -> None:
    assert story.ENGINEER != story.MANAGER
    roles = [DEMO_PEOPLE[name] for name in (story.ENGINEER, story.MANAGER, story.SUPPORT)]
    needed = ("incident_commander", "release_manager", "support_lead")
    assert all(role in held for role, held in zip(needed, roles, strict=True))


def test_a_company_has_the_days_of_its_scenario(company: Company) -> None:
    assert company.days == DayRange(date(2026, 3, 2), date(2026, 3, 5))
    assert company.end == at_hour(4, 0) == at_hour(3, 24)


def test_what_lands_bit_by_bit_lands_once_and_at_its_own_instant(company: Company) -> None:
    reports = [company.land_until(at_hour(0, hour)) for hour in (9, 18, 18, 30)]
    assert all(report.duplicates == report.quarantined == 0 for report in reports)
    assert reports[2].read == 0
    records = company.store.read(RECORD)
    due = {m.message_id for m in company.simulation.messages if m.occurred_at <= at_hour(0, 6)}
    assert due <= set(records["source_record_id"])
    assert records.filter(pl.col("landed_at") > at_hour(0, 30)).is_empty()
    assert records["landed_at"].n_unique() > 3


def test_an_action_changes_what_comes_after_it_only(company: Company) -> None:
    before, at = company.simulation.messages, at_hour(FAULT_DAY + 1, 0)
    company.intervene([Intervention(at, "roll_back_release", str(FAULT.cause.reference))], {})
    after = company.simulation.messages
    assert [m for m in after if m.occurred_at < at] == [m for m in before if m.occurred_at < at]
    assert sum(m.fault is not None for m in after) < sum(m.fault is not None for m in before)
    assert company.days == DayRange(date(2026, 3, 2), date(2026, 3, 5))


def test_the_truth_is_written_and_never_landed(company: Company, tmp_path: Path) -> None:
    story.write_truth(company.simulation, tmp_path)
    written = {file.name: file.read_bytes() for file in (tmp_path / story.TRUTH_FOLDER).iterdir()}
    assert written == truth_files(company.simulation)
    company.land_until(company.end)
    assert not [name for name in TABLES if "truth" in name]


def test_a_rollback_is_found_by_where_it_stands(world: World) -> None:
    assert rollback_of(world.state, *ProposalStatus) is None
    (proposal_id,) = world.propose()
    waiting = rollback_of(world.state, ProposalStatus.AWAITING_APPROVAL)
    assert waiting is not None
    assert waiting.proposal_id == proposal_id
    world.say(proposal_id, "ada", ApprovalVerdict.REJECT)
    assert rollback_of(world.state, ProposalStatus.AWAITING_APPROVAL, ProposalStatus.DONE) is None


def look_at(company: Company, *causes: Row) -> None:
    """An alert about the fault's messages at the end of its day, with these causes."""
    company.land_until(company.end)
    planted = {m.message_id for m in company.simulation.messages if m.fault == FAULT.fault}
    records = [row for row in company.store.read(RECORD).iter_rows(named=True) if row["source_record_id"] in planted]
    raised_at = at_hour(FAULT_DAY, 23)
    of_day = [row for row in records if at_hour(FAULT_DAY, 17) <= row["occurred_at"] < at_hour(FAULT_DAY + 1, 0)]
    day, same = {"event_date": raised_at.date()}, ("record_id", "record_version_id", "occurred_at", "landed_at")
    rows: dict[str, list[Row]] = {
        "silver_fragment": [{"fragment_id": f"f{n}", **{name: r[name] for name in same}, **day} for n, r in enumerate(of_day)],
        "analysis_classification": [{"fragment_id": f"f{n}", "best_class": "crash", **day} for n in range(len(of_day))],
        "analysis_alert": [alert_row(raised_at=raised_at, **day)],
        "analysis_cohort": [cohort_row(**day)],
        "analysis_hypothesis": [cause | {"hypothesis_id": f"h{n}"} | day for n, cause in enumerate(causes)],
    }
    for name, each in rows.items():
        company.store.append(TABLES[name], frame_of(TABLES[name], *each))


def test_the_true_cause_is_right(company: Company, world: World) -> None:
    look_at(company, cause_row(cause_id=FAULT.cause.reference, hypothesis_score=0.8))
    (planted,) = planted_and_found(company, world.state)
    assert planted.is_right
    assert (planted.fault, planted.kind, planted.first_day) == (FAULT.fault, "release_regression", at_hour(FAULT_DAY, 0).date())
    assert (planted.found_cause, planted.found_score, planted.innocent) == (FAULT.cause.reference, 0.8, FAULT.innocent)
    assert (planted.first_alert_at, planted.mended_by) == (at_hour(FAULT_DAY, 23), None)
    assert planted.message_count == planted.message_count_without_loop > 0


def test_a_cause_that_is_not_sure_enough_counts_as_none(company: Company, world: World) -> None:
    unsure = cause_row(cause_id=FAULT.cause.reference, hypothesis_score=0.4, hypothesis_rank=2)
    look_at(company, unknown_row(hypothesis_score=0.6), unsure)
    (planted,) = planted_and_found(company, world.state)
    assert (planted.found_cause, planted.found_score, planted.is_right) == (None, None, False)
    assert planted.first_alert_at is not None


def test_an_innocent_that_is_blamed_is_wrong(company: Company, world: World) -> None:
    look_at(company, cause_row(cause_id=FAULT.innocent))
    (planted,) = planted_and_found(company, world.state)
    assert (planted.found_cause, planted.is_right) == (FAULT.innocent, False)


def test_where_nothing_was_found_nothing_is_told(company: Company, world: World) -> None:
    (planted,) = planted_and_found(company, world.state)
    assert (planted.found_cause, planted.first_alert_at, planted.mended_by, planted.is_right) == (None, None, None, False)


def test_misrouted_cases_have_names_of_their_own() -> None:
    names = story.case_ids()
    assert (len(names), len(set(names)), names[0]) == (story.MISROUTED, story.MISROUTED, "case-0001")
    assert names == sorted(names)


def test_only_who_was_told_confirms(company: Company) -> None:
    sent = [message(f"m_{name}", recipient_customer_id=name, message_status="sent") for name in ("anna", "cleo", "dora")]
    rows, at = [*sent, message("m_ben", recipient_customer_id="ben")], START + timedelta(hours=2)
    told = tuple(Confirmation(name, at) for name in ("anna", "ben", "cleo", "eve"))
    company.simulation = replace(company.simulation, confirmed=told)
    assert story.confirmations(company, frame_of(MESSAGE, *rows)) == {at: ["m_anna", "m_cleo"]}


def test_the_surest_verdict_comes_first() -> None:
    store = FakeTableStore()
    rows: list[Row] = [
        {"effect_id": "unsure", "effect_verdict": str(EffectVerdict.INSUFFICIENT_EVIDENCE), "effect_high": None},
        {"effect_id": "fixed", "effect_verdict": str(EffectVerdict.FIXED), "effect_high": 0.8},
        {"effect_id": "surely", "effect_verdict": str(EffectVerdict.FIXED), "effect_high": 0.2},
        {"effect_id": "not", "effect_verdict": str(EffectVerdict.NOT_FIXED), "effect_high": 1.4},
    ]
    store.append(EFFECT, frame_of(EFFECT, *rows))
    assert [row["effect_id"] for row in story.verdicts(store)] == ["surely", "fixed", "not", "unsure"]
