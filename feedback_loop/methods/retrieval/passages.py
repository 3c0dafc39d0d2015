"""A document of Markdown as passages: what stands below one heading, in pieces that a sentence encoder reads whole.

The rule that is easy to break: no word gets lost and none is said twice; a line within a fenced block is no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.knowledge import Passage

LONGEST_PASSAGE = 1_000
"""Code points; about the 256 tokens that an encoder of MiniLM's kind looks at."""

FORM_VERSION = "passages-2"
"""Changes with the way documents are cut, so that an index is built anew."""

_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|\Z)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_SENTENCE = re.compile(r"(?<=[.!?。！？।])\s+")

Section = tuple[tuple[str, ...], str]


def cut_passages(document_id: str, version: str, title: str, text: str) -> list[Passage]:
    """The passages of a document in their order; none where it holds no text."""
    pieces = [(" › ".join(path), piece) for path, body in _sections(text, title) for piece in _pieces(body)]
    return [
        Passage(stable_id("passage", document_id, version, number), document_id, version, title, heading, piece)
        for number, (heading, piece) in enumerate(pieces)
    ]


def _sections(text: str, title: str) -> Iterator[Section]:
    """The headings above each run of other lines, and the run; one above nothing is a run of its own, one like the title says nothing."""
    path: list[_Heading] = []
    for is_heading, lines in groupby(_lines(text), key=lambda line: line[0] > 0):
        if not is_heading:
            yield _above(path, title), "\n".join(line for _, line in lines)
            path = [replace(heading, is_said=True) for heading in path]
            continue
        for level, name in lines:
            yield from _unsaid(path, level, title)
            path = [heading for heading in path if heading.level < level] + [_Heading(level, name)]
    yield from _unsaid(path, 0, title)


@dataclass(frozen=True)
class _Heading:
    """One heading of the present path; `is_said`: some text stood below it."""

    level: int
    name: str
    is_said: bool = False


def _above(path: Sequence[_Heading], title: str) -> tuple[str, ...]:
    return tuple(heading.name for heading in path if heading.name and heading.name != title)


def _unsaid(path: Sequence[_Heading], level: int, title: str) -> Iterator[Section]:
    """The headings that end with one of this level and had nothing below them, as one text below what they stood in."""
    ending = [heading for heading in path if heading.level >= level and not heading.is_said]
    if names := _above(ending, title):
        yield _above([heading for heading in path if heading not in ending], title), " › ".join(names)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its level as a heading, 0 for any other."""
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        heading = None if fence or mark else _HEADING.match(line)
        yield (len(heading[1]), _name(line[heading.end() :].strip())) if heading else (0, line)


def _name(rest: str) -> str:
    """What a heading says, without the signs that may close it."""
    opened = rest.rstrip("#")
    return opened.rstrip() if not opened or opened[-1].isspace() else rest


def _pieces(body: str) -> Iterator[str]:
    """Paragraphs together as far as they fit into a passage."""
    held = ""
    for paragraph in re.split(r"\n\s*\n", body):
        for part in _parts(paragraph.strip()):
            if held and len(held) + len(part) + 2 > LONGEST_PASSAGE:
                yield held
                held = ""
            held = f"{held}\n\n{part}" if held else part
    if held:
        yield held


def _parts(paragraph: str) -> Iterator[str]:
    """The paragraph, cut at a line, a sentence or a blank where it is too long, and anywhere where it has none of them."""
    while len(paragraph) > LONGEST_PASSAGE:
        end = _cut(paragraph[:LONGEST_PASSAGE])
        yield paragraph[:end].strip()
        paragraph = paragraph[end:].strip()
    if paragraph:
        yield paragraph


def _cut(start: str) -> int:
    half = LONGEST_PASSAGE // 2
    sentences = [found.end() for found in _SENTENCE.finditer(start, half)]
    places = (start.rfind("\n", half), sentences[-1] if sentences else -1, start.rfind(" ", half))
    return next((place for place in places if place > 0), len(start))
