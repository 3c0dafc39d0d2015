"""Conversations of an Intercom workspace: a search for what changed (`POST /conversations/search`), and each of them whole.

The search tells a conversation without its parts, so each is read by its id (`GET /conversations/{id}`), as plain text. A page is the
conversations of one page of the search, each as it came. The search is held against the vendor's description, version 2.15; its part at
hand lacks the read of a single conversation, which follows https://developers.intercom.com/docs/references/2.15/rest-api.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.vendor_pages.page_client import PageClient, instant_of, seconds_of
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page
from feedback_loop.errors import CursorExpired

_SEARCH, _PER_PAGE = "/conversations/search", 50


class IntercomPages(PageClient):
    """The conversations of one workspace."""

    expired = (400, 404, 410)

    def __init__(self, address: str, credentials: Credentials, *, source: str) -> None:
        headers = {"Authorization": bearer(credentials["ACCESS_TOKEN"]), "Intercom-Version": "2.15"}
        super().__init__(address, headers, source=source)

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next conversations of the run that changed since the last one."""
        sweep = Sweep.at(cursor, since, self.source)
        paging = {"per_page": _PER_PAGE} | ({} if sweep.token is None else {"starting_after": sweep.token})
        query = {"field": "updated_at", "operator": ">", "value": seconds_of(sweep.asked_since)}
        _, told = self.asked(_SEARCH, body={"query": query, "pagination": paging}, has_cursor=sweep.token is not None)
        try:
            found = [(str(one["id"]), instant_of(int(one["updated_at"]))) for one in told["conversations"]]
            token = ((told.get("pages") or {}).get("next") or {}).get("starting_after")
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise self.unreadable(_SEARCH) from None
        whole = [self._whole(one) for one in told["conversations"]]
        next_cursor, is_last = sweep.after((at for _, at in found), token, is_ordered=False)
        return Page(b'{"conversations": [' + b", ".join(whole) + b"]}", ".json", next_cursor, is_last)

    def _whole(self, found: Mapping[str, Any]) -> bytes:
        """The conversation with its parts; as the search told it where somebody deleted it in the meantime."""
        try:
            return self.asked(f"/conversations/{quote(str(found['id']), safe='')}", {"display_as": "plaintext"}, has_cursor=True)[0]
        except CursorExpired:
            return json.dumps(found).encode()
