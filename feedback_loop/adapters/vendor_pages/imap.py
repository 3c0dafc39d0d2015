"""Mails of one folder of a mail box by IMAP4rev1 (RFC 3501) over TLS: nothing there is changed, and no mail is marked as read.

A page is up to fifty mails as an mbox file, in the order of their unique ids, by which the next goes on; they hold as long as the folder's
UIDVALIDITY stays. The rule that is easy to break: the folder is examined, never selected, and bodies are peeked at.
"""

from __future__ import annotations

import imaplib
import json
import re
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page
from feedback_loop.errors import BadInput, ConnectorRefused, ConnectorUnreachable, CursorExpired

_PORTS = {"imaps": 993, "imap": 143}
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_PER_PAGE, _SECONDS = 50, 60.0
_QUOTED = re.compile(rb"^(>*From )", re.MULTILINE)
_SEPARATOR = b"From feedback-loop Thu Jan  1 00:00:00 1970\n"
_FAILED = (imaplib.IMAP4.abort, OSError, EOFError)


def mail_server(address: str, whose: str) -> tuple[str, int, bool]:
    """Host, port, and whether by TLS; raises BadInput. Without TLS a mail box is asked on this machine only."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host or parts.path not in ("", "/") or parts.query:
        raise BadInput(f"the address of {whose} is no mail server. Give one such as imaps://mail.example.com.")
    if parts.username or parts.password:
        raise BadInput(f"the address of {whose} holds credentials. Leave them out of it.")
    if parts.scheme != "imaps" and host not in _THIS_MACHINE:
        raise BadInput(f"{host} would be asked without encryption. Give an imaps address; imap is for 127.0.0.1 only.")
    return host, port, parts.scheme == "imaps"


class ImapPages:
    """The mails of one folder; close it, or use it as a context manager."""

    def __init__(self, address: str, folder: str, credentials: Credentials, *, source: str, timeout_seconds: float = _SECONDS) -> None:
        self._server, self._folder, self._credentials = mail_server(address, f"source {source}"), folder, credentials
        self.source, self._timeout_seconds = source, timeout_seconds
        self._open: imaplib.IMAP4 | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._open is not None:
            try:
                self._open.logout()
            except (imaplib.IMAP4.error, *_FAILED):
                self._open.shutdown()
            self._open = None

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next mails of the folder."""
        try:
            box = self._opened()
            validity = self._validity(box)
            last = self._last_uid(cursor, validity)
            uids = self._found(box, last, since)
            page = uids[:_PER_PAGE]
            content = b"".join(self._mail(box, uid) for uid in page)
        except _FAILED as error:
            self._open = None
            raise ConnectorUnreachable(self.source, "a read of its mail box", type(error).__name__) from None
        except imaplib.IMAP4.error:
            raise ConnectorRefused(self.source, "a read of its mail box", "the server says no") from None
        following = json.dumps({"validity": validity, "uid": page[-1] if page else last})
        return Page(content, ".mbox", following, is_last=len(page) == len(uids))

    def _opened(self) -> imaplib.IMAP4:
        if self._open is None:
            host, port, by_tls = self._server
            kind = imaplib.IMAP4_SSL if by_tls else imaplib.IMAP4
            box = kind(host, port, timeout=self._timeout_seconds)
            try:
                box.login(self._credentials["USER"], self._credentials["PASSWORD"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                box.shutdown()
                raise ConnectorUnreachable(self.source, "a read of its mail box", "its credentials do not suffice") from None
            self._open = box
        return self._open

    def _validity(self, box: imaplib.IMAP4) -> int:
        status, _ = box.select(_quoted(self._folder), readonly=True)
        if status != "OK":
            raise ConnectorRefused(self.source, "a read of its mail box", "there is no such folder")
        told = box.response("UIDVALIDITY")[1]
        try:
            return int(told[0] or b"")
        except (ValueError, TypeError, IndexError):
            raise self._unreadable() from None

    def _last_uid(self, cursor: str | None, validity: int) -> int:
        if cursor is None:
            return 0
        try:
            told = json.loads(cursor)
            known, uid = int(told["validity"]), int(told["uid"])
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(self.source) from None
        if known != validity:
            raise CursorExpired(self.source)
        return uid

    def _found(self, box: imaplib.IMAP4, last: int, since: datetime) -> list[int]:
        """The ids of the mails after the last one, ascending; of the first page those that came since the day before."""
        criteria = f"UID {last + 1}:*" if last else f"SINCE {_day(since - timedelta(days=1))}"
        status, told = box.uid("SEARCH", criteria)
        if status != "OK":
            raise self._unreadable()
        try:
            # "n:*" always finds the last mail, also where its id is below n.
            return sorted(uid for uid in {int(one) for one in b" ".join(part or b"" for part in told).split()} if uid > last)
        except ValueError:
            raise self._unreadable() from None

    def _mail(self, box: imaplib.IMAP4, uid: int) -> bytes:
        """The mail within an mbox; nothing where somebody deleted it in the meantime."""
        status, told = box.uid("FETCH", str(uid), "(BODY.PEEK[])")
        if status != "OK":
            raise self._unreadable()
        bodies = [part[1] for part in told if isinstance(part, tuple)]
        return _boxed(bodies[0]) if bodies else b""

    def _unreadable(self) -> ConnectorUnreachable:
        return ConnectorUnreachable(self.source, "a read of its mail box", "its answer can't be read")


def _boxed(mail: bytes) -> bytes:
    return _SEPARATOR + _QUOTED.sub(rb">\1", mail.replace(b"\r\n", b"\n")).rstrip(b"\n") + b"\n\n"


def _day(instant: datetime) -> str:
    """As IMAP writes a day, whatever the locale."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{instant.day:02d}-{months[instant.month - 1]}-{instant.year}"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
