"""What Jira is told of an action: an issue, or a comment on one, in the shapes of its REST API v3 (long texts as Atlassian documents).

Pure functions; who sends it is `client.py`. The rule that is easy to break: only ids, figures and labels go out. Whatever looks like
somebody's sentence (a line break, more than `_LONGEST_TEXT` characters) is refused instead of cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import TAKES_BACK

PROPERTY = "feedback-loop"
"""The entity property of an issue that holds our key; unlike the label it does not go along when somebody clones the issue."""

_MARK = "feedback-loop"
_LONGEST_TEXT, _LONGEST_SUMMARY, _MOST_LINES, _DEEPEST = 200, 240, 200, 4
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,19}-[1-9][0-9]{0,9}")


class Unfit(ValueError):
    """The action can't be told in Jira's shapes without harm; says which part of it, never its content."""


def issue_of(request: ActionRequest, project: str, issue_type: str) -> dict[str, Any]:
    """The body of the issue that asks a team for the action; raises Unfit."""
    return {
        "fields": {
            "project": {"key": project},
            "issuetype": {"name": issue_type},
            "summary": f"{_words(request)}: {_said(request.target, 'target')}"[:_LONGEST_SUMMARY],
            "description": _document(request),
            "labels": [_MARK, f"{_MARK}-{request.action_kind}", issue_label(request.idempotency_key)],
        },
        "properties": [{"key": PROPERTY, "value": {"idempotency_key": request.idempotency_key, "action_kind": str(request.action_kind)}}],
    }


def comment_of(request: ActionRequest) -> dict[str, Any]:
    """The body of the comment that says the same on an issue that is there already; raises Unfit."""
    return {"body": _document(request)}


def label_edit(key: str) -> dict[str, Any]:
    """The edit by which an issue is found again that has, or is about to get, a comment under the key."""
    return {"update": {"labels": [{"add": comment_label(key)}]}}


def issue_label(key: str) -> str:
    """The label of the issue that was made under the key; raises Unfit where no label may be called so."""
    if not _KEY.fullmatch(key):
        raise Unfit("idempotency_key")
    return f"{_MARK}-{key}"


def comment_label(key: str) -> str:
    """The label of an issue that was commented on under the key."""
    return issue_label(key).replace(_MARK, f"{_MARK}-note", 1)


def existing_issue(request: ActionRequest, project: str) -> str | None:
    """The issue that the action is about, where its target is one of the project: it gets a comment, not a second issue.

    What is to be taken back was asked for in an issue of ours, whichever project that is in.
    """
    if not _ISSUE_KEY.fullmatch(request.target):
        return None
    is_ours = request.action_kind in TAKES_BACK or request.target.rpartition("-")[0] == project
    return request.target if is_ours else None


def bears(body: object, key: str) -> bool:
    """Whether the document of a comment is ours under the key: its last line says so, alone."""
    lines = body.get("content") if isinstance(body, Mapping) else None
    return isinstance(lines, list) and bool(lines) and _texts(lines[-1]) == [_signed(key)]


def _document(request: ActionRequest) -> dict[str, Any]:
    issue_label(request.idempotency_key)
    lines = [f"{name}: {text}" for name, text in _lines(request.arguments, ())]
    if len(lines) > _MOST_LINES:
        raise Unfit("arguments")
    items = [{"type": "listItem", "content": [_paragraph(line)]} for line in lines]
    return {
        "type": "doc",
        "version": 1,
        "content": [
            _paragraph(f"The feedback loop asks to {_words(request).lower()}: {_said(request.target, 'target')}"),
            *([{"type": "bulletList", "content": items}] if items else []),
            _paragraph(_signed(request.idempotency_key)),
        ],
    }


def _words(request: ActionRequest) -> str:
    return str(request.action_kind).replace("_", " ").capitalize()


def _signed(key: str) -> str:
    return f"Sent once under the key {key}"


def _paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def _lines(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each value by its dotted name; lists of plain values are one line."""
    name = ".".join(path)
    if len(path) > _DEEPEST:
        raise Unfit(name)
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _lines(inner, (*path, _said(part, "an argument's name")))
    elif isinstance(value, list | tuple):
        yield name, ", ".join(_said(one, name) for one in value) or "none"
    else:
        yield name, _said(value, name)


def _said(value: object, name: str) -> str:
    if value is None:
        return "none"
    if not isinstance(value, str | int | float):
        raise Unfit(name)
    text = str(value)
    if not text.isprintable() or not 0 < len(text) <= _LONGEST_TEXT:
        raise Unfit(name)
    return text


def _texts(node: object) -> list[str]:
    """The texts below a node of a document, in their order."""
    if not isinstance(node, Mapping):
        return []
    inner = node.get("content")
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [text for part in inner for text in _texts(part)] if isinstance(inner, list) else own
