"""Releases of one repository on GitHub: `GET /repos/{owner}/{repo}/releases` of its REST API, a page of a hundred by its number.

The list comes newest first, by when a release was made; one that is published later than it was drafted stands further back, so each run
reaches back a month. Not verified against the vendor.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.vendor_pages.page_client import PageClient
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page

_VERSION, _PER_PAGE = "2022-11-28", 100
_DRAFTED_BEFORE = timedelta(days=30)


class GithubReleasePages(PageClient):
    """The releases of one repository."""

    def __init__(self, address: str, repository: str, credentials: Credentials, *, source: str) -> None:
        headers = {
            "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _VERSION, "User-Agent": "feedback-loop",
            "Authorization": bearer(credentials["TOKEN"]),
        }  # fmt: skip
        super().__init__(address, headers, source=source)
        self._path = f"/repos/{repository}/releases"

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next releases of the run."""
        sweep = Sweep.at(cursor, since - _DRAFTED_BEFORE, self.source)
        number = int(sweep.token or "1")
        content, told = self.asked(self._path, {"per_page": str(_PER_PAGE), "page": str(number)})
        if not isinstance(told, list):
            raise self.unreadable(self._path)
        try:
            seen = [datetime.fromisoformat(one["created_at"]).astimezone(UTC) for one in told]
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise self.unreadable(self._path) from None
        token = str(number + 1) if len(told) == _PER_PAGE else None
        next_cursor, is_last = sweep.after((at - _DRAFTED_BEFORE for at in seen), token, is_ordered=True)
        return Page(content, ".json", next_cursor, is_last)
