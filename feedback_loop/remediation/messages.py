"""Messages to customers: templates filled with the facts of an issue, one explanation per cohort, one message per customer, issue and kind.

The wordings are data in `message_texts/`, one file per language; who may be written to, and when, is `contact`. The rules that are easy to
break: only dates, closed words and names that operators gave go into a message, never a label or a quote, for those are customers' words;
an approval is bound to the hash of kind, facts, language and text; and a draft that is suppressed says why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict

from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.loop_vocab import MessageKind, MessageStatus
from feedback_loop.contracts.message_vocab import CustomerStep, SuppressedReason
from feedback_loop.contracts.tables import TABLES

LANGUAGES = ("en", "de", "es", "fr", "pt", "it")
"""In which there are templates."""
FALLBACK = "en"

_TABLE = TABLES["remediation_message"]
_CONSENT = "yes"
_SLOT = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"[\w.,+()/& -]{1,60}")
"""What may stand in a message of what a source delivered; anything else counts as unknown."""


class Wording(BaseModel):
    """All that is said in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: str
    months: tuple[str, ...]
    symptoms: Mapping[str, str]
    areas: Mapping[str, str]
    steps: Mapping[CustomerStep, str]
    messages: Mapping[MessageKind, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class IssueFacts:
    """What is known of an issue and of the cohort that it reached; what is None is left out of the message."""

    proposal_id: str
    product: str
    issue_id: str | None = None
    complaint_class: str | None = None
    service: str | None = None
    product_version: str | None = None
    browser: str | None = None
    began_at: datetime | None = None
    fixed_at: datetime | None = None
    step: CustomerStep = CustomerStep.NOTHING
    """What the customer has to do."""

    @property
    def subject(self) -> str:
        """What a customer is told about once per kind: the issue, or the proposal where it is about no single issue."""
        return self.issue_id or self.proposal_id

    @property
    def said(self) -> Mapping[str, str]:
        """What is known, by name; an approval is bound to it."""
        known = {"subject": self.subject} | {
            name: value for name, value in vars(self).items() if value is not None and name != "proposal_id"
        }
        return {name: instant_text(value) if isinstance(value, datetime) else str(value) for name, value in known.items()}


@dataclass(frozen=True)
class Spoken:
    """The one text of a cohort in one language, with the hash to which its approval is bound."""

    language: str
    text: str
    wording_hash: str


def spoken(kind: MessageKind, facts: IssueFacts, language: str, text: str | None = None) -> Spoken:
    """The text, by default the template's, as it is put before whoever approves it."""
    said = rendered(kind, facts, language) if text is None else text
    bound = {"kind": str(kind), "facts": dict(facts.said), "language": language, "text": said}
    return Spoken(language, said, content_hash(canonical_json(bound)))


def drafts(
    facts: IssueFacts,
    customers: pl.DataFrame,
    affected_customer_ids: Sequence[str],
    sent_before: pl.DataFrame,
    kind: MessageKind,
    drafted_at: datetime,
    *,
    worded: Mapping[str, Spoken] | None = None,
    unwelcome: Collection[str] = (),
) -> pl.DataFrame:
    """Rows of `remediation_message`, one per affected customer who has none of this proposal and kind yet, by customer id.

    `customers` are rows of `context_customer` that had landed by then, `sent_before` the messages so far, `worded` what a model worded in
    languages without a template, `unwelcome` who asked not to be written to. A customer without consent, among the unwelcome, or who was
    written to about this issue and kind before, gets a row that is suppressed, with the reason.
    """
    known = {row["known_customer_id"]: row for row in latest_statements(customers, facts.product)}
    told = _told(sent_before, facts, kind)
    present = set(sent_before["message_draft_id"])
    texts = dict(worded or {}) | {language: spoken(kind, facts, language) for language in LANGUAGES}
    rows = [
        _row(facts, kind, customer_id, texts[_language(known.get(customer_id, {}), texts)], _why_not(customer_id, known, told, unwelcome))
        for customer_id in sorted(set(affected_customer_ids))
    ]
    dated = [row | {"drafted_at": drafted_at, "event_date": drafted_at.date()} for row in rows if row["message_draft_id"] not in present]
    return pl.DataFrame(dated, schema=pl.Schema(_TABLE.schema))


def languages_of(customers: pl.DataFrame, product: str, customer_ids: Collection[str]) -> frozenset[str]:
    """The languages, by the codes of their locales, of those of the customers who consent; also those without a template."""
    rows = latest_statements(customers, product)
    own = (_code(row["locale"]) for row in rows if row["known_customer_id"] in customer_ids and row["consent"] == _CONSENT)
    return frozenset(code for code in own if code)


def consenting(customers: pl.DataFrame, product: str) -> frozenset[str]:
    """The customers of the product whose latest statement, of those given, says that they may be written to."""
    return frozenset(row["known_customer_id"] for row in latest_statements(customers, product) if row["consent"] == _CONSENT)


def rendered(kind: MessageKind, facts: IssueFacts, language: str) -> str:
    """The message of this kind in the language; the same for everybody of a cohort."""
    return "\n".join(lines_of(kind, slots_of(facts, language), language))


def lines_of(kind: MessageKind, known: Mapping[str, str], language: str) -> list[str]:
    """The lines of the message with what is known filled in; a line of which something is not known is left out."""
    wording = wordings()[language]
    lines = (next((line for line in alternatives if _names(line) <= known.keys()), None) for alternatives in wording.messages[kind])
    return [_filled(line, known) for line in lines if line is not None]


def language_of(locale: str | None) -> str:
    """The language of the locale where there are wordings in it, otherwise English."""
    language = _code(locale)
    return language if language in LANGUAGES else FALLBACK


@cache
def wordings() -> Mapping[str, Wording]:
    """What is said, by language."""
    folder = files("feedback_loop.remediation") / "message_texts"
    texts = {language: (folder / f"{language}.yaml").read_text(encoding="utf-8") for language in LANGUAGES}
    return {language: Wording.model_validate(yaml.safe_load(text)) for language, text in texts.items()}


def _code(locale: str | None) -> str:
    return re.split(r"[-_]", (locale or "").strip().lower())[0]


def _language(customer: Mapping[str, Any], texts: Mapping[str, Spoken]) -> str:
    code = _code(customer.get("locale"))
    return code if code in texts else FALLBACK


def _why_not(
    customer_id: str, known: Mapping[str, Mapping[str, Any]], told: Collection[str], unwelcome: Collection[str]
) -> SuppressedReason | None:
    if customer_id in unwelcome:
        return SuppressedReason.ASKED_NOT_TO
    if known.get(customer_id, {}).get("consent") != _CONSENT:
        return SuppressedReason.NO_CONSENT
    return SuppressedReason.TOLD_BEFORE if customer_id in told else None


def _row(facts: IssueFacts, kind: MessageKind, customer_id: str, words: Spoken, why_not: SuppressedReason | None) -> dict[str, Any]:
    return {
        **dict.fromkeys(_TABLE.columns),
        "message_draft_id": stable_id("message", facts.proposal_id, customer_id, kind),
        "proposal_id": facts.proposal_id,
        "proposed_issue_id": facts.issue_id,
        "message_kind": str(kind),
        "message_status": str(MessageStatus.SUPPRESSED if why_not else MessageStatus.DRAFTED),
        "recipient_customer_id": customer_id,
        "language": words.language,
        "message_text": words.text,
        "wording_hash": words.wording_hash,
        "suppressed_reason": None if why_not is None else str(why_not),
    }


def latest_statements(customers: pl.DataFrame, product: str) -> list[dict[str, Any]]:
    """The statement that landed last about each customer of the product."""
    of_product = customers.filter(pl.col("product") == product)
    return of_product.sort("landed_at", "statement_id").unique("known_customer_id", keep="last", maintain_order=True).to_dicts()


def _told(sent_before: pl.DataFrame, facts: IssueFacts, kind: MessageKind) -> Collection[str]:
    """The customers who have a message of this kind about the issue that was not suppressed."""
    subject = pl.coalesce("proposed_issue_id", "proposal_id") == facts.subject
    counted = (pl.col("message_kind") == str(kind)) & (pl.col("message_status") != str(MessageStatus.SUPPRESSED))
    return set(sent_before.filter(subject & counted)["recipient_customer_id"])


def slots_of(facts: IssueFacts, language: str) -> dict[str, str]:
    """What is known of the issue, as it is said in the language, by the names that the wordings have for it."""
    wording = wordings()[language]
    said = {
        "product": " ".join(facts.product.split()),
        "symptom": wording.symptoms.get(facts.complaint_class or ""),
        "area": _area(facts.service or "", wording),
        "version": _named(facts.product_version),
        "browser": _named(facts.browser),
        "began_on": _day(facts.began_at, wording),
        "fixed_on": _day(facts.fixed_at, wording),
        "step": wording.steps[facts.step],
    }
    return {name: value for name, value in said.items() if value is not None}


def _area(service: str, wording: Wording) -> str | None:
    """Plain words for the service, or for what its name begins with, as payments-north with payments."""
    return wording.areas.get(service) or wording.areas.get(service.split("-")[0])


def _named(name: str | None) -> str | None:
    return name if name is not None and _NAME.fullmatch(name) else None


def _day(instant: datetime | None, wording: Wording) -> str | None:
    if instant is None:
        return None
    return _filled(wording.date, {"day": str(instant.day), "month": wording.months[instant.month - 1], "year": str(instant.year)})


def _names(line: str) -> set[str]:
    return set(_SLOT.findall(line))


def _filled(line: str, values: Mapping[str, str]) -> str:
    """The line with its slots filled; a value is never read as a template itself."""
    return _SLOT.sub(lambda slot: values[slot[1]], line)
