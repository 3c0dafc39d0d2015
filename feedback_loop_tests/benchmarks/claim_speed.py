"""How many approved actions a second are claimed, and how many carried out and finished, by processes that share one state database.

python -m feedback_loop_tests.benchmarks.claim_speed [--actions 1000] [--processes 4] [--database sqlite|postgresql|both]

Each process claims whatever is left, until nothing is; the judge of the claim looks at approvals, arguments and time, as the
executor's does. "CPU ms each" is what the processes themselves computed for an action, which does not depend on what else the machine
does. PostgreSQL is a cluster of this command's own, with fsync as a company would have it. Exit code 1 where an action was claimed twice
or not at all, or where the audit trail does not verify.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.remediation.approvals import claim_refusal
from feedback_loop.remediation.audit import verify
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.postgres_server import WHY_ABSENT, is_absent, running_cluster
from feedback_loop_tests.remediation.made_up_case import proposed

console = Console(width=120)


@dataclass(frozen=True)
class Measured:
    """What the processes did of so many actions, and in how many seconds."""

    database: str
    step: str
    count: int
    seconds: float
    cpu_seconds: float
    is_sound: bool


def store_of(url: str, folder: Path) -> SqlStateStore:
    return SqlStateStore(url, AnchorFile(folder / "anchor.jsonl"), FakeClock())


def work(url: str, folder: Path, step: str, number: int, processes: int) -> None:
    """What one process does: it says that it is ready, waits for a line, prints the ids that it got, and last its seconds of CPU."""
    state = store_of(url, folder)
    claimed = state.actions(ActionStatus.CLAIMED)
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    got = claims(state, number, processes) if step == "claim" else finishes(state, claimed[number::processes])
    print(*got, time.process_time() - began, sep="\n")


def claims(state: SqlStateStore, number: int, processes: int) -> list[str]:
    """The ids that this process claimed: it begins where no other does, and reads anew what is left when somebody was faster."""
    got = []
    while left := state.actions(ActionStatus.QUEUED):
        begin = number * len(left) // processes
        for action in (*left[begin:], *left[:begin]):
            claimed = state.claim(
                action.action_id, lambda p, words: claim_refusal(p, words, {}, arguments_hash_of(p), START), "desk", START
            )
            if not isinstance(claimed, OutboxAction):
                break
            got.append(claimed.action_id)
    return got


def finishes(state: SqlStateStore, own: list[OutboxAction]) -> list[str]:
    """The ids of the actions, now finished."""
    for action in own:
        state.finish(action.action_id, ActionStatus.DONE, f"receipt_{action.action_id}", START)
    return [action.action_id for action in own]


def measured(database: str, url: str, folder: Path, step: str, processes: int, count: int) -> Measured:
    """The seconds from the first to the last action, without the start of the processes."""
    module = "feedback_loop_tests.benchmarks.claim_speed"
    commands = [[sys.executable, "-m", module, "--work", url, str(folder), step, str(n), str(processes)] for n in range(processes)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    began = time.monotonic()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in running]
    seconds = time.monotonic() - began
    got = Counter(action_id for *ids, _ in said for action_id in ids)
    cpu_seconds = sum(float(seconds) for *_, seconds in said)
    state = store_of(url, folder)
    is_sound = len(got) == count and set(got.values()) == {1} and not verify(state.records(), state.contents(), state.anchor())
    return Measured(database, step, count, seconds, cpu_seconds, is_sound and all(process.returncode == 0 for process in running))


def measure(database: str, url: str, folder: Path, count: int, processes: int) -> list[Measured]:
    """Claims by all processes at once, then the same actions finished, a share by each."""
    review = proposed(causes=[])[0]
    state = store_of(url, folder)
    state.record_proposals([replace(review, proposal_id=f"proposal_{number:06d}") for number in range(count)])
    return [measured(database, url, folder, step, processes, count) for step in ("claim", "finish")]


def main() -> int:
    """Prints the table; 1 where something is not as it has to be."""
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]), int(sys.argv[6]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    arguments = parser.parse_args()
    found: list[Measured] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if arguments.database != "postgresql":
            url = f"sqlite:///{folder / 'state.sqlite'}"
            found += measure("SQLite", url, folder / "sqlite", arguments.actions, arguments.processes)
        if arguments.database != "sqlite" and is_absent():
            console.print(WHY_ABSENT)
        elif arguments.database != "sqlite":
            cluster = stack.enter_context(running_cluster("fsync=on", "full_page_writes=on"))
            url = cluster.url(cluster.new_database())
            found += measure("PostgreSQL", url, folder / "postgresql", arguments.actions, arguments.processes)
    table = Table("database", "step", "actions", "seconds", "a second", "CPU ms each", "sound")
    for one in found:
        rate = f"{one.count / one.seconds:,.0f}"
        table.add_row(
            one.database,
            one.step,
            f"{one.count:,}",
            f"{one.seconds:.2f}",
            rate,
            f"{1000 * one.cpu_seconds / one.count:.1f}",
            "yes" if one.is_sound else "NO",
        )
    console.print(f"{arguments.processes} processes, each action once:", table)
    return int(not found or not all(one.is_sound for one in found))


if __name__ == "__main__":
    sys.exit(main())
