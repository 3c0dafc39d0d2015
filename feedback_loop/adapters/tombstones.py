"""Tombstones: keyed hashes of who was erased, so that an old export that is landed again does not bring them back.

One JSON line per erasure in a file of the home, and a key of their own: the key of masked texts may be exchanged, this one must never be.
Here: adding, and leaving erased rows out of what is to land. The rules that are easy to break: an id is never written, only its HMAC; and
where the key is gone, nothing lands, because nobody could tell any more who was erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.adapters.secret_key import secret_key
from feedback_loop.adapters.whole_files import written_whole
from feedback_loop.config import Settings
from feedback_loop.contracts.erasure import keyed_hash
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import ErasureKeyMissing
from feedback_loop.methods.erasure.row_owners import statement_instant, statement_owner

CUSTOMER, ROW = "customer", "row"
_KEYS = ("record_version_id", "statement_id", "quarantine_id")


@dataclass(frozen=True)
class Known:
    """All tombstones: until when each customer's rows are refused, and the rows that are refused for good."""

    customers: Mapping[str, datetime] = field(default_factory=dict)
    rows: frozenset[str] = frozenset()


class Tombstones:
    """The tombstones of a home."""

    def __init__(self, settings: Settings) -> None:
        self.file, self._key_file = settings.tombstones_file, settings.erasure_key_file

    def key(self) -> bytes:
        """The key of the hashes, made at first use; raises ErasureKeyMissing where there are tombstones that it does not fit."""
        if self.file.exists() and not self._key_file.exists():
            raise ErasureKeyMissing(self._key_file)
        key = secret_key(self._key_file)
        if any(line["key_id"] != _key_id(key) for line in self._lines()):
            raise ErasureKeyMissing(self._key_file)
        return key

    def has_key(self) -> bool:
        """Whether a key was made already; asking makes none."""
        return self._key_file.exists()

    def add(self, erasure_id: str, customers: Mapping[str, datetime], row_ids: Iterable[str]) -> None:
        """Afterwards the rows of the customers up to their instant, and these rows, are refused; known again after a crash."""
        key = self.key()
        line = {
            "erasure_id": erasure_id,
            "key_id": _key_id(key),
            "customers": {keyed_hash(key, CUSTOMER, one): until.isoformat() for one, until in sorted(customers.items())},
            "rows": sorted(keyed_hash(key, ROW, one) for one in row_ids),
        }
        with written_whole(self.file) as draft:
            draft.write_text("".join(json.dumps(one) + "\n" for one in [*self._lines(), line]), encoding="utf-8")

    def erased_before(self, customer_ids: Iterable[str]) -> set[str]:
        """Those of the customers who have a tombstone."""
        if not self.file.exists():
            return set()
        key, known = self.key(), self.known().customers
        return {one for one in customer_ids if keyed_hash(key, CUSTOMER, one) in known}

    def known(self) -> Known:
        """What all lines say together; of several instants for one customer the last."""
        customers: dict[str, datetime] = {}
        rows: set[str] = set()
        for line in self._lines():
            rows |= set(line["rows"])
            for one, until in line["customers"].items():
                at = datetime.fromisoformat(until)
                customers[one] = max(at, customers.get(one, at))
        return Known(customers, frozenset(rows))

    def left_in(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of the frame that may land."""
        if frame.is_empty():
            return frame
        if not self.file.exists():
            if self.has_key():
                raise ErasureKeyMissing(self.file)
            return frame
        key, known = self.key(), self.known()
        refused = [_hashed_in(pl.col(name), key, ROW, frame, known.rows) for name in _KEYS if name in table.key]
        owner, spoke_at = _owner(table)
        if owner is not None:
            until = _until(frame.select(owner.alias("o"))["o"], key, known.customers)
            refused.append((spoke_at <= pl.lit(until)) | (pl.lit(until).is_not_null() & spoke_at.is_null()))
        return frame.filter(~pl.any_horizontal([part.fill_null(False) for part in [*refused, pl.lit(False)]]))

    def _lines(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        try:
            return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]
        except ValueError:
            raise ErasureKeyMissing(self.file) from None


def _owner(table: Table) -> tuple[pl.Expr | None, pl.Expr]:
    """The customer of a row of a table that landing appends to, and when the customer spoke."""
    if "customer_id" in table.columns:
        return pl.col("customer_id"), pl.col("occurred_at")
    if "statement" not in table.columns:
        return None, pl.lit(None)
    return statement_owner(), statement_instant()


def _until(owners: pl.Series, key: bytes, customers: Mapping[str, datetime]) -> pl.Series:
    """For each row the instant up to which its customer is refused; null where that is nobody erased."""
    known = {one: customers.get(keyed_hash(key, CUSTOMER, one)) for one in owners.drop_nulls().unique()}
    return pl.Series([known.get(one) for one in owners], dtype=pl.Datetime("us", "UTC"))


def _hashed_in(column: pl.Expr, key: bytes, kind: str, frame: pl.DataFrame, hashes: frozenset[str]) -> pl.Expr:
    if not hashes:
        return pl.lit(False)
    values = frame.select(column.alias("v"))["v"].drop_nulls().unique()
    return column.is_in([one for one in values if keyed_hash(key, kind, one) in hashes])


def _key_id(key: bytes) -> str:
    """What tells one key from another without telling anything of either."""
    return content_hash(b"erasure key\x1f" + key)[:16]
