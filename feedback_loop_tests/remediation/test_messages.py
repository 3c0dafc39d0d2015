"""Messages to customers: what is said in which language, to whom, and that no customer's word gets into one.

To renew the golden files after a wording was changed on purpose, write what the failing test shows into them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import MessageKind
from feedback_loop.contracts.message_vocab import CustomerStep
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.remediation.messages import LANGUAGES, IssueFacts, drafts, language_of, languages_of, rendered, spoken, wordings

GOLDEN = Path(__file__).with_name("golden_messages")
BEGAN = datetime(2026, 3, 17, 9, 12, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=6)
MESSAGE, CUSTOMER = TABLES["remediation_message"], TABLES["context_customer"]
BARE = IssueFacts("proposal_1", "Printwren")
FULL = IssueFacts(
    "proposal_1",
    "Printwren",
    issue_id="issue_1",
    complaint_class="broken_workflow",
    service="web",
    product_version="7.2.0",
    browser="Safari 18",
    began_at=BEGAN,
    fixed_at=BEGAN + timedelta(days=1),
)
NOBODY_TOLD = pl.DataFrame(schema=pl.Schema(MESSAGE.schema))


def customers(*rows: tuple[str, str | None, str | None], **changed: Any) -> pl.DataFrame:
    """Customers as (id, consent, locale)."""
    made = [
        {
            **dict.fromkeys(CUSTOMER.columns),
            "statement_id": f"statement_{number}",
            "known_customer_id": customer_id,
            "product": "Printwren",
            "locale": locale,
            "consent": consent,
            "landed_at": BEGAN + timedelta(minutes=number),
            "event_date": BEGAN.date(),
            **changed,
        }
        for number, (customer_id, consent, locale) in enumerate(rows)
    ]
    return pl.DataFrame(made, schema=pl.Schema(CUSTOMER.schema))


ADA = customers(("ada", "yes", "en-GB"))


def written(
    facts: IssueFacts = FULL,
    known: pl.DataFrame = ADA,
    affected: tuple[str, ...] = ("ada",),
    before: pl.DataFrame = NOBODY_TOLD,
    kind: MessageKind = MessageKind.EXPLANATION,
) -> pl.DataFrame:
    frame = drafts(facts, known, affected, before, kind, NOW)
    assert violations(frame, MESSAGE) == []
    return frame


def reasons(frame: pl.DataFrame) -> dict[str, str | None]:
    return dict(zip(frame["recipient_customer_id"], frame["suppressed_reason"], strict=True))


def statuses(frame: pl.DataFrame) -> dict[str, str]:
    return dict(zip(frame["recipient_customer_id"], frame["message_status"], strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_reads_as_it_was_agreed(language: str) -> None:
    said = [f"== {kind} ({name})\n{rendered(kind, facts, language)}" for kind in MessageKind for name, facts in CASES.items()]
    assert "\n\n".join(said) + "\n" == (GOLDEN / f"{language}.txt").read_text(encoding="utf-8")


CASES = {"everything known": FULL, "without version": replace(FULL, product_version=None, browser=None), "nothing known": BARE}


def test_a_customer_with_consent_gets_one_draft_in_their_language() -> None:
    known = customers(("ada", "yes", "en-GB"), ("bo", "yes", "de_AT"), ("eva", "yes", "es"), ("li", "yes", "zh-CN"), ("kim", "yes", None))
    frame = written(known=known, affected=("kim", "li", "eva", "bo", "ada", "ada"))
    assert dict(frame.select("recipient_customer_id", "language").rows()) == {"ada": "en", "bo": "de", "eva": "es", "li": "en", "kim": "en"}
    assert set(frame["message_status"]) == {"drafted"}
    assert frame["recipient_customer_id"].is_sorted()
    assert frame["drafted_at"].unique().to_list() == [NOW]


def test_everybody_of_a_cohort_reads_the_same() -> None:
    frame = written(known=customers(*((f"c{n}", "yes", "de") for n in range(9))), affected=tuple(f"c{n}" for n in range(9)))
    assert frame["message_text"].n_unique() == 1


@pytest.mark.parametrize("consent", ["no", None, "", "YES", "maybe"])
def test_without_a_stated_consent_the_draft_is_suppressed(consent: str | None) -> None:
    assert statuses(written(known=customers(("ada", consent, "en")))) == {"ada": "suppressed"}


def test_a_customer_whom_nobody_described_is_not_written_to() -> None:
    assert statuses(written(affected=("ada", "stranger"))) == {"ada": "drafted", "stranger": "suppressed"}


def test_the_statement_that_landed_last_counts() -> None:
    assert statuses(written(known=customers(("ada", "yes", "en"), ("ada", "no", "en")))) == {"ada": "suppressed"}
    assert statuses(written(known=customers(("ada", "no", "en"), ("ada", "yes", "en")))) == {"ada": "drafted"}


def test_consent_given_for_another_product_is_none() -> None:
    assert statuses(written(known=customers(("ada", "yes", "en"), product="Other"))) == {"ada": "suppressed"}


def test_nobody_is_told_twice_about_one_issue_and_kind() -> None:
    first = written()
    again = replace(FULL, proposal_id="proposal_2")
    assert statuses(written(again, before=first)) == {"ada": "suppressed"}
    assert statuses(written(again, before=first, kind=MessageKind.FIXED)) == {"ada": "drafted"}
    assert statuses(written(replace(again, issue_id="issue_2"), before=first)) == {"ada": "drafted"}


def test_a_message_that_was_suppressed_does_not_count_as_told() -> None:
    first = written(known=customers(("ada", "no", "en")))
    assert statuses(written(replace(FULL, proposal_id="proposal_2"), before=first)) == {"ada": "drafted"}


def test_a_proposal_without_an_issue_is_a_subject_of_its_own() -> None:
    first = written(replace(FULL, issue_id=None))
    assert statuses(written(replace(FULL, issue_id=None, proposal_id="proposal_2"), before=first)) == {"ada": "drafted"}


def test_drafting_again_for_the_same_proposal_adds_only_new_customers() -> None:
    known = customers(("ada", "yes", "en"), ("bo", "yes", "en"))
    first = written(known=known)
    assert written(known=known, before=first).is_empty()
    assert statuses(written(known=known, affected=("ada", "bo"), before=first)) == {"bo": "drafted"}


@pytest.mark.parametrize("value", ["{product}", "7.2\nIgnore this", "<b>7</b>", "", "x" * 61, "call me: 555"])
def test_a_version_or_browser_that_is_no_name_is_left_out(value: str) -> None:
    said = rendered(MessageKind.EXPLANATION, replace(FULL, product_version=value, browser=value), "en")
    assert said == rendered(MessageKind.EXPLANATION, replace(FULL, product_version=None, browser=None), "en")


def test_a_service_is_called_by_plain_words_or_not_at_all() -> None:
    assert "payment" in rendered(MessageKind.FIXED, replace(BARE, service="payments-north"), "en")
    assert rendered(MessageKind.FIXED, replace(BARE, service="svc-771"), "en") == rendered(MessageKind.FIXED, BARE, "en")


@given(st.sampled_from(MessageKind), st.sampled_from(LANGUAGES), st.builds(lambda *present: present, *[st.booleans()] * 6))
def test_whatever_is_known_a_message_is_whole_and_short(kind: MessageKind, language: str, present: tuple[bool, ...]) -> None:
    names = ("complaint_class", "service", "product_version", "browser", "began_at", "fixed_at")
    facts = replace(FULL, **{name: None for name, is_known in zip(names, present, strict=True) if not is_known})  # type: ignore[arg-type]
    said = rendered(kind, facts, language)
    assert "Printwren" in said
    assert not set("{}") & set(said)
    assert 3 <= len(said.splitlines()) <= 6
    assert len(said) <= 600


LONGEST_SENTENCE, USUAL_SENTENCE = 25, 15
"""Words: what plain-language guides allow a sentence at most, and on average."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
def test_a_message_is_easy_to_read(kind: MessageKind, language: str) -> None:
    for facts in CASES.values():
        sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n", rendered(kind, facts, language)) if part]
        lengths = [len(sentence.split()) for sentence in sentences]
        assert max(lengths) <= LONGEST_SENTENCE, sentences
        assert sum(lengths) / len(lengths) <= USUAL_SENTENCE, sentences


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", CustomerStep)
def test_every_message_says_whether_the_customer_has_to_do_something(step: CustomerStep, language: str) -> None:
    for kind in MessageKind:
        assert wordings()[language].steps[step] in rendered(kind, replace(FULL, step=step), language)


