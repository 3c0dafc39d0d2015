"""HTML in a text: which spans are tags, hidden parts or entities, and what is read in their place.

Here: what counts as markup. Blanks and line ends are tidied by `normalising`. The rules that are easy to break: a sign that people write
(`I <3 it`, `if (x<y)`, `a <b and c> d`, `AT&T; R&D`) is no markup, so only tags and entities that HTML knows are, and only with attributes
that have a value; and an element that is never closed hides nothing, however often it is opened, at a cost that stays linear.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import name2codepoint

from feedback_loop.methods.alignment import Replacement

BRACKETS = re.compile("[<>&]")

_BLOCK_TAGS = (
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|li|main"
    "|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE_TAGS = (
    "a|abbr|b|big|button|code|col|colgroup|del|em|font|i|iframe|img|input|ins|kbd|label|link|mark|meta|noscript|picture|s|samp|small|span"
    "|strike|strong|sub|sup|svg|tt|u|wbr|[ovw]:[a-z]+|st1:[a-z]+"
)
# A quoted value may hold a closing bracket; the possessive group keeps a tag that never ends from being read in more than one way.
_ATTRIBUTES = (
    r"""\s[^<>=]*(?==)(?:=\s*"[^"<]*"|=\s*'[^'<]*'|[^<>])*+"""
    r"|\s+(?:clear|compact|disabled|hidden|noshade|nowrap|reversed)\s*"
)
_CHARACTER_NAMES = "|".join(sorted({name for name in name2codepoint if name != "not"} | {"apos", "AMP", "LT", "GT", "QUOT", "NBSP"}))
_MARKUP = re.compile(
    rf"(?P<block></?(?i:{_BLOCK_TAGS})(?P<attributes>{_ATTRIBUTES})?\s*/?>)"
    rf"|(?P<inline></?(?i:{_INLINE_TAGS})(?P<more>{_ATTRIBUTES})?\s*/?>"
    r"|<!\[(?i:if|endif|CDATA\[)[^<>\[\]]*(?:\]>)?|<\?(?i:xml)[^<>]*>|<!(?i:doctype)\b[^<>]*>)"
    rf"|(?P<entity>&(?:amp;|\#38;|\#[xX]26;)*(?:{_CHARACTER_NAMES}|\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}});"
    r"|&(?:nbsp|amp|quot|lt|gt|\#39|\#34|\#160)(?![\w;=\[]))",  # a bracket may be a placeholder, where a number was
)
_WORD_IN_BRACKETS = re.compile(r"\[[A-Z]{2}")
"""In attributes: masking put it there, in place of a value that held a bracket, and so made a tag of what was none."""

_OPENING = re.compile(r"<!--|<(?P<element>(?i:script|style))(?:\s[^<>]*)?>")
_CLOSING = {
    None: re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}


def without_hidden(text: str) -> Iterator[Replacement]:
    """Comments, scripts and styles, which a reader never sees."""
    position, unclosed = 0, set[str | None]()
    while opening := _OPENING.search(text, position):
        position = opening.end()
        element = opening["element"] and opening["element"].lower()
        closing = None if element in unclosed else _CLOSING[element].search(text, position)
        if closing is None:
            unclosed.add(element)
            continue
        yield Replacement(opening.start(), closing.end(), "")
        position = closing.end()


def without_tags(text: str) -> Iterator[Replacement]:
    """Tags, a line end in place of those that begin or end a line, and the characters that entities stand for."""
    for match in _MARKUP.finditer(text):
        if match["entity"]:
            yield Replacement(match.start(), match.end(), _character(match["entity"]))
        elif not _WORD_IN_BRACKETS.search(match["attributes"] or match["more"] or ""):
            yield Replacement(match.start(), match.end(), "\n" if match["block"] else "")


def _character(entity: str) -> str:
    """What the innermost of entities within entities stands for: `&amp;amp;lt;` is `<`."""
    innermost = entity.removesuffix(";").split(";")[-1].lstrip("&")
    return html.unescape(f"&{innermost};" if innermost != "NBSP" else "&nbsp;")
