"""What computing asks of the world: the time, models, an index, tables, who somebody is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identity import VerifiedToken
from feedback_loop.contracts.knowledge import IndexedPassages, Occurrences, Passage
from feedback_loop.contracts.questions import Question, Reply
from feedback_loop.contracts.tables import Table

Vectors = npt.NDArray[np.float32]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class TokenVerifier(Protocol):
    """Knows people by the tokens of an issuer."""

    def verify(self, token: str, at: datetime) -> VerifiedToken:
        """What the token says, all of it found right at this instant; raises TokenRefused, which never holds the token."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors; a text's vector never depends on the texts beside it."""

    @property
    def model_version(self) -> str:
        """Model, kernel and weights; vectors of different versions must not be mixed."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dimension], rows of unit length, in the order of the texts."""
        ...


class PassageIndex(Protocol):
    """Keeps passages of governed documents to be searched; it is derived from the documents, and lost without loss."""

    def keep(self, content_keys: Collection[str], cut: Callable[[str], Sequence[Passage]], embedder: Embedder) -> tuple[int, int]:
        """How many contents came and went; afterwards it holds exactly these. Only of those that are new are passages cut and embedded."""
        ...

    def read(self, content_keys: Collection[str]) -> IndexedPassages:
        """The passages of those of the contents that it holds."""
        ...

    def occurrences(self, text: str) -> list[Occurrences]:
        """Where each term of the text stands, over all passages that it holds. Of the text nothing is a command."""
        ...


class TextModel(Protocol):
    """Answers questions about texts in a form that is given; it has no tools, and nothing that it says is carried out."""

    @property
    def model_version(self) -> str:
        """The model and the host that answers for it."""
        ...

    def answer(self, questions: Sequence[Question]) -> list[Reply]:
        """A reply to each question, in their order: an answer that is valid by its type, or why there is none. No question fails another.

        Raises BadInput where the settings are such that nothing can be asked at all.
        """
        ...


class TableStore(Protocol):
    """Holds the tables that Python owns."""

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows whose key the table did not hold yet, now appended; the others are left out. The only write to bronze."""
        ...

    def read(
        self,
        table: Table,
        days: DayRange | None = None,
        *,
        as_of: datetime | None = None,
        columns: Sequence[str] | None = None,
        matching: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The rows whose event_date (partition column where there is none) is in `days`, or all; with `as_of` those landed by then.

        With `matching` only those that agree with one of its rows in all of its columns, none of which is null.
        """
        ...

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        """The number of days whose rows changed; afterwards the table holds for `days` exactly the rows of the frame.

        Raises ContractBroken and RowsOutsideDays before anything is written. What is written is one span, from the first day whose rows
        changed to the last; nothing where none did.
        """
        ...

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        """Whether the table changed; afterwards it holds exactly the rows of the frame, whatever their days."""
        ...

    def version(self, table: Table) -> int:
        """A number that grows with each change of the table; -1 where it does not exist yet."""
        ...

    def added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        """The rows that were appended after that version of the table (all of them for -1); perhaps more, never fewer."""
        ...

    def files(self, table: Table) -> list[str]:
        """The data files of the table's present snapshot, absolute."""
        ...
