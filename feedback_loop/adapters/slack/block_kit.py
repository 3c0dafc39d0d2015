"""The parts of Slack's Block Kit that we use, within its limits. Pure functions; `message.py` and `approval_message.py` put them together.

All text is `plain_text`, in which Slack reads no mentions, links or channel names. The rule that is easy to break: the `text` beside the
blocks is no such text, so what goes there is escaped first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from feedback_loop.adapters.action_words import Unfit

Block = dict[str, Any]

_LONGEST_HEADER, _LONGEST_SECTION, _LONGEST_FIELD, _MOST_FIELDS = 150, 3_000, 2_000, 10
_MOST_BLOCKS = 50


def header(text: str) -> Block:
    """A line in large letters, cut at what fits."""
    return {"type": "header", "text": _plain(text[:_LONGEST_HEADER])}


def sections(lines: Sequence[str]) -> list[Block]:
    """The lines in as few blocks as hold them; a line that none holds goes on in the next."""
    texts: list[str] = []
    for line in lines:
        for start in range(0, len(line), _LONGEST_SECTION):
            piece = line[start : start + _LONGEST_SECTION]
            if texts and len(texts[-1]) + 1 + len(piece) <= _LONGEST_SECTION:
                texts[-1] += f"\n{piece}"
            else:
                texts.append(piece)
    return [{"type": "section", "text": _plain(text)} for text in texts]


def facts(named: Mapping[str, str]) -> list[Block]:
    """Names and what they are, in two columns."""
    fields = [_plain(f"{name}\n{value}"[:_LONGEST_FIELD]) for name, value in named.items()]
    return [{"type": "section", "fields": fields[start : start + _MOST_FIELDS]} for start in range(0, len(fields), _MOST_FIELDS)]


def footnote(text: str) -> Block:
    """A line in small letters."""
    return {"type": "context", "elements": [_plain(text)]}


def button(label: str, action_id: str, value: str, style: str, confirm: Block | None = None) -> Block:
    """A button; what it is pressed for is its `action_id`, about what its `value`."""
    asked = {} if confirm is None else {"confirm": confirm}
    return {"type": "button", "text": _plain(label), "action_id": action_id, "value": value, "style": style, **asked}


def buttons(block_id: str, elements: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """What is asked once more after a button was pressed."""
    return {"title": _plain(title), "text": _plain(text), "confirm": _plain(yes), "deny": _plain(no)}


def fields_of(text: str, blocks: Sequence[Block], event_type: str, payload: Mapping[str, str]) -> dict[str, str]:
    """Text, blocks and metadata as the fields of a form; raises Unfit where Slack takes no message so long."""
    if len(blocks) > _MOST_BLOCKS:
        raise Unfit("arguments")
    return {
        "text": escaped(text),
        "blocks": json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")),
        "metadata": json.dumps({"event_type": event_type, "event_payload": dict(payload)}, separators=(",", ":")),
    }


def escaped(text: str) -> str:
    """The text without anything that Slack would read as a mention, a link or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
