"""Back-tests: proposals of the past without a look ahead, and nothing stored or carried out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus, RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import NothingLanded
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.backtest import BacktestDay, backtest
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, day, record
from feedback_loop_tests.workflows.made_up_history import CHANGE, LAST, SPIKE, analysed, days, history, instant, landed, late
from feedback_loop_tests.workflows.tried_history import bytes_of

DAYS = days(SPIKE - 1, SPIKE + 1)
KINDS = [*late(instant(LAST))]


def replayed(tables: TableStore, state: StateStore | None = None, *, is_by_event: bool = False) -> list[BacktestDay]:
    return backtest(tables, state, DAYS, analysed(), is_by_event=is_by_event)


def made(told: Sequence[BacktestDay]) -> list[Proposal]:
    return [proposal for of_day in told for proposal in of_day.proposals]


def rollbacks(told: Sequence[BacktestDay]) -> list[tuple[date, str]]:
    return [
        (of_day.day, proposal.action_target)
        for of_day in told
        for proposal in of_day.proposals
        if proposal.action_kind is ActionKind.ROLL_BACK_RELEASE
    ]


@pytest.fixture(scope="module")
def told() -> list[BacktestDay]:
    return replayed(landed())


def test_each_day_says_what_would_have_been_proposed(told: list[BacktestDay]) -> None:
    assert [of_day.day for of_day in told] == list(DAYS)
    assert [of_day.alert_count > 0 for of_day in told] == [False, True, False]
    assert rollbacks(told) == [(day(SPIKE), CHANGE)]


def test_nothing_can_be_carried_out(told: list[BacktestDay]) -> None:
    assert made(told)
    assert {proposal.is_executable for proposal in made(told)} == {False}
    assert {proposal.proposal_status for proposal in made(told)} <= {ProposalStatus.PROPOSED, ProposalStatus.REFUSED}
    assert [proposal.proposed_at for proposal in told[1].proposals] == [instant(SPIKE + 1)] * len(told[1].proposals)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_landed_later_change_no_earlier_day(told: list[BacktestDay], kind: str) -> None:
    after = instant(SPIKE + 1) + timedelta(microseconds=1)
    assert replayed(landed(late(after)[kind]))[:2] == told[:2]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 10**9)), min_size=1, max_size=4))
@settings(max_examples=5, deadline=None)
def test_whatever_landed_later_and_whenever_no_byte_of_an_earlier_day_changes(
    told: list[BacktestDay], drawn: list[tuple[str, int]]
) -> None:
    poison = [late(instant(SPIKE + 1) + timedelta(microseconds=after))[kind] for kind, after in drawn]
    assert bytes_of(replayed(landed(*poison))[:2]) == bytes_of(told[:2])


def test_a_day_that_is_looked_at_more_often_sees_at_each_look_only_what_had_landed(told: list[BacktestDay]) -> None:
    often = backtest(landed(), None, DAYS, analysed(), hours=(12, 24))
    noon = instant(SPIKE, 12) + timedelta(microseconds=1)
    at_noon = [proposal for proposal in made(often) if proposal.proposed_at <= noon]
    poisoned = backtest(landed(*late(noon).values()), None, DAYS, analysed(), hours=(12, 24))
    assert [proposal for proposal in made(poisoned) if proposal.proposed_at <= noon] == at_noon
    assert {proposal.proposed_at.hour for proposal in made(often)} <= {0, 12}
    assert [of_day.alert_count for of_day in often] == [of_day.alert_count for of_day in told]


def test_rows_that_landed_in_time_would_have_counted(told: list[BacktestDay]) -> None:
    assert replayed(landed(late(instant(SPIKE, 23))["a document"])) != told
    assert replayed(landed(late(instant(SPIKE, 23))["records"])) != told


def test_neither_tables_nor_decisions_are_touched(tmp_path: Path) -> None:
    tables, state = landed(), open_state(tmp_path)
    before = {name: tables.version(table) for name, table in TABLES.items()}
    assert made(replayed(tables, state))
    assert {name: tables.version(table) for name, table in TABLES.items()} == before
    assert (state.records(), state.actions()) == ([], [])
    assert state.snapshot(TABLES["remediation_proposal"]).is_empty()


@pytest.mark.parametrize(("hours", "is_refused"), [(0, True), (24, True), (25, False)])
def test_a_threshold_holds_from_its_instant(tmp_path: Path, hours: float, is_refused: bool) -> None:
    row = {
        "threshold_id": "t", "playbook_id": "release-rollback", "threshold_score": 0.99, "precision_share": None, "judged_count": 0,
        "promoted_by": "ada", "effective_at": instant(SPIKE, hours),
    }  # fmt: skip
    state = open_state(tmp_path)
    state.record(TABLES["state_threshold"], [row], "ada", instant(0))
    (rollback,) = [p for p in made(replayed(landed(), state)) if p.action_kind is ActionKind.ROLL_BACK_RELEASE]
    assert (rollback.refusal_reason is RefusalReason.LOW_CONFIDENCE) == is_refused


def test_playbooks_may_be_tried_instead_of_the_shipped_ones() -> None:
    review = [playbook for playbook in seed_playbooks() if playbook.is_review]
    tried = backtest(landed(), None, DAYS, analysed(), Rules(tuple(review)))
    assert {proposal.playbook_id for proposal in made(tried)} == {review[0].playbook_id}


@pytest.mark.parametrize(("expires_hours", "is_again"), [(24, True), (25, False)])
def test_the_same_is_proposed_again_only_once_it_expired(expires_hours: int, is_again: bool) -> None:
    rise = [record(f"more{n}", SPIKE + 1, SAYINGS["crash"][n % 2], product_version="2.0") for n in range(40)]
    review = [playbook.model_copy(update={"expires_hours": expires_hours}) for playbook in seed_playbooks() if playbook.is_review]
    found = backtest(landed((instant(SPIKE + 1, 23), rise)), None, DAYS, analysed(), Rules(tuple(review)))
    about = [{json.loads(proposal.action_arguments)["subject"] for proposal in of_day.proposals} for of_day in found]
    assert ("class:crash" in about[1], "class:crash" in about[2]) == (True, is_again)


def imported() -> TableStore:
    """The same history, landed at once long afterwards."""
    return landed(order=lambda landings: [(instant(90), rows) for _, rows in landings])


def test_a_history_that_was_imported_later_is_unknown_by_landing() -> None:
    with pytest.raises(NothingLanded, match="--by event"):
        replayed(imported())


def test_a_history_that_was_imported_later_is_replayed_by_event(told: list[BacktestDay]) -> None:
    found = replayed(imported(), is_by_event=True)
    assert [of_day.alert_count for of_day in found] == [of_day.alert_count for of_day in told]
    assert rollbacks(found) == rollbacks(told)


def test_by_event_what_happens_later_changes_no_earlier_day() -> None:
    until = instant(SPIKE + 1)
    part = landed(order=lambda landings: [(instant(90), rows) for at, rows in landings if at < until])
    whole = backtest(imported(), None, DAYS, analysed(), is_by_event=True)
    assert backtest(part, None, DAYS, analysed(), is_by_event=True)[:2] == whole[:2]
    assert sum(len(rows) for _, rows in history()) > part.read(TABLES["bronze_feedback_record"]).height


def test_each_day_is_told_as_it_begins() -> None:
    said: list[date] = []
    backtest(landed(), None, DAYS, analysed(), progress=said.append)
    assert said == list(DAYS)
