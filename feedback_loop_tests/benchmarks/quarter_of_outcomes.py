"""Ninety days of twenty thousand fragments a day through promises, figures, effects and returns: how long, and how much memory.

    python -m feedback_loop_tests.benchmarks.quarter_of_outcomes [--days 90] [--fragments 20000]

The tables are made up (the sizes and shapes of real ones, no words of customers) and lie as Delta tables; the assets of `outcomes_*`
compute theirs in a process of its own, with their contract checks, and its seconds and largest size are printed beside those of a process
that imports the same and computes nothing. Aim: at most 60 s and 2 GB. Exit code 1 where it is missed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import numpy as np
import polars as pl

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.defs import outcomes_assets
from feedback_loop.defs.wiring import build_resources
from feedback_loop.outcomes.assumptions_text import seed_text
from feedback_loop_tests.benchmarks.million_fragments import whole

FIRST = date(2026, 1, 5)
MOST_SECONDS, MOST_BYTES = 60.0, 2_000_000_000
CLASSES, TIERS = tuple(str(word) for word in ISSUE_CLASSES), ("free", "pro", "enterprise")
CUSTOMERS, ALERTS_A_DAY, EVENTS_A_DAY, SAMPLES = 300_000, 6, 3_000, 20
KINDS = ("order", "order", "order", "order", "order", "refund", "cancellation", "case_handled")
_HOUR = timedelta(hours=1)


def write_home(settings: Settings, days: int, count: int) -> None:
    """Fills the home, day by day."""
    store, rng = DeltaTableStore(settings.tables_folder, settings.locks_folder), np.random.default_rng(1)
    alerts: list[pl.DataFrame] = []
    for n in range(days):
        day = FIRST + timedelta(days=n)
        said = fragments_of(day, n, count, rng)
        alerts.append(alerts_of(day, said, rng))
        for name in ("silver_message", "silver_fragment", "analysis_classification", "analysis_triage"):
            store.replace_days(TABLES[name], whole(name, said), DayRange(day, day))
        events = events_of(day, n, rng)
        store.replace_days(TABLES["context_business_event"], whole("context_business_event", events), DayRange(day, day))
    raised = pl.concat(alerts)
    for name, frame in {"analysis_alert": raised, **handled(raised, rng)}.items():
        store.replace_all(TABLES[name], whole(name, frame))
    half = FIRST + timedelta(days=days // 2)
    compared = (
        f"before: {{from: {FIRST}, to: {half - timedelta(days=1)}}}, with_loop: {{from: {half}, to: {FIRST + timedelta(days=days - 1)}}}"
    )
    settings.roi_file.write_text(f"{seed_text()}\ncompared: {{{compared}}}\n", encoding="utf-8")


def fragments_of(day: date, n: int, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """The fragments of the day in the columns that are read, with ids of the usual length and one of so many customers each."""
    ids = pl.Series(n * count + np.arange(count)).cast(pl.String).str.zfill(40)
    minutes = pl.Series(np.sort(rng.integers(0, 1440, count)))
    frame = pl.DataFrame({"id": ids, "minutes": minutes, "customer": pl.Series(rng.integers(0, CUSTOMERS, count)).cast(pl.String)})
    at = pl.lit(datetime(day.year, day.month, day.day, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")) + pl.duration(minutes="minutes")
    return frame.with_columns(
        fragment_id=pl.concat_str(pl.lit("fragment_"), "id"), record_id=pl.concat_str(pl.lit("record_"), "id"),
        customer_id=pl.col("customer").str.zfill(32), product=pl.lit("shop"), occurred_at=at, landed_at=at, event_date=pl.lit(day),
        tier=_drawn(TIERS, count, rng), best_class=_drawn(CLASSES, count, rng), taxonomy_class=pl.lit("crash"),
        urgency=_drawn(("urgent", "high", "normal", "low"), count, rng), rating=pl.Series(rng.integers(1, 6, count).astype(float)),
        browser=_drawn(("Safari 18", "Firefox 140", "Chrome 150"), count, rng),
    )  # fmt: skip


def alerts_of(day: date, said: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Alerts of the day, each with fragments that show it."""
    rows = []
    for n in range(ALERTS_A_DAY):
        shown = said["fragment_id"].gather(rng.integers(0, said.height, SAMPLES)).to_list()
        at = datetime(day.year, day.month, day.day, 3 * n + 3, tzinfo=UTC)
        rows.append({"alert_id": f"a-{day}-{n}", "raised_at": at, "sample_fragment_ids": shown, "alerted_class": CLASSES[n]})
    alike = {"product": "shop", "window_minutes": 360.0, "alert_kind": "rate", "subject_kind": "class", "is_story_head": True}
    return pl.DataFrame(rows).with_columns(event_date=pl.lit(day), **{name: pl.lit(value) for name, value in alike.items()})