def test_a_preventive_note_says_what_improved_once_it_did() -> None:
    assert "we improved Printwren" in rendered(MessageKind.PREVENTIVE, FULL, "en")
    assert "improved" not in rendered(MessageKind.PREVENTIVE, replace(FULL, fixed_at=None), "en")


def test_an_approval_is_of_words_and_facts() -> None:
    one = spoken(MessageKind.EXPLANATION, FULL, "en")
    other = spoken(MessageKind.EXPLANATION, replace(FULL, fixed_at=None), "en")
    assert (one.text == other.text, one.wording_hash == other.wording_hash) == (True, False)
    assert spoken(MessageKind.EXPLANATION, replace(FULL, proposal_id="another"), "en") == one
    assert spoken(MessageKind.EXPLANATION, FULL, "de").wording_hash != one.wording_hash


def test_a_draft_that_is_suppressed_says_why() -> None:
    known = customers(("ada", "yes", "en"), ("bo", "no", "en"), ("cy", "yes", "en"))
    before = written(known=known)
    again = replace(FULL, proposal_id="proposal_2")
    frame = drafts(again, known, ["ada", "bo", "cy", "dan"], before, MessageKind.EXPLANATION, NOW, unwelcome={"cy"})
    assert reasons(frame) == {"ada": "told_before", "bo": "no_consent", "cy": "asked_not_to", "dan": "no_consent"}


def test_the_languages_of_a_cohort_are_those_of_its_consenting_customers() -> None:
    known = customers(("ada", "yes", "nl-NL"), ("bo", "no", "sv"), ("cy", "yes", "en"), ("dan", "yes", "pl"), ("eve", "yes", None))
    assert languages_of(known, "Printwren", {"ada", "bo", "cy", "eve"}) == {"nl", "en"}


def test_every_language_says_the_same_things() -> None:
    shapes = {
        language: {kind: [[sorted(_slots(line)) for line in part] for part in parts] for kind, parts in wording.messages.items()}
        for language, wording in wordings().items()
    }
    assert [language for language, shape in shapes.items() if shape != shapes["en"]] == []
    assert len({tuple(sorted(wording.areas)) for wording in wordings().values()}) == 1
    for wording in wordings().values():
        assert set(wording.symptoms) == {str(c) for c in ISSUE_CLASSES}
        assert set(wording.messages) == set(MessageKind)
        assert set(wording.steps) == set(CustomerStep)
        assert len(wording.months) == 12


def _slots(line: str) -> list[str]:
    return [part.split("}")[0] for part in line.split("{")[1:]]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-CH", "de"), ("ES", "es"), ("en", "en"), ("fr_CA", "fr"), ("pt-BR", "pt"), ("it", "it"), ("nl", "en"), ("", "en"), (None, "en")],
)
def test_a_locale_names_its_language_or_english(locale: str | None, language: str) -> None:
    assert language_of(locale) == language
