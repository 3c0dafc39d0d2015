"""SIGKILL at random moments, faults in every third answer, two executors at once: is every approved action at the vendor exactly once?

python -m feedback_loop_tests.benchmarks.exactly_once [--actions 2000] [--kills 50] [--database sqlite|postgresql|both] [--seed 1]

Half of the actions go to a vendor that minds our keys, half to one that does not (see `exactly_once_vendor.py`). The executors are
processes that run the real `execute` over one state database; each is killed after a drawn number of sends and some milliseconds, and
another takes over. What counts is the vendor's own log of its effects. `--cripple lookup`, `lease` or `fence` takes a part of the
safety away, and this command has to notice. Exit code 1 where an action was written twice, lost, or not what was approved, where the
audit trail does not verify, or where it does not end in time.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.state_store import outbox, proposal_rows
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.decisions import Approval
from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict
from feedback_loop.remediation.approvals import approve
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop.workflows.audit import verified
from feedback_loop_tests.benchmarks.exactly_once_executor import COMPLAINTS, CRIPPLED, OPEN, Job, work
from feedback_loop_tests.benchmarks.exactly_once_vendor import KEYED, PLAIN
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.forked import ready_made
from feedback_loop_tests.postgres_server import WHY_ABSENT, is_absent, running_cluster
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.workflows.outbox_world import PEOPLE

console = Console(width=130)
_HERE = "feedback_loop_tests.benchmarks"
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Plan:
    """One run: how many actions, how often somebody is killed, what goes wrong and for how long."""

    actions: int
    kills: int
    vendor: str
    seed: int
    speed: float = 1.0
    patience_seconds: float = 1.0
    share: float = 0.3
    crippled: str = "nothing"
    most_seconds: float = 1800.0


@dataclass
class Outcome:
    """What came of a run, by the vendor's log and by the state."""

    plan: Plan
    seconds: float
    kills: int = 0
    pairs: int = 0
    once: int = 0
    in_doubt: int = 0
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def is_sound(self) -> bool:
        """Whether every action is at the vendor once, or in doubt, and nothing else went wrong."""
        return not (self.twice or self.lost or self.problems) and self.once + self.in_doubt == self.plan.actions


def approved(state: SqlStateStore, count: int) -> dict[str, str]:
    """The target of each action by its key: so many rollbacks that two people approved, in one transaction of the store's own steps."""
    template = rollback_proposal()
    drafts = (replace(template, proposal_id=f"proposal_{n:06d}", action_target=f"release-{n}") for n in range(count))
    proposals = [replace(draft, arguments_hash=arguments_hash_of(draft)) for draft in drafts]
    state.record_proposals(proposals)
    with state._change() as change:
        for proposal in proposals:
            for person in ("ada", "bo"):
                held, words = proposal, proposal_rows.approvals_of(change, proposal.proposal_id)
                given = Approval(held.proposal_id, person, ApprovalVerdict.APPROVE, held.arguments_hash, START)
                settled = approve(held, words, given, PEOPLE[person])
                proposal_rows.add_approval(change, given)
                count_now = settled.approvals_given_count
                proposal = proposal_rows.move(change, held, settled.status, person, START, approvals_given_count=count_now)
            outbox.queue(change, proposal, START)
    return {action.idempotency_key: action.action_target for action in state.actions(ActionStatus.QUEUED)}


class Executors:
    """The processes at work; all of them are ended with the block."""

    def __init__(self, job: Job) -> None:
        self._job, self._context = job, ready_made()
        self._working: list[tuple[BaseProcess, Connection]] = []

    def __enter__(self) -> Executors:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def begin(self, count: int) -> None:
        """Sets so many to work."""
        for _ in range(count):
            told, teller = self._context.Pipe(duplex=False)
            process = self._context.Process(target=work, args=(self._job, teller))
            process.start()
            teller.close()
            self._working.append((process, told))

    def are_at_work(self) -> bool:
        """Whether anybody is."""
        return any(process.is_alive() for process, _ in self._working)

    def wait_for_sends(self, count: int, until: float) -> None:
        """Comes back after so many sends, or when nobody is at work any more."""
        open_ends = [told for _, told in self._working]
        while count > 0 and open_ends and time.monotonic() < until:
            for told in wait(open_ends, _POLL_SECONDS):
                try:
                    count -= len(cast(Connection, told).recv_bytes())
                except EOFError:
                    open_ends.remove(cast(Connection, told))

    def kill(self) -> int:
        """How many were killed; who had ended by itself is none of them."""
        killed = 0
        for process, told in self._working:
            killed += process.is_alive()
            process.kill()
            process.join()
            told.close()
        self._working = []
        return killed

    def failed(self) -> list[int | None]:
        """The exit codes of those that ended by themselves, and not well."""
        return [process.exitcode for process, _ in self._working if not process.is_alive() and process.exitcode]