def events_of(day: date, n: int, rng: np.random.Generator) -> pl.DataFrame:
    """Orders, refunds, cancellations and handled cases of the day."""
    ids = pl.Series(n * EVENTS_A_DAY + np.arange(EVENTS_A_DAY)).cast(pl.String)
    minutes = pl.Series(rng.integers(0, 1440, EVENTS_A_DAY))
    at = pl.lit(datetime(day.year, day.month, day.day, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")) + pl.duration(minutes="minutes")
    return pl.DataFrame({"statement_id": ids, "business_event_id": ids, "minutes": minutes}).with_columns(
        business_event_kind=_drawn(KINDS, EVENTS_A_DAY, rng), product=pl.lit("shop"), occurred_at=at, landed_at=at, event_date=pl.lit(day),
        customer_id=pl.Series(rng.integers(0, CUSTOMERS, EVENTS_A_DAY)).cast(pl.String).str.zfill(32),
        amount_usd=pl.lit(20.0), handling_minutes=pl.lit(12.0),
    )  # fmt: skip


def handled(alerts: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """What was proposed, done and said about every third alert."""
    acted = alerts.gather_every(3).with_row_index("n")
    ids = {"proposal_id": pl.format("p{}", "n"), "action_id": pl.format("x{}", "n"), "hypothesis_id": pl.format("h{}", "n")}
    base = acted.with_columns(
        **ids, action_kind=pl.lit("roll_back_config"), cause_kind=pl.lit("config"), cause_scope=pl.lit('{"browser":["Safari 18"]}'),
        proposal_status=pl.lit("done"), proposed_at=pl.col("raised_at") + _HOUR, decided_at=pl.col("raised_at") + 2 * _HOUR,
        executed_at=pl.col("raised_at") + 3 * _HOUR, sent_at=pl.col("raised_at") + 4 * _HOUR, confirmed_at=pl.col("raised_at") + 9 * _HOUR,
        onset_at=pl.col("raised_at") - 6 * _HOUR, action_status=pl.lit("done"), message_status=pl.lit("confirmed"),
        message_draft_id=pl.format("m{}", "n"), proposed_hypothesis_id=pl.format("h{}", "n"), hypothesis_rank=pl.lit(1),
        recipient_customer_id=pl.Series(rng.integers(0, CUSTOMERS, acted.height)).cast(pl.String).str.zfill(32),
    )  # fmt: skip
    names = ("analysis_hypothesis", "remediation_proposal", "remediation_action", "remediation_message")
    return dict.fromkeys(names, base)


def _drawn(words: tuple[str, ...], count: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(words)[pl.Series(rng.integers(0, len(words), count))]


def compute(home: Path) -> None:
    """The outcomes of the home, by their assets and checks."""
    assets = [a for a in dg.load_assets_from_modules([outcomes_assets]) if isinstance(a, dg.AssetsDefinition)]
    checks = dg.load_asset_checks_from_modules([outcomes_assets])
    resources = build_resources(str(home), None)
    wanted = {name: resources[name] for name in ("store", "io_manager")}
    done = dg.materialize([*assets, *checks], resources=wanted)
    # Promises that are left waiting are what the check is to say of such a home.
    if not all(one.passed for one in done.get_asset_check_evaluations() if one.check_name == "fulfils_its_contract"):
        sys.exit("a contract is broken")
    for event in done.get_step_success_events():
        if "contract" not in str(event.step_key):
            print(f"  {event.step_key}: {event.step_success_data.duration_ms / 1000:.1f} s")


def told_by(process: str, home: Path) -> tuple[float, int]:
    """Wall seconds and largest bytes of a process that computes, or that imports the same and ends."""
    began = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-m", "feedback_loop_tests.benchmarks.quarter_of_outcomes", f"--{process}", str(home)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    *steps, most = done.stdout.splitlines()
    print("\n".join(steps), end="\n" if steps else "")
    return time.monotonic() - began, int(most)


def main() -> None:
    """Make the tables, measure, and say whether the aim is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--fragments", type=int, default=20_000)
    parser.add_argument("--compute", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--nothing", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.compute or args.nothing:
        if args.compute:
            compute(args.compute)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        write_home(settings, args.days, args.fragments)
        print(f"{args.days} days of {args.fragments:,} fragments, {EVENTS_A_DAY:,} business events and {ALERTS_A_DAY} alerts a day")
        idle, empty = told_by("nothing", settings.home)
        seconds, most = told_by("compute", settings.home)
        store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
        counts = {name: store.read(TABLES[name]).height for name in TABLES if name.startswith("outcomes_")}
    print(f"all outcomes: {seconds:.1f} s, {most / 1e9:.2f} GB (of these start-up: {idle:.1f} s, {empty / 1e9:.2f} GB)")
    print(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    sys.exit(0 if seconds <= MOST_SECONDS and most <= MOST_BYTES else 1)


if __name__ == "__main__":
    main()
