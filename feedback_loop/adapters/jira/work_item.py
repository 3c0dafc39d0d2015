"""What Jira is told of an action: an issue, or a comment on one, in the shapes of its REST API v3 (long texts as Atlassian documents).

Pure functions; who sends it is `client.py`, and what may be said at all, `adapters/action_words.py`. The rule that is easy to break: a
label bears our key, and a comment its last line; whatever is changed here must still find what was written before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from feedback_loop.adapters.action_words import fit_key, lines_of, opening_of, signed, subject_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import TAKES_BACK

PROPERTY = "feedback-loop"
"""The entity property of an issue that holds our key; unlike the label it does not go along when somebody clones the issue."""

_MARK = "feedback-loop"
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,19}-[1-9][0-9]{0,9}")


def issue_of(request: ActionRequest, project: str, issue_type: str) -> dict[str, Any]:
    """The body of the issue that asks a team for the action; raises Unfit."""
    return {
        "fields": {
            "project": {"key": project},
            "issuetype": {"name": issue_type},
            "summary": subject_of(request),
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
    return f"{_MARK}-{fit_key(key)}"


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
    return isinstance(lines, list) and bool(lines) and _texts(lines[-1]) == [signed(key)]


def _document(request: ActionRequest) -> dict[str, Any]:
    items = [{"type": "listItem", "content": [_paragraph(line)]} for line in lines_of(request)]
    return {
        "type": "doc",
        "version": 1,
        "content": [
            _paragraph(opening_of(request)),
            *([{"type": "bulletList", "content": items}] if items else []),
            _paragraph(signed(request.idempotency_key)),
        ],
    }


def _paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def _texts(node: object) -> list[str]:
    """The texts below a node of a document, in their order."""
    if not isinstance(node, Mapping):
        return []
    inner = node.get("content")
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [text for part in inner for text in _texts(part)] if isinstance(inner, list) else own
