"""Runs through what is new at a vendor whose own cursors hold for one run only: newest first, until what the last run saw.

Between runs the cursor says how new the newest was; within one, the vendor's token of the next page as well. The rule that is easy to
break: a run that was cut short goes on at its token and still knows where the last whole one ended, so that nothing between them is passed
over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from feedback_loop.adapters.vendor_pages.page_client import SKEW
from feedback_loop.errors import CursorExpired


@dataclass(frozen=True)
class Sweep:
    """Where a run stands: all that is older than `since` was read before; `newest` is the newest of this run (ISO 8601, UTC)."""

    since: str
    newest: str
    token: str | None = None

    @classmethod
    def at(cls, cursor: str | None, since: datetime, source: str) -> Sweep:
        """Where the cursor stands, without one at the beginning; raises CursorExpired where it is none of these."""
        if cursor is None:
            return cls(since.isoformat(), since.isoformat())
        try:
            found = cls(**json.loads(cursor))
            datetime.fromisoformat(found.since), datetime.fromisoformat(found.newest)
        except (ValueError, TypeError):
            raise CursorExpired(source) from None
        return found

    @property
    def asked_since(self) -> datetime:
        """From when on to ask, with room for clocks that differ."""
        return datetime.fromisoformat(self.since) - SKEW

    def after(self, seen: Iterable[datetime], token: str | None, *, is_ordered: bool) -> tuple[str, bool]:
        """The next cursor after a page with these instants, and whether the run is over.

        With `is_ordered` the page comes newest first, so that one which reaches back far enough is the last.
        """
        instants = sorted(seen)
        newest = max([datetime.fromisoformat(self.newest), *instants[-1:]]).isoformat()
        reaches_back = is_ordered and bool(instants) and instants[0] < self.asked_since
        if token is None or reaches_back:
            return json.dumps(asdict(Sweep(newest, newest))), True
        return json.dumps(asdict(replace(self, newest=newest, token=token))), False
