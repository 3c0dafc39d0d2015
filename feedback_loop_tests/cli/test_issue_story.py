"""A story is told in words: what is known with its figures, what is missing as missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from feedback_loop.cli.issue_story import sparkline, story_facts, story_lines
from feedback_loop.contracts.knowledge import FoundPassage, Passage
from feedback_loop.contracts.loop_vocab import DocumentKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.issue_story import AlertStory, IssueStory, Recommended
from feedback_loop_tests.contracts.rows import INSTANT, valid_row

DAY = INSTANT.date()
EMPTY = IssueStory("i1", (), None, None, (), 0, (), None, ())


def row(name: str, **changes: Any) -> dict[str, Any]:
    return valid_row(TABLES[name], **changes)


def cause(rank: int, **changes: Any) -> dict[str, Any]:
    known = {"cause_kind": "deploy", "cause_id": "web-6.4", "hypothesis_score": 0.87, "hypothesis_verdict": "likely", "said": None}
    return row("analysis_hypothesis", hypothesis_rank=rank, hypothesis_id=f"h{rank}", **known | changes)


ALERT = AlertStory(
    row(
        "analysis_alert", alert_kind="rate", alerted_class="crash", observed_count=41, expected_count=9.5, raised_at=INSTANT, event_date=DAY
    ),
    (row("analysis_cohort", cohort_attributes='{"os": "ios"}', cohort_lift=9.3, observed_count=12, expected_count=2.1, cohort_rank=1),),
    (
        cause(
            1,
            evidence_for=["near"],
            evidence_against=["far"],
            cause_started_at=INSTANT - timedelta(days=1),
            said="confirmed",
            said_by="ada",
        ),
        cause(2, cause_kind="unknown", cause_id=None, cause_started_at=None, hypothesis_verdict="insufficient_evidence"),
    ),
)
BOOK = Recommended("roll-back", "Roll back", "roll_back_release", "high", "web", ("a", "b"), ("doc-1",), 0.9, 0.87)
SWITCH_OFF = Passage("p1", "doc-1", "v1", "Roll back", "", "Switch it off.")
PASSAGE = FoundPassage(SWITCH_OFF, DocumentKind.RUNBOOK, "web", INSTANT, 0.5, 1, 1, (), 0.7)


def said(story: IssueStory, daily: list[tuple[date, int]] | None = None) -> str:
    return "\n".join(story_lines(story, daily or []))


@pytest.mark.parametrize(("counts", "bars"), [([], ""), ([0, 0], "··"), ([1, 0, 8], "▁·█"), ([4, 8], "▄█"), ([1000, 1], "█▁")])
def test_a_count_is_a_bar_as_high_as_it_is(counts: list[int], bars: str) -> None:
    assert sparkline(counts) == bars


def test_volume_is_drawn_by_day_with_alert_and_change_below_their_days() -> None:
    days = [(DAY - timedelta(days=3), 1), (DAY - timedelta(days=1), 2), (DAY, 8)]
    lines = said(IssueStory("i1", (), None, None, (ALERT,), 1, (), None, ()), days).splitlines()
    assert lines[0] == f"By day, {days[0][0]} to {DAY}, at most 8 on {DAY}"
    assert lines[1:3] == ["     ▁·▂█", "       ca"]


def test_only_the_last_sixty_days_are_drawn() -> None:
    lines = said(EMPTY, [(DAY - timedelta(days=400), 1), (DAY, 8)]).splitlines()
    assert len(lines[1].strip()) == 60


def test_an_alert_tells_whom_it_hits_and_each_cause_with_what_speaks_for_and_against_it() -> None:
    told = said(IssueStory("i1", (), None, None, (ALERT,), 3, (), None, ()))
    for line in (
        "rate, crash, 41 seen, 9.5 expected",
        "1. os ios: 12 complain, 2.1 expected, 9.3 times the share of the others",
        "1. deploy web-6.4: likely, 87%, began 2026-01-01 12:00; confirmed by ada",
        "     + near",
        "     - far",
        "2. no known cause: insufficient evidence, 87%",
        "2 weaker alerts are not shown",
    ):
        assert line in told


def test_what_was_said_of_the_causes_before_is_not_said_again() -> None:
    told = said(IssueStory("i1", (), None, None, (ALERT, ALERT), 2, (), None, ()))
    assert told.count("+ near") == 1
    assert "The same is said of its causes as above." in told


def test_a_segment_that_is_everybody_does_not_stand_out() -> None:
    everybody = AlertStory(ALERT.alert, ({**ALERT.cohorts[0], "cohort_attributes": "{}", "rise_verdict": None},), ())
    assert "No segment of customers stands out." in said(IssueStory("i1", (), None, None, (everybody,), 1, (), None, ()))


def test_what_would_decide_and_the_verdict_on_the_rise_are_told_where_tables_hold_them() -> None:
    alert = AlertStory(
        ALERT.alert,
        ({**ALERT.cohorts[0], "rise_verdict": "localised", "rise_confidence": 0.97, "cohort_aliases": ['{"version": "6.4"}']},),
        ({**ALERT.hypotheses[0], "deciding_observations": ["whether it goes on after a rollback"]},),
    )
    told = said(IssueStory("i1", (), None, None, (alert,), 1, (), None, ()))
    assert "Who complains more: localised (97%)" in told
    assert "os ios, the same as version 6.4:" in told
    assert "     ? whether it goes on after a rollback" in told


def test_events_status_and_impact_are_told_where_tables_hold_them() -> None:
    statuses = tuple(row("state_issue_status", issue_status=name, changed_by="ada") for name in ("fix_proposed", "resolved"))
    events = ({"event_date": DAY, "issue_event_kind": "split", "other_issue_id": "i2"},)
    impact = {
        "priority": "urgent", "priority_score": 0.8, "priority_reasons": ["12 customers"], "touched_tiers": ["pro"], "touched_arr_usd": 1e5,
        "cost_of_delay_usd": None, "cost_of_delay_reason": "no_tickets", "touched_customer_count": 12,
    }  # fmt: skip
    told = said(IssueStory("i1", statuses, events, impact, (), 0, (), None, ()))
    assert "Status: resolved since 2026-01-02 12:00, by ada" in told
    assert "fix proposed, by ada" in told
    assert f"{DAY}  split i2" in told
    assert "Priority urgent (score 0.80): 12 customers" in told
    assert "12 customers, pro, revenue USD 100,000 a year; waiting costs not known (no tickets)" in told


def test_documents_playbook_and_proposals_are_told() -> None:
    about = {"action_kind": "roll_back_release", "action_target": "web-6.4", "proposed_issue_id": "i2"}
    proposal = row("remediation_proposal", proposal_id="p1", **about)
    told = said(IssueStory("i1", (), None, None, (), 0, (PASSAGE,), BOOK, (proposal,)))
    assert "Roll back (doc-1, runbook): Switch it off." in told
    assert "Recommended playbook: Roll back (roll-back), roll back release, high risk" in told
    assert "the leading cause has 87%, it needs 90%" in told
    assert "p1  roll back release web-6.4: proposed, for i2 with the same cause" in told


def test_what_is_missing_is_said_to_be_missing() -> None:
    told = said(EMPTY)
    for line in (
        "nothing was decided about it yet", "kept by no table of this home", "Priority and impact are not known.", "No alert is about it",
        "No document that you may read", "No playbook is recommended", "Nothing was proposed.", "No complaint of it",
    ):  # fmt: skip
        assert line in told
    alone = AlertStory(ALERT.alert, (), ())
    told = said(IssueStory("i1", (), (), None, (alone,), 1, (), None, ()))
    assert "No segment of customers stands out." in told
    assert "too few complaints to tell when it began" in told


def test_programs_get_the_same_without_the_documents_whole_texts() -> None:
    facts = story_facts(IssueStory("i1", (), None, None, (ALERT,), 1, (PASSAGE,), BOOK, ()))
    assert facts["alerts"][0]["hypotheses"][0]["hypothesis_id"] == "h1"
    assert facts["documents"][0]["document_id"] == "doc-1"
    assert "text" not in facts["documents"][0]
