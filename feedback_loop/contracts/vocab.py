"""Every closed vocabulary of the platform.

A column whose field names one of these enumerations holds nothing else; a word is added here first. Free text has no place here.
"""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How the customer spoke."""

    APP_REVIEW = "app_review"
    TICKET = "ticket"
    EMAIL = "email"
    SURVEY = "survey"
    CALL = "call"
    CHAT = "chat"
    SOCIAL = "social"


class Severity(StrEnum):
    """How urgent the source says the record is, least urgent first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Urgency(StrEnum):
    """How soon somebody should look at a fragment, as the platform judges it; least urgent first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TeamFunction(StrEnum):
    """What part of the company a team that owns complaints belongs to."""

    SUPPORT = "support"
    PRODUCT = "product"
    ENGINEERING = "engineering"
    SUCCESS = "success"


class ComplaintClass(StrEnum):
    """The seed taxonomy (R45): what a single fragment is about."""

    BILLING = "billing"
    AUTH = "auth"
    LATENCY = "latency"
    CRASH = "crash"
    BROKEN_WORKFLOW = "broken_workflow"
    POOR_UX = "poor_ux"
    FEATURE_REQUEST = "feature_request"
    PRAISE = "praise"
    OTHER = "other"


ISSUE_CLASSES: tuple[ComplaintClass, ...] = tuple(c for c in ComplaintClass if c not in (ComplaintClass.PRAISE, ComplaintClass.OTHER))
"""The classes whose fragments become issues; praise and other are counted, never grouped into issues."""


class QuarantineReason(StrEnum):
    """Why a row could not be landed."""

    MISSING_ID = "missing_id"
    MISSING_REQUIRED_VALUE = "missing_required_value"
    UNREADABLE_DATE = "unreadable_date"
    BROKEN_ENCODING = "broken_encoding"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    MALFORMED_ROW = "malformed_row"
    UNKNOWN_VALUE = "unknown_value"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    ROW_TOO_LARGE = "row_too_large"
    NOT_FEEDBACK = "not_feedback"
    """Nothing is wrong with it, but no customer says anything in it: an automatic reply, a preview of a survey, a mail of the company."""


class QualityCheck(StrEnum):
    """What of the landed data is compared with its own past."""

    DUPLICATES = "duplicates"
    REPEATED_IDS = "repeated_ids"
    MISSING_IDS = "missing_ids"
    MALFORMED_RECORDS = "malformed_records"
    FRESHNESS = "freshness"
    VOLUME = "volume"
    NULL_SHARES = "null_shares"


class FindingLevel(StrEnum):
    """How grave a finding about the data is: something to look at, or something that makes later figures wrong."""

    WARN = "warn"
    ERROR = "error"


class PersonalDataType(StrEnum):
    """What a mask hides; the placeholder in a masked text is the upper-case word in square brackets, with the value's token."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    IP = "ip"
    URL = "url"
    SECRET = "secret"
    NUMBER = "number"
    NAME = "name"
    ADDRESS = "address"


class DuplicateKind(StrEnum):
    """How a fragment repeats another."""

    EXACT = "exact"
    NEAR = "near"


class RemovedKind(StrEnum):
    """What a part of a message is that is not the customer's own new text."""

    QUOTE = "quote"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    BOILERPLATE = "boilerplate"


class EvidenceKind(StrEnum):
    """What an extracted span of a fragment tells."""

    ERROR_CODE = "error_code"
    QUOTED_ERROR = "quoted_error"
    VERSION = "version"
    DEVICE = "device"
    KEY_PHRASE = "key_phrase"


class AbstentionReason(StrEnum):
    """Why a fragment got no class."""

    LOW_CONFIDENCE = "low_confidence"
    AMBIGUOUS = "ambiguous"
    LANGUAGE_UNSUPPORTED = "language_unsupported"
    NO_WORDS = "no_words"


class ModelStage(StrEnum):
    """What a language model is asked to do with a text; one prompt and one output schema each."""

    CLASSIFICATION = "classification"
    EVIDENCE = "evidence"
    WORDING = "wording"
    MESSAGE = "message"


class CallOutcome(StrEnum):
    """What came of one call of a language model."""

    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    EMPTY = "empty"
    CUT_SHORT = "cut_short"
    MALFORMED = "malformed"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    ACCESS_DENIED = "access_denied"
    BAD_REQUEST = "bad_request"
    FAILED = "failed"


class UnansweredReason(StrEnum):
    """Why a language model gave no answer that can be used, so that the text is left to people."""

    REFUSED = "refused"
    EMPTY = "empty"
    CUT_SHORT = "cut_short"
    MALFORMED = "malformed"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    ACCESS_DENIED = "access_denied"
    BAD_REQUEST = "bad_request"
    FAILED = "failed"
    BUDGET_SPENT = "budget_spent"
    MODEL_UNAVAILABLE = "model_unavailable"
    NOT_RECORDED = "not_recorded"
    TEXT_TOO_LONG = "text_too_long"
    MODEL_UNSURE = "model_unsure"
    UNKNOWN_FIGURE = "unknown_figure"
    WITHOUT_CITATION = "without_citation"


class LabelKind(StrEnum):
    """What a label is for: the latest correction of a fragment counts, a second reading only measures how far people agree."""

    CORRECTION = "correction"
    SECOND_READING = "second_reading"


class QueueReason(StrEnum):
    """Why a person is asked about a fragment."""

    UNSURE = "unsure"
    HELD_OUT_SAMPLE = "held_out_sample"
    SECOND_READING = "second_reading"
    DISPUTED = "disputed"
    DOUBTFUL_LABEL = "doubtful_label"


class ModelEvent(StrEnum):
    """What happened to a version of the classifier."""

    TRAINED = "trained"
    EVALUATED = "evaluated"
    PROMOTED = "promoted"
    REFUSED = "refused"


class AlertKind(StrEnum):
    """What set an alert off."""

    RATE = "rate"
    URGENT = "urgent"
    SHARE = "share"
    CHANGE = "change"


class SeasonKind(StrEnum):
    """What a peak repeats with."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class ForecastReason(StrEnum):
    """Why no peak is foretold."""

    TOO_FEW_REPETITIONS = "too_few_repetitions"
    NO_REPEATED_PEAK = "no_repeated_peak"


class SubjectKind(StrEnum):
    """What an alert is about."""

    PRODUCT = "product"
    CLASS = "class"
    CLUSTER = "cluster"


class CandidateKind(StrEnum):
    """What stands beside an alert as a possible, never as a proven cause."""

    RELEASE = "release"
    VERSION = "version"


class CandidateVerdict(StrEnum):
    """What the day's own figures say of a candidate."""

    CONSISTENT = "consistent"
    NOT_SUPPORTED = "not_supported"
    UNDECIDED = "undecided"


class Trend(StrEnum):
    """How an issue's recent days compare with those before."""

    NEW = "new"
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


class PersonalData(StrEnum):
    """How personal a column is."""

    NONE = "none"
    MASKED = "masked"
    PSEUDONYM = "pseudonym"
    RAW = "raw"


class Owner(StrEnum):
    """Who writes a table."""

    PYTHON = "python"
    DBT = "dbt"
