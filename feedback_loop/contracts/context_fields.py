"""The columns of context: what else was going on while customers spoke, each described once. Context holds no words of customers."""

from __future__ import annotations

from feedback_loop.contracts import knowledge, loop_vocab, vocab
from feedback_loop.contracts.field_types import INSTANT, INT, REAL, TEXT, TEXTS, Field
from feedback_loop.contracts.vocab import PersonalData

CONTEXT_FIELDS = [
    # statements as they landed
    Field("statement_id", TEXT, "one statement of a source about one change, incident, customer, event or document"),
    Field("context_kind", TEXT, "what the statement is about", vocabulary=loop_vocab.ContextKind),
    Field("statement", TEXT, "the statement as canonical JSON, read from raw_payload", personal=PersonalData.PSEUDONYM),
    # changes and incidents
    Field("change_id", TEXT, "the change's id in its source"),
    Field("change_kind", TEXT, "what was changed", vocabulary=loop_vocab.ChangeKind),
    Field("change_description", TEXT, "what the change log says of it", "nothing"),
    Field("incident_id", TEXT, "the incident's id in its source"),
    Field("provider", TEXT, "the outside provider that had the incident", "it was the company's own"),
    Field("incident_summary", TEXT, "what the incident tool says of it", "nothing"),
    Field("service", TEXT, "the service that changed, had the incident or was measured", "it names no service"),
    Field("scope", TEXT, "JSON {dimension: [values]} of whom it reached; {} is everybody"),
    Field("started_at", INSTANT, "when it began to be in force"),
    Field("ended_at", INSTANT, "when it was no longer in force", "still in force when the statement was made"),
    # telemetry and logs
    Field("measured_service", TEXT, "the service that was measured"),
    Field("measured_version", TEXT, "version that the requests came from; empty where a service has none"),
    Field("measured_region", TEXT, "region that the requests came from; empty where it is not told apart"),
    Field("minute_at", INSTANT, "first instant of the minute that was measured"),
    Field("request_count", INT, "requests of the minute"),
    Field("error_count", INT, "requests of the minute that failed"),
    Field("latency_p95_ms", REAL, "95th percentile of the latency", "no request", unit="ms"),
    Field("error_text", TEXT, "the error string, without values of the request"),
    Field("line_count", INT, "log lines of the minute with this error string"),
    # customers and business events
    Field("account_id", TEXT, "the account that the customer belongs to", "a customer without an account", personal=PersonalData.PSEUDONYM),
    Field("known_customer_id", TEXT, "the customer's id in the source", personal=PersonalData.PSEUDONYM),
    Field("consent", TEXT, "whether the customer may be written to", "not said, which counts as no", vocabulary=loop_vocab.Consent),
    Field("monthly_revenue_usd", REAL, "what the customer pays a month", "the source does not say", unit="USD"),
    Field("renews_at", INSTANT, "when the contract ends unless it is renewed", "no contract"),
    Field("business_event_id", TEXT, "the event's id in its source"),
    Field("business_event_kind", TEXT, "what happened", vocabulary=loop_vocab.BusinessEventKind),
    Field("amount_usd", REAL, "money of the event, or of the component", "no money is known", unit="USD"),
    Field("handling_minutes", REAL, "time that an agent spent", "no agent's time", unit="minutes"),
    # documents
    Field("document_id", TEXT, "the document's path or id in its source"),
    Field("document_kind", TEXT, "what it is for", vocabulary=loop_vocab.DocumentKind),
    Field("document_title", TEXT, "title of the document"),
    Field("document_text", TEXT, "Markdown of the document without its front matter"),
    Field("document_version", TEXT, "SHA-256 of the document, front matter included"),
    Field("owner", TEXT, "team that answers for it"),
    Field("valid_until_at", INSTANT, "when the document goes stale", "no one set a date, which counts as stale for remediation"),
    Field("audience_roles", TEXTS, "who may read it: public, staff, or roles, ascending", "nobody is named, so only its owner finds it"),
    Field(
        "document_status",
        TEXT,
        "whether its owner lets it be followed",
        "not said, which counts as approved: only what is approved is fed as a document",
        vocabulary=knowledge.DocumentStatus,
    ),
    Field("supersedes_document_id", TEXT, "the document whose place it takes", "it takes nobody's place"),
    # links
    Field("link_kind", TEXT, "what the fragment is linked to", vocabulary=loop_vocab.LinkKind),
    Field("link_id", TEXT, "the release_version, change_id, incident_id or error string that the fragment is linked to"),
    Field("matched_on", TEXTS, "dimensions of the scope whose value the fragment names, ascending; empty where the scope is everybody"),
    Field("minutes_since_start", REAL, "from the start of what it is linked to until the customer spoke", unit="minutes"),
    Field("known_severity", TEXT, "urgency that the incident tool gives", "it gives none", vocabulary=vocab.Severity),
]
