"""A Zendesk ticket as its audits tell it: comments are events of them, and who asked is told by the events that created the ticket.

Followed: https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference. What the ticket so told
says is read by `zendesk_tickets`. It is assumed that the id of a comment is that of its event, which is how Zendesk's own answers agree.
The rule that is easy to break: later audits don't name the requester, so without the first one or the ticket beside them nobody is the
customer, and nothing is guessed.
"""

from __future__ import annotations

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_values import parts, raw_items
from feedback_loop.sources.reading import RowRefused
from feedback_loop.sources.values import Values
from feedback_loop.sources.zendesk_tickets import Told, ToldTicket, said_order

_SET = ("Create", "Change")
_KEPT = ("requester_id", "priority", "status")
"""Of what the events set, the last of each is what the ticket has."""


def ticket_of_audits(audits: list[Told], beside: Values) -> ToldTicket:
    """The ticket with the comments that the audits tell; what the ticket beside them says comes first."""
    ordered = sorted(audits, key=lambda told: said_order(told[0]))
    ticket: dict[str, object] = {}
    first: Values | None = None
    later: list[Told] = []
    for audit, raw in ordered:
        _same_ticket(audit, beside)
        events = parts(audit, "events")
        ticket |= {name: event.get("value") for event in events if (name := _set_field(event))}
        comments = _comments(audit, events, raw)
        if first is None and any(read.word(event, "type") == "Create" for event in events) and comments:
            first = comments.pop(0)[0]
            ticket |= _begun(audit, first)
        later += comments
    if first is None and not beside:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "requester_id is told by the first audit, which is not among these")
    return ToldTicket(ticket | dict(beside), first, later)


def _same_ticket(audit: Values, beside: Values) -> None:
    about = read.required_word(audit, "ticket_id")
    if beside and read.word(beside, "id") != about:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "ticket_id is not the id of the ticket beside the audits")


def _set_field(event: Values) -> str | None:
    name = read.word(event, "field_name") if read.word(event, "type") in _SET else None
    return name if name in _KEPT else None


def _comments(audit: Values, events: list[Values], raw: str) -> list[Told]:
    """The comments among the events, with what only the audit says of them."""
    if not any(read.word(event, "type") == "Comment" for event in events):
        return []
    of_audit = {name: audit.get(name) for name in ("author_id", "created_at", "via")}
    told = zip(events, raw_items(raw, "events"), strict=True)
    return [(of_audit | _said(event), as_written) for event, as_written in told if read.word(event, "type") == "Comment"]


def _said(values: Values) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _begun(audit: Values, first: Values) -> dict[str, object]:
    """What the first audit tells of the ticket itself."""
    return {
        "id": audit["ticket_id"],
        "created_at": audit.get("created_at"),
        "via": audit.get("via"),
        "description": first.get("body"),
        "submitter_id": first.get("author_id"),
    }
