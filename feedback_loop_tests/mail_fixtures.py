"""Public mails with known answers: which of their lines are signature, which are the sender's new words.

Here: reading them, line by line. Who is measured with them is in tests and benchmarks. The rule that is easy to break: a line is told by
its number in the file, never by its words, so that two equal lines are two.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.mail.lines import split_lines
from feedback_loop.methods.mail.replies import StrippedReply
from feedback_loop_tests.real_reviews import FOLDER

DATA = FOLDER.parent
SIGNATURES, REPLIES = DATA / "email_signatures", DATA / "email_replies"
LINES_OF_RECORD = Path(__file__).parent / "labels" / "email_reply_lines.csv"
WHY_ABSENT = "the mails of the shared data are absent"
MARK = "#sig#"


class Mail(NamedTuple):
    """A mail's text and the numbers, from 0, of its lines with words that are told apart: signature lines, or new ones."""

    name: str
    text: str
    told: frozenset[int]


def are_absent() -> bool:
    """Whether the mails are not at hand."""
    return not (SIGNATURES.exists() and REPLIES.exists())


def signed_mails(folder: str) -> list[Mail]:
    """Mails of `with_signature` or `without_signature`, their marks taken off; told are the marked lines."""
    mails = []
    for file in sorted((SIGNATURES / folder).iterdir()):
        marked = file.read_text(encoding="utf-8", errors="replace").split("\n")
        told = frozenset(n for n, line in enumerate(marked) if line.startswith(MARK) and line.removeprefix(MARK).strip())
        mails.append(Mail(file.name, "\n".join(line.removeprefix(MARK) for line in marked), told))
    return mails


def replies() -> list[Mail]:
    """The fixtures of the reply parsers, of mails in full the plain body; told are the lines of record that are new."""
    with LINES_OF_RECORD.open(encoding="utf-8") as file:
        return [_reply(row["file"], row["new_lines"]) for row in csv.DictReader(file)]


def _reply(name: str, ranges: str) -> Mail:
    raw = (REPLIES / name).read_bytes()
    text = raw.decode("utf-8") if name.endswith(".txt") else _plain_body(raw)
    ends = [[int(number) for number in part.split("-")] for part in ranges.split()]
    wanted = {number - 1 for end in ends for number in range(end[0], end[-1] + 1)}
    return Mail(name, text, frozenset(number for number in wanted if lines_of(text)[number].strip()))


def _plain_body(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    return "" if body is None else str(body.get_content())


def lines_of(text: str) -> list[str]:
    """The lines without their ends."""
    return [line.rstrip("\r\n") for line in split_lines(text)]


def kept_lines(text: str, reply: StrippedReply) -> frozenset[int]:
    """The numbers of the lines of which words are kept."""
    return _filled(text, reply.kept)


def signature_lines(text: str, reply: StrippedReply) -> frozenset[int]:
    """The numbers of the lines that are removed as signature."""
    return _filled(text, [(span.start, span.end) for span in reply.removed if span.kind is RemovedKind.SIGNATURE])


def _filled(text: str, spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """The numbers of the lines that have words within the spans."""
    numbers, start = set(), 0
    for number, line in enumerate(split_lines(text)):
        end = start + len(line)
        if any(text[max(a, start) : min(b, end)].strip() for a, b in spans if a < end and start < b):
            numbers.add(number)
        start = end
    return frozenset(numbers)
