"""Reviews of one app on Google Play: `reviews.list` of the Google Play Developer API v3, asked as a service account.

It serves about the last week, in no documented order, so each run goes through all of it. The service account signs a token request
(RFC 7523, as Google's "OAuth 2.0 for server to server" documents it); the token lives for an hour.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.adapters.vendor_pages.page_client import PageClient, instant_of, seconds_of
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page
from feedback_loop.errors import BadInput
from feedback_loop.ports import Clock

_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE, _PER_PAGE = timedelta(hours=1), "100"


class GooglePlayPages(PageClient):
    """The reviews of one app."""

    def __init__(self, address: str, package: str, credentials: Credentials, clock: Clock, *, source: str) -> None:
        super().__init__(address, {}, source=source)
        self._path = f"/androidpublisher/v3/applications/{quote(package, safe='')}/reviews"
        self._tokens = _Tokens(credentials, clock, source)

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next reviews of the run."""
        sweep = Sweep.at(cursor, since, self.source)
        query = {"maxResults": _PER_PAGE} | ({} if sweep.token is None else {"token": sweep.token})
        headers = {"Authorization": bearer(self._tokens.current())}
        content, told = self.asked(self._path, query, headers=headers, has_cursor=sweep.token is not None)
        try:
            reviews = told.get("reviews", [])
            seen = [
                instant_of(float(said["lastModified"]["seconds"]))
                for one in reviews
                for said in map(_said_by_user, one["comments"])
                if said
            ]
            token = (told.get("tokenPagination") or {}).get("nextPageToken")
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise self.unreadable(self._path) from None
        next_cursor, is_last = sweep.after(seen, token, is_ordered=False)
        return Page(content if reviews else b'{"reviews": []}', ".json", next_cursor, is_last)


def _said_by_user(comment: Any) -> Any:
    return comment.get("userComment")


class _Tokens:
    """Access tokens of a service account, asked for anew when one is about to end."""

    def __init__(self, credentials: Credentials, clock: Clock, source: str) -> None:
        self._credentials, self._clock, self._source = credentials, clock, source
        self._token, self._ends_at = credentials.get("ACCESS_TOKEN"), None if credentials.get("ACCESS_TOKEN") else clock.now()

    def current(self) -> str:
        """A token that lives for a while; raises BadInput where the account's file is none, ConnectorUnreachable without an answer."""
        now = self._clock.now()
        if self._token is None or (self._ends_at is not None and now >= self._ends_at - timedelta(minutes=5)):
            self._token, self._ends_at = self._asked_for(now), now + _LIFE
        return self._token

    def _asked_for(self, now: datetime) -> str:
        account = _service_account(Path(self._credentials["SERVICE_ACCOUNT_FILE"]))
        claims = {
            "iss": account["client_email"], "scope": _SCOPE, "aud": account["token_uri"],
            "iat": seconds_of(now), "exp": seconds_of(now + _LIFE),
        }  # fmt: skip
        header = {"alg": "RS256", "kid": account["private_key_id"]}
        try:
            assertion = jwt.encode(header, claims, RSAKey.import_key(account["private_key"]), algorithms=["RS256"])
        except (JoseError, ValueError):
            raise BadInput("the private key of FEEDBACK_LOOP_GOOGLE_PLAY_SERVICE_ACCOUNT_FILE is none. Download the file again.") from None
        address = safe_address(account["token_uri"], "the token service", "https://oauth2.googleapis.com/token")
        with PageClient(str(address.copy_with(raw_path=b"/")), {}, source=self._source) as client:
            _, told = client.asked(address.path, form={"grant_type": _GRANT, "assertion": assertion})
            if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
                raise client.unreadable(address.path)
        return str(told["access_token"])


def _service_account(file: Path) -> dict[str, str]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {name: str(told[name]) for name in ("client_email", "private_key_id", "private_key", "token_uri")}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{file}: is no key file of a service account. Download it from Google Cloud again.") from None
