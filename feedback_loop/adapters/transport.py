"""How a request gets to the system of a team, and what is known where no good answer comes back; every connector over HTTP goes this way.

A read is tried again; a write only where nothing of it was sent, or where the system asked for patience and so did nothing. The rule that
is easy to break: a write whose answer did not come may have happened, so it is `WriteInDoubt` and is never sent again from here.
Plain http is refused to any host but this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import stamina

from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt

_ATTEMPTS = 4
_PATIENCE_SECONDS = 30.0
"""The longest that a request is tried again: below the lease of a claim in `workflows/execute.py`."""

_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_ANSWERED, _TOO_MANY, _SERVER_ERROR = range(200, 300), (420, 429), 500
"""Some say "too many requests" by 420, which is no standard (Statuspage)."""

FORM = "application/x-www-form-urlencoded"
"""The media type of a write whose body is a form; any other is JSON."""

TryAgain = Callable[[Exception], bool | float]


class _Busy(Exception):
    """The system asked for patience; `seconds` is None where it did not say how much."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        super().__init__("too many requests")


class _Failed(Exception):
    """The system failed while it answered a read."""


class Transport:
    """Connections to one system; `timeout_seconds` holds for each step of a request, `headers` go with each request."""

    def __init__(self, url: str, connector: str, timeout_seconds: float, headers: Mapping[str, str] | None = None) -> None:
        self.connector = connector
        # Neither proxies nor credentials of the environment: a request goes where its address says, and no redirect takes it elsewhere.
        address = safe_address(url, f"connector {connector}", "https://cases.example.com")
        # A connection for each request: what a system sends twice, or too late, would be read as the answer to the next one.
        alone = httpx2.Limits(max_keepalive_connections=0)
        self._http = httpx2.Client(
            base_url=address, timeout=timeout_seconds, headers=dict(headers or {}), trust_env=False, follow_redirects=False, limits=alone
        )
        # By default retries are logged to standard error, which belongs to the command.
        stamina.instrumentation.set_on_retry_hooks(())

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def read(self, path: str, query: Mapping[str, str]) -> list[Any]:
        """The list that the system answers; raises ConnectorUnreachable where none comes, ConnectorRefused where it says no."""
        what, answer = f"a read of {path}", self.fetch(path, query)
        if answer.status_code not in _ANSWERED:
            raise ConnectorRefused(self.connector, what, f"status {answer.status_code}")
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list):
            raise ConnectorUnreachable(self.connector, what, "its answer is no list")
        return found

    def fetch(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer to a read, whatever its status below 500; a read with a body or a form is posted, as a search is."""
        method = "GET" if body is None and form is None else "POST"

        def send() -> httpx2.Response:
            return self._http.request(method, path, params=query, json=body, data=form, headers=headers)

        try:
            return self._patiently(lambda: _unless_failed(send()), _again_if_read)
        except (httpx2.RequestError, _Failed, _Busy) as error:
            raise ConnectorUnreachable(self.connector, f"a read of {path}", _why(error)) from None

    def write(
        self, method: str, path: str, body: Mapping[str, object], key: str, *, what: str, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """The answer to the write, which the system understood: it was done, or refused with a status from 300 to 499.

        By the key it is named where it stays in doubt; a system that takes keys in a header gets it in `headers`. Where these say that
        the body is a form, it is sent as one.
        """

        def send() -> httpx2.Response:
            if (headers or {}).get("Content-Type") == FORM:
                return self._http.request(method, path, data=dict(body), headers=headers)
            return self._http.request(method, path, json=body, headers=headers)

        try:
            answer = self._patiently(send, _again_if_write)
        except (*_NOTHING_SENT, _Busy) as error:
            raise ConnectorUnreachable(self.connector, what, _why(error)) from None
        except httpx2.RequestError as error:
            raise WriteInDoubt(self.connector, key, _why(error)) from None
        if answer.status_code >= _SERVER_ERROR:
            raise WriteInDoubt(self.connector, key, f"status {answer.status_code}")
        return answer

    def _patiently(self, send: Callable[[], httpx2.Response], again: TryAgain) -> httpx2.Response:
        for attempt in stamina.retry_context(on=again, attempts=_ATTEMPTS, timeout=_PATIENCE_SECONDS):
            with attempt:
                answer = send()
                if answer.status_code in _TOO_MANY:
                    raise _Busy(_seconds_to_wait(answer.headers))
        return answer


def _again_if_write(error: Exception) -> bool | float:
    if isinstance(error, _Busy) and error.seconds is not None:
        return error.seconds if error.seconds <= _PATIENCE_SECONDS else False
    return isinstance(error, (*_NOTHING_SENT, _Busy))


def _again_if_read(error: Exception) -> bool | float:
    return isinstance(error, httpx2.TransportError | _Failed) or _again_if_write(error)


def _unless_failed(answer: httpx2.Response) -> httpx2.Response:
    if answer.status_code >= _SERVER_ERROR:
        raise _Failed(f"status {answer.status_code}")
    return answer


def _seconds_to_wait(headers: httpx2.Headers) -> float | None:
    """What Retry-After says, as seconds or as a date beside that of the answer; None where it says nothing that can be read."""
    stated = headers.get("Retry-After", "")
    if stated.isdecimal():
        return float(stated)
    try:
        return max((parsedate_to_datetime(stated) - parsedate_to_datetime(headers["Date"])).total_seconds(), 0.0)
    except (ValueError, TypeError, KeyError):
        return None


def _why(error: Exception) -> str:
    """Never the library's own words, which quote the address."""
    return str(error) if isinstance(error, _Failed | _Busy) else type(error).__name__
