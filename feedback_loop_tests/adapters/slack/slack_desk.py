"""A Slack of our own: channels with messages, threads and metadata, answered as its Web API does, 200 with `ok` and `error`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Lock
from typing import Any

from slack_sdk.models.blocks import Block

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.ports import Clock

TOKEN = "xoxb-t0ken-of-nobody"
CHANNEL, APPROVALS = "C0123ABCD", "C0456EFGH"

Message = dict[str, Any]


class SlackDesk:
    """Messages in memory; each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.token = TOKEN
        self.channels: dict[str, list[Message]] = {CHANNEL: [], APPROVALS: []}
        self.asked: list[tuple[str, str]] = []
        self.is_invited = True
        self.page_size = 200
        self._lock = Lock()
        self._count = 0

    def answer(self, request: DeskRequest) -> DeskAnswer:
        with self._lock:
            method = request.path.removeprefix("/api/")
            self.asked.append((request.method, method))
            if request.authorization != f"Bearer {self.token}":
                return _no("invalid_auth")
            fields = dict(request.body if request.method == "POST" else request.query)
            channel = self.channels.get(fields.get("channel", ""))
            if channel is None:
                return _no("channel_not_found")
            if not self.is_invited:
                return _no("not_in_channel")
            match request.method, method:
                case "POST", "chat.postMessage":
                    return self._posted(channel, fields)
                case "POST", "chat.update":
                    return self._changed(channel, fields)
                case "GET", "conversations.history":
                    return self._page([m for m in channel if _is_in_channel(m)], fields)
                case "GET", "conversations.replies":
                    return self._page([m for m in channel if fields["ts"] in (m["ts"], m.get("thread_ts"))], fields)
        return DeskAnswer(404, {"ok": False, "error": "unknown_method"})

    def said(self, channel: str = CHANNEL) -> list[str]:
        """The texts of the channel, the oldest first."""
        return [message["text"] for message in self.channels[channel]]

    def chatter(self, count: int, channel: str = CHANNEL) -> None:
        """What people say there meanwhile."""
        self.channels[channel] += [self._message({"text": f"hello {n}"}) for n in range(count)]

    def delete(self, ts: str, channel: str = CHANNEL) -> None:
        """Somebody deletes a message."""
        self.channels[channel] = [message for message in self.channels[channel] if message["ts"] != ts]

    def _posted(self, channel: list[Message], fields: Mapping[str, str]) -> DeskAnswer:
        if (problem := problem_with(fields)) is not None:
            return _no(problem)
        message = self._message(fields)
        channel.append(message)
        return DeskAnswer(200, {"ok": True, "channel": fields["channel"], "ts": message["ts"], "message": _told(message)})

    def _changed(self, channel: list[Message], fields: Mapping[str, str]) -> DeskAnswer:
        if (problem := problem_with(fields)) is not None:
            return _no(problem)
        for message in channel:
            if message["ts"] == fields["ts"]:
                message |= {"text": fields["text"], "blocks": json.loads(fields["blocks"]), "metadata": json.loads(fields["metadata"])}
                text = message["text"]
                where = {"ok": True, "channel": fields["channel"], "ts": message["ts"]}
                return DeskAnswer(200, {**where, "text": text, "message": {"text": text}})
        return _no("message_not_found")

    def _message(self, fields: Mapping[str, str]) -> Message:
        self._count += 1
        message: Message = {"type": "message", "ts": f"{int(self.clock.now().timestamp())}.{self._count:06d}", "text": fields["text"]}
        message |= {name: json.loads(fields[name]) for name in ("blocks", "metadata") if name in fields}
        return message | {name: fields[name] for name in ("thread_ts", "reply_broadcast") if name in fields}

    def _page(self, messages: list[Message], fields: Mapping[str, str]) -> DeskAnswer:
        oldest, latest, is_inclusive = fields.get("oldest", "0"), fields.get("latest", "9"), fields.get("inclusive") == "true"
        found = [m for m in messages if oldest < m["ts"] < latest or (is_inclusive and m["ts"] in (oldest, latest))][::-1]
        start, size = int(fields.get("cursor", "at:0").removeprefix("at:")), min(int(fields["limit"]), self.page_size)
        has_more = start + size < len(found)
        shown = [{k: v for k, v in m.items() if k != "metadata" or fields.get("include_all_metadata") == "true"} for m in found]
        body: dict[str, Any] = {"ok": True, "messages": shown[start : start + size], "has_more": has_more}
        return DeskAnswer(200, {**body, **({"response_metadata": {"next_cursor": f"at:{start + size}"}} if has_more else {})})


def problem_with(fields: Mapping[str, str]) -> str | None:
    """The error by which Slack refuses such a message; its blocks are judged by the vendor's own models."""
    if not fields.get("text"):
        return "no_text"
    blocks, metadata = json.loads(fields["blocks"]), json.loads(fields["metadata"])
    try:
        for given, block in zip(blocks, Block.parse_all(blocks), strict=True):
            block.validate_json()
            if block.to_dict() != given:
                return "invalid_blocks"
    except Exception:
        return "invalid_blocks"
    return None if metadata.keys() == {"event_type", "event_payload"} and len(blocks) <= 50 else "invalid_metadata_format"


def _is_in_channel(message: Message) -> bool:
    return "thread_ts" not in message or message.get("reply_broadcast") == "true"


def _told(message: Message) -> Message:
    """The parts of a message that the description knows."""
    return {name: message[name] for name in ("type", "ts", "text", "blocks", "thread_ts") if name in message}


def _no(error: str) -> DeskAnswer:
    return DeskAnswer(200, {"ok": False, "error": error})