def shaken(plan: Plan, url: str, folder: Path) -> Outcome:
    """What came of the actions of one run."""
    folder.mkdir(parents=True)
    state = SqlStateStore(url, AnchorFile(folder / "anchor.jsonl"), FakeClock())
    targets = approved(state, plan.actions)
    began, log = time.monotonic(), folder / "effects.jsonl"
    command = [sys.executable, "-m", f"{_HERE}.exactly_once_vendor", str(log), plan.vendor, str(plan.share), str(plan.seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as vendor:
        assert vendor.stdout is not None
        address = vendor.stdout.readline().strip()
        job = Job(url, folder, address, time.time(), plan.speed, plan.patience_seconds, plan.crippled)
        outcome = _killed_often(plan, state, Executors(job), began)
        outcome.faults = Counter(json.loads(vendor.communicate()[0]))
    outcome.seconds = time.monotonic() - began
    judge(outcome, state, targets, [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()])
    complaints = (folder / COMPLAINTS).read_text(encoding="utf-8", errors="replace").strip()
    outcome.problems += [f"an executor complained: {complaints.splitlines()[-1]}"] if complaints else []
    return outcome


def _killed_often(plan: Plan, state: SqlStateStore, executors: Executors, began: float) -> Outcome:
    """Kills until it was enough, then lets two executors end what is left."""
    draws, outcome, until = random.Random(plan.seed), Outcome(plan, 0.0), began + plan.most_seconds
    most = max(2 * plan.actions // (plan.kills + 2), 1)
    with executors:
        while outcome.kills < plan.kills and time.monotonic() < until and state.actions(*OPEN):
            several = min(draws.choice((1, 2)), plan.kills - outcome.kills)
            outcome.pairs += several > 1
            executors.begin(several)
            executors.wait_for_sends(draws.randint(1, most), until)
            time.sleep(draws.uniform(0, 0.03))
            outcome.kills += executors.kill()
        executors.begin(2)
        while time.monotonic() < until and executors.are_at_work():
            executors.wait_for_sends(plan.actions, min(until, time.monotonic() + 1))
        outcome.problems += [f"an executor ended with {code}" for code in executors.failed()]
    return outcome


def judge(outcome: Outcome, state: SqlStateStore, targets: dict[str, str], effects: list[dict[str, str]]) -> None:
    """Compares the vendor's log with what was approved and with what the state says."""
    written = Counter(effect["key"] for effect in effects)
    stands = {action.idempotency_key: action for action in state.actions(*ActionStatus)}
    for key in targets:
        if written[key] > 1:
            outcome.twice.append(key)
        elif key in stands and stands[key].action_status in OPEN:
            outcome.in_doubt += 1
        elif written[key] == 1 and stands[key].action_status is ActionStatus.DONE and stands[key].receipt_id:
            outcome.once += 1
        else:
            outcome.lost.append(key)
    if any(targets.get(effect["key"]) != effect["target"] for effect in effects):
        outcome.problems.append("the vendor wrote what nobody approved")
    outcome.problems += [str(found) for found in verified(state, state).breaks[:3]]


def both_vendors(plan: Plan, url_of: dict[str, str], folder: Path) -> list[Outcome]:
    """The run at each vendor; the plain one is given more time to answer, for what it writes late is written twice."""
    plans = [replace(plan, vendor=KEYED), replace(plan, vendor=PLAIN, patience_seconds=2 * plan.patience_seconds)]
    return [shaken(one, url_of[one.vendor], folder / one.vendor) for one in plans]


def shown(found: dict[str, list[Outcome]]) -> None:
    """Prints the table, the faults by kind, and what is wrong."""
    table = Table(
        "database", "vendor", "actions", "kills", "in pairs", "once", "in doubt", "twice", "lost", "faults", "requests", "seconds"
    )
    for database, outcomes in found.items():
        for one in outcomes:
            counts = [one.plan.actions, one.kills, one.pairs, one.once, one.in_doubt, len(one.twice), len(one.lost)]
            faulty = one.faults.total() - one.faults["none"]
            numbers = [*counts, faulty, one.faults.total(), round(one.seconds)]
            table.add_row(database, one.plan.vendor, *(f"{number:,}" for number in numbers))
    console.print(table)
    for database, outcomes in found.items():
        total = sum((one.faults for one in outcomes), Counter[str]())
        console.print(f"{database}: " + ", ".join(f"{name} {count}" for name, count in sorted(total.items()) if name != "none"))
        for one in outcomes:
            for problem in (*one.problems, *(f"twice: {key}" for key in one.twice[:3]), *(f"lost: {key}" for key in one.lost[:3])):
                console.print(f"  {one.plan.vendor}: {problem}")


def main() -> int:
    """Prints the table; 1 where an invariant does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=2000, help="by database, half of them to each vendor")
    parser.add_argument("--kills", type=int, default=50, help="by database, half of them with each vendor")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=10.0, help="how fast the executors' clocks go: a lease of a minute is 6 seconds")
    parser.add_argument("--cripple", choices=CRIPPLED, default="nothing")
    said = parser.parse_args()
    plan = Plan(said.actions // 2, said.kills // 2, KEYED, said.seed, said.speed, crippled=said.cripple)
    found: dict[str, list[Outcome]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if said.database != "postgresql":
            urls = {kind: f"sqlite:///{folder / f'{kind}.sqlite'}" for kind in (KEYED, PLAIN)}
            found["SQLite"] = both_vendors(plan, urls, folder / "sqlite")
        if said.database != "sqlite" and is_absent():
            console.print(WHY_ABSENT)
        elif said.database != "sqlite":
            cluster = stack.enter_context(running_cluster("fsync=on", "full_page_writes=on"))
            urls = {kind: cluster.url(cluster.new_database()) for kind in (KEYED, PLAIN)}
            found["PostgreSQL"] = both_vendors(plan, urls, folder / "postgresql")
    shown(found)
    return int(not found or not all(one.is_sound for outcomes in found.values() for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
