"""Where an executor can die, what then stands in the state and at the vendor, and what the next run makes of it: tried, not told.

python -m feedback_loop_tests.benchmarks.crash_matrix [--database sqlite|postgresql]

At each point a process of its own is killed with SIGKILL, by itself, so that nothing is tidied up. Then the state and the vendor's log of
effects are looked at, the lease runs out, and another executor works until nothing is open. Exit code 1 where what stands there, what
is asked and sent next, or the end is not what the table promises; the end is always the same: written once, done, and the trail verifies.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.change import Change
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.audit_trail import Anchor
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.workflows.audit import verified
from feedback_loop.workflows.execute import LEASE, execute
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.forked import ready_made
from feedback_loop_tests.workflows.outbox_world import PEOPLE, World, grounds


@dataclass(frozen=True)
class Point:
    """Where the last of some lives ends, what stands then, and what the next run asks and sends."""

    what: str
    deaths: tuple[str, ...]
    """Where each life dies; all but the last only lead to the situation."""
    status: str
    """Of the action, as the state has it after the last death."""
    written: int
    """How often the vendor has it then."""
    asked: int
    """How often the next runs ask the vendor by the key."""
    sent: int
    """How often the next runs send it."""


SENDING, ANSWERED = "vendor:before_write", "vendor:after_write"
POINTS = (
    Point("before the claim", ("claim:enter",), "queued", 0, 0, 1),
    Point("in the claim, before it is committed", ("claim:before_commit",), "queued", 0, 0, 1),
    Point("claim committed, its anchor not written", ("claim:before_anchor",), "claimed", 0, 1, 1),
    Point("claimed, nothing sent yet", ("claim:after_anchor",), "claimed", 0, 1, 1),
    Point("sent, and the vendor has not written", (SENDING,), "claimed", 0, 1, 1),
    Point("the vendor has written, its answer has not come", (ANSWERED,), "claimed", 1, 1, 0),
    Point("the answer has come and is not stored", ("finish_done:enter",), "claimed", 1, 1, 0),
    Point("in the storing of the answer, before it is committed", ("finish_done:before_commit",), "claimed", 1, 1, 0),
    Point("answer committed, its anchor not written", ("finish_done:before_anchor",), "done", 1, 0, 0),
    Point("all is stored", ("finish_done:after_anchor",), "done", 1, 0, 0),
    Point("taking over: before the dead claim is called in doubt", (ANSWERED, "finish_in_doubt:enter"), "claimed", 1, 1, 0),
    Point("taking over: in that, before it is committed", (ANSWERED, "finish_in_doubt:before_commit"), "claimed", 1, 1, 0),
    Point("taking over: in doubt committed, its anchor not written", (ANSWERED, "finish_in_doubt:before_anchor"), "in_doubt", 1, 1, 0),
    Point("taking over: before the vendor is asked", (ANSWERED, "vendor:before_lookup"), "in_doubt", 1, 1, 0),
    Point("taking over: the vendor has it, that is not stored", (ANSWERED, "finish_done:enter"), "in_doubt", 1, 1, 0),
    Point("taking over: that is stored, its anchor not written", (ANSWERED, "finish_done:before_anchor"), "done", 1, 0, 0),
    Point("taking over: the vendor has it not, not claimed again", (SENDING, "claim:enter"), "in_doubt", 0, 1, 1),
    Point("taking over: claimed again, not sent again", (SENDING, "claim:after_anchor"), "claimed", 0, 1, 1),
    Point("taking over: sent again, the vendor has not written", (SENDING, SENDING), "claimed", 0, 1, 1),
    Point("taking over: sent again, its answer has not come", (SENDING, ANSWERED), "claimed", 1, 1, 0),
)


@dataclass
class Death:
    """Ends this process at its point; `step` is what the store is doing."""

    point: str
    step: str = ""

    def may_come(self, point: str) -> None:
        """Does not come back where this is the point."""
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def may_come_in_step(self, moment: str) -> None:
        self.may_come(f"{self.step}:{moment}")


class DyingAnchor(AnchorFile):
    """An anchor before or after whose line the process may die."""

    def __init__(self, path: Path, death: Death) -> None:
        super().__init__(path)
        self._death = death

    def write(self, anchor: Anchor) -> None:
        self._death.may_come_in_step("before_anchor")
        super().write(anchor)
        self._death.may_come_in_step("after_anchor")


class DyingState(SqlStateStore):
    """A store in whose steps the process may die."""

    def __init__(self, url: str, folder: Path, clock: FakeClock, death: Death) -> None:
        super().__init__(url, DyingAnchor(folder / "anchor.jsonl", death), clock)
        self._death = death

    def claim(self, *arguments: Any, **named: Any) -> Any:
        self._begin("claim")
        return super().claim(*arguments, **named)

    def finish(
        self, action_id: str, status: ActionStatus, receipt_id: str | None, at: datetime, tried: int | None = None, why: str | None = None
    ) -> None:
        self._begin(f"finish_{status}")
        super().finish(action_id, status, receipt_id, at, tried, why)

    def _begin(self, step: str) -> None:
        self._death.step = step
        self._death.may_come_in_step("enter")

    @contextmanager
    def _change(self) -> Iterator[Change]:
        with super()._change() as change:
            yield change
            self._death.may_come_in_step("before_commit")


@dataclass
class FileVendor:
    """A vendor that minds no keys and writes each effect to a file; it outlives whoever asks it."""

    file: Path
    death: Death = field(default_factory=lambda: Death(""))
    asked: int = 0
    sent: int = 0
    connector: str = "desk"

    def perform(self, request: ActionRequest) -> Receipt:
        self.sent += 1
        self.death.may_come("vendor:before_write")
        with self.file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(request.idempotency_key) + "\n")
        self.death.may_come("vendor:after_write")
        return Receipt(f"receipt_{request.idempotency_key}", request.idempotency_key, False)

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        self.asked += 1
        self.death.may_come("vendor:before_lookup")
        return Receipt(f"receipt_{idempotency_key}", idempotency_key, True) if idempotency_key in self.effects() else None

    def effects(self) -> list[str]:
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        return []

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        raise NotImplementedError


@dataclass(frozen=True)
class Found:
    """What stood after the last death, what the next runs did, and how it ended."""

    status: str
    written: int
    asked: int
    sent: int
    end: str
    effects: int
    breaks: int

    def is_as_promised(self, point: Point) -> bool:
        """Whether all of it is what the table says."""
        stood = (self.status, self.written, self.asked, self.sent)
        return stood == (point.status, point.written, point.asked, point.sent) and (self.end, self.effects, self.breaks) == ("done", 1, 0)


def life(url: str, folder: Path, instant: datetime, point: str) -> None:
    """One executor that dies at the point."""
    death, clock = Death(point), FakeClock(instant)
    execute(DyingState(url, folder, clock, death), FileVendor(folder / "effects.jsonl", death), grounds(), PEOPLE, clock)


def tried(point: Point, url: str, folder: Path) -> Found:
    """What happens at the point, with a state and a folder that hold nothing yet."""
    world, vendor, context = World(folder, url=url), FileVendor(folder / "effects.jsonl"), ready_made()
    world.approved()
    for death in point.deaths:
        process = context.Process(target=life, args=(url, folder, world.clock.now(), death))
        process.start()
        process.join()
        if process.exitcode != -signal.SIGKILL:
            raise RuntimeError(f"{point.what}: the process ended with {process.exitcode} and did not come to {death}")
        world.clock.advance(LEASE)
    status, written = _status(world.state), len(vendor.effects())
    for _ in range(3):
        execute(world.state, vendor, world.grounds, world.people, world.clock)
    breaks = len(verified(world.state, world.state).breaks)
    return Found(status, written, vendor.asked, vendor.sent, _status(world.state), len(vendor.effects()), breaks)


def _status(state: SqlStateStore) -> str:
    (action,) = state.actions(*ActionStatus)
    return str(action.action_status)


def printed(console: Console, url_of: Callable[[int], str], folder: Path) -> int:
    """Prints the table; 1 where a point is not as promised."""
    table = Table("the process dies", "state says", "vendor has", "next run asks", "sends", "in the end", "as promised")
    is_sound = True
    for number, point in enumerate(POINTS):
        found = tried(point, url_of(number), folder / str(number))
        is_sound &= found.is_as_promised(point)
        end = f"{found.end}, {found.effects} written, {found.breaks} breaks"
        counts = (str(count) for count in (found.written, found.asked, found.sent))
        table.add_row(point.what, found.status, *counts, end, "yes" if found.is_as_promised(point) else "NO")
    console.print(table)
    return int(not is_sound)


def main() -> int:
    """Prints the table for SQLite, or for a cluster of this command's own."""
    from feedback_loop_tests.postgres_server import WHY_ABSENT, is_absent, running_cluster

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    console, is_sqlite = Console(width=140), parser.parse_args().database == "sqlite"
    if not is_sqlite and is_absent():
        console.print(WHY_ABSENT)
        return 1
    with tempfile.TemporaryDirectory() as name:
        if is_sqlite:
            return printed(console, lambda number: f"sqlite:///{name}/{number}.sqlite", Path(name))
        with running_cluster() as cluster:
            return printed(console, lambda _: cluster.url(cluster.new_database()), Path(name))


if __name__ == "__main__":
    sys.exit(main())
