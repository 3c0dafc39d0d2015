"""Cleaning: what a company's rules and its key do to a text, and the law that slices obey."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from feedback_loop.methods import cleaning
from feedback_loop.methods.cleaning import PLAIN, Cleaner, Cleaning, CleaningRules, Speaker, speaker_of
from feedback_loop.methods.normal_text.product_names import ProductNames
from feedback_loop.methods.personal_data.custom_patterns import custom_detectors
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop_tests.methods.texts import messages

RULES = CleaningRules(ProductNames({"fam": "Fam Card"}), custom_detectors([("order", "PRW-[0-9]{4}")]), "r1")
KEYED = Cleaner(RULES, b"k" * 32)
ANNA = Speaker("c1", "Anna Maier")


def test_text_is_normalised_then_named_then_masked() -> None:
    made = KEYED.for_speaker(ANNA).clean("Anna says:  fam&amp;co lost PRW-1234,  mail a@example.org")
    assert without_tokens(made.text) == "[NAME] says: Fam Card&co lost [NUMBER], mail [EMAIL]"


def test_same_value_has_the_same_token_in_all_texts_of_one_customer_and_another_in_those_of_others() -> None:
    first, again = (KEYED.for_speaker(ANNA).clean(text).text for text in ("mail a@example.org", "a@example.org: no answer"))
    other = KEYED.for_speaker(Speaker("c2")).clean("mail a@example.org").text
    token = first.removeprefix("mail ")
    assert again.startswith(token)
    assert token not in other


@settings(max_examples=200)
@given(messages)
def test_cleaned_text_is_clean_and_its_copied_parts_stand_in_the_raw_text(raw: str) -> None:
    own = KEYED.for_speaker(ANNA)
    made = own.clean(raw)
    assert own.find(made.text) == []
    assert own.clean(made.text).text == made.text
    for run in made.alignment.runs:
        assert made.text[run.derived_start : run.derived_end] == raw[run.source_start : run.source_end]


@settings(max_examples=100)
@given(messages)
def test_tokens_are_all_that_the_key_changes(raw: str) -> None:
    with_key, without = (Cleaner(RULES, key).for_speaker(ANNA).clean(raw).text for key in (b"k" * 32, None))
    assert without_tokens(with_key) == without


def test_version_tells_the_rules_and_never_the_key() -> None:
    assert KEYED.version == Cleaner(RULES).version
    assert KEYED.version != Cleaner().version
    assert "kkkk" not in repr(KEYED)


def test_record_without_customer_is_a_scope_of_its_own() -> None:
    row = {"record_id": "record_1", "customer_id": None}
    assert speaker_of(row) == Speaker("record_1")
    assert speaker_of(row | {"customer_id": "c1", "customer_name": "Anna"}) == Speaker("c1", "Anna")


def test_plain_cleaning_has_no_tokens_and_knows_the_names_that_people_tell() -> None:
    assert PLAIN.clean("my name is Anna Maier,  mail a@example.org").text == "my name is [NAME], mail [EMAIL]"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("9268.120\u0663\u200d\u0e44", id="a joiner that stood between letters stands behind a placeholder"),
        pytest.param("000000000D\u00c3\u00a0\u0082\u00ac\u00c3\u0082\u00a2", id="a misread letter shows once its neighbour is masked"),
        pytest.param("call +49 30 1234567acme", id="a product's name shows once its neighbour is masked"),
    ],
)
def test_what_only_its_neighbour_kept_from_being_rewritten_is_rewritten_with_it(raw: str) -> None:
    own = Cleaning(products=ProductNames({"acme": "Acme Book"}))
    once = own.clean(raw).text
    assert "[" in once
    assert own.clean(once).text == once


def test_what_the_last_look_brings_to_light_is_masked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_MAX_ROUNDS", 1)
    own = Cleaning(products=ProductNames({"acme": "9876543210"}))
    assert own.mask("call +49 30 1234567acme").text == "call [PHONE][PHONE]"
