"""What pulling asks of the systems that customers speak through, and of the place where the last page of each is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from feedback_loop.contracts.pages import KeptPage, Page


class SourceClient(Protocol):
    """A system that is asked for pages of what customers said, or of what happened."""

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The page at the cursor that the last one gave, without one the first of what is not older than `since`.

        The page is whole and can be read as what it claims to be. Raises ConnectorUnreachable where none comes, ConnectorRefused where the
        system says no, and CursorExpired where it knows the cursor no longer.
        """
        ...


class PageSpool(Protocol):
    """Keeps the last page of one source, in one piece with its cursor, whatever kills the process."""

    def alone(self) -> AbstractContextManager[None]:
        """Holds the source; raises Refused where another process pulls it."""
        ...

    def latest(self) -> KeptPage | None:
        """The last page that was kept; None before the first."""
        ...

    def keep(self, page: KeptPage) -> None:
        """Afterwards this is the last page, in the place of the one before it or of itself."""
        ...
