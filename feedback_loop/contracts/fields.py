"""Every column of every table, described once: type, meaning, unit, what null means, how personal it is.

A name means the same in each table that has it. Tables pick their columns from here (`tables.py`); nothing else declares a column. Here
are the columns from bronze to gold; those of context and of the closed loop stand in `context_fields.py` and `loop_fields.py`.
"""

from __future__ import annotations

from feedback_loop.contracts import vocab
from feedback_loop.contracts.context_fields import CONTEXT_FIELDS
from feedback_loop.contracts.field_types import (
    BYTES,
    CANDIDATES,
    DAY,
    FLAG,
    INSTANT,
    INT,
    INTS,
    REAL,
    REMOVED_SPANS,
    TEXT,
    TEXTS,
    VECTOR,
    Field,
)  # fmt: skip
from feedback_loop.contracts.loop_fields import LOOP_FIELDS
from feedback_loop.contracts.vocab import PersonalData

__all__ = ["DAY", "FIELDS", "FLAG", "INSTANT", "INT", "REAL", "TEXT", "TEXTS", "Field"]

_UNSAID = "the source does not say"

_ALL = [
    # identity
    Field("record_id", TEXT, "one record of one source, whatever its versions"),
    Field("record_version_id", TEXT, "one content of a record; an edit makes another"),
    Field("source", TEXT, "the system that the record was taken from"),
    Field("source_record_id", TEXT, "the record's id in its source", personal=PersonalData.PSEUDONYM),
    Field("fragment_id", TEXT, "one fragment: one complaint unit of one record"),
    Field("fragment_index", INT, "position among the fragments of its record, 0 first"),
    Field("quarantine_id", TEXT, "one row that could not be landed"),
    Field("retried_quarantine_id", TEXT, "the quarantined row that this record was recovered from", "landed at once"),
    # what the source says
    Field("channel", TEXT, "how the customer spoke", vocabulary=vocab.Channel),
    Field("customer_id", TEXT, "the customer's id in the source", _UNSAID, personal=PersonalData.PSEUDONYM),
    Field("product", TEXT, "the product that the record is about"),
    Field("sku", TEXT, "the sold variant of the product", _UNSAID),
    Field("product_area", TEXT, "the part of the product, as named by the source", _UNSAID),
    Field("declared_language", TEXT, "ISO 639-1 code that the source declares", _UNSAID),
    Field("locale", TEXT, "BCP 47 locale of the customer", _UNSAID),
    Field("segment", TEXT, "customer segment", _UNSAID),
    Field("tier", TEXT, "customer tier", _UNSAID),
    Field("region", TEXT, "region of the customer", _UNSAID),
    Field("product_version", TEXT, "version of the product that the customer used", _UNSAID),
    Field("device", TEXT, "device that the customer used", _UNSAID),
    Field("os", TEXT, "operating system that the customer used", _UNSAID),
    Field("browser", TEXT, "browser and its major version that the customer used", _UNSAID),
    Field("severity", TEXT, "urgency that the source gives", _UNSAID, vocabulary=vocab.Severity),
    Field("rating", REAL, "stars given, 1 worst to 5 best", "no rating was given", unit="stars"),
    Field("occurred_at", INSTANT, "when the customer spoke"),
    Field("landed_at", INSTANT, "when the platform first had the row"),
    Field("text", TEXT, "the customer's words as they came", "a rating without words", personal=PersonalData.RAW),
    Field(
        "context_text",
        TEXT,
        "what others said beside it, such as a developer's reply; never customer text",
        "nothing",
        personal=PersonalData.RAW,
    ),
    Field("raw_payload", TEXT, "the whole row of the source as JSON", personal=PersonalData.RAW),
    Field("source_file", TEXT, "name of the file that the row came in"),
    Field("source_row_number", INT, "row of that file, 1 for the first after the header"),
    Field("event_date", DAY, "UTC day of occurred_at, or the day that the row is about"),
    Field("landed_date", DAY, "UTC day of landed_at"),
    # quarantine
    Field("quarantine_reason", TEXT, "why the row could not be landed", vocabulary=vocab.QuarantineReason),
    Field("quarantine_detail", TEXT, "which column or limit, without customer text"),
    Field("raw_bytes", BYTES, "the row byte for byte", personal=PersonalData.RAW),
    Field("reader_options", TEXT, "JSON of what the reader was told (product, header), so that the row can be tried again"),
    # releases
    Field("release_id", TEXT, "one release of one product"),
    Field("release_version", TEXT, "version that was released"),
    Field("released_at", INSTANT, "when the release reached customers, or the first instant its version was seen"),
    Field("release_notes", TEXT, "what the release feed says of it", "no notes, or an inferred release"),
    Field("is_inferred", FLAG, "whether the instant was inferred from the first record that names the version"),
    # silver
    Field("masked_text", TEXT, "normalised text with personal data masked", personal=PersonalData.MASKED),
    Field(
        "masked_message",
        TEXT,
        "normalised, masked text of the message without its removed parts",
        "no words of the customer's own",
        personal=PersonalData.MASKED,
    ),
    Field("language", TEXT, "ISO 639-1 code detected in the text", "too short or too unsure to tell"),
    Field("language_confidence", REAL, "the detector's normalised probability", "no words to look at"),
    Field("removed_spans", REMOVED_SPANS, "parts of the raw text that are quotes, signatures or disclaimers, in code points"),
    Field("raw_start", INT, "first code point in the raw text", unit="code points"),
    Field("raw_end", INT, "code point after the last in the raw text", unit="code points"),
    Field(
        "alignment",
        INTS,
        "copied runs (masked start, end, raw start, end) from raw_start on, flattened; a last empty run holds both lengths",
    ),
    Field("text_hash", TEXT, "SHA-256 of masked_text"),
    Field("fingerprint", TEXT, "SHA-256 of the text without case, blanks and punctuation"),
    Field("duplicate_of", TEXT, "the earliest fragment of the same customer that says the same", "the fragment is the first to say it"),
    # analysis
    Field("embedding_model_version", TEXT, "model, kernel and weights that made the vector"),
    Field("vector", VECTOR, "embedding of masked_text, of unit length"),
    Field("complaint_class", TEXT, "class of the seed taxonomy", "the classifier abstained", vocabulary=vocab.ComplaintClass),
    Field("best_class", TEXT, "the likeliest class, also where the classifier abstained", vocabulary=vocab.ComplaintClass),
    Field("class_score", REAL, "calibrated probability of best_class, 0..1"),
    Field("runner_up_class", TEXT, "the second likeliest class", vocabulary=vocab.ComplaintClass),
    Field("runner_up_score", REAL, "calibrated probability of runner_up_class, 0..1"),
    Field("is_abstained", FLAG, "whether the classifier left the decision to people"),
    Field("abstention_reason", TEXT, "why it abstained", "it decided", vocabulary=vocab.AbstentionReason),
    Field("threshold_applied", REAL, "probability below which it abstained at that time"),
    Field("classifier_version", TEXT, "code, training examples and embedding that made the decision"),
    Field("taxonomy_version", TEXT, "hash of the taxonomy that was used"),
    Field("evidence_id", TEXT, "one span that tells something"),
    Field("evidence_kind", TEXT, "what the span tells", vocabulary=vocab.EvidenceKind),
    Field("evidence_text", TEXT, "the span, verbatim from masked_text", personal=PersonalData.MASKED),
    Field("masked_start", INT, "first code point in masked_text", unit="code points"),
    Field("masked_end", INT, "code point after the last in masked_text", unit="code points"),
    Field("extractor_version", TEXT, "version of the rules that found the span"),
    Field("cluster_id", TEXT, "one symptom cluster of one product, as seen on one day"),
    Field("cluster_label", TEXT, "the words that tell the cluster from the others", personal=PersonalData.MASKED),
    Field("is_catch_all", FLAG, "whether it gathers what fits no cluster of its class"),
    Field("member_fragment_ids", TEXTS, "fragments of the window that belong to it, ascending"),
    Field("centroid", VECTOR, "mean direction of the members' vectors, of unit length"),
    Field("member_count", INT, "fragments of the window that belong to it"),
    Field("day_fragment_ids", TEXTS, "members whose event_date is the row's, ascending"),
    Field("clusterer_version", TEXT, "method and parameters that made the clusters"),
    Field("alert_id", TEXT, "one alert about one subject on one day"),
    Field("alert_kind", TEXT, "what set it off", vocabulary=vocab.AlertKind),
    Field("subject_kind", TEXT, "what it is about", vocabulary=vocab.SubjectKind),
    Field("subject_id", TEXT, "the product, class or cluster that it is about"),
    Field("alerted_cluster_id", TEXT, "the cluster that it is about", "it is about a product or a class"),
    Field("alerted_class", TEXT, "the class that it is about", "it is about a whole product", vocabulary=vocab.ComplaintClass),
    Field("observed_count", INT, "records that complain about the subject: of the day, or of a share alert's window and segment"),
    Field("exposure_count", INT, "records of the product on the day, or in a share alert's window"),
    Field("expected_count", REAL, "records that the days before let expect", "an urgent record needs no expectation"),
    Field("rate_ratio", REAL, "observed over expected", "an urgent record needs no expectation"),
    Field("p_value", REAL, "probability of as many or more if nothing had changed", "an urgent record needs no test"),
    Field("alert_score", REAL, "−log10 of the p-value; urgent records come first with 1000"),
    Field("sample_fragment_ids", TEXTS, "fragments that show it, most typical first"),
    Field("candidates", CANDIDATES, "releases and versions that may have to do with it, none of them proven"),
    Field("detector_version", TEXT, "method and parameters that raised it"),
    # gold
    Field("issue_id", TEXT, "one issue, the same from day to day"),
    Field("issue_label", TEXT, "the words that name the issue", personal=PersonalData.MASKED),
    Field("issue_class", TEXT, "class of most of its fragments", vocabulary=vocab.ComplaintClass),
    Field("fragment_count", INT, "fragments of the day, duplicates left out"),
    Field("window_fragment_count", INT, "fragments of the window that ends with the day, duplicates left out"),
    Field("customer_count", INT, "distinct known customers of the window", "the sources name no customer"),
    Field("first_seen_at", INSTANT, "earliest fragment of the issue so far"),
    Field("last_seen_at", INSTANT, "latest fragment of the issue up to the day"),
    Field("trend", TEXT, "recent days against those before", vocabulary=vocab.Trend),
    Field("product_versions", TEXTS, "versions named by its fragments of the window, most frequent first"),
    Field("quote_fragment_ids", TEXTS, "most typical fragments of the window, best first"),
    Field("quotes", TEXTS, "their masked texts, in the same order", personal=PersonalData.MASKED),
    Field("alert_ids", TEXTS, "alerts of the day about the issue, highest score first"),
    Field("continuity_share", REAL, "share of the previous day's members still present that came along", "the issue is new that day"),
    Field("identity_version", TEXT, "method and parameters that carried the identity on"),
    # marts
    Field("message_count", INT, "records"),
    Field("negative_count", INT, "records rated one or two stars"),
    Field("rated_count", INT, "records with a rating"),
    Field("total_fragment_count", INT, "fragments of all days, duplicates left out"),
    Field("alert_count", INT, "alerts of all days"),
    Field("peak_date", DAY, "day with the most fragments"),
    Field("peak_fragment_count", INT, "fragments on that day"),
    Field(
        "complaint_issue_id", TEXT, "the issue of the fragment or alert", "praise, other, a duplicate, or an alert about no single issue"
    ),
]

FIELDS: dict[str, Field] = {field.name: field for field in [*_ALL, *CONTEXT_FIELDS, *LOOP_FIELDS]}
