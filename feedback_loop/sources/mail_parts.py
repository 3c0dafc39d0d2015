"""A mail taken apart (RFC 5322, RFC 2045 to 2047): its headers, the words of its body, and those of mails that are attached to it.

Here: bytes to a message and its texts. Who wrote it and whether it is feedback is `mail`'s business. The rule that is easy to break: a
hostile mail must cost no more than its size, and Python's modern header parser takes minutes over 60 kB of comments; so headers are taken
as they came and read by `mail_charsets`, and a mail is measured before it is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.html_text import html_text
from feedback_loop.sources.mail_charsets import decoded, header_text
from feedback_loop.sources.reading import MAX_ROW_BYTES, RowRefused

MAX_HEADER_CHARS = 16 * 1024
"""A longer header names no person and no thread."""

_MAX_DEPTH = 20
_MAX_WORK = 5_000_000
"""Lines times nested parts: the parser looks at each line once for each part that may end there."""

_LONG_HEADER = re.compile(rb"(?:\A|[\r\n])content-(?:type|disposition)[ \t]*:(?:[^\r\n]|\r?\n[ \t]|\r[ \t]){0,17000}", re.IGNORECASE)
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError, MessageError)
"""What the parser of the standard library raises over mails that are none."""


@dataclass
class MailTexts:
    """What a mail says: its own words, and those of the mails attached to it; a customer's words are in the first alone."""

    own: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)


def parsed(raw: bytes) -> Message:
    """The message; raises RowRefused where the bytes are no mail or would take too long."""
    line_count = raw.count(b"\n") + raw.count(b"\r")
    if line_count * (1 + raw.lower().count(b"boundary")) > _MAX_WORK:
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, "the mail has too many lines and parts")
    if any(len(match[0]) > MAX_HEADER_CHARS for match in _LONG_HEADER.finditer(raw)):
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, f"a header of the mail is longer than {MAX_HEADER_CHARS} bytes")
    try:
        return BytesParser(policy=policy.compat32).parsebytes(raw)
    except _BROKEN as error:
        raise _malformed() from error


def header(message: Message, name: str) -> str:
    """The first header of that name as people read it, without blanks around it; empty where there is none."""
    found = next((value for given, value in message.raw_items() if given.lower() == name.lower()), "")
    return header_text(str(found)[:MAX_HEADER_CHARS]).strip()


def texts(message: Message) -> MailTexts:
    """The words of the mail; raises RowRefused where it can't be taken apart or says more than a row may."""
    found = MailTexts()
    try:
        _collect(message, found, 0)
    except _BROKEN as error:
        raise _malformed() from error
    if sum(map(len, [*found.own, *found.attached])) > MAX_ROW_BYTES:
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, f"the mail says more than {MAX_ROW_BYTES} characters")
    return found


def _malformed() -> RowRefused:
    return RowRefused(QuarantineReason.MALFORMED_ROW, "the mail can't be taken apart; its parts or headers are broken")


def _collect(part: Message, found: MailTexts, depth: int) -> None:
    kind = part.get_content_type()
    if depth > _MAX_DEPTH or part.get_content_disposition() == "attachment":
        return
    if kind == "message/rfc822":
        _attached(part, found, depth)
    elif part.is_multipart():
        for child in _read_children(part, kind):
            _collect(child, found, depth + 1)
    elif kind in ("text/plain", "text/html") and not part.get_filename() and (text := _text(part, kind)):
        found.own.append(text)


def _read_children(part: Message, kind: str) -> list[Message]:
    """The parts that are read: the plainest of alternatives that says something, the root of related ones, what is signed, else all."""
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if kind == "multipart/alternative":
        spoken = [child for child in children if _says_something(child)]
        plain = [child for child in spoken if child.get_content_type() == "text/plain"]
        return (plain or spoken)[:1]
    return children[:1] if kind in ("multipart/related", "multipart/signed") else children


def _says_something(part: Message) -> bool:
    kind = part.get_content_type()
    return part.is_multipart() or (kind in ("text/plain", "text/html") and bool(_text(part, kind)))


def _attached(part: Message, found: MailTexts, depth: int) -> None:
    """Adds a mail that is attached: somebody's earlier words, never those of the sender."""
    inner = MailTexts()
    for child in part.get_payload() if part.is_multipart() else ():
        if isinstance(child, Message):
            _collect(child, inner, depth + 1)
            found.attached.append("\n\n".join(filter(None, [header(child, "Subject"), *inner.own])))
    found.attached += inner.attached


def _text(part: Message, kind: str) -> str:
    """The words of a part with line ends as LF, without empty lines at its ends."""
    payload = part.get_payload(decode=True)
    text = decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""
    if kind == "text/html":
        text = html_text(text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") if text.strip() else ""
