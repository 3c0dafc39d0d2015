"""What an erasure asks of the home that it empties, as a Protocol; `adapters/erasure/eraser.py` fulfils it.

It stands here and not in `ports.py`, because these workflows alone may ask for it: nobody else may make a store forget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from feedback_loop.contracts.erasure import Certificate, Erased, ErasedStrings, Search, StateLoss, StoreCount, Unfinished
from feedback_loop.contracts.tables import Table
from feedback_loop.ports import TableStore


class ErasableHome(Protocol):
    """A home whose stores can forget; whoever calls what writes holds it alone. A rehearsal changes nothing and tells the same counts."""

    @property
    def tables(self) -> TableStore:
        """Its tables."""
        ...

    def read_with_past(self, table: Table, columns: Sequence[str]) -> pl.DataFrame:
        """The rows of the table, and those of its earlier versions that still lie on the disk."""
        ...

    def recipients(self) -> set[str]:
        """Every customer whom a message was drafted for."""
        ...

    def messages_before(self, instants: Mapping[str, datetime], default: datetime | None) -> set[str]:
        """The messages that were drafted before the instant of their customer, or before the default one."""
        ...

    def erased_before(self, customer_ids: Sequence[str]) -> set[str]:
        """Those of the customers who were erased before."""
        ...

    def hashes(self, customer_ids: Sequence[str]) -> dict[str, str]:
        """The keyed hash of each customer; none where no key was made yet and none may be made, as in a rehearsal."""
        ...

    def unfinished(self) -> Unfinished | None:
        """The erasure that was stopped half-way."""
        ...

    def begin(self, begun: Unfinished, refused: Mapping[str, datetime], row_ids: Sequence[str]) -> None:
        """Afterwards nobody computes before the erasure is finished, and the customers' rows up to their instant don't land again.

        Raises TableLogMissing, and changes nothing, where a table's log is lost: what is in its files could not be told any more.
        """
        ...

    def scrub_table(self, table: Table, erased: Erased, *, is_rehearsal: bool) -> StoreCount:
        """What the present version of the table loses."""
        ...

    def scrub_state(self, erased: Erased, actor: str, at: datetime, *, is_rehearsal: bool) -> StateLoss:
        """What the state store loses."""
        ...

    def scrub_files(
        self, erased: Erased, strings: ErasedStrings, landed_before: datetime | None, *, is_rehearsal: bool
    ) -> list[StoreCount]:
        """What other files lose; files that landed before the instant go whole."""
        ...

    def forget_vectors(self, text_hashes: frozenset[str], *, is_rehearsal: bool) -> StoreCount:
        """What the cache of vectors loses."""
        ...

    def forget_answers(self, text_hashes: frozenset[str], *, is_rehearsal: bool) -> StoreCount:
        """What the cache of language models' answers loses."""
        ...

    def rebuild_marts(self) -> tuple[StoreCount, ...]:
        """The marts made anew from the tables, where there were any."""
        ...

    def forget_past(self) -> int:
        """How many files of earlier versions, logs and drafts are removed; afterwards databases hold their present rows alone."""
        ...

    def search(self, strings: ErasedStrings) -> Search:
        """What of the strings is left in any file."""
        ...

    def finish(self, certificate: Certificate) -> Path:
        """The file of the certificate; the audit trail knows it by its hash, and work may go on."""
        ...
