"""Tickets as cases: moved between groups as long as nobody changed them, put back with their assignees, each move once."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.contracts.loop_vocab import SkipReason
from feedback_loop.errors import CaseChanged, ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.workflows.reroute import Desk, preview_restore, reroute, restore
from feedback_loop_tests.adapters.vendor_server import Plan
from feedback_loop_tests.adapters.zendesk.running import RunningZendesk
from feedback_loop_tests.adapters.zendesk.test_client import AFTER_WRITE, BEFORE_WRITE
from feedback_loop_tests.adapters.zendesk.zendesk_desk import AGENT, GROUP, OTHER_GROUP
from feedback_loop_tests.workflows.case_worlds import FakeMoveLedger, Killed, KilledAfter, Notes, desk_of

HERE, THERE = str(GROUP), str(OTHER_GROUP)


def opened(zendesk: RunningZendesk, count: int) -> list[str]:
    for number in range(1, count + 1):
        zendesk.desk.open_ticket(number)
    return [str(number) for number in range(1, count + 1)]


def groups(zendesk: RunningZendesk) -> set[int]:
    return {ticket["group_id"] for ticket in zendesk.desk.tickets.values()}


def test_cases_are_read_in_the_order_asked_for_and_a_hundred_at_a_time(zendesk: RunningZendesk) -> None:
    ids = opened(zendesk, 150)
    zendesk.desk.open_ticket(900, group=None, assignee=None)
    found = zendesk.client().cases(["900", "OPS-1", *reversed(ids), "4711", "0"])
    assert [case.case_id for case in found] == ["900", *reversed(ids)]
    assert (found[0].queue, found[0].owner, found[1].queue, found[1].owner) == ("none", "", HERE, str(AGENT))
    assert [path for _, path in zendesk.desk.asked] == ["/api/v2/tickets/show_many"] * 2
    assert zendesk.client().cases([]) == []


def test_a_case_is_moved_where_it_is_as_it_was_seen_and_stays_where_somebody_changed_it(zendesk: RunningZendesk) -> None:
    opened(zendesk, 1)
    client = zendesk.client()
    (seen,) = client.cases(["1"])
    moved = client.move_case("1", THERE, seen.version, "move_1")
    assert (moved.queue, moved.owner, moved.version > seen.version) == (THERE, "", True)
    with pytest.raises(CaseChanged) as caught:
        client.move_case("1", HERE, seen.version, "move_2")
    assert (caught.value.expected_version, caught.value.present_version) == (seen.version, moved.version)


def test_the_same_key_gives_the_first_answer_even_after_the_case_went_on(zendesk: RunningZendesk) -> None:
    opened(zendesk, 1)
    (seen,) = zendesk.client().cases(["1"])
    first = zendesk.client().move_case("1", THERE, seen.version, "move_1")
    zendesk.desk.work_on(1, group_id=GROUP)
    again = zendesk.client().move_case("1", THERE, seen.version, "move_1")
    assert (again.queue, again.version, again.changed_at) == (first.queue, first.version, first.changed_at)
    assert zendesk.desk.keys_of(1) == ["move_1"]


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE, Fault.WRITE_AFTER_SILENCE])
def test_a_case_is_moved_once_whatever_goes_wrong(zendesk: RunningZendesk, position: int, plan: Plan) -> None:
    opened(zendesk, 1)
    (seen,) = zendesk.client().cases(["1"])
    zendesk.plans.extend([Fault.NONE] * position + [plan] * (1 if position else 4))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        zendesk.client(timeout_seconds=0.3).move_case("1", THERE, seen.version, "move_1")
    zendesk.plans.clear()
    assert zendesk.client().move_case("1", THERE, seen.version, "move_1").queue == THERE
    assert zendesk.desk.keys_of(1) == ["move_1"]


@pytest.mark.parametrize(
    ("case_id", "queue", "key"), [("OPS-1", THERE, "k"), ("1", "billing", "k"), ("1", THERE, "k/../2"), ("1", "99", "k"), ("2", THERE, "k")]
)
def test_what_is_no_ticket_no_group_or_no_key_is_refused(zendesk: RunningZendesk, case_id: str, queue: str, key: str) -> None:
    opened(zendesk, 1)
    (seen,) = zendesk.client().cases(["1"])
    with pytest.raises(ConnectorRefused):
        zendesk.client().move_case(case_id, queue, seen.version, key)
    assert groups(zendesk) == {GROUP}


class World:
    """A re-route through Zendesk, what is remembered of it, and what was noted."""

    def __init__(self, zendesk: RunningZendesk) -> None:
        self.client, self.ledger, self.notes = zendesk.client(), FakeMoveLedger(), Notes()

    @property
    def desk(self) -> Desk:
        return desk_of(self.client, self.ledger, self.notes)


def test_a_bulk_re_route_is_put_back_with_its_assignees_except_what_somebody_changed(zendesk: RunningZendesk) -> None:
    ids, world = opened(zendesk, 40), World(zendesk)
    assert len(reroute("batch_1", ids, THERE, world.desk).moved) == 40
    assert groups(zendesk) == {OTHER_GROUP}
    zendesk.desk.work_on(7, priority="low")
    zendesk.desk.work_on(9, group_id=GROUP)

    assert len(preview_restore("batch_1", world.client, world.ledger).to_restore) == 38
    report = restore("batch_1", world.desk)

    assert len(report.restored) == 38
    assert [(case.case_id, case.reason) for case in report.skipped] == [("7", SkipReason.CHANGED_SINCE), ("9", SkipReason.CHANGED_SINCE)]
    back = [ticket for number, ticket in zendesk.desk.tickets.items() if number not in (7, 9)]
    assert {(ticket["group_id"], ticket["assignee_id"]) for ticket in back} == {(GROUP, AGENT)}
    assert restore("batch_1", world.desk).restored == report.restored


def test_a_re_route_that_is_killed_and_loses_answers_is_finished_by_calling_it_again(zendesk: RunningZendesk) -> None:
    ids, world = opened(zendesk, 10), World(zendesk)
    with pytest.raises(Killed):
        reroute("batch_1", ids, THERE, desk_of(KilledAfter(world.client, 4), world.ledger, world.notes))
    zendesk.plans.extend([Fault.NONE, Fault.NONE, Fault.DROP_AFTER_WRITE])
    assert len(reroute("batch_1", ids, THERE, world.desk).moved) == 10
    assert {len(zendesk.desk.keys_of(int(case_id))) for case_id in ids} == {1}
    assert len(restore("batch_1", world.desk).restored) == 10
    assert groups(zendesk) == {GROUP}
