"""A ticket of ours that was closed or opened again elsewhere, in whatever order and however often that is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from feedback_loop.contracts.callback_vocab import CallbackOutcome, CallbackVendor
from feedback_loop.contracts.loop_vocab import IssueStatus
from feedback_loop.errors import CallbackReplayed
from feedback_loop.remediation.callbacks.heard import Heard, TicketStatus
from feedback_loop.workflows.close_issue import is_closed, say_status
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.callback_world import TICKET, CallbackWorld

CLOSED, OPENED = True, False


@pytest.fixture
def world(tmp_path: Path) -> CallbackWorld:
    return CallbackWorld(tmp_path)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def told(world: CallbackWorld, minutes: float, is_closed: bool, event_id: str | None = None, **changes: object) -> str:
    """What comes of the event of that minute, which is told a second after the one before."""
    world.clock.advance(timedelta(seconds=1))
    receipts, was_closed = changes.get("receipts", TICKET), changes.get("was_closed")
    said = TicketStatus(str(receipts), is_closed, None if was_closed is None else bool(was_closed))
    vendor = CallbackVendor(str(changes.get("vendor", "zendesk")))
    return str(world.hear(Heard(vendor, event_id or f"{minutes} {is_closed}", at(minutes), said)).outcome)


def test_it_closes_the_issue_and_opens_it_again_and_each_event_is_kept_once(world: CallbackWorld) -> None:
    action_id = world.ticket()
    assert [told(world, n, word) for n, word in enumerate([CLOSED, OPENED, CLOSED])] == ["done", "done", "done"]
    assert world.statuses() == [(word, "connector:desk") for word in ("resolved", "reopened", "resolved")]
    assert world.callbacks() == [(kind, "done", action_id) for kind in ("closed", "opened", "closed")]
    (why,) = {content["why"] for _, content in world.state.told("issue_closed")}
    assert why == f"the ticket of {action_id} was closed in desk"


EVENTS = [(1.0, CLOSED), (2.0, OPENED), (3.0, CLOSED), (4.0, OPENED)]


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("says_what_was", [True, False])
def test_whatever_the_order_the_last_event_counts(tmp_path: Path, length: int, says_what_was: bool) -> None:
    for number, order in enumerate(permutations(EVENTS[:length])):
        world = CallbackWorld(tmp_path / str(number))
        world.ticket()
        tell_all(world, order, says_what_was)
        assert is_closed("issue_1", world.state) is EVENTS[length - 1][1], order


def tell_all(world: CallbackWorld, order: Sequence[tuple[float, bool]], says_what_was: bool) -> None:
    """Tells each twice, the second time under another id, as a vendor that lost count would."""
    for minutes, word in order:
        was = not word if says_what_was else None
        told(world, minutes, word, f"{minutes}", was_closed=was)
        told(world, minutes, word, f"{minutes} again", was_closed=was)
        with pytest.raises(CallbackReplayed):
            told(world, minutes, word, f"{minutes}", was_closed=was)


@pytest.mark.parametrize("order", [(CLOSED, OPENED), (OPENED, CLOSED)])
def test_at_one_instant_an_open_ticket_counts_more(world: CallbackWorld, order: tuple[bool, bool]) -> None:
    world.ticket()
    for word in order:
        told(world, 1, word)
    assert not is_closed("issue_1", world.state)


def test_a_ticket_of_somebody_else_changes_nothing_and_leaves_no_trace(world: CallbackWorld) -> None:
    world.ticket()
    before = world.state.records()
    assert told(world, 1, CLOSED, receipts="999") == "ignored"
    assert told(world, 1, CLOSED, vendor="jira") == "ignored"
    assert world.state.records() == before


def test_a_ticket_that_was_never_closed_is_not_opened_again(world: CallbackWorld) -> None:
    world.ticket()
    by_ada(world, IssueStatus.RESOLVED)
    assert told(world, 1, OPENED) == told(world, 2, OPENED, was_closed=False) == "known"
    assert is_closed("issue_1", world.state)


def by_ada(world: CallbackWorld, status: IssueStatus) -> None:
    say_status("issue_1", status, "by hand", "ada", world.people, world.tables, world.state, world.clock.now())


def test_what_a_person_said_since_goes_before(world: CallbackWorld) -> None:
    world.ticket()
    told(world, 0, CLOSED)
    world.clock.advance(timedelta(minutes=10))
    by_ada(world, IssueStatus.REOPENED)
    assert told(world, 5, CLOSED) == "outdated"
    assert not is_closed("issue_1", world.state)
    assert told(world, 20, CLOSED) == "done"


def test_what_is_so_already_is_known(world: CallbackWorld) -> None:
    world.ticket()
    by_ada(world, IssueStatus.RESOLVED)
    world.clock.advance(timedelta(minutes=2))
    assert told(world, 2, CLOSED) == "known"
    world.clock.advance(timedelta(minutes=1))
    by_ada(world, IssueStatus.REOPENED)
    assert told(world, 60, OPENED) == "known"


def test_an_issue_that_is_gone_is_a_refusal_that_the_trail_keeps(world: CallbackWorld) -> None:
    world.ticket()
    world.tables = type(world.tables)()
    assert told(world, 1, CLOSED) == str(CallbackOutcome.REFUSED)
    ((record, content),) = world.state.told("callback_refused")
    assert (record.actor, content) == ("connector:zendesk", {"said": "closed", "why": "BadInput", "account": None})
