"""Reviews of one app in Apple's App Store: `GET /v1/apps/{id}/customerReviews` of the App Store Connect API, newest first.

Asked with a token of at most twenty minutes that the team's key signs with ES256, as Apple's "Generating tokens for API requests" documents
it. Not verified against the vendor.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.vendor_pages.page_client import PageClient, seconds_of
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page
from feedback_loop.errors import BadInput
from feedback_loop.ports import Clock

_LIFE, _PER_PAGE = timedelta(minutes=15), "200"


class AppStorePages(PageClient):
    """The reviews of one app."""

    expired = (400, 410)

    def __init__(self, address: str, app_id: str, credentials: Credentials, clock: Clock, *, source: str) -> None:
        super().__init__(address, {}, source=source)
        self._path = f"/v1/apps/{quote(app_id, safe='')}/customerReviews"
        self._credentials, self._clock = credentials, clock

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next reviews of the run, with the developer's responses."""
        sweep = Sweep.at(cursor, since, self.source)
        query = {"sort": "-createdDate", "limit": _PER_PAGE, "include": "response"} | (
            {} if sweep.token is None else {"cursor": sweep.token}
        )
        content, told = self.asked(self._path, query, headers={"Authorization": bearer(self._token())}, has_cursor=sweep.token is not None)
        try:
            seen = [datetime.fromisoformat(one["attributes"]["createdDate"]).astimezone(UTC) for one in told["data"]]
            token = _cursor_in(told.get("links", {}).get("next"))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise self.unreadable(self._path) from None
        next_cursor, is_last = sweep.after(seen, token, is_ordered=True)
        return Page(content, ".json", next_cursor, is_last)

    def _token(self) -> str:
        now = self._clock.now()
        claims = {
            "iss": self._credentials["ISSUER_ID"], "iat": seconds_of(now), "exp": seconds_of(now + _LIFE), "aud": "appstoreconnect-v1",
        }  # fmt: skip
        header = {"alg": "ES256", "kid": self._credentials["KEY_ID"], "typ": "JWT"}
        try:
            key = ECKey.import_key(Path(self._credentials["PRIVATE_KEY_FILE"]).read_bytes())
            return jwt.encode(header, claims, key, algorithms=["ES256"])
        except (OSError, JoseError, ValueError):
            raise BadInput("FEEDBACK_LOOP_APP_STORE_CONNECT_PRIVATE_KEY_FILE names no private key of Apple's. Download it again.") from None


def _cursor_in(link: str | None) -> str | None:
    """The cursor of the next page's address; only that is taken from it, so that nothing leads to another host."""
    found = parse_qs(urlsplit(link).query).get("cursor") if link else None
    return found[0] if found else None
