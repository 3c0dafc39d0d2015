"""Who switched which flag when: `GET /api/v2/auditlog` of LaunchDarkly's REST API, newest first, twenty entries a page.

The next page is asked for by the instant of the last entry, which is kept in the cursor, not by the address that the vendor gives. Not
verified against the vendor.
"""

from __future__ import annotations

from datetime import datetime

from feedback_loop.adapters.vendor_pages.page_client import PageClient, instant_of
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page

_PATH, _MOST = "/api/v2/auditlog", 20


class LaunchdarklyPages(PageClient):
    """The changes of flags of one project."""

    def __init__(self, address: str, project: str, credentials: Credentials, *, source: str) -> None:
        super().__init__(address, {"Authorization": credentials["ACCESS_TOKEN"], "LD-API-Version": "20240415"}, source=source)
        self._spec = f"proj/{project}:env/*:flag/*"

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next entries of the run, back to where the last one ended."""
        sweep = Sweep.at(cursor, since, self.source)
        query = {"limit": str(_MOST), "spec": self._spec, "after": str(_millis(sweep.asked_since))}
        content, told = self.asked(_PATH, query | ({} if sweep.token is None else {"before": sweep.token}))
        try:
            dates = [int(one["date"]) for one in told["items"]]
            seen = [instant_of(date / 1000) for date in dates]
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise self.unreadable(_PATH) from None
        next_cursor, is_last = sweep.after(seen, _before(dates, sweep.token), is_ordered=True)
        return Page(content, ".json", next_cursor, is_last)


def _before(dates: list[int], asked: str | None) -> str | None:
    """Before when the next page ends; None where this was the last.

    Entries of one instant may stand on both sides of the border, so the next page begins with it once more, unless it was all of this one.
    """
    if len(dates) < _MOST:
        return None
    with_border = str(min(dates) + 1)
    return with_border if with_border != asked else str(min(dates))


def _millis(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
