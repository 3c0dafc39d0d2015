"""How much a configured regular expression can match, and in how many ways, told from its text alone.

Here: characters, classes, groups, alternatives and bounded repetitions; what else an expression may hold has no size. Which sizes are
allowed is for the caller (`custom_patterns`). The rule that is easy to break: the ways are counted from above, never from below, because
they bound what a search can cost at one place of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 1_000_000
"""Counts above this are as good as infinite; they are not counted further."""

_PART = re.compile(
    r"(?P<one>\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dDwWsS]|\\[^A-Za-z0-9]|[^\\\[\](){}|*+?^$])|(?P<edge>\\[bB]|[\^$])"
    r"|(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<or>\|)|\{(?P<least>\d{1,3})(?:,(?P<most>\d{1,3}))?\}|(?P<maybe>\?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many characters a part matches at least and at most, and in how many ways it can do so at one place."""

    least: int = 0
    most: int = 0
    ways: int = 1

    def then(self, other: Size) -> Size:
        """Both parts, one after the other."""
        return Size(self.least + other.least, self.most + other.most, min(MOST, self.ways * other.ways))

    def instead(self, other: Size) -> Size:
        """Either of the two."""
        return Size(min(self.least, other.least), max(self.most, other.most), min(MOST, self.ways + other.ways))

    def repeated(self, least: int, most: int) -> Size:
        """The part so many times."""
        ways, one = 0, self.ways**least if least < MOST.bit_length() or self.ways == 1 else MOST
        for _ in range(least, most + 1):
            ways, one = min(MOST, ways + one), min(MOST, one * self.ways)
        return Size(self.least * least, self.most * most, ways)


@dataclass(slots=True)
class _Group:
    """A group that is being read: its earlier alternatives, the present one, and the part that a repetition would repeat."""

    earlier: Size | None = None
    present: Size = Size()
    part: Size | None = None

    def add(self, part: Size | None) -> None:
        self.present, self.part = self.present.then(self.part or Size()), part

    def end_alternative(self) -> None:
        self.add(None)
        self.earlier = self.earlier.instead(self.present) if self.earlier else self.present
        self.present = Size()

    def size(self) -> Size:
        self.end_alternative()
        return self.earlier or Size()


def size_of(pattern: str) -> Size | None:
    """The size of the expression; None where it holds anything whose size can't be told, such as `*`, look-arounds and references."""
    groups, at = [_Group()], 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None or not _read(part, groups):
            return None
        at = part.end()
    return groups[0].size() if len(groups) == 1 else None


def _read(part: re.Match[str], groups: list[_Group]) -> bool:
    """Takes one part in; False where it has no place."""
    kind = part.lastgroup
    if kind == "open":
        groups.append(_Group())
    elif kind == "close" and len(groups) > 1:
        inner = groups.pop().size()
        groups[-1].add(inner)
    elif kind == "or":
        groups[-1].end_alternative()
    elif kind in ("one", "edge"):
        groups[-1].add(Size(1, 1) if kind == "one" else None)
    else:
        return kind != "close" and _repeat(part, groups[-1])
    return True


def _repeat(part: re.Match[str], group: _Group) -> bool:
    if group.part is None:
        return False
    least = int(part["least"] or 0)
    repeated = group.part.repeated(least, 1 if part["maybe"] else int(part["most"] or least))
    group.part = None
    group.add(None)
    group.present = group.present.then(repeated)
    return True
