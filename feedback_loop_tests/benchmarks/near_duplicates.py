"""Near duplicates: precision and recall on copies of public texts and on annotated bug reports, beside other libraries; and speed.

Run it with `python -m feedback_loop_tests.benchmarks.near_duplicates [--fast]`. Rules were chosen on the even texts; the odd ones are held
out. Strict: of what is said to be a copy, all that the generator did not copy from that text counts as wrong, also where two people did
write the same. Libraries that are not installed are left out, by name.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import polars as pl
from rich.console import Console
from rich.table import Table

from feedback_loop.methods.repetition.fingerprints import fingerprint
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop_tests.benchmarks.copied_texts import (
    COPIES,
    OTHERS,
    annotated_pairs,
    bug_reports,
    of_templates,
    questions,
    reviews,
)
from feedback_loop_tests.benchmarks.duplicate_finders import finders, ours

SEED = 20_261_129
SHORTEST = 5
LIBRARIES = ("rapidfuzz", "datasketch", "rensa", "numpy", "polars")


class Case(NamedTuple):
    """A text, the family that it belongs to, and how it came about (None: as somebody wrote it)."""

    text: str
    family: int
    change: str | None


def cases(texts: Sequence[str], copied: int, rng: random.Random) -> list[Case]:
    """The texts as they are, each form once, then copies of some and texts that only look like copies, shuffled."""
    texts = list({fingerprint(text): text for text in reversed(texts)}.values())[::-1]
    made = [Case(text, n, None) for n, text in enumerate(texts)]
    long = [one for one in made if len(one.text.split()) >= SHORTEST]
    changed = [
        Case(change(one.text, rng), one.family, name) for name, change in COPIES.items() for one in rng.sample(long, min(copied, len(long)))
    ]
    family = len(texts)
    for name, change in OTHERS.items():
        for one in rng.sample(long, min(copied, len(long))):
            text = change(one.text, rng)
            if text != one.text:
                changed.append(Case(text, family := family + 1, name))
    changed += [Case(text, family := family + 1, "template") for text in of_templates(copied, rng)]
    rng.shuffle(changed)
    return made + changed


def score(made: Sequence[Case], found: Sequence[int | None]) -> tuple[list[str], list[tuple[str, str]]]:
    """Recall by kind of copy, false alarms by kind of other text, precision; and the pairs that were called copies and are none."""
    hits, totals, wrong = Counter[str | None](), Counter[str | None](), list[tuple[str, str]]()
    right = 0
    for one, first in zip(made, found, strict=True):
        totals[one.change] += 1
        if first is None:
            continue
        is_right = made[first].family == one.family
        right += is_right
        hits[one.change] += is_right if one.change in COPIES else 1
        if not is_right:
            wrong.append((made[first].text, one.text))
    copies = sum(totals[name] for name in COPIES)
    recall = sum(hits[name] for name in COPIES) / copies
    by_kind = [f"{hits[name] / totals[name]:.3f}" for name in COPIES]
    alarms = [f"{hits[name]}/{totals[name]}" for name in (*OTHERS, "template")]
    precision = right / (right + len(wrong)) if right + len(wrong) else 1.0
    return [f"{precision:.4f}", f"{recall:.3f}", *by_kind, *alarms, str(hits[None])], wrong


def copies_table(console: Console, size: int, copied: int, shown: int) -> None:
    """One row per half, corpus and finder."""
    console.print(
        f"{copied} copies and other texts of each kind among at most {size} originals per half; alarms on what is no copy, of all"
    )
    corpora = {"reviews": reviews(), "questions": questions(), "bug summaries": list({row["Summary"]: None for row in bug_reports()})}
    grid = Table("half", "texts", "finder", "precision", "recall", *COPIES, *OTHERS, "template", "as written", "s")
    for half, label in enumerate(("even", "odd, held out")):
        for corpus, texts in corpora.items():
            made = cases(texts[half::2][:size], copied, random.Random(SEED))
            for name, find in finders().items():
                start = time.perf_counter()
                figures, wrong = score(made, find([one.text for one in made]))
                grid.add_row(label, corpus, name, *figures, f"{time.perf_counter() - start:.1f}")
                for one, other in wrong[:shown] if find is ours else ():
                    console.print(f"  {corpus}: {one[:150]!r} | {other[:150]!r}", markup=False)
    console.print(grid)


def bugs_table(console: Console, shown: int) -> None:
    """Annotated duplicates among bug reports, by their summaries and by their whole texts."""
    rows, annotated = bug_reports(), annotated_pairs()
    ids = [row["Issue id"] for row in rows]
    known = {pair for pair in annotated if pair <= set(ids)}
    grid = Table("bug reports", "finder", "annotated pairs", "said", "annotated of those said", "precision, strict", "recall")
    for of, texts in {
        "summary": [row["Summary"] for row in rows],
        "summary and description": [f"{row['Summary']}\n{row['Description']}" for row in rows],
    }.items():
        for name, find in finders().items():
            if name.startswith("rapidfuzz") and of != "summary":
                continue  # every pair of whole reports: minutes
            said = {frozenset((ids[n], ids[m])) for n, m in enumerate(find(texts)) if m is not None}
            hits = len(said & known)
            grid.add_row(
                of, name, str(len(known)), str(len(said)), str(hits), f"{hits / max(1, len(said)):.3f}", f"{hits / len(known):.3f}"
            )
            if find is ours:
                by_id = dict(zip(ids, texts, strict=True))
                for pair in sorted(said - known, key=sorted)[:shown]:
                    console.print("  not annotated: ", *(repr(by_id[one][:140]) for one in sorted(pair)), markup=False)
    console.print(grid)


def generated(count: int, texts: Sequence[str]) -> pl.DataFrame:
    """Fragments of customers who write one to three in sixty days, some of them again within a week, a few of them often."""
    rng = random.Random(SEED)
    names = list(COPIES.values())
    rows: list[tuple[str, str, str, datetime]] = []
    while len(rows) < count:
        customer, often = f"c{len(rows)}", rng.random() < 0.001
        for _ in range(rng.randrange(50, 300) if often else rng.choice((1, 1, 1, 2, 3))):
            text, at = (
                f"{rng.choice(texts)} {rng.choice(texts)}"[:200],
                datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(60 * 24 * 60)),
            )
            rows.append((customer, text, "app", at))
            if rng.random() < 0.15:
                rows.append((customer, rng.choice(names)(text, rng), "app", at + timedelta(minutes=rng.randrange(6 * 24 * 60))))
            elif rng.random() < 0.5:
                rows.append((customer, rng.choice(texts), "app", at))
    frame = pl.DataFrame(rows[:count], schema=["customer_id", "masked_text", "product", "occurred_at"], orient="row")
    prints = pl.Series("fingerprint", [fingerprint(text) for text in frame["masked_text"]])
    named = frame.with_row_index("fragment_id").with_columns(
        pl.col("fragment_id").cast(pl.String), event_date=pl.col("occurred_at").dt.date()
    )
    return named.with_columns(prints, duplicate_of=pl.lit(None, pl.String))


def speed_table(console: Console, counts: Sequence[int]) -> None:
    """Time and memory of the whole step."""
    texts = [text for text in reviews() if len(text.split()) >= SHORTEST]
    grid = Table(
        "fragments",
        "of customers with several",
        "repetitions",
        "s",
        "CPU s",
        "fragments/CPU s",
        "CPU µs each",
        "peak memory before, after, MB",
    )
    for count in counts:
        frame = generated(count, texts)
        several = int(frame.select((pl.len().over("customer_id") > 1).sum()).item())
        before, start, begun = _peak(), time.perf_counter(), time.process_time()
        made = deduplicate(frame)
        took, busy, after = time.perf_counter() - start, time.process_time() - begun, _peak()
        said = made["duplicate_of"].is_not_null().sum()
        speed = (f"{took:.1f}", f"{busy:.1f}", f"{count / busy:,.0f}", f"{busy / count * 1e6:.1f}")
        grid.add_row(f"{count:,}", f"{several:,}", f"{said:,}", *speed, f"{before}, {after}")
    console.print(grid)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _versions() -> str:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} absent")
    return ", ".join(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="smaller samples")
    parser.add_argument("--shown", type=int, default=0, help="wrong pairs to print for each corpus")
    parser.add_argument("--only", choices=("copies", "bugs", "speed"), help="one of the tables")
    asked = parser.parse_args()
    console = Console(width=220)
    console.print(_versions())
    if asked.only in (None, "copies"):
        copies_table(console, *((1_000, 100) if asked.fast else (2_000, 300)), asked.shown)
    if asked.only in (None, "bugs"):
        bugs_table(console, asked.shown)
    if asked.only in (None, "speed"):
        speed_table(console, (20_000,) if asked.fast else (100_000, 1_000_000))


if __name__ == "__main__":
    main()
