"""Who said it: which value of each dimension a record names, as integers, and which records lie inside and outside of a scope.

A scope is `{dimension: [values]}`, `{}` is everybody. The rule that is easy to break: a record that names no value of a dimension is
neither inside nor outside of a scope that asks for it; counting it as outside would make every gap in the data a control group.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Scope = Mapping[str, Sequence[str]]

COMES_OVERNIGHT = "product_version"
"""The dimension whose values may be new, so that their usual share says nothing."""


@dataclass(frozen=True)
class Segments:
    """`pairs` are (dimension, value), ascending within each dimension; `codes` int64 [records, dimensions]: their position, -1 for none."""

    pairs: list[tuple[str, str]]
    codes: Codes

    @classmethod
    def of(cls, records: pl.DataFrame) -> Segments:
        """The segments of the records, in their order."""
        pairs: list[tuple[str, str]] = []
        columns: list[Codes] = []
        for dimension in SCOPE_DIMENSIONS:
            values = records[dimension].cast(pl.String)
            numbers = {value: len(pairs) + n for n, value in enumerate(sorted(values.drop_nulls().unique()))}
            pairs += [(dimension, value) for value in numbers]
            columns.append(np.array([numbers.get(value, -1) for value in values], dtype=np.int64))
        return cls(pairs, np.stack(columns, axis=1))

    def counts(self, records: Codes) -> Codes:
        """How many of the records name each pair: int64 [pairs]."""
        named = self.codes[records].ravel()
        return np.bincount(named[named >= 0], minlength=len(self.pairs))

    def named(self, records: Codes) -> Codes:
        """How many of the records name any value of the pair's dimension: int64 [pairs]."""
        known = (self.codes[records] >= 0).sum(axis=0)
        return np.array([known[SCOPE_DIMENSIONS.index(dimension)] for dimension, _ in self.pairs], dtype=np.int64)

    def holding(self, records: Codes, code: int) -> Flags:
        """Which of the records name the pair."""
        return np.asarray(self.codes[records, SCOPE_DIMENSIONS.index(self.pairs[code][0])] == code)

    def inside(self, scope: Scope, records: Codes) -> tuple[Flags, Flags]:
        """Which of the records are surely inside of the scope, and which surely outside."""
        inside, outside = np.ones(len(records), dtype=bool), np.zeros(len(records), dtype=bool)
        for dimension, values in scope.items():
            if dimension not in SCOPE_DIMENSIONS:
                continue
            # One place more than there are pairs: code -1, which names none, falls on it and never fits.
            allowed = np.array([pair[0] == dimension and pair[1] in values for pair in [*self.pairs, ("", "")]])
            codes = self.codes[records, SCOPE_DIMENSIONS.index(dimension)]
            fits = allowed[codes]
            inside &= fits
            outside |= (codes >= 0) & ~fits
        return inside, outside


def scope_of(text: str) -> dict[str, list[str]]:
    """The scope that its JSON text describes; a single value stands for a list of one."""
    found = json.loads(text or "{}")
    return {str(name): [str(v) for v in (values if isinstance(values, list) else [values])] for name, values in sorted(found.items())}


def as_text(attributes: Mapping[str, object]) -> str:
    """The scope or cohort as JSON with its dimensions in order."""
    return json.dumps(dict(sorted(attributes.items())), ensure_ascii=False, separators=(", ", ": "))
