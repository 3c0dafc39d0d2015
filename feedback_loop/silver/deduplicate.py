"""Repetition: the same known customer says the same of the same product again within a week, in the same words or nearly so.

Here: which fragment repeats which, a global step over all days of the window. The same words are `methods.repetition.fingerprints`, nearly
the same `methods.repetition.near_duplicates`. The rules that are easy to break: a fragment without a customer is never a duplicate, as
hundreds of different people write the same two words; and what a fragment repeats follows from the window that ends with its day alone,
never from what else is in the frame, so that any batch of days gives the same. Nothing is deleted: who counts people leaves repetitions
out, who counts messages does not.

Within its window a fragment repeats the first that has its fingerprint, or what that one repeats; failing that the first that says nearly
the same and itself repeats none. So where A is like B and B is like C but A is not like C, B repeats A and C is new: likeness is never
handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.tables import DUPLICATE_DAYS, TABLES
from feedback_loop.contracts.vocab import DuplicateKind
from feedback_loop.methods.batches import BATCH_ROWS, Runner, batches_of, in_this_process
from feedback_loop.methods.repetition.near_duplicates import Originals
from feedback_loop.methods.repetition.wording import Wording, wording

SAME = ("customer_id", "product")
_FRAGMENT: pa.Schema = TABLES["silver_fragment"].schema
_SAID = pa.schema([_FRAGMENT.field(name) for name in (*SAME, "event_date", "fragment_id", "fingerprint", "masked_text")])
_REPEATED = pa.schema([_FRAGMENT.field(name) for name in ("fragment_id", "duplicate_of", "duplicate_kind")])
Repetition = tuple[str, str, str]
Said = tuple[str, str]
"""Fingerprint and masked text."""


def deduplicate(fragments: pl.DataFrame, runner: Runner = in_this_process) -> pl.DataFrame:
    """The same rows, those that repeat another with `duplicate_of` (the earliest of the customer in the window) and `duplicate_kind`.

    Whoever said a single thing costs nothing; the others are looked through customer by customer, many customers to a batch.
    """
    several = fragments.filter(pl.col("customer_id").is_not_null() & (pl.len().over(SAME) > 1))
    ordered = several.sort(*SAME, "event_date", "occurred_at", "fragment_id")
    made = list(runner(_repetitions, batches_of(ordered, _SAID, _starts(ordered))))
    repeated = pl.DataFrame(pa.Table.from_batches(made, _REPEATED), schema=pl.Schema(_REPEATED))
    rest = fragments.drop("duplicate_of", "duplicate_kind", strict=False)
    return rest.join(repeated, on="fragment_id", how="left", maintain_order="left").select(fragments.columns)


def _starts(ordered: pl.DataFrame) -> Iterator[int]:
    """The rows before which a batch begins: the first of a customer, as soon as the batch before it is full."""
    last = -BATCH_ROWS
    for start in ordered.select((pl.struct(SAME).rle_id().diff() != 0).fill_null(True).arg_true()).to_series():
        if start - last >= BATCH_ROWS:
            yield start
            last = start


def _repetitions(said: pa.RecordBatch) -> pa.RecordBatch:
    """What the fragments repeat; all fragments of one customer about one product are in the batch, in order of time."""
    rows = zip(*(column.to_pylist() for column in said.columns), strict=True)
    groups = (list(group) for _, group in groupby(rows, key=itemgetter(slice(len(SAME)))))
    found = [one for group in groups for one in _of_one_customer(*zip(*(row[len(SAME) :] for row in group), strict=True))]
    columns = [*zip(*found, strict=True)] or [()] * len(_REPEATED)
    return pa.RecordBatch.from_arrays([pa.array(c, f.type) for c, f in zip(columns, _REPEATED, strict=True)], schema=_REPEATED)


def _of_one_customer(days: Sequence[date], names: Sequence[str], prints: Sequence[str], texts: Sequence[str]) -> Iterator[Repetition]:
    """The repetitions among the fragments of one customer about one product, in order of time."""
    worded = cache(wording)
    first = start = 0
    for day, of_day in groupby(days):
        end = start + len(list(of_day))
        while days[first] <= day - timedelta(days=DUPLICATE_DAYS):
            first += 1
        if end - first > 1:
            said = first_sayings(zip(prints[first:end], texts[first:end], strict=True), worded)
            for this, that in zip(range(start, end), said[start - first :], strict=True):
                if this != first + that:
                    kind = DuplicateKind.EXACT if prints[this] == prints[first + that] else DuplicateKind.NEAR
                    yield names[this], names[first + that], str(kind)
        start = end


def first_sayings(window: Iterable[Said], worded: Callable[[str], Wording] = wording) -> list[int]:
    """For each of the texts, in order of time, the position of the one that it repeats, or its own."""
    originals, positions = Originals(), list[int]()
    first_of: dict[str, int] = {}
    found: list[int] = []
    for position, (fingerprint, masked_text) in enumerate(window):
        if fingerprint not in first_of:
            text = worded(masked_text)
            copied = originals.first_copied_by(text)
            if copied is None:
                originals.add(text)
                positions.append(position)
            first_of[fingerprint] = positions[-1 if copied is None else copied]
        found.append(first_of[fingerprint])
    return found
