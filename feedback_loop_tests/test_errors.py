"""Every error is one line that says what happened to what and what to do next, and carries its fields."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from feedback_loop import errors
from feedback_loop.errors import (
    ActorRefused,
    AlertRulesRefused,
    AssumptionsRefused,
    AuditChainBroken,
    BadInput,
    CallbackReplayed,
    CaseChanged,
    ChecksFailed,
    ClassifierDistrusted,
    ConnectorRefused,
    ConnectorsRefused,
    ConnectorUnreachable,
    ContractBroken,
    CursorExpired,
    DecisionRefused,
    EncoderUnusable,
    ErasureIncomplete,
    ErasureKeyMissing,
    ErasureUnfinished,
    FeedbackLoopError,
    IdentityRefused,
    IllegalTransition,
    InputColumnsMissing,
    InputFileMissing,
    KnowledgeUnavailable,
    LabelsRefused,
    LettingGoRefused,
    ModelRefused,
    ModelWeightsCorrupt,
    ModelWeightsMissing,
    NobodyErased,
    NothingLanded,
    OwnershipRefused,
    PermissionMissing,
    PilotRefused,
    PlaybookRefused,
    PolicyRefused,
    QueryRefused,
    Refused,
    RetentionRefused,
    RowsOutsideDays,
    RulesRefused,
    SigningKeyLost,
    SlaPolicyRefused,
    SourcesRefused,
    StageFailed,
    StateUnavailable,
    TableDamaged,
    TableLogMissing,
    TaxonomyRefused,
    TokenRefused,
    UnknownChoice,
    UnreadableFile,
    WriteInDoubt,
)

FILE = Path("in.csv")
EXAMPLES: dict[FeedbackLoopError, dict[str, object]] = {
    InputFileMissing(FILE): {"path": FILE},
    InputFileMissing(FILE, "permission denied"): {"path": FILE},
    InputColumnsMissing(FILE, ["at"], ["reviewId", "at"]): {"path": FILE, "missing": ["at"]},
    UnreadableFile(FILE, "no Parquet file"): {"path": FILE},
    UnknownChoice("channel", "fax", ["call", "chat"]): {"what": "channel", "given": "fax"},
    ContractBroken("gold_issue", ["a: null"]): {"table": "gold_issue", "violations": ["a: null"]},
    SourcesRefused(["desk: add it"], "sources.yaml"): {"place": "sources.yaml", "problems": ["desk: add it"]},
    CallbackReplayed("slack"): {"vendor": "slack"},
    CursorExpired("desk"): {"connector": "desk"},
    RowsOutsideDays("gold_issue", "2026-01-01", ["2026-01-02"]): {"table": "gold_issue", "days": "2026-01-01", "offending": ["2026-01-02"]},
    ChecksFailed(["no_personal_data_survives"]): {"checks": ["no_personal_data_survives"]},
    ClassifierDistrusted(["Too few are right. Label more."]): {"judgements": ["Too few are right. Label more."]},
    ModelWeightsMissing("weights"): {"package": "weights"},
    ModelWeightsCorrupt(FILE, "a" * 64, "b" * 64): {"path": FILE, "expected": "a" * 64, "found": "b" * 64},
    EncoderUnusable(Path("models"), "it has no config.json"): {"folder": Path("models"), "why": "it has no config.json"},
    StageFailed("gold_issue", "ValueError"): {},
    StateUnavailable("db.example.com/loop", "nobody answers"): {"place": "db.example.com/loop", "why": "nobody answers"},
    NothingLanded("no record landed yet.", "Land some with `feedback-loop ingest`."): {},
    ConnectorRefused("case_api", "a move", "status 403"): {"connector": "case_api", "action": "a move"},
    ConnectorUnreachable("case_api", "a move", "ConnectError"): {"connector": "case_api", "action": "a move"},
    WriteInDoubt("case_api", "key_1", "ReadTimeout"): {"connector": "case_api", "idempotency_key": "key_1"},
    PlaybookRefused("p", ["owner: add it"]): {"playbook": "p", "problems": ["owner: add it"]},
    DecisionRefused("proposal_1", "expired", "Wait for the next."): {"proposal_id": "proposal_1", "reason": "expired"},
    IllegalTransition("proposal_1", "done", "approved"): {"proposal_id": "proposal_1", "present": "done", "wanted": "approved"},
    LettingGoRefused("ada", "resume", ("administrator",)): {"person": "ada", "word": "resume", "roles": ("administrator",)},
    PolicyRefused(["x: mend it"], "policy.yaml"): {"place": "policy.yaml", "problems": ["x: mend it"]},
    PilotRefused(["x: mend it"], "pilot.yaml"): {"place": "pilot.yaml", "problems": ["x: mend it"]},
    AuditChainBroken(["record 2 is edited"]): {"breaks": ["record 2 is edited"]},
    LabelsRefused(2, 9): {"count": 2, "total": 9},
    AssumptionsRefused(["costs: add it"], "roi.yaml"): {"place": "roi.yaml", "problems": ["costs: add it"]},
    SlaPolicyRefused(["default: add it"], "sla.yaml"): {"place": "sla.yaml", "problems": ["default: add it"]},
    OwnershipRefused(["default: add it"], "owners.yaml"): {"place": "owners.yaml", "problems": ["default: add it"]},
    AlertRulesRefused(["rules: add it"], "alert_rules.yaml"): {"place": "alert_rules.yaml", "problems": ["rules: add it"]},
    ConnectorsRefused(["ops: add it"], "connectors.yaml"): {"place": "connectors.yaml", "problems": ["ops: add it"]},
    RetentionRefused(["days: no number"], "retention.yaml"): {"place": "retention.yaml", "problems": ["days: no number"]},
    RulesRefused(list("abcd"), "rules.yaml"): {"place": "rules.yaml", "problems": list("abcd")},
    TaxonomyRefused(["classes: none"], "taxonomy.yaml"): {"place": "taxonomy.yaml", "problems": ["classes: none"]},
    ModelRefused("model-1", "no such version", "Train one."): {"model_version": "model-1", "why": "no such version"},
    ErasureUnfinished(): {},
    ErasureKeyMissing(FILE): {"path": FILE},
    ErasureIncomplete(2, FILE): {"found_count": 2, "certificate": FILE},
    SigningKeyLost(Path("signing.key"), "ed25519-ab"): {"path": Path("signing.key"), "key_id": "ed25519-ab"},
    TableDamaged("gold_issue"): {"table": "gold_issue"},
    TableLogMissing(Path("tables/gold_issue")): {"folder": Path("tables/gold_issue")},
    NobodyErased(1, 2): {"count": 1, "total": 2},
    KnowledgeUnavailable("state/knowledge.db", "disk full"): {"place": "state/knowledge.db", "why": "disk full"},
    TokenRefused("bad_signature"): {"fault": "bad_signature"},
    ActorRefused("ada", "is disabled in identity.yaml", "Ask an administrator."): {"person": "ada", "why": "is disabled in identity.yaml"},
    PermissionMissing("ada", "reveal", ["privacy_officer"]): {"person": "ada", "command": "reveal", "asked": ["privacy_officer"]},
    PermissionMissing("robot", "approvals approve", []): {"person": "robot", "asked": []},
    IdentityRefused(["issuers: add one"], "identity.yaml"): {"place": "identity.yaml", "problems": ["issuers: add one"]},
    CaseChanged("case_1", 2, 3): {"case_id": "case_1", "expected_version": 2, "present_version": 3},
}
ADVICE = {
    InputFileMissing: "Check the path",
    InputColumnsMissing: "The header must name reviewId, at",
    UnknownChoice: "Choose one of: call, chat",
    ContractBroken: "Nothing was written",
    RowsOutsideDays: "Nothing was written",
    ChecksFailed: "left as it was",
    ModelWeightsMissing: "FEEDBACK_LOOP_EMBEDDER=tfidf",
    ModelWeightsCorrupt: "make clean",
    EncoderUnusable: "FEEDBACK_LOOP_ENCODER_FOLDER",
    StageFailed: "run the same command again",
    NothingLanded: "feedback-loop ingest",
    ConnectorRefused: "mend the request or ask its owner",
    ConnectorUnreachable: "Nothing was written; try again",
    WriteInDoubt: "stays in doubt until",
    CaseChanged: "stays as it is",
    TokenRefused: "Sign in anew",
    ActorRefused: "Ask an administrator",
    PermissionMissing: "Ask somebody who has it",
    IdentityRefused: "identity lint",
    KnowledgeUnavailable: "delete it",
    PlaybookRefused: "until it is mended",
    DecisionRefused: "Wait for the next",
    ConnectorsRefused: "connectors lint",
    SourcesRefused: "sources lint",
    AssumptionsRefused: "roi lint",
    SlaPolicyRefused: "sla lint",
    TaxonomyRefused: "until it is mended",
    ModelRefused: "Train one.",
    IllegalTransition: "approvals show",
    SigningKeyLost: "from a backup",
    TableDamaged: "from a backup",
    TableLogMissing: "from a backup",
    AuditChainBroken: "find who changed the state store",
}
CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, FeedbackLoopError)]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_carries_its_fields(error: FeedbackLoopError) -> None:
    assert {name: getattr(error, name) for name in EXAMPLES[error]} == EXAMPLES[error]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_is_one_line_that_ends_as_a_sentence(error: FeedbackLoopError) -> None:
    assert "\n" not in str(error)
    assert str(error).endswith((".", "tfidf.", "`."))


@pytest.mark.parametrize("kind", ADVICE, ids=lambda kind: kind.__name__)
def test_an_error_says_what_to_do_next(kind: type[FeedbackLoopError]) -> None:
    assert all(ADVICE[kind] in str(error) for error in EXAMPLES if type(error) is kind)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_either_bad_input_or_a_refusal(kind: type[FeedbackLoopError]) -> None:
    assert kind is FeedbackLoopError or issubclass(kind, BadInput) != issubclass(kind, Refused)
    assert inspect.getdoc(kind)


def test_every_error_with_fields_has_an_example() -> None:
    built = {c for c in CLASSES if "__init__" in vars(c)}
    assert built - {type(error) for error in EXAMPLES} == set(), "add an example here"


def test_only_the_first_days_of_many_are_named() -> None:
    many = [f"2026-01-{n:02d}" for n in range(1, 20)]
    assert str(RowsOutsideDays("t", "2025", many)).count("2026-") == 5


def test_a_refused_query_keeps_the_message_that_it_was_given() -> None:
    assert str(QueryRefused("one statement only.")) == "one statement only."


def test_a_cause_that_ends_with_a_stop_is_followed_by_one_only() -> None:
    assert "analysis_alert failed: mend it. What had been" in str(StageFailed("analysis_alert", "mend it."))
