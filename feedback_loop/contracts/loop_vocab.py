"""The closed vocabularies of context, causes, remediation and outcomes; those from landing to gold stand in `vocab.py`.

A column whose field names one of these enumerations holds nothing else; a word is added here first.
"""

from __future__ import annotations

from enum import StrEnum


class ContextKind(StrEnum):
    """What a statement about the context of feedback is about."""

    CHANGE = "change"
    INCIDENT = "incident"
    CUSTOMER = "customer"
    BUSINESS_EVENT = "business_event"
    DOCUMENT = "document"


class LinkKind(StrEnum):
    """What a fragment is linked to."""

    RELEASE = "release"
    CHANGE = "change"
    INCIDENT = "incident"
    ERROR = "error"


class ChangeKind(StrEnum):
    """What was changed, on purpose or by a job."""

    DEPLOY = "deploy"
    FLAG = "flag"
    CONFIG = "config"
    CAMPAIGN = "campaign"
    JOB = "job"
    CONTENT = "content"


class CauseKind(StrEnum):
    """What a hypothesis blames: a change, an incident, or nothing that is known."""

    DEPLOY = "deploy"
    FLAG = "flag"
    CONFIG = "config"
    CAMPAIGN = "campaign"
    JOB = "job"
    CONTENT = "content"
    INCIDENT = "incident"
    UNKNOWN = "unknown"


class HypothesisVerdict(StrEnum):
    """What the evidence says of one candidate cause; `insufficient_evidence` only of the cause that is not known."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    REFUTED = "refuted"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class RiseVerdict(StrEnum):
    """Who complains more than usual: a segment, everybody, nobody, or too little is known to tell."""

    LOCALISED = "localised"
    GLOBAL = "global"
    NONE = "none"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class HypothesisLabel(StrEnum):
    """What a person says of one hypothesis."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class DocumentKind(StrEnum):
    """What a governed document is for."""

    KB_ARTICLE = "kb_article"
    RUNBOOK = "runbook"
    ROLLBACK_PROCEDURE = "rollback_procedure"
    RELEASE_NOTE = "release_note"
    PAST_INCIDENT = "past_incident"


class BusinessEventKind(StrEnum):
    """What a customer or an agent did that has a price."""

    ORDER = "order"
    REFUND = "refund"
    RENEWAL = "renewal"
    CANCELLATION = "cancellation"
    CASE_HANDLED = "case_handled"


class Consent(StrEnum):
    """Whether a customer may be written to."""

    YES = "yes"
    NO = "no"


class ActionKind(StrEnum):
    """Every action that may ever be proposed; a model may pick from these and can't add one."""

    OPEN_INCIDENT = "open_incident"
    ROLL_BACK_RELEASE = "roll_back_release"
    ROLL_BACK_CONFIG = "roll_back_config"
    RETRY_JOB = "retry_job"
    CREATE_CONTENT_TASK = "create_content_task"
    ROUTE_WITH_CONTEXT = "route_with_context"
    REROUTE_CASES = "reroute_cases"
    RESTORE_CASES = "restore_cases"
    SEND_MESSAGE = "send_message"
    QUEUE_FOR_REVIEW = "queue_for_review"
    ANNOTATE_STATUS_PAGE = "annotate_status_page"
    REPLACE_LICENCE_KEY = "replace_licence_key"
    OPEN_SAVE_OFFER = "open_save_offer"
    REFUND = "refund"
    REVERSE_ACTION = "reverse_action"


TAKES_BACK = (ActionKind.REVERSE_ACTION,)
"""The actions that undo one of the loop's own: no pilot, phase or stop holds them up, and people agree to each."""

MENDING = (
    ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG, ActionKind.RETRY_JOB, ActionKind.CREATE_CONTENT_TASK,
    ActionKind.ROUTE_WITH_CONTEXT,
)  # fmt: skip
"""The actions that change something for customers, so that complaints are to fall; a note, a review or a message mends nothing."""


