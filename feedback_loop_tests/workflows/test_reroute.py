"""The bulk re-route over real HTTP: 195 of 200 put back, 5 reported, whatever is killed, lost or repeated on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import stamina

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.contracts.actions import CaseImage
from feedback_loop.contracts.loop_vocab import MoveStatus, SkipReason
from feedback_loop.errors import AuditChainBroken, BadInput, ConnectorUnreachable, NothingLanded
from feedback_loop.remediation.reroute import owners_to_tell
from feedback_loop.workflows.reroute import Desk, preview_restore, reroute, restore
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.workflows.case_worlds import FakeMoveLedger, Killed, KilledAfter, Notes, desk_of

BATCH = "batch_1"


class World:
    """A running case system with open cases, what is remembered of moves, and what was noted."""

    def __init__(self, url: str, desk: CaseDesk, faults: deque[Fault]) -> None:
        self.cases, self.faults = desk, faults
        self.client = CaseApiClient(url, timeout_seconds=5.0)
        self.ledger, self.notes = FakeMoveLedger(), Notes()

    @property
    def desk(self) -> Desk:
        return desk_of(self.client, self.ledger, self.notes)

    def killed_after(self, moves: int) -> Desk:
        return replace(self.desk, system=KilledAfter(self.client, moves))

    def opened(self, count: int) -> list[str]:
        ids = [f"case_{n:03d}" for n in range(count)]
        for number, case_id in enumerate(ids):
            self.client.open_case("checkout", f"owner_{number % 3}", f"open_{case_id}", case_id)
        return ids

    def edited(self, *case_ids: str, queue: str = "returns") -> None:
        for case_id in case_ids:
            (case,) = self.client.cases([case_id])
            self.client.move_case(case_id, queue, case.version, f"edit_{case_id}_{case.version}")

    def queues(self) -> dict[str, str]:
        return {case.case_id: case.queue for case in self.cases.cases}

    def versions(self) -> dict[str, int]:
        return {case.case_id: case.version for case in self.cases.cases}


@pytest.fixture
def world() -> Iterator[World]:
    desk, faults = CaseDesk(FakeClock().now), deque[Fault]()
    with stamina.set_testing(True, attempts=4, cap=True), running_case_system(desk, faults) as url:
        made = World(url, desk, faults)
        yield made
        made.client.close()


def test_of_200_misrouted_cases_195_are_put_back_and_the_owners_of_5_are_named(world: World) -> None:
    ids = world.opened(200)
    assert len(reroute(BATCH, ids, "billing", world.desk).moved) == 200
    assert set(world.queues().values()) == {"billing"}
    edited = ["case_007", "case_040", "case_041", "case_120", "case_199"]
    world.edited(*edited)

    report = restore(BATCH, world.desk)

    assert len(report.restored) == 195
    assert [case.case_id for case in report.skipped] == edited
    assert {case.reason for case in report.skipped} == {SkipReason.CHANGED_SINCE}
    assert owners_to_tell(report.skipped) == {
        ("owner_0", "returns"): ("case_120",),
        ("owner_1", "returns"): ("case_007", "case_040", "case_199"),
        ("owner_2", "returns"): ("case_041",),
    }
    queues = world.queues()
    assert {case_id for case_id, queue in queues.items() if queue == "returns"} == set(edited)
    assert {queues[case_id] for case_id in report.restored} == {"checkout"}
    assert world.notes.events == ["reroute_started", "reroute_finished", "restore_started", "restore_finished"]
    assert {(entry.subject_id, entry.actor) for entry in world.notes.entries} == {(BATCH, "ada")}
    assert world.notes.entries[-1].content["restored_count"] == 195


def test_a_second_restore_reports_the_same_and_writes_nothing(world: World) -> None:
    ids = world.opened(10)
    reroute(BATCH, ids, "billing", world.desk)
    world.edited("case_004")
    first = restore(BATCH, world.desk)
    versions, noted = world.versions(), len(world.notes.entries)
    assert restore(BATCH, world.desk) == first
    assert (world.versions(), len(world.notes.entries)) == (versions, noted)


def test_a_preview_says_what_would_happen_and_does_nothing(world: World) -> None:
    reroute(BATCH, world.opened(10), "billing", world.desk)
    world.edited("case_004")
    versions, noted = world.versions(), len(world.notes.entries)
    plan = preview_restore(BATCH, world.client, world.ledger)
    assert (len(plan.to_restore), [case.case_id for case in plan.skipped]) == (9, ["case_004"])
    assert (world.versions(), len(world.notes.entries)) == (versions, noted)


@pytest.mark.parametrize("moves", [1, 7, 25, 26, 60])
def test_a_restore_that_was_killed_is_finished_by_the_next_one(world: World, moves: int) -> None:
    ids = world.opened(60)
    reroute(BATCH, ids, "billing", world.desk)
    world.edited("case_059")
    with pytest.raises(Killed):
        restore(BATCH, world.killed_after(min(moves, 59)))
    report = restore(BATCH, world.desk)
    assert (len(report.restored), [case.case_id for case in report.skipped]) == (59, ["case_059"])
    assert {version for case_id, version in world.versions().items() if case_id != "case_059"} == {3}


@pytest.mark.parametrize("moves", [1, 26, 40])
def test_a_re_route_that_was_killed_is_finished_by_the_next_one(world: World, moves: int) -> None:
    ids = world.opened(40)
    with pytest.raises(Killed):
        reroute(BATCH, ids, "billing", world.killed_after(moves))
    assert len(reroute(BATCH, ids, "billing", world.desk).moved) == 40
    assert set(world.versions().values()) == {2}


def test_a_re_route_that_was_killed_can_be_undone_without_finishing_it(world: World) -> None:
    ids = world.opened(40)
    with pytest.raises(Killed):
        reroute(BATCH, ids, "billing", world.killed_after(30))
    report = restore(BATCH, world.desk)
    assert (len(report.restored), len(report.untouched), report.skipped) == (30, 10, ())
    assert set(world.queues().values()) == {"checkout"}
    assert sorted(world.versions().values()) == [1] * 10 + [3] * 30


def test_what_somebody_did_before_a_killed_re_route_was_finished_is_never_taken_for_ours(world: World) -> None:
    ids = world.opened(3)
    with pytest.raises(Killed):
        reroute(BATCH, ids, "billing", world.killed_after(1))
    world.edited("case_000", "case_001")
    report = restore(BATCH, world.desk)
    assert (report.restored, report.untouched) == ((), ("case_001", "case_002"))
    assert [(case.case_id, case.reason) for case in report.skipped] == [("case_000", SkipReason.CHANGED_SINCE)]
    assert world.queues() == {"case_000": "returns", "case_001": "returns", "case_002": "checkout"}


def test_a_lost_answer_is_settled_by_asking_again_under_the_same_key(world: World) -> None:
    ids = world.opened(3)
    world.faults.extend([Fault.NONE, Fault.DROP_AFTER_WRITE])
    assert len(reroute(BATCH, ids, "billing", world.desk).moved) == 3
    world.faults.extend([Fault.NONE, Fault.ERROR_AFTER_WRITE])
    assert len(restore(BATCH, world.desk).restored) == 3
    assert set(world.versions().values()) == {3}


def test_a_case_whose_answer_is_lost_twice_stays_in_doubt_until_the_next_run(world: World) -> None:
    ids = world.opened(3)
    reroute(BATCH, ids, "billing", world.desk)
    world.faults.extend([Fault.NONE, Fault.DROP_AFTER_WRITE, Fault.DROP_AFTER_WRITE])
    first = restore(BATCH, world.desk)
    assert [(case.case_id, case.reason) for case in first.skipped] == [("case_000", SkipReason.IN_DOUBT)]
    assert world.ledger.moves_of(BATCH)[0].status is MoveStatus.RESTORING
    assert restore(BATCH, world.desk).restored == tuple(ids)


def test_a_case_that_changes_while_it_is_put_back_is_left_and_named(world: World) -> None:
    ids = world.opened(3)
    reroute(BATCH, ids, "billing", world.desk)
    stale = world.client.cases(ids)

    class Behind(KilledAfter):
        """Looked at the cases before somebody edited one."""

        def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
            return stale if list(case_ids) == ids else world.client.cases(case_ids)

    world.edited("case_001")
    first = restore(BATCH, replace(world.desk, system=Behind(world.client, -1)))
    assert [(case.case_id, case.queue) for case in first.skipped] == [("case_001", "returns")]
    assert restore(BATCH, world.desk) == first


def test_a_system_that_is_not_there_stops_the_run_and_loses_nothing(world: World) -> None:
    ids = world.opened(3)
    reroute(BATCH, ids, "billing", world.desk)
    world.faults.extend([Fault.NONE, Fault.NONE, Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable):
        restore(BATCH, world.desk)
    assert [move.status for move in world.ledger.moves_of(BATCH)] == [MoveStatus.RESTORED, MoveStatus.RESTORING, MoveStatus.RESTORING]
    assert restore(BATCH, world.desk).restored == tuple(ids)


def test_cases_that_are_gone_are_reported(world: World) -> None:
    ids = world.opened(2)
    first = reroute(BATCH, [*ids, "nothing"], "billing", world.desk)
    assert [(case.case_id, case.reason) for case in first.skipped] == [("nothing", SkipReason.GONE)]
    moves = world.ledger.moves_of(BATCH)
    world.ledger.record_moves(BATCH, [replace(moves[0], case_id="vanished")])
    assert [(c.case_id, c.reason) for c in restore(BATCH, world.desk).skipped] == [("vanished", SkipReason.GONE)]


def test_a_batch_that_nobody_knows_or_that_goes_elsewhere_is_refused(world: World) -> None:
    ids = world.opened(1)
    reroute(BATCH, ids, "billing", world.desk)
    with pytest.raises(BadInput, match="another queue"):
        reroute(BATCH, ids, "returns", world.desk)
    with pytest.raises(NothingLanded, match="no batch nothing"):
        restore("nothing", world.desk)


def test_nothing_is_moved_on_top_of_an_audit_trail_that_was_altered(world: World) -> None:
    ids = world.opened(2)
    reroute(BATCH, ids, "billing", world.desk)
    world.notes.records_now[0] = replace(world.notes.records_now[0], actor="mallory")
    with pytest.raises(AuditChainBroken, match="record 1, edited"):
        restore(BATCH, world.desk)
    with pytest.raises(AuditChainBroken):
        reroute("batch_2", ids, "returns", world.desk)
    assert set(world.queues().values()) == {"billing"}
