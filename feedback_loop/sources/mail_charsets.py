"""Bytes of a mail as text, whatever its sender says that they are: charsets that are missing, unknown or wrong, and words of RFC 2047.

What the parts of a mail are is `mail_parts`. The rule that is easy to break: the charset is a claim. Text that is said to be of one byte a
character but is UTF-8 is UTF-8, and bytes that fit no claim are read all the same, for a mail must not be lost over an umlaut.
"""

from __future__ import annotations

import binascii
import codecs
import re
from email import quoprimime

_NO_CHARSETS = frozenset(("punycode", "idna", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "unicode-escape", "undefined"))
"""Python decodes them too, but they are no charsets of mails, and some take quadratic time."""

_ONE_BYTE = frozenset(("ascii", "iso8859-1", "cp1252"))
_MAX_NAME_CHARS = 40
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")


def decoded(raw: bytes, charset: str | None) -> str:
    """The text of the bytes; never fails and never holds half a surrogate pair."""
    name = _codec(charset)
    tried = ("utf-8", "cp1252") if name is None or name in _ONE_BYTE else (name, "utf-8", "cp1252")
    for codec in tried:
        try:
            return _whole(raw.decode(codec))
        except (ValueError, LookupError):
            continue
    return raw.decode("latin-1")


def header_text(value: str) -> str:
    """A header as people read it: raw bytes decoded, folded lines joined, encoded words decoded; an encoded word that is broken stays."""
    known = decoded(value.encode("utf-8", "surrogateescape"), None)
    joined = _BETWEEN_WORDS.sub("", _FOLD.sub(" ", known))
    return _ENCODED_WORD.sub(_word, joined)


def _word(match: re.Match[str]) -> str:
    charset, encoding, payload = match.groups()
    try:
        if encoding in "qQ":
            raw = quoprimime.header_decode(payload).encode("latin-1")
        else:
            raw = binascii.a2b_base64(payload + "=" * (-len(payload) % 4))
    except ValueError:
        return match[0]
    return decoded(raw, charset.partition("*")[0])


def _codec(charset: str | None) -> str | None:
    """The name of the codec; None where there is none that a mail may name."""
    if not charset or len(charset) > _MAX_NAME_CHARS:
        return None
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSETS else name


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
