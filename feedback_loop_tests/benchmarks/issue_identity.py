"""Issues over ten daily windows while new subjects appear: do they keep their identity, and are new ones noticed within two days?

Run it with `python -m feedback_loop_tests.benchmarks.issue_identity [--data FOLDER] [--cache FILE] [--seeds 3] [--cost]`.

Training parts of Banking77 and CLINC150, each a stream of ten days: every text gets a day at random; ten classes, chosen by the seed, begin
on days 3 to 9 (spread evenly) and lose their texts before; all other classes are there from day 1. Every day the texts so far (a window of
28 days) are clustered by `analysis/cluster`, and `gold/identity` carries the issues on. Labels are only used to judge:

- continuity: for each class and each two days in a row, whether the issue that holds most of the class's texts of the window is the same on
  both days; a class whose texts are mostly noise on the first counts as lost. Weighted by the class's new texts of the second day.
- texts kept: of the texts that belong to an issue on one day, the share that belongs to the same the day after.
- new texts: as continuity, but of the texts that arrived on each of the two days alone: a sample of 4 to 20 a class, so it also says how
  much clusters disagree with classes.
- found: new classes of which an issue, on the day of their appearing or the day after, holds more of than of all other classes together,
  and which no other class had held more than half of before.
- foreign issues: issues that were opened or split off on days 2 to 10 and are not mostly of a class that is new; they are the price.

With `--cost`: CPU seconds of one day's ledger after 30, 300 and 1,000 days of history, going on from the stored day before.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.labelled_texts import LabelledText
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.gold.identity import IDENTITY_VERSION, Said, carried_days
from feedback_loop.gold.ledger_rows import ledgers_of, rows_of, state_frame
from feedback_loop.ports import Embedder
from feedback_loop_tests.benchmarks.text_classification import banking_rows, clinc_rows
from feedback_loop_tests.real_reviews import FOLDER

DAYS, NEW_CLASSES = 10, 10
FIRST_NEW, LAST_NEW = 2, 8
"""Days counted from 0 on which new classes begin: two days of the others come first, and two days are left to find the last."""

START = date(2024, 3, 1)
NO_STATUSES = pl.DataFrame(schema={"issue_id": pl.String, "issue_status": pl.String, "event_date": pl.Date})
NOBODY = ""


@dataclass(frozen=True)
class Stream:
    """The texts in the order of their ids: class, day (from 0), id, and the vectors; `begun` says on which day each new class began."""

    labels: npt.NDArray[np.str_]
    days: npt.NDArray[np.int64]
    ids: list[str]
    texts: list[str]
    vectors: npt.NDArray[np.float32]
    begun: dict[str, int]

    @classmethod
    def of(cls, rows: Sequence[LabelledText], vectors: npt.NDArray[np.float32], seed: int) -> Stream:
        """The stream that the seed decides."""
        rng = np.random.default_rng([seed, 20260101])
        labels = np.array([row.label for row in rows])
        chosen = rng.permutation(np.unique(labels))[:NEW_CLASSES]
        begun = {str(name): FIRST_NEW + n % (LAST_NEW - FIRST_NEW + 1) for n, name in enumerate(chosen)}
        days = rng.integers(0, DAYS, len(rows))
        ids = [stable_id("fragment", seed, n) for n in range(len(rows))]
        kept = [n for n in np.argsort(ids) if days[n] >= begun.get(str(labels[n]), 0)]
        return cls(labels[kept], days[kept], [ids[n] for n in kept], [rows[n].text for n in kept], vectors[kept], begun)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """As silver and analysis have them: fragments, classes (one for all: subjects are told apart by their words), vectors."""
        dates = [START + timedelta(days=int(n)) for n in self.days]
        shared = {"fragment_id": self.ids, "event_date": dates}
        fragments = pl.DataFrame(
            {
                **shared, "product": ["bank"] * len(dates), "masked_text": self.texts, "language": ["en"] * len(dates),
                "occurred_at": [datetime(d.year, d.month, d.day, tzinfo=UTC) for d in dates],
            }
        ).with_columns(duplicate_of=pl.lit(None, pl.String))  # fmt: skip
        classes = pl.DataFrame({"fragment_id": self.ids, "best_class": ["broken_workflow"] * len(dates)})
        vectors = pl.Series("vector", self.vectors).arr.to_list()
        return fragments, classes, pl.DataFrame({**shared, "embedding_model_version": ["m"] * len(dates)}).with_columns(vectors)


@dataclass
class Score:
    """What one stream came to."""

    continuity: list[tuple[float, float]] = field(default_factory=list)
    new_texts: list[tuple[float, float]] = field(default_factory=list)
    kept: list[tuple[float, float]] = field(default_factory=list)
    noise: list[float] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    foreign: int = 0
    seconds: float = 0.0

    @staticmethod
    def mean(pairs: Sequence[tuple[float, float]]) -> float:
        """The mean of values by their weights."""
        values, weights = np.array(pairs).T
        return float((values * weights).sum() / weights.sum())


def owned(stream: Stream) -> Iterator[tuple[npt.NDArray[np.str_], float]]:
    """Per day the issue of each text, nobody's where it is noise or yet to come, and the CPU seconds of the ledger's day."""
    fragments, classes, vectors = stream.frames()
    days = DayRange(START, START + timedelta(days=DAYS - 1))
    found, said = clusters(fragments, classes, vectors, days), Said.of(fragments, vectors)
    began = time.process_time()
    for _, ledger in carried_days(found, said, NO_STATUSES, {}, days):
        owner = {f: issue.issue_id for issue in ledger.issues.values() if not issue.is_forming for f in issue.members}
        yield np.array([owner.get(f, NOBODY) for f in stream.ids]), time.process_time() - began
        began = time.process_time()


def scored(stream: Stream) -> Score:
    """The figures of the docstring."""
    score, before = Score(), None
    owners: dict[str, str | None] = {}
    for day, (now, seconds) in enumerate(owned(stream)):
        score.seconds += seconds / DAYS
        score.noise.append(float((now[stream.days == day] == NOBODY).mean()))
        _find(score, stream, now, day, owners)
        if before is not None:
            _compare(score, stream, before, now, day)
        before = now
    return score


def _compare(score: Score, stream: Stream, before: npt.NDArray[np.str_], now: npt.NDArray[np.str_], day: int) -> None:
    is_held = before != NOBODY
    score.kept.append((float((before == now)[is_held].mean()), float(is_held.sum())))
    for name in np.unique(stream.labels[stream.days == day]):
        is_class = stream.labels == name
        past, fresh = is_class & (stream.days < day), is_class & (stream.days == day)
        if past.any():
            weight = float(fresh.sum())
            score.continuity.append((_same(before[past], now[past | fresh]), weight))
            if (yesterday := is_class & (stream.days == day - 1)).any():
                score.new_texts.append((_same(before[yesterday], now[fresh]), weight))


def _same(before: npt.NDArray[np.str_], now: npt.NDArray[np.str_]) -> float:
    first, second = (_most(Counter(names.tolist())) for names in (before, now))
    return float(first == second != NOBODY)


def _find(score: Score, stream: Stream, now: npt.NDArray[np.str_], day: int, owners: dict[str, str | None]) -> None:
    for issue in sorted(set(now.tolist()) - {NOBODY}):
        votes = Counter(stream.labels[now == issue].tolist())
        main = _most(votes)
        is_main = votes[main] > votes.total() / 2
        if issue not in owners:
            score.foreign += day > 0 and not (is_main and main in stream.begun)
        if is_main or issue not in owners:
            owners[issue] = owners.get(issue) or (main if is_main else None)
        if is_main and owners[issue] == main and day - stream.begun.get(main, -DAYS) in (0, 1):
            score.found.add(main)


def _most(votes: Counter[str]) -> str:
    return min(votes, key=lambda name: (-votes[name], name))


def identity_grid(name: str, rows: Sequence[LabelledText], embedder: Embedder, seeds: int) -> Grid:
    """One row per seed and their mean."""
    vectors = embedder.embed([row.text for row in rows])
    grid = Grid("seed", "continuity", "texts kept", "new texts", "found of 10", "foreign issues", "noise", "CPU s a day", title=name)
    figures = []
    for seed in range(seeds):
        score = scored(Stream.of(rows, vectors, seed))
        means = [Score.mean(pairs) for pairs in (score.continuity, score.kept, score.new_texts)]
        figures.append([*means, len(score.found), score.foreign, float(np.mean(score.noise)), score.seconds])
        grid.add_row(str(seed), *_shown(figures[-1]))
    grid.add_row("mean", *_shown(np.mean(figures, axis=0).tolist()))
    return grid


def _shown(figures: Sequence[float]) -> list[str]:
    formats = (".3f", ".3f", ".3f", "g", "g", ".3f", ".2f")
    return [format(value, form) for value, form in zip(figures, formats, strict=True)]


def cost_grid() -> Grid:
    """What one more day costs after histories of several lengths: 40 fragments a day about 10 subjects."""
    grid = Grid("days of history", "CPU s of the next day", "rows of the ledger read", "replay of all days, CPU s", title="Cost of a day")
    for length in (30, 300, 1000):
        said, found = _made_up(length + 1)
        last = START + timedelta(days=length)
        ledgers: dict[str, object] = {}
        past, today = found.filter(pl.col("event_date") < last), found.filter(pl.col("event_date") == last)
        began = time.process_time()
        rows = []
        for day, ledger in carried_days(past, said, NO_STATUSES, ledgers, DayRange(START, last - timedelta(days=1))):  # type: ignore[arg-type]
            rows = rows_of(ledger, day, IDENTITY_VERSION)
        replay = time.process_time() - began
        stored = state_frame(rows)
        began = time.process_time()
        for _ in carried_days(today, said, NO_STATUSES, ledgers_of(stored), DayRange(last, last)):
            pass
        grid.add_row(str(length), f"{time.process_time() - began:.3f}", str(stored.height), f"{replay:.1f}")
    return grid


def _made_up(length: int) -> tuple[Said, pl.DataFrame]:
    """Fragments about ten subjects and their clusters, of the 28 days that end with each day."""
    subjects, each, window, width = 10, 4, 28, 64
    rng = np.random.default_rng(0)
    topics = np.tile(np.repeat(np.arange(subjects), each), length)
    days = np.repeat(np.arange(length), subjects * each)
    vectors = np.eye(width)[topics] + rng.normal(0.0, 0.08, (len(topics), width))
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [f"fragment_{n:08d}" for n in range(len(topics))]
    dates = [START + timedelta(days=int(n)) for n in days]
    frame = {
        "fragment_id": ids, "event_date": dates, "masked_text": ["made up"] * len(ids), "embedding_model_version": ["m"] * len(ids),
        "occurred_at": [datetime(d.year, d.month, d.day, tzinfo=UTC) for d in dates],
    }  # fmt: skip
    columns = pl.DataFrame(frame).select("fragment_id", "event_date", "occurred_at", "masked_text", "embedding_model_version")
    rows = [
        {
            "product": "app", "event_date": START + timedelta(days=day), "cluster_id": stable_id("cluster", day, topic),
            "best_class": "crash", "cluster_label": "made up", "is_catch_all": False,
            "member_fragment_ids": [
                ids[n]
                for back in range(max(0, day - window + 1), day + 1)
                for n in range((back * subjects + topic) * each, (back * subjects + topic + 1) * each)
            ],
            "centroid": np.eye(width, dtype=np.float32)[topic].tolist(), "embedding_model_version": "m",
        }
        for day in range(length)
        for topic in range(subjects)
    ]  # fmt: skip
    found = pl.DataFrame(rows, schema_overrides={"centroid": pl.List(pl.Float32)})
    return Said({f: n for n, f in enumerate(ids)}, columns, unit), found


def main() -> int:
    """Prints the tables; 1 where the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER.parent, help="folder that holds banking77/ and clinc150/")
    parser.add_argument("--cache", type=Path, help="file in which vectors are kept between runs")
    parser.add_argument("--seeds", type=int, default=3, help="streams of each set")
    parser.add_argument("--cost", action="store_true", help="also what a day costs after 30, 300 and 1,000 days")
    options = parser.parse_args()
    console = Console(width=140)
    if options.cost:
        console.print(cost_grid())
    if not (options.data / "banking77").is_dir() or not (options.data / "clinc150").is_dir():
        console.print(f"no banking77 and clinc150 in {options.data}; nothing measured")
        return 1
    embedder: Embedder = CachingEmbedder(MiniLmEmbedder(), options.cache) if options.cache else MiniLmEmbedder()
    console.print(identity_grid("Banking77", banking_rows(options.data), embedder, options.seeds))
    console.print(identity_grid("CLINC150", clinc_rows(options.data)["train"], embedder, options.seeds))
    console.print(f"encoder {embedder.model_version}, identity {IDENTITY_VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
