"""Back-tests of a real review export and of a simulated company whose truth is known: what would have been done, and how right that was.

    python -m feedback_loop_tests.benchmarks.backtests [--part export|company] [--home HOME] [--from DAY --to DAY] [--every HOURS]

The export is landed in a new home and replayed by event, as a user's own would be: no labels, no state database. The company is that of
`feedback-loop demo`: HOME is a home in which the demo was lived (without one it is lived first), because its tables hold what people
decided and what came of it. It is replayed under the rules in force, and once more under daring ones: release-rollback goes alone, and a
gate that nobody proved (score .8, assumed) certifies each class that is not sensitive. Precision by the tables stands beside precision by
the planted truth, which the command never sees. Ends with 1 where a back-test changed a byte of tables, decisions or audit, or the export
is absent.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE
from feedback_loop.cli.places import open_models, open_state
from feedback_loop.config import load_settings
from feedback_loop.contracts.autonomy_vocab import AutonomyWord
from feedback_loop.contracts.days import parse_day
from feedback_loop.contracts.loop_vocab import MENDING
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.methods.statistics.share_bounds import share_interval
from feedback_loop.remediation.autonomy import AUTONOMY, EVERYTHING, autonomy_row
from feedback_loop.simulation.scoring import OVERLAP_SHARE
from feedback_loop_tests.benchmarks.whole_pipeline import run_command, store_of
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.real_reviews import WHY_ABSENT, are_absent, export_of

PRODUCT, MONTH = "in.junio", ("2021-10-01", "2021-10-31")
ASSUMED_GATE = 0.8
_KEPT = ("tables", "state", "audit")
_MENDING = tuple(str(kind) for kind in MENDING)

console = Console(width=170)
Row = dict[str, Any]


def bytes_of(home: Path) -> dict[str, str]:
    """A digest of each file that holds tables, decisions or the audit's anchor."""
    files = [file for folder in _KEPT for file in (home / folder).rglob("*") if file.is_file()]
    return {str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def replayed(home: Path, *arguments: str) -> tuple[Row, bool]:
    """What the command told, and whether it left every byte as it was."""
    before = bytes_of(home)
    told, seconds = run_command(home, "backtest", *arguments)
    after = bytes_of(home)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    stored = f"CHANGED: {', '.join(changed)}" if changed else f"nothing stored ({len(before)} files of tables, state and audit byte-equal)"
    console.print(f"backtest {' '.join(arguments)}: {seconds:.0f} s; {stored}")
    return told, not changed


def print_figures(told: Row) -> None:
    """Counts, what is known, and what would have been gained."""
    ways = ", ".join(f"{count} {way}" for way, count in told["ways"].items())
    console.print(f"{told['alert_count']} alerts, {len(told['proposals'])} proposals: {ways}")
    grid = Grid("playbook", "would be", "right", "wrong", "unjudged", "precision", "95 % interval", title="Judged from the tables")
    for row in told["precision"]:
        counts = (str(row[f"{name}_count"]) for name in ("right", "wrong", "unjudged"))
        grid.add_row(row["playbook_id"] or "all", row["would_be"], *counts, *_share(row["right_count"], row["wrong_count"]))
    console.print(grid)
    if told["advice"]:
        console.print(told["advice"])
    console.print(f"minutes saved: {_or_unknown(told['minutes_saved'])}; of agents: {_or_unknown(told['agent_minutes_saved'])}")
    console.print(f"left out: {told['repeated_count']} that repeat another, {told['late_count']} that come after the real action")
    console.print(f"missing inputs: {told['missing_inputs'] or 'none'}")
    broken = told["breaches"]
    told_of = f"{_or_unknown(broken['avoided_count'])} of {broken['breached_count']} breached mitigations"
    console.print(f"breaches avoided: {told_of}, {broken['other_policy_count']} under another policy; missing: {broken['missing_inputs']}")
    for row in told["wrong"]:
        console.print("wrong by the tables: " + " · ".join(str(value) for value in row.values()))


def _share(right: int, wrong: int) -> tuple[str, str]:
    if not right + wrong:
        return "–", "–"
    low, high = share_interval(right, right + wrong)
    return f"{right / (right + wrong):.2f}", f"{low:.2f}…{high:.2f}"


def _or_unknown(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"


@dataclass(frozen=True)
class Truth:
    """What was planted, and the share of each alert's shown messages that come from a planted defect."""

    faults: Sequence[Row]
    defect_share: dict[str, float]

    @classmethod
    def of(cls, home: Path) -> Truth:
        """The truth that the demo wrote beside its home."""
        faults, messages = (_lines(home / "demo" / "truth" / f"truth_{name}.jsonl") for name in ("fault", "message"))
        defects = {row["fault"] for row in faults if row["is_defect"]}
        of_defect = {row["message_id"] for row in messages if row["fault"] in defects}
        store = store_of(home)
        shown = (
            store.read(TABLES["analysis_alert"], columns=["alert_id", "sample_fragment_ids"]).explode("sample_fragment_ids").drop_nulls()
        )
        fragments = store.read(TABLES["silver_fragment"], columns=["fragment_id", "record_id"])
        records = store.read(TABLES["bronze_feedback_record"], columns=["record_id", "source_record_id"]).unique("record_id")
        joined = shown.rename({"sample_fragment_ids": "fragment_id"}).join(fragments, on="fragment_id").join(records, on="record_id")
        shares: dict[str, list[bool]] = {}
        for alert, message in joined.select("alert_id", "source_record_id").iter_rows():
            shares.setdefault(alert, []).append(message in of_defect)
        return cls(faults, {alert: sum(found) / len(found) for alert, found in shares.items()})

    def is_right(self, proposal: Row) -> bool:
        """Whether an action is aimed at a planted cause that it can mend, or speaks of complaints of which enough come from a defect."""
        kind, target = proposal["action_kind"], proposal["action_target"]
        if proposal["cause_id"] is None:
            return self.defect_share.get(proposal["alert_id"], 0.0) >= OVERLAP_SHARE
        aimed = [fault for fault in self.faults if fault["cause_id"] == target]
        return any(kind not in _MENDING or kind in fault["remedy_kinds"] for fault in aimed)


def _lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def print_truth(told: Row, truth: Truth) -> None:
    """Each action that would have been done, by the truth and by the tables, and precision by both."""
    done = [row for row in told["proposals"] if row["would_be"] in ("automatic", "approved by people")]
    grid = Grid("looked at", "playbook", "action", "target", "would be", "truth", "tables", title="What would have been done")
    for row in done:
        truly = "right" if truth.is_right(row) else "wrong"
        grid.add_row(
            row["proposed_at"][:16], row["playbook_id"], row["action_kind"], row["action_target"], row["would_be"], truly, row["verdict"]
        )
    console.print(grid)
    for name, rows in (("automatic", [row for row in done if row["would_be"] == "automatic"]), ("automatic or approved", done)):
        right = sum(truth.is_right(row) for row in rows)
        judged = [row for row in rows if row["verdict"] != "unjudged"]
        said = sum(row["verdict"] == "right" for row in judged)
        same = sum((row["verdict"] == "right") == truth.is_right(row) for row in judged)
        by_truth, by_tables = _share(right, len(rows) - right), _share(said, len(judged) - said)
        console.print(
            f"{name}: {len(rows)}; precision by the truth {by_truth[0]} ({by_truth[1]}), by the tables {by_tables[0]} ({by_tables[1]}) "
            f"of {len(judged)} judged, {same} of them as the truth has it"
        )


def dare(home: Path, since: datetime) -> None:
    """From then on everything may go alone, and a gate that nobody proved certifies each class that is not sensitive; state of a copy."""
    settings = load_settings(home)
    state, version, table = open_state(settings), open_models(settings).analysed.classifier.classifier_version, TABLES["state_gate"]
    said = {"classifier_version": version, "gate_verdict": "open", "gate_score": ASSUMED_GATE, "gated_by": "benchmark", "gated_at": since}
    classes = [str(name) for name in ISSUE_CLASSES if name not in SENSITIVE_BY_NATURE]
    rows = [valid_row(table, gate_id=f"assumed-{name}", gate_class=name, **said) for name in classes]
    state.record(table, rows, "benchmark", since)
    state.record(AUTONOMY, [autonomy_row(EVERYTHING, AutonomyWord.AUTOMATED, "to be tried", "benchmark", since)], "benchmark", since)


def daring_playbooks(folder: Path) -> Path:
    """The shipped playbooks, the rollback of a release with a low risk and no people."""
    folder.mkdir()
    for text in resources.files("feedback_loop.remediation").joinpath("playbook_texts").iterdir():
        content = text.read_text(encoding="utf-8")
        if text.name == "release-rollback.yaml":
            content = content.replace("risk: high", "risk: low").replace("maturity: assisted", "maturity: automated")
        if text.name.endswith(".yaml"):
            (folder / text.name).write_text(content, encoding="utf-8")
    return folder


def real(folder: Path) -> bool:
    """The back-test of the export in a home of its own; false where it is absent or something was stored."""
    if are_absent():
        console.print(f"[bold]SKIPPED: {WHY_ABSENT}[/bold]")
        return False
    landed, _ = run_command(folder / "real", "ingest", "google-play", str(export_of(PRODUCT)), "--product", PRODUCT)
    console.print(f"\n{PRODUCT}: {landed}")
    told, is_same = replayed(folder / "real", "--from", MONTH[0], "--to", MONTH[1], "--by", "event")
    print_figures(told)
    return is_same


def company(folder: Path, lived: Path | None, days: Iterable[str], every: str) -> bool:
    """The back-tests of the demo's company; false where something was stored."""
    home, (first, last) = folder / "company", days
    if lived is None:
        run_command(home, "demo")
    else:
        shutil.copytree(lived, home)
    truth, span = Truth.of(home), ("--from", first, "--to", last, "--every", every)
    console.print("\nThe demo's company under the rules in force")
    told, is_same = replayed(home, *span)
    print_figures(told)
    print_truth(told, truth)
    console.print(f"\nThe same under daring rules; gates of score {ASSUMED_GATE} are assumed, not proven")
    dare(home, datetime.combine(parse_day(first), time(), UTC))
    told, is_same_again = replayed(home, *span, "--playbooks", str(daring_playbooks(folder / "playbooks")))
    print_figures(told)
    print_truth(told, truth)
    return is_same and is_same_again


def main() -> int:
    """Prints the figures of the export and of the company."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("export", "company"), default=None, help="only this one")
    parser.add_argument("--home", type=Path, default=None, help="a home in which the demo was lived; it is copied")
    parser.add_argument("--from", dest="first", default="2026-04-06")
    parser.add_argument("--to", dest="last", default="2026-04-30")
    parser.add_argument("--every", default="24")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        are_same = [real(Path(folder))] if args.part != "company" else []
        if args.part != "export":
            are_same.append(company(Path(folder), args.home, (args.first, args.last), args.every))
    return int(not all(are_same))


if __name__ == "__main__":
    sys.exit(main())
