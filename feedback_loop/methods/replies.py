"""What of a mail body the customer wrote now, and what is quoted, signature or legal notice.

Here: the judgement line by line. Which channels are stripped is `silver.fragments`; how lines of these kinds look is `reply_lines`. The
rule that is easy to break: kept and removed spans tile the text, code point by code point, so nothing is lost or invented; and every test
looks at one line, or a few of bounded length, so that a hostile mail costs no more than its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods import reply_lines as looks


class Removed(NamedTuple):
    """text[start:end] is not the customer's new text."""

    start: int
    end: int
    kind: RemovedKind


class StrippedReply(NamedTuple):
    """Spans that ascend and together tile the text."""

    kept: tuple[tuple[int, int], ...]
    removed: tuple[Removed, ...]


_BLANK_LINES = 6

Marks = list[RemovedKind | None]


def strip_reply(text: str) -> StrippedReply:
    """The spans of the new text, and those of quotes, signatures and disclaimers."""
    lines = looks.split_lines(text)
    marks: Marks = [None] * len(lines)
    _mark_quotes(lines, marks)
    _mark_disclaimers(lines, marks)
    _mark_signatures(lines, marks)
    return _as_spans(lines, marks)


def new_text(text: str) -> str:
    """The kept parts, each without blanks around it, a line apart."""
    parts = (text[start:end].strip() for start, end in strip_reply(text).kept)
    return "\n".join(part for part in parts if part)


def _mark_quotes(lines: Sequence[str], marks: Marks) -> None:
    """Lines with a quote mark, the line that introduces them, and all that follows a mail client's separator."""
    index = 0
    while index < len(lines):
        if looks.is_quoted(lines[index]):
            marks[index] = RemovedKind.QUOTE
            index += 1
            continue
        after = looks.end_of_introduction(lines, index)
        if after is not None and _next_is_quoted(lines, after):
            _fill(marks, index, after, RemovedKind.QUOTE)
            index = after
        elif after is not None or looks.starts_quoted_mail(lines, index):
            _fill(marks, _with_rule_above(lines, index), len(lines), RemovedKind.QUOTE)
            return
        else:
            index += 1


def _next_is_quoted(lines: Sequence[str], index: int) -> bool:
    following = next((line for line in lines[index : index + _BLANK_LINES] if line.strip()), "")
    return looks.is_quoted(following)


def _with_rule_above(lines: Sequence[str], index: int) -> int:
    """The index of a drawn line right above, blank lines skipped; else the index itself."""
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and looks.is_rule(lines[above]) else index


def _mark_disclaimers(lines: Sequence[str], marks: Marks) -> None:
    """Whole paragraphs that read like a legal notice or a list footer."""
    for start, end in _paragraphs(lines, marks):
        if looks.is_disclaimer(" ".join(line.strip() for line in lines[start:end])):
            _fill(marks, start, end, RemovedKind.DISCLAIMER)
        else:
            for index in range(start, end):
                if looks.starts_footer(lines[index]):
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
    """The end of each stretch of own text that something removed, or nothing at all, follows."""
    end = len(lines)
    while end > 0:
        start = end
        while start > 0 and marks[start - 1] is None:
            start -= 1
        if start < end:
            first = looks.start_of_signature(lines[start:end])
            if first is not None:
                _fill(marks, start + first, end, RemovedKind.SIGNATURE)
        end = start - 1 if start == end else start


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
