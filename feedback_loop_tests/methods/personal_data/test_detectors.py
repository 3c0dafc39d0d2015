"""The table of detectors: no value holds a placeholder's bracket, guards hide nothing, and numbers are sought outside of all else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data import accounts
from feedback_loop.methods.personal_data.detectors import DETECTORS, detected, folded
from feedback_loop.methods.personal_data.masking import mask
from feedback_loop_tests.methods.texts import messages

SPELT = ("[at]", "[dot]", "[.]", "[@]", "[ät]", "[punkt]")
KNOWN_OF_A_PERSON = {PersonalDataType.NAME, PersonalDataType.ADDRESS}


def _found(text: str) -> dict[str, PersonalDataType]:
    return {text[start:end]: kind for kind, _, start, end in reversed(list(detected(text)))}


@settings(max_examples=200)
@given(messages)
def test_no_value_holds_a_square_bracket_but_those_of_a_spelt_sign(text: str) -> None:
    for _, cue_start, start, end in detected(text):
        value = folded(text[start:end]).lower().replace(" ", "")
        for sign in SPELT:
            value = value.replace(sign, "")
        assert cue_start <= start < end
        assert not {"[", "]"} & set(value)


@settings(max_examples=200)
@given(messages)
def test_guards_spare_only_work_that_finds_nothing(text: str) -> None:
    seen = folded(text)
    found = list(detected(text))
    blanked = accounts.without_harmless(seen)
    for detector in DETECTORS:
        if detector.ignores_harmless:
            continue
        assert [(detector.kind, *cued) for cued in detector.find(seen) if (detector.kind, *cued) not in found] == []
    if not found:
        assert not any(list(detector.find(blanked)) for detector in DETECTORS if detector.ignores_harmless)


@given(st.text())
def test_folded_text_is_as_long_and_folds_to_itself(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ bitte", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", PersonalDataType.EMAIL),
        ("４１１１ １１１１ １１１１ １１１１", "４１１１ １１１１ １１１１ １１１１", PersonalDataType.CARD),
        ("٩٨٧٦٥٤٣٢١٠", "٩٨٧٦٥٤٣٢١٠", PersonalDataType.PHONE),
        ("९८७६५४३२१०", "९८७६५४३२१०", PersonalDataType.PHONE),
        ("call +49\u00a030\u20111234567", "+49\u00a030\u20111234567", PersonalDataType.PHONE),
    ],
)
def test_other_digits_blanks_and_full_width_forms_are_read_as_ascii(text: str, value: str, kind: PersonalDataType) -> None:
    assert _found(text) == {value: kind}


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("2 172.30.23.249 months", "172.30.23.249", PersonalDataType.IP),
        ("https://a.org/226/80 50000 x", "https://a.org/226/80", PersonalDataType.URL),
        ("IBAN DE89 3704 0044 0532 0130 00 5", "DE89 3704 0044 0532 0130 00", PersonalDataType.IBAN),
        ("order number: 9876543210", "9876543210", PersonalDataType.NUMBER),
        ("my order 9876543210", "9876543210", PersonalDataType.PHONE),
    ],
)
def test_numbers_are_sought_outside_of_what_was_found_before(text: str, value: str, kind: PersonalDataType) -> None:
    assert _found(text) == {value: kind}


DISGUISED = [
    "john [at]",
    "john[at]",
    " at ",
    "(at)",
    "example",
    "[dot]",
    " dot ",
    "com",
    "@",
    "www.",
    "://",
    "::",
    "4111",
    "-",
    "EMAIL",
    "SECRET_12",
    "]",
    "[",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(DISGUISED) | messages, max_size=12).map("".join))
def test_masked_text_masks_to_itself_whatever_was_disguised(text: str) -> None:
    masked = mask(text).text
    assert mask(masked).text == masked


def test_every_kind_has_a_detector_but_those_that_must_be_known_of_a_person() -> None:
    assert {detector.kind for detector in DETECTORS} == set(PersonalDataType) - KNOWN_OF_A_PERSON


def test_placeholder_with_token_or_number_holds_nothing() -> None:
    for kind in PersonalDataType:
        for mark in ("", "_bcdfghjk", "_7", "_123456"):
            assert _found(f"my [{kind.upper()}{mark}] at [{kind.upper()}{mark}], password: [{kind.upper()}{mark}]") == {}


def test_every_detector_has_a_guard_so_that_harmless_texts_are_told_at_once() -> None:
    assert [detector.kind for detector in DETECTORS if not detector.min_digits and not detector.signs] == []
