"""The columns that only the tables of issues have, each described once."""

from __future__ import annotations

from feedback_loop.contracts import issue_vocab
from feedback_loop.contracts.field_types import DAY, INT, INTS, REAL, TEXT, TEXTS, Field
from feedback_loop.contracts.vocab import PersonalData

_ONLY_WITH_MOVES = "the event moves no fragments"

ISSUE_FIELDS = [
    # identity
    Field("core_fragment_ids", TEXTS, "members of the cluster that carried it last, ascending"),
    Field("founded_date", DAY, "the day on which it became an issue, or was first found apart"),
    Field("last_seen_date", DAY, "the last day on which the window held a fragment of it"),
    Field("reopened_date", DAY, "the last day on which it came back after it was resolved", "it never did"),
    Field("resolved_date", DAY, "the last day on which it was resolved", "it never was"),
    Field("occurrence_count", INT, "how many times it has come up: 1, and 1 for each time that it came back after it was resolved"),
    Field("voted_classes", TEXTS, "classes that the clusters which carried it had"),
    Field("class_votes", INTS, "fragments that spoke for them, in the same order"),
    Field("voted_terms", TEXTS, "terms that named the clusters which carried it", personal=PersonalData.MASKED),
    Field("term_votes", INTS, "days that spoke for them, in the same order"),
    Field("parent_issue_id", TEXT, "the issue of which it is a part that was found apart for some days only", "it is an issue of its own"),
    Field("apart_days", INT, "days in a row on which it was found apart"),
    Field("within_issue_id", TEXT, "the issue within which most of its fragments were found", "a cluster of its own carried it"),
    Field("within_days", INT, "days in a row on which they were"),
    Field("held_cluster_ids", TEXTS, "clusters of the day of which it holds the most, ascending"),
    # events
    Field("issue_event_id", TEXT, "one thing that happened to one issue on one day"),
    Field("issue_event_kind", TEXT, "what happened", vocabulary=issue_vocab.IssueEventKind),
    Field("other_issue_id", TEXT, "the issue that it was split from or merged into", "it concerns no other issue"),
    Field("moved_fragment_count", INT, "fragments that went from one issue to the other"),
    Field("moved_share", REAL, "their share of the fragments that the issue had which they left", _ONLY_WITH_MOVES),
    # impact
    Field("touched_customer_count", INT, "distinct known customers who complained of it within the window"),
    Field("touched_account_count", INT, "distinct accounts of those customers", "no statement names an account of any of them"),
    Field("touched_tiers", TEXTS, "tiers of those customers, the one with most of them first"),
    Field(
        "touched_arr_usd", REAL, "twelve times the monthly revenue of those whose revenue is known", "see arr_missing_reason", unit="USD"
    ),
    Field("arr_missing_reason", TEXT, "why the revenue is not known", "it is known", vocabulary=issue_vocab.UnpricedReason),
    Field("cost_of_delay_usd", REAL, "what a day without a fix puts at stake", "see cost_of_delay_reason", unit="USD a day"),
    Field("cost_of_delay_reason", TEXT, "why it is not known", "it is known", vocabulary=issue_vocab.UnpricedReason),
    Field("cost_of_delay_formula", TEXT, "how it was reckoned, with its figures", "it is not known"),
    Field("priority", TEXT, "how soon it should be worked on", vocabulary=issue_vocab.Priority),
    Field("priority_score", REAL, "the sum of the points that its reasons give, over the most there are: 0..1"),
    Field("priority_reasons", TEXTS, "what speaks for the priority, with figures, the weightiest first"),
    Field("impact_version", TEXT, "rules by which impact and priority were reckoned"),
]