class RiskLevel(StrEnum):
    """How much harm an action can do: a high risk needs two approvers."""

    LOW = "low"
    HIGH = "high"


class ProposalStatus(StrEnum):
    """Where a proposal stands in its life."""

    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    EXPIRED = "expired"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a proposal is refused, expires, or can't be carried out, the gravest first; several may hold, the first is stored."""

    NO_PLAYBOOK = "no_playbook"
    NO_OWNER = "no_owner"
    NO_ROLLBACK = "no_rollback"
    OUTSIDE_PILOT = "outside_pilot"
    NOT_ALLOWED = "not_allowed"
    VISIBILITY_ONLY = "visibility_only"
    STOPPED = "stopped"
    STALE_DOCUMENT = "stale_document"
    LOW_CONFIDENCE = "low_confidence"
    TOO_LITTLE_EVIDENCE = "too_little_evidence"
    BLAST_RADIUS = "blast_radius"
    SENSITIVE_CLASS = "sensitive_class"
    STALE_EVIDENCE = "stale_evidence"
    GATE_SHUT = "gate_shut"
    ARGUMENTS_CHANGED = "arguments_changed"
    APPROVER_IS_REQUESTER = "approver_is_requester"
    SAME_APPROVER_TWICE = "same_approver_twice"
    APPROVER_LACKS_ROLE = "approver_lacks_role"
    EXPIRED = "expired"
    BROKEN_AUDIT_CHAIN = "broken_audit_chain"
    REJECTED_BY_PERSON = "rejected_by_person"
    NOT_LIVE = "not_live"
    POLICY_ERROR = "policy_error"
    COMPANY_GUARD = "company_guard"
    SUPERSEDED = "superseded"
    ENVIRONMENT_NOT_ALLOWED = "environment_not_allowed"


class ActionStatus(StrEnum):
    """Where the carrying out of an action stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


class MoveStatus(StrEnum):
    """Where the re-routing of one case and its undoing stand; `planned` and `restoring` are written down before anything is sent."""

    PLANNED = "planned"
    MOVED = "moved"
    NOT_MOVED = "not_moved"
    RESTORING = "restoring"
    RESTORED = "restored"


class SkipReason(StrEnum):
    """Why a case is left as it is."""

    GONE = "gone"
    CHANGED_SINCE = "changed_since"
    ALREADY_THERE = "already_there"
    NEVER_MOVED = "never_moved"
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"


class LeftReason(StrEnum):
    """Why an action is not taken back."""

    IS_A_REVERSAL = "is_a_reversal"
    NOT_CARRIED_OUT = "not_carried_out"
    IN_DOUBT = "in_doubt"
    REVERSED_BEFORE = "reversed_before"
    NO_PLAYBOOK = "no_playbook"
    IRREVERSIBLE = "irreversible"
    REVERSAL_STANDS = "reversal_stands"


class MessageKind(StrEnum):
    """What a message to a customer is about."""

    EXPLANATION = "explanation"
    FIXED = "fixed"
    PREVENTIVE = "preventive"


class MessageStatus(StrEnum):
    """Where a message to a customer stands; `suppressed` without consent or where one was sent already."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"
    SUPPRESSED = "suppressed"


class IssueStatus(StrEnum):
    """What people and the loop have done about an issue so far."""

    OPEN = "open"
    FIX_PROPOSED = "fix_proposed"
    FIX_APPROVED = "fix_approved"
    FIX_EXECUTED = "fix_executed"
    CUSTOMERS_TOLD = "customers_told"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class EffectVerdict(StrEnum):
    """Whether a fix worked."""

    FIXED = "fixed"
    NOT_FIXED = "not_fixed"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class ApprovalVerdict(StrEnum):
    """What a person says of a proposal; a revocation takes back the person's own approval, as long as nothing was claimed."""

    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"
