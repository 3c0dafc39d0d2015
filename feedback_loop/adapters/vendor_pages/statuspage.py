"""The incidents of a public status page of Atlassian Statuspage: `GET /api/v2/incidents.json`, as every such page documents it at /api.

It answers with the fifty latest incidents and knows no cursor, so each pull is one page. Not verified against the vendor.
"""

from __future__ import annotations

from datetime import datetime

from feedback_loop.adapters.vendor_pages.page_client import PageClient
from feedback_loop.contracts.pages import Page

_PATH = "/api/v2/incidents.json"


class StatuspagePages(PageClient):
    """A public status page."""

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The latest incidents, whatever the cursor: an older one may have been updated."""
        content, told = self.asked(_PATH)
        if not isinstance(told, dict) or not isinstance(told.get("incidents"), list):
            raise self.unreadable(_PATH)
        return Page(content, ".json", None, is_last=True)
