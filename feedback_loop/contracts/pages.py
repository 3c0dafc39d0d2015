"""Pages of a source that is asked for them: what came, and from where to go on; and what is kept of the last one.

The rule that is easy to break: a cursor is the vendor's own and means nothing here. It is kept in one piece with the page that it came
with, so that neither is ever known without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.records import LandingReport


@dataclass(frozen=True)
class Page:
    """What a vendor answered, as it came; `suffix` tells its form, as that of a file does."""

    content: bytes
    suffix: str
    next_cursor: str | None
    """Where to go on; None begins anew the next time."""
    is_last: bool
    """Whether there is nothing more for now."""


@dataclass(frozen=True)
class KeptPage:
    """The last page of a source: its place in the order of all, its cursor, and its content until that has landed."""

    number: int
    """The first is 1."""
    fetched_at: datetime
    suffix: str
    cursor: str | None
    """Where it was fetched."""
    next_cursor: str | None
    is_last: bool
    before: LandingReport
    """What became of the rows of all pages before it."""
    told_fields: Sequence[str] = ()
    """The fields beside the documented ones that were told already, ascending."""
    content: bytes | None = None
    """None once every row of it has landed or is in quarantine."""
    report: LandingReport | None = None
    """What became of its rows; None until it has landed."""

    @property
    def total(self) -> LandingReport:
        """What became of the rows of all pages so far."""
        return self.before if self.report is None else self.before.plus(self.report)

    def file_name(self, source: str) -> str:
        """The name under which its rows know where they came from."""
        return f"{source}-{self.number:09d}{self.suffix}"
