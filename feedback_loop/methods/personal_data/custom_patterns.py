"""The shapes of a company's own numbers (orders, accounts, cases), as detectors made of patterns that it configures.

Here: what a pattern may be. The rule that is easy to break: a pattern runs over every text of every customer, so it must cost little on any
of them; it may therefore repeat single signs only, each a bounded number of times, never a group, and match in few ways (`pattern_sizes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.errors import BadInput
from feedback_loop.methods.personal_data.cued import Cued
from feedback_loop.methods.personal_data.detectors import Detector
from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.methods.personal_data.pattern_sizes import size_of

MAX_CHARS = 200
_PLAIN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+?]|\{)")
_BOUND = re.compile(r"\{(\d+)(?:,(\d+))?\}")
_MAX_REPEATS, _MAX_RANGES, _MAX_WAYS = 64, 4, 256


def custom_detectors(patterns: Iterable[tuple[str, str]]) -> tuple[Detector, ...]:
    """A detector for each (name, regular expression); a group `value` marks the part to be masked. Raises BadInput, which says why."""
    bounded = (_bounded(name, pattern) for name, pattern in patterns)
    return tuple(Detector(PersonalDataType.NUMBER, _Finder(re.compile(pattern, re.IGNORECASE))) for pattern in bounded)


@dataclass(frozen=True)
class _Finder:
    """Finds what the pattern matches: its group `value` where it has one, else the whole match. A class, because it travels to processes.

    A value has a digit and no square bracket: so no pattern, however wide, finds anything in a placeholder.
    """

    pattern: re.Pattern[str]

    def __call__(self, text: str) -> Iterator[Cued]:
        value = "value" if "value" in self.pattern.groupindex else 0
        seen = PLACEHOLDER.sub(lambda placeholder: "\x00" * len(placeholder[0]), text)
        return ((match.start(), *match.span(value)) for match in self.pattern.finditer(seen) if _is_number(match[value]))


def _is_number(value: str | None) -> bool:
    return value is not None and any(map(str.isdecimal, value)) and not {"[", "]", "\x00"} & set(value)


def _bounded(name: str, pattern: str) -> str:
    problem = _problem(pattern)
    if problem:
        raise BadInput(f"the pattern '{name}' {problem}.")
    return rf"(?<!\w)(?:{pattern})(?!\w)"


def _problem(pattern: str) -> str | None:
    bare = _PLAIN.sub("x", pattern)
    bounds = [(int(low), int(high or low)) for low, high in _BOUND.findall(bare)]
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return "is no regular expression; mend it"
    if len(pattern) > MAX_CHARS:
        return f"is longer than {MAX_CHARS} characters; shorten it"
    if _UNBOUNDED.search(bare):
        return "repeats without an end; write {1,20} instead of +, and {0,20} instead of *"
    if _REPEATED_GROUP.search(bare):
        return "repeats a group; repeat single signs instead, such as [A-Z0-9-]{4,12}"
    if any(high > _MAX_REPEATS for _, high in bounds) or sum(low != high for low, high in bounds) > _MAX_RANGES:
        return f"repeats a sign more than {_MAX_REPEATS} times or has more than {_MAX_RANGES} ranges; make it narrower"
    size = size_of(pattern)
    if size is None:
        return "has parts whose cost can't be told; use signs, classes, groups, alternatives and bounded repetitions only"
    if size.ways > _MAX_WAYS:
        return f"can match in more than {_MAX_WAYS} ways at one place; narrow its ranges and alternatives"
    if compiled.search("") or compiled.search("[EMAIL]"):
        return "finds nothing at all or a placeholder; let it name signs that every such number has"
    return None
