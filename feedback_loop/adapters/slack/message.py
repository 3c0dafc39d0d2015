"""What Slack is told of an action: a message of the channel, or, where one is taken back, its new text and a reply below it.

Pure functions: fields of the forms that `client.py` sends; what may be said at all stands in `adapters/action_words.py`. The rule that is
easy to break: the metadata bear our key, by which a message is found again; people never see them and can't write them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_loop.adapters.action_words import fit_key, lines_of, opening_of, printable, signed, subject_of
from feedback_loop.adapters.slack.block_kit import fields_of, footnote, header, sections
from feedback_loop.contracts.actions import ActionRequest

ACTION, REPLY, NOTICE = "feedback_loop_action", "feedback_loop_reversal", "feedback_loop_notice"
"""The event types of our metadata: an action in a message, the reply that takes one back, and what people are told of."""

KEY, TAKEN_BACK_BY = "idempotency_key", "taken_back_by"

_QUIET = {"mrkdwn": "false", "parse": "none", "link_names": "false", "unfurl_links": "false", "unfurl_media": "false"}
_RECEIPT = re.compile(r"([CG][A-Z0-9]{2,20})/([0-9]{10}\.[0-9]{6})")


@dataclass(frozen=True)
class Place:
    """Where a message stands: its channel, and the timestamp that is its id there."""

    channel: str
    ts: str

    @property
    def receipt_id(self) -> str:
        """Both as one id."""
        return f"{self.channel}/{self.ts}"


@dataclass(frozen=True)
class Undone:
    """What a reversal speaks of: the message, the key under which it was posted, and what it was."""

    place: Place
    key: str
    kind: str
    target: str

    @property
    def subject(self) -> str:
        """What was asked for, of what."""
        return f"{self.kind.replace('_', ' ').capitalize()}: {self.target}"


def message_of(request: ActionRequest, channel: str) -> dict[str, str]:
    """The message that asks a team for the action; raises Unfit."""
    subject, key = subject_of(request), fit_key(request.idempotency_key)
    blocks = [header(subject), *sections([opening_of(request), *lines_of(request)]), footnote(signed(key))]
    return {"channel": channel, **fields_of(subject, blocks, ACTION, {KEY: key, "action_kind": str(request.action_kind)}), **_QUIET}


def notice_of(key: str, subject: str, lines: Sequence[str], channel: str) -> dict[str, str]:
    """The message that tells people of something, a line each; raises Unfit."""
    told = [printable(line, "a line") for line in lines]
    blocks = [header(printable(subject, "subject")), *sections(told), footnote(signed(fit_key(key)))]
    return {"channel": channel, **fields_of(subject, blocks, NOTICE, {KEY: key}), **_QUIET}


def undone_of(request: ActionRequest) -> Undone | None:
    """The message that is to be taken back; None where the request names none of ours. Raises Unfit."""
    place = place_of(str(request.arguments.get("undone_receipt_id")))
    if place is None:
        return None
    kind, target, key = (printable(request.arguments.get(name), name) for name in ("undone_kind", "undone_target", "undone_key"))
    return Undone(place, fit_key(key), kind, target)


def place_of(receipt_id: str) -> Place | None:
    """The place that a receipt names."""
    found = _RECEIPT.fullmatch(receipt_id)
    return None if found is None else Place(*found.groups())


def crossed_out(undone: Undone, key: str) -> dict[str, str]:
    """The same message, which now says that it was taken back; it keeps its own key and bears that of the reversal."""
    subject = f"Taken back: {undone.subject}"
    blocks = [header(subject), *sections(["The feedback loop asks for this no more; the reply says why."]), footnote(signed(undone.key))]
    payload = {KEY: undone.key, "action_kind": undone.kind, TAKEN_BACK_BY: fit_key(key)}
    place = {"channel": undone.place.channel, "ts": undone.place.ts}
    return {**place, **fields_of(subject, blocks, ACTION, payload), "parse": "none", "link_names": "none"}


def reply_of(request: ActionRequest, undone: Undone) -> dict[str, str]:
    """The reply below it, which the channel sees too; raises Unfit."""
    subject, key = f"Taken back: {undone.subject}", fit_key(request.idempotency_key)
    blocks = [header(subject), *sections([opening_of(request), *lines_of(request)]), footnote(signed(key))]
    where = {"channel": undone.place.channel, "thread_ts": undone.place.ts, "reply_broadcast": "true"}
    return {**where, **fields_of(subject, blocks, REPLY, {KEY: key, "action_kind": str(request.action_kind)}), **_QUIET}
