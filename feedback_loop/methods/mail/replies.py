"""What of a mail body the customer wrote now, and what is quoted, signature or legal notice.

Here: the judgement line by line. Which channels are stripped is `silver.units`; how lines of these kinds look is `quoted_mail`,
`signature_lines` and `notices`. The rule that is easy to break: kept and removed spans tile the text, code point by code point, so nothing
is lost or invented; and every test looks at one line, or a few of bounded length, so that a hostile mail costs no more than its size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.mail import lines as looks
from feedback_loop.methods.mail import notices, quoted_mail, sign_offs, signature_lines


class Removed(NamedTuple):
    """text[start:end] is not the customer's new text."""

    start: int
    end: int
    kind: RemovedKind


class StrippedReply(NamedTuple):
    """Spans that ascend and together tile the text."""

    kept: tuple[tuple[int, int], ...]
    removed: tuple[Removed, ...]


Marks = list[RemovedKind | None]

_LINE_END = re.compile(r"[\r\n]")
_MIN_WRAPPED_CHARS = 60


def strip_reply(text: str) -> StrippedReply:
    """The spans of the new text, and those of quotes, signatures and disclaimers."""
    if not _LINE_END.search(text) and not _may_lose(text):
        return StrippedReply(((0, len(text)),) if text else (), ())
    lines = _lines(text)
    marks: Marks = [None] * len(lines)
    _mark_quotes(lines, marks)
    _mark_disclaimers(lines, marks)
    _mark_signatures(lines, marks)
    return _as_spans(lines, marks)


def new_text(text: str) -> str:
    """The kept parts, each without blanks around it, a line apart."""
    parts = (text[start:end].strip() for start, end in strip_reply(text).kept)
    return "\n".join(part for part in parts if part)


def _may_lose(line: str) -> bool:
    """Whether anything may have to go of a text of one line; nothing of most."""
    is_bare = line[:1].isalnum() and ":" not in line and "--" not in line
    return not is_bare or notices.is_disclaimer(line) or notices.starts_footer([line], 0) or sign_offs.sent_from(line.strip())


def _lines(text: str) -> list[str]:
    """The lines; one is cut in two where `On … wrote:` stands behind other words."""
    lines = looks.split_lines(text)
    if not quoted_mail.may_hold_introduction(text):
        return lines
    cut: list[str] = []
    for line in lines:
        cut += quoted_mail.cut_at_introduction(line)
    return cut


def _mark_quotes(lines: Sequence[str], marks: Marks) -> None:
    """Lines with a quote mark, the lines that introduce them, and all that follows a mail client's separator."""
    index = 0
    while index < len(lines):
        if _is_quoted(lines, marks, index):
            marks[index] = RemovedKind.QUOTE
            index += 1
            continue
        opening = quoted_mail.opening(lines, index) if lines[index].strip() else None
        if opening is not None and (looks.is_next_quoted(lines, opening.end) or _is_forward_alone(lines, index)):
            _fill(marks, _with_rule_above(lines, index), opening.end, RemovedKind.QUOTE)
            index = opening.end
        elif opening is not None and opening.is_certain:
            _fill(marks, _with_rule_above(lines, index), len(lines), RemovedKind.QUOTE)
            return
        else:
            index += 1


def _is_quoted(lines: Sequence[str], marks: Marks, index: int) -> bool:
    """Whether a line carries a quote mark, or is the rest of a long quoted line that a mail client broke."""
    line = lines[index]
    if looks.is_quoted(line):
        return True
    if not index or marks[index - 1] is not RemovedKind.QUOTE or not looks.may_be_quoted(lines[index - 1]):
        return False
    if looks.may_be_quoted(line):
        return True
    is_rest = line[:1].islower() and len(lines[index - 1]) >= _MIN_WRAPPED_CHARS and len(line) < _MIN_WRAPPED_CHARS
    return is_rest and index + 1 < len(lines) and looks.is_quoted(lines[index + 1])


def _is_forward_alone(lines: Sequence[str], index: int) -> bool:
    """Whether a mail is forwarded without a word of the sender's own: then what is forwarded is all that they have to say."""
    return quoted_mail.is_forward(lines[index]) and not any(line.strip() for line in lines[:index])


def _with_rule_above(lines: Sequence[str], index: int) -> int:
    """The index of a drawn line right above, blank lines skipped; else the index itself."""
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and looks.is_rule(lines[above]) else index


def _mark_disclaimers(lines: Sequence[str], marks: Marks) -> None:
    """Whole paragraphs that read like a legal notice or a list footer."""
    for start, end in _paragraphs(lines, marks):
        if notices.is_disclaimer(" ".join(line.strip() for line in lines[start:end])):
            _fill(marks, start, end, RemovedKind.DISCLAIMER)
        else:
            for index in range(start, end):
                if notices.starts_footer(lines, index):
                    _fill(marks, index, end, RemovedKind.DISCLAIMER)
                    break


def _paragraphs(lines: Sequence[str], marks: Marks) -> list[tuple[int, int]]:
    """Runs of unmarked lines that are not blank."""
    runs: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if marks[index] or not line.strip():
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _mark_signatures(lines: Sequence[str], marks: Marks) -> None:
    """The end of each stretch of own text that something removed, a postscript, or nothing at all follows."""
    end = len(lines)
    while end > 0:
        start = end
        while start > 0 and marks[start - 1] is None and not (start < end and signature_lines.starts_postscript(lines[start])):
            start -= 1
        if start < end:
            first = signature_lines.start_of_signature(lines[start:end])
            if first is not None:
                _fill(marks, start + first, end, RemovedKind.SIGNATURE)
        end = start if start < end else start - 1


def _fill(marks: Marks, start: int, end: int, kind: RemovedKind) -> None:
    for index in range(start, end):
        marks[index] = marks[index] or kind


def _as_spans(lines: Sequence[str], marks: Marks) -> StrippedReply:
    """Marks become spans; blank lines go along with what was removed above them."""
    kept: list[tuple[int, int]] = []
    removed: list[Removed] = []
    start, held = 0, None
    for line, mark in zip(lines, marks, strict=True):
        end = start + len(line)
        kind = held if mark is None and not line.strip() else mark
        if kind is None:
            kept[-1:] = [(kept[-1][0], end)] if kept and kept[-1][1] == start else [*kept[-1:], (start, end)]
        elif removed and removed[-1].end == start and removed[-1].kind is kind:
            removed[-1] = Removed(removed[-1].start, end, kind)
        else:
            removed.append(Removed(start, end, kind))
        start, held = end, kind
    return StrippedReply(tuple(kept), tuple(removed))
