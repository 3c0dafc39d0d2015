"""Normalised text: what two spellings of the same message have in common, aligned with the raw text.

Here: Unicode composition, line ends, invisible characters, markup, blanks. Personal data is masked by `masking`, replies are stripped by
`replies`. The rule that is easy to break: `normalise` is idempotent and judges locally (a tag, an entity, a run of blanks), so that a
slice of a message normalises as it did within the whole; composition uses the standard library because identifiers depend on it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from feedback_loop.methods.alignment import AlignedText, Replacement, rewrite, unchanged

_BLANK = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LINE_END = "\r\n|[\r\x0b\x0c\x85\u2028\u2029]"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_INVISIBLE = f"{_CONTROLS}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_SURROGATE = "\ud800-\udfff"
# A joiner shapes emoji sequences and Indic or Persian words; between Latin letters it only hides them from a search.
_JOINED = "\u0300-\u1fff\u2190-\u2bff\U00010000-\U000dffff"
_JOINER = f"(?<![{_JOINED}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"

_BLOCK_TAGS = (
    "address|article|blockquote|body|br|center|dd|div|dl|dt|footer|form|h[1-6]|head|header|hr|html|li|ol|p|pre|section|"
    "table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE_TAGS = "a|abbr|b|big|code|em|font|i|img|label|meta|link|s|small|span|strike|strong|sub|sup|tt|u"
_MARKUP = re.compile(
    r"(?P<hidden><!--.{0,2000}?-->|<(?P<element>script|style)\b[^<>]*>.{0,2000}?</(?P=element)\s*>)"
    rf"|(?P<block></?(?:{_BLOCK_TAGS})(?:\s[^<>]*)?/?>)"
    rf"|(?P<inline></?(?:{_INLINE_TAGS})(?:\s[^<>]*)?/?>)"
    r"|(?P<entity>&(?:amp;|#38;|#x26;)*(?:amp|lt|gt|quot|apos|nbsp|hellip|ndash|mdash|lsquo|rsquo|ldquo|rdquo|bull|euro|pound|copy|reg"
    r"|[aeiouAEIOU](?:acute|grave|circ|uml)|[nN]tilde|[cC]cedil|szlig|iexcl|iquest|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)",
    re.DOTALL | re.IGNORECASE,
)
_CHARACTERS = re.compile(f"(?P<line>{_LINE_END})|(?P<broken>[{_SURROGATE}])|[{_INVISIBLE}]|{_JOINER}")
_BLANKS = re.compile(f"\\A[{_BLANK}\n]+|[{_BLANK}\n]+\\Z|[{_BLANK}]*\n[{_BLANK}\n]*|[{_BLANK}]+")
_SUSPECT = re.compile(f"{_LINE_END}|[{_SURROGATE}{_INVISIBLE}]|{_JOINER}|[<&]|[{_BLANK}\n]{{2}}|[{_BLANK[1:]}]|\\A[ \n]|[ \n]\\Z")
# Starters that may still join the character before them: conjoining jamo and the second halves of Indic two-part vowels.
_JOINS_BACK = re.compile(
    "[\u1161-\u1175\u11a8-\u11c2\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35]"
)
_BRACKETS = re.compile("[<>&]")
_MAX_ROUNDS = 8


def normalise(raw: str) -> AlignedText:
    """The text in NFC, with line feeds as line ends, single blanks, no markup and nothing invisible, aligned with the raw text."""
    aligned = unchanged(raw)
    if _is_normal(raw):
        return aligned
    for _ in range(_MAX_ROUNDS):
        following = aligned.then(_round(aligned.text))
        if following.text == aligned.text:
            return aligned
        aligned = following
    # Markup nested this deep is an attack on the parser; without its brackets no rule can find more of it.
    aligned = aligned.then(rewrite(aligned.text, (Replacement(m.start(), m.end(), " ") for m in _BRACKETS.finditer(aligned.text))))
    return aligned.then(normalise(aligned.text))


def _is_normal(text: str) -> bool:
    return not _SUSPECT.search(text) and unicodedata.is_normalized("NFC", text)


def _round(text: str) -> AlignedText:
    """One pass of every rule; a later rule may make work for an earlier one, so passes are repeated."""
    aligned = rewrite(text, _visible(text))
    aligned = aligned.then(rewrite(aligned.text, _without_markup(aligned.text)))
    aligned = aligned.then(_composed(aligned.text))
    return aligned.then(rewrite(aligned.text, _single_blanks(aligned.text)))


def _visible(text: str) -> Iterator[Replacement]:
    for match in _CHARACTERS.finditer(text):
        yield Replacement(match.start(), match.end(), "\n" if match["line"] else "\ufffd" if match["broken"] else "")


def _without_markup(text: str) -> Iterator[Replacement]:
    for match in _MARKUP.finditer(text):
        if match["entity"]:
            innermost = match["entity"].split(";")[-2].lstrip("&")
            yield Replacement(match.start(), match.end(), html.unescape(f"&{innermost};"))
        else:
            yield Replacement(match.start(), match.end(), "\n" if match["block"] else "")


def _single_blanks(text: str) -> Iterator[Replacement]:
    for match in _BLANKS.finditer(text):
        at_edge = match.start() == 0 or match.end() == len(text)
        blank = "" if at_edge else "\n" * min(2, match[0].count("\n")) or " "
        if blank != match[0]:
            yield Replacement(match.start(), match.end(), blank)


def _composed(text: str) -> AlignedText:
    """NFC, aligned cluster by cluster; as one whole where clusters do not compose on their own."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return unchanged(text)
    aligned = rewrite(text, _recomposed_clusters(text))
    return aligned if aligned.text == composed else rewrite(text, [Replacement(0, len(text), composed)])


def _recomposed_clusters(text: str) -> Iterator[Replacement]:
    starts = [i for i, c in enumerate(text) if i == 0 or not (unicodedata.combining(c) or _JOINS_BACK.match(c))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        cluster = unicodedata.normalize("NFC", text[start:end])
        if cluster != text[start:end]:
            yield Replacement(start, end, cluster)
