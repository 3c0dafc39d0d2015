"""How fast a trail of real decisions is verified, sealed, signed, exported and made again; figures to be read beside the machine's load.

python -m feedback_loop_tests.benchmarks.audit_speed [--decisions 5000] [--changes 1000]

A decision is nine records as the loop writes them: a proposal with its whole evidence, two approvals, moves, the outbox and a receipt.
Rates are per second of processor time, so that other work on the machine does not count; those of two cores are of two processes, each with
one half of the chain from the record before it. Sealing through the store is one transaction with one anchor per change, synced to the
disk, with and without its signature; by the clock it is the disk that is measured.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

from feedback_loop.adapters.signing_key import SigningKey
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.audit_trail import Anchor, AuditEntry, AuditRecord, Content, StoredContent
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.remediation.anchors import broken_signatures, signed
from feedback_loop.remediation.audit import anchor_of, seal, verify
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.remediation.replay import Rules
from feedback_loop.workflows.audit import verified
from feedback_loop.workflows.audit_export import exported, verified_export
from feedback_loop.workflows.decision_story import replayed
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.workflows.signed_world import SignedWorld

SALT = "5a" * 16

Contents = dict[int, tuple[str, Content]]
Part = tuple[list[AuditRecord], Contents, Anchor | None, Anchor | None]


def decision(folder: Path) -> list[AuditEntry]:
    """The entries of one decision that was carried out."""
    world = SignedWorld(folder)
    world.decided()
    kept = world.state.contents()
    return [AuditEntry(r.recorded_at, r.event, r.subject_id, r.actor, kept[r.sequence][1]) for r in world.state.records()]


def chain(entries: Sequence[AuditEntry], count: int) -> tuple[list[AuditRecord], Contents]:
    """So many decisions, one after the other."""
    made: list[AuditRecord] = []
    contents: Contents = {}
    for number in range(count):
        for entry in entries:
            at = entry.recorded_at + timedelta(minutes=number)
            made.append(seal(made[-1] if made else None, AuditEntry(at, entry.event, entry.subject_id, entry.actor, entry.content), SALT))
            contents[made[-1].sequence] = (SALT, StoredContent(canonical_json(entry.content).decode()))
    return made, contents


def told(what: str, count: int, work: Callable[[], object]) -> None:
    """Prints how many a second."""
    began = time.process_time()
    work()
    print(f"{what:<64} {count / (time.process_time() - began):>10,.0f}/s")


def breaks_of(part: Part) -> int:
    """How many breaks the part has."""
    return len(verify(*part))


def halves(records: list[AuditRecord], contents: Contents) -> list[Part]:
    """The chain in two parts, the second from the last record of the first."""
    middle = len(records) // 2
    first, second = records[:middle], records[middle:]
    return [
        (first, {r.sequence: contents[r.sequence] for r in first}, anchor_of(first[-1]), None),
        (second, {r.sequence: contents[r.sequence] for r in second}, anchor_of(second[-1]), anchor_of(first[-1])),
    ]


def in_memory(entries: Sequence[AuditEntry], count: int, key: SigningKey) -> None:
    """Sealing and verifying without a database."""
    records, contents = chain(entries, count)
    size = sum(len(repr(content)) for _, content in contents.values()) / len(contents)
    print(f"{len(records):,} records of {count:,} decisions, {size:,.0f} bytes of content each on average; on one core:")
    told("sealed", len(records), lambda: chain(entries, count))
    told("verified, contents included", len(records), lambda: breaks_of((records, contents, anchor_of(records[-1]), None)))
    told("verified, contents erased", len(records), lambda: breaks_of((records, {}, anchor_of(records[-1]), None)))
    with ProcessPoolExecutor(2, initializer=_take, initargs=(halves(records, contents),)) as pool:
        slower = max(pool.map(_seconds_of_half, range(2)))
    print(f"{'verified, contents included, on two cores':<64} {len(records) / slower:>10,.0f}/s")
    anchors = [signed(anchor_of(record), START, key) for record in records[:2000]]
    told("anchors signed (one per change)", 2000, lambda: [signed(anchor_of(record), START, key) for record in records[:2000]])
    told(
        "signatures verified (by `audit verify`; before sending only one)",
        2000,
        lambda: broken_signatures(anchors, key.public(), every=True),
    )


_PARTS: list[Part] = []


def _take(parts: list[Part]) -> None:
    _PARTS[:] = parts


def _seconds_of_half(number: int) -> float:
    began = time.process_time()
    breaks_of(_PARTS[number])
    return time.process_time() - began


def through_the_store(folder: Path, changes: int) -> None:
    """Transactions of one record each, whose anchors are synced to the disk."""
    print(f"\n{changes:,} changes through the store, SQLite and anchor synced to the disk each:")
    for name, key in (("without signature", None), ("with signature", SigningKey(folder / "signing.key"))):
        place, clock = folder / name.replace(" ", "_"), FakeClock()
        place.mkdir()
        store = SqlStateStore(f"sqlite:///{place / 'state.sqlite'}", AnchorFile(place / "anchor.jsonl", key, clock.now), clock)
        store.note("noted", "subject_0", "ada", {}, START)
        began, worked = time.perf_counter(), time.process_time()
        for number in range(changes):
            store.note("noted", f"subject_{number}", "ada", {"number": number}, START)
        took, used = time.perf_counter() - began, time.process_time() - worked
        print(f"sealed {name}: {changes / took:,.0f}/s by the clock, {used / changes * 1e6:,.0f} microseconds of processor time each")
    told("  verified whole, each signature too", changes + 1, lambda: verified(store))
    told("  verified as before each execution, the newest signature", changes + 1, lambda: verified(store, every=False))
    print(f"  breaks: {len(verified(store).breaks)}")


def of_a_home(world: SignedWorld, entries: Sequence[AuditEntry], decisions: int) -> None:
    """What an operator does with a home of many decisions: verify, export, verify the export, decide again."""
    fill(world, entries, decisions)
    count = len(world.state.records())
    print(f"\na home with {count:,} records:")
    told("audit verify, reading included", count, lambda: verified(world.state))
    lines: list[str] = []
    told("audit export", count, lambda: lines.extend(json.dumps(one) for one in exported(world.state, None, START, world.key)))
    told("audit verify --export", count, lambda: verified_export(lines, world.key.public()))
    rules = Rules.of([seed_policy()], seed_playbooks())
    told("audit replay --all (decisions)", decisions, lambda: replayed(world.state, rules))
    found = [*verified(world.state).breaks, *verified_export(lines, world.key.public()).breaks]
    differ = [one for one in replayed(world.state, rules) if one.differences]
    print(f"breaks: {len(found)}; decisions that differ: {len(differ)}")


def fill(world: SignedWorld, entries: Sequence[AuditEntry], decisions: int) -> None:
    """The decisions noted in the trail under ids of their own, each as one change."""
    for number in range(decisions):
        with world.state._change() as change:
            for entry in entries:
                change.audit(entry.event, f"{entry.subject_id}_{number}", entry.actor, entry.content, entry.recorded_at)


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entries = decision(folder / "one")
        in_memory(entries, asked.decisions, SigningKey(folder / "memory.key"))
        through_the_store(folder, asked.changes)
        of_a_home(SignedWorld(folder / "many"), entries, asked.decisions // 5)


if __name__ == "__main__":
    main()
