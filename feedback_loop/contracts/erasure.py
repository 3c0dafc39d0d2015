"""What passes between those who erase: which rows go, what a store lost, and the certificate that says so.

Here are values only. How a table loses rows is `methods/erasure/scrubbing.py`, the order of the steps `workflows/erase.py`. The rule that
is easy to break: ids of erased people live in `Erased` alone, in memory and for one command; what is kept of them anywhere is a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

ERASED = "[erased]"
"""What stands where a label was made of erased words alone."""

OPERATOR = "operator"
"""Who erases, where nobody is named."""


@dataclass(frozen=True)
class Erased:
    """The rows that go, by what names them; `label_terms` are words of labels that nobody else ever said."""

    customer_ids: frozenset[str] = frozenset()
    record_version_ids: frozenset[str] = frozenset()
    record_ids: frozenset[str] = frozenset()
    statement_ids: frozenset[str] = frozenset()
    quarantine_ids: frozenset[str] = frozenset()
    fragment_ids: frozenset[str] = frozenset()
    cluster_ids: frozenset[str] = frozenset()
    message_draft_ids: frozenset[str] = frozenset()
    label_terms: frozenset[str] = frozenset()

    @property
    def row_ids(self) -> frozenset[str]:
        """The ids of rows that texts and lists elsewhere may name."""
        return self.record_version_ids | self.record_ids | self.statement_ids | self.quarantine_ids | self.fragment_ids


@dataclass(frozen=True)
class ErasedStrings:
    """By what the erased could still be found: texts that nobody else said, ids, and the longer ids of others that hold one of them."""

    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()
    source_record_ids: frozenset[str] = frozenset()
    text_hashes: frozenset[str] = frozenset()
    not_searched_count: int = 0
    """Ids that are too short to be looked for in bytes, or that others wrote into their texts."""

    @property
    def count(self) -> int:
        """How many strings are looked for."""
        return len(self.texts) + len(self.ids)


@dataclass(frozen=True)
class StateLoss:
    """What the state store lost, what of it could not go yet, and ids of the erased that sealed records have as their subject."""

    counts: tuple[StoreCount, ...] = ()
    notes: tuple[str, ...] = ()
    sealed_subjects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unfinished:
    """An erasure that was stopped half-way: what it was, and of whom, by their hashes."""

    erasure_id: str
    kind: str
    customer_hashes: tuple[str, ...]


@dataclass(frozen=True)
class StoreCount:
    """What one store held, and lost: whole rows, and rows that only lost what they said of the erased."""

    store: str
    before: int
    removed: int = 0
    changed: int = 0
    how: str = ""

    @property
    def after(self) -> int:
        """What it holds afterwards."""
        return self.before - self.removed

    @property
    def is_touched(self) -> bool:
        """Whether it held anything of the erased."""
        return bool(self.removed or self.changed)


@dataclass(frozen=True)
class Trace:
    """A place in which an erased string still stands; never the string itself."""

    place: str
    what: str
    count: int


@dataclass(frozen=True)
class Search:
    """How thoroughly the home was searched afterwards, and what was found."""

    file_count: int
    byte_count: int
    string_count: int
    strings_left_out_count: int
    traces: tuple[Trace, ...] = ()

    @property
    def found_count(self) -> int:
        """How often an erased string was found."""
        return sum(trace.count for trace in self.traces)


@dataclass(frozen=True)
class Certificate:
    """What was erased, from where, and what was searched afterwards; without a value of the erased."""

    erasure_id: str
    kind: str
    erased_at: datetime
    actor: str
    customer_hashes: tuple[str, ...]
    policy_version: str | None
    stores: tuple[StoreCount, ...]
    table_versions: Mapping[str, int]
    search: Search | None
    notes: tuple[str, ...] = ()
    software: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """The certificate as plain values."""
        stores = [{**asdict(count), "after": count.after} for count in self.stores]
        found = None if self.search is None else {**asdict(self.search), "found_count": self.search.found_count}
        return {**asdict(self), "erased_at": self.erased_at.isoformat(), "stores": stores, "search": found}


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of the value within its kind, in 64 hexadecimal digits."""
    return hmac.new(key, f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
