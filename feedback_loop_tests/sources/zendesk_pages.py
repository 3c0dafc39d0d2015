"""A made-up ticket as Zendesk tells it: in the export, by its comments, by its audits, and its satisfaction rating."""

from __future__ import annotations

from typing import Any

CUSTOMER, AGENT = 20978392, 35436
MAIL = {"channel": "email", "source": {"from": {"address": "mara@example.com", "name": "Mara Muster"}, "to": {}, "rel": None}}
WEB = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}

TICKET: dict[str, Any] = {
    "url": "https://example.zendesk.com/api/v2/tickets/47.json", "id": 47, "external_id": None,
    "created_at": "2026-03-03T08:00:00Z", "updated_at": "2026-03-03T10:00:00Z", "generated_timestamp": 1772532000, "type": "problem",
    "subject": "Printer", "raw_subject": "Printer",
    "description": "The export fails since Monday.", "priority": "high", "status": "open", "recipient": "help@example.com",
    "requester_id": CUSTOMER, "submitter_id": CUSTOMER, "assignee_id": AGENT, "organization_id": 509974, "group_id": 98738,
    "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "forum_topic_id": None, "problem_id": None, "has_incidents": False,
    "is_public": True, "due_at": None, "tags": ["enterprise", "export"], "custom_fields": [{"id": 27642, "value": "745"}],
    "satisfaction_rating": {"score": "offered"}, "sharing_agreement_ids": [], "followup_ids": [], "ticket_form_id": 2, "brand_id": 3,
    "allow_channelback": False, "allow_attachments": True, "from_messaging_channel": False, "via": MAIL,
}  # fmt: skip


def comment(number: int, author: int, body: str, *, public: bool = True, **more: Any) -> dict[str, Any]:
    """The comment of so many minutes after the ticket."""
    return {
        "id": 1000 + number, "type": "Comment", "author_id": author, "body": body, "html_body": f"<p>{body}</p>", "plain_body": body,
        "public": public, "attachments": [], "audit_id": 500 + number, "via": WEB if author == AGENT else MAIL,
        "created_at": f"2026-03-03T08:{number:02}:00Z", "metadata": {"system": {}, "custom": {}},
    } | more  # fmt: skip


COMMENTS = [
    comment(0, CUSTOMER, "The export fails since Monday."),
    comment(1, AGENT, "Which browser?"),
    comment(2, AGENT, "Customer is difficult", public=False),
    comment(3, CUSTOMER, "Firefox 140."),
    comment(4, AGENT, "Fixed now."),
]


def event(kind: str, **more: Any) -> dict[str, Any]:
    """One event of an audit."""
    return {"id": 9000 + sum(map(ord, kind + str(more))), "type": kind} | more


def audit(number: int, *events: dict[str, Any], author: int = CUSTOMER, **more: Any) -> dict[str, Any]:
    """The audit of so many minutes after the ticket."""
    return {
        "id": 500 + number, "ticket_id": 47, "created_at": f"2026-03-03T08:{number:02}:00Z", "author_id": author,
        "metadata": {"system": {"client": "Mail", "location": "Graz"}}, "events": list(events), "via": WEB if author == AGENT else MAIL,
    } | more  # fmt: skip


def said(number: int) -> dict[str, Any]:
    """A comment as the event that it is in an audit."""
    names = ("id", "type", "author_id", "body", "html_body", "plain_body", "public", "attachments", "audit_id")
    return {name: COMMENTS[number][name] for name in names}


AUDITS = [
    audit(
        0,
        said(0),
        event("Create", field_name="requester_id", value=str(CUSTOMER)),
        event("Create", field_name="subject", value="Printer"),
        event("Create", field_name="priority", value="normal"),
        event("Notification", subject="Received", body="We got it", recipients=[CUSTOMER]),
    ),
    audit(1, said(1), event("Change", field_name="priority", value="high", previous_value="normal"), author=AGENT),
    audit(2, said(2), author=AGENT),
    audit(3, said(3)),
    audit(4, said(4), event("Change", field_name="status", value="solved", previous_value="open"), author=AGENT),
]
RATING: dict[str, Any] = {
    "id": 35121, "url": "https://example.zendesk.com/api/v2/satisfaction_ratings/35121.json", "assignee_id": AGENT, "group_id": 98738,
    "requester_id": CUSTOMER, "ticket_id": 47, "score": "bad", "created_at": "2026-03-04T09:00:00Z", "updated_at": "2026-03-04T09:01:00Z",
    "comment": "It took three days", "reason": "The issue took too long to resolve", "reason_code": 5, "reason_id": 23,
}  # fmt: skip

TICKETS_PAGE: dict[str, Any] = {
    "tickets": [TICKET],
    "after_url": "https://example.zendesk.com/x",
    "after_cursor": "MTU3",
    "end_of_stream": True,
}
COMMENTS_PAGE: dict[str, Any] = {"ticket": TICKET, "comments": COMMENTS, "meta": {"has_more": False}, "count": 5}
AUDITS_PAGE: dict[str, Any] = {"audits": AUDITS, "meta": {"has_more": False}, "links": {}}
RATINGS_PAGE: dict[str, Any] = {"satisfaction_ratings": [RATING], "next_page": None, "count": 1}
