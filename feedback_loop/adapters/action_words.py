"""An action in words that may leave the house: what is asked for, of what, and each argument as a line; signed with its key.

Pure functions, which every tool that people read uses (`jira/work_item.py` and its neighbours give them that tool's shape). The rule that
is easy to break: only ids, figures and labels go out. Whatever looks like somebody's sentence (a line break, more than `LONGEST_TEXT`
characters) is refused instead of cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedback_loop.contracts.actions import ActionRequest

LONGEST_TEXT, LONGEST_SUBJECT = 200, 240
_MOST_LINES, _DEEPEST = 200, 4
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class Unfit(ValueError):
    """The action can't be told without harm; says which part of it, never its content."""


def subject_of(request: ActionRequest) -> str:
    """What is asked for, of what; raises Unfit."""
    return f"{_kind(request)}: {printable(request.target, 'target')}"[:LONGEST_SUBJECT]


def opening_of(request: ActionRequest) -> str:
    """The same as a sentence."""
    return f"The feedback loop asks to {_kind(request).lower()}: {printable(request.target, 'target')}"


def lines_of(request: ActionRequest) -> list[str]:
    """Each argument by its dotted name; lists of plain values are one line. Raises Unfit."""
    lines = [f"{name}: {text}" for name, text in _lines(request.arguments, ())]
    if len(lines) > _MOST_LINES:
        raise Unfit("arguments")
    return lines


def text_of(request: ActionRequest) -> str:
    """All of it as plain text, by which a tool without a place for keys knows it again: its last line bears the key. Raises Unfit."""
    return "\n".join([opening_of(request), *(f"- {line}" for line in lines_of(request)), signed(request.idempotency_key)])


def signed(key: str) -> str:
    """The line that bears the key; raises Unfit where the key is no word."""
    return f"Sent once under the key {fit_key(key)}"


def fit_key(key: str) -> str:
    """The key, where it may stand in a label, a path or a query; raises Unfit."""
    if not _KEY.fullmatch(key):
        raise Unfit("idempotency_key")
    return key


def printable(value: object, name: str) -> str:
    """An id, a figure or a label as text; raises Unfit, which names it and never repeats it."""
    if value is None:
        return "none"
    if not isinstance(value, str | int | float):
        raise Unfit(name)
    text = str(value)
    if not text.isprintable() or not 0 < len(text) <= LONGEST_TEXT:
        raise Unfit(name)
    return text


def _kind(request: ActionRequest) -> str:
    return str(request.action_kind).replace("_", " ").capitalize()


def _lines(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    name = ".".join(path)
    if len(path) > _DEEPEST:
        raise Unfit(name)
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _lines(inner, (*path, printable(part, "an argument's name")))
    elif isinstance(value, list | tuple):
        yield name, ", ".join(printable(one, name) for one in value) or "none"
    else:
        yield name, printable(value, name)
