"""A labelled home of two weeks, of which a version that takes refunds for a program that closes classified the second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.model_recipes import MODEL, classified, recipe_of, trained, trained_event
from feedback_loop.workflows.model_versions import Home, train_version
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import WORDS, label, labelled_home, names, true_class
from feedback_loop_tests.workflows.test_label import fragments

BEFORE = DayRange(date(2026, 2, 2), date(2026, 2, 8))
AFTER = DayRange(date(2026, 2, 9), date(2026, 2, 15))
PER_DAY = 10


@dataclass(frozen=True)
class Drifted:
    """The home, and the versions of its two weeks."""

    home: Home
    good: str
    bad: str


def drifted_home(folder: Path, refunds_after: int = 5) -> Drifted:
    """So many of each day's ten fragments of the second week are about refunds, of the first week five."""
    home = labelled_home(folder)
    learnt, held = ([n for n, name in enumerate(names()) if is_held_out(name) == side] for side in (False, True))
    # Held-out labels of refunds are not there at first, so that nothing says yet who is right.
    for number in [*learnt, *(n for n in held if true_class(n) == "closes_itself")]:
        label(home, range(number, number + 1))
    good = train_version(home, START).model_version
    refunds = frozenset(n for n in learnt if true_class(n) == "money_back")
    for number in refunds:
        label(home, range(number, number + 1), START + timedelta(hours=1), refunds)
    bad = train_version(home, START + timedelta(hours=2)).model_version
    _classify(home, good, BEFORE, 5)
    _classify(home, bad, AFTER, refunds_after)
    return Drifted(home, good, bad)


def promoted(home: Home, version: str, at: datetime) -> None:
    """Writes down that bo promoted the version at that instant, whatever the hold-out says."""
    row = trained_event(home.state.snapshot(MODEL), version)
    changes = {"model_event": "promoted", "model_event_by": "bo", "model_event_at": at, "model_event_why": "more labels"}
    home.state.record(MODEL, [row | changes | {"model_event_id": f"promoted-{version}"}], "bo", at)


def label_held_out_refunds(home: Home) -> None:
    """Ada labels the held-out fragments about refunds, truly."""
    for number in (n for n, name in enumerate(names()) if is_held_out(name) and true_class(n) == "money_back"):
        label(home, range(number, number + 1), START + timedelta(hours=9))


def _classify(home: Home, version: str, days: DayRange, refunds: int) -> None:
    texts = pl.concat([_fragment(day, number, number < refunds) for day in days for number in range(PER_DAY)])
    home.tables.append(TABLES["silver_fragment"], texts)
    model = trained(recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder), home.embedder)
    rows = classified(texts, model, home.embedder).drop("event_date").join(texts.select("fragment_id", "event_date"), on="fragment_id")
    table = TABLES["analysis_classification"]
    home.tables.append(table, rows.select(table.columns))


def _fragment(day: date, number: int, is_refund: bool) -> pl.DataFrame:
    text = WORDS["money_back" if is_refund else "closes_itself"].format(f"{day.day}-{number}")
    made = fragments(f"fragment_{day}_{number}", day)
    at, none = pl.lit(datetime.combine(day, time(9), UTC)), pl.lit(None, pl.String)
    said = {"masked_text": pl.lit(text), "language": pl.lit("en"), "product": pl.lit("Lumen"), "duplicate_of": none}
    return made.with_columns(**said, occurred_at=at, landed_at=at).cast(pl.Schema(TABLES["silver_fragment"].schema))
