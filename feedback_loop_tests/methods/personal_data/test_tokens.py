"""Tokens: stable within a scope, different between scopes, and of no shape that a detector looks for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data.masking import PLACEHOLDER, find_personal_data, without_tokens
from feedback_loop.methods.personal_data.tokens import TOKEN, KeyedPlaceholders, one_spelling, token

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
KINDS = st.sampled_from(list(PersonalDataType))


@given(KINDS, st.text(), st.text())
def test_same_value_of_one_customer_has_the_same_token_and_it_has_its_shape(kind: PersonalDataType, value: str, scope: str) -> None:
    made = token(KEY, scope, kind, value)
    assert made == token(KEY, scope, kind, value)
    assert re.fullmatch(TOKEN, made)


@pytest.mark.parametrize(
    "other", [(OTHER_KEY, "c1", "jane@example.org"), (KEY, "c2", "jane@example.org"), (KEY, "c1", "john@example.org")], ids=str
)
def test_another_key_customer_or_value_has_another_token(other: tuple[bytes, str, str]) -> None:
    key, scope, value = other
    assert token(KEY, "c1", PersonalDataType.EMAIL, "jane@example.org") != token(key, scope, PersonalDataType.EMAIL, value)


def test_same_value_of_another_kind_has_another_token() -> None:
    assert token(KEY, "c1", PersonalDataType.NUMBER, "123456789") != token(KEY, "c1", PersonalDataType.PHONE, "123456789")


@pytest.mark.parametrize(
    ("kind", "one", "same"),
    [
        (PersonalDataType.EMAIL, "Jane.Doe@Example.org", "jane.doe@example.org"),
        (PersonalDataType.CARD, "4111 1111 1111 1111", "4111-1111-1111-1111"),
        (PersonalDataType.PHONE, "(713) 215-4504", "713.215.4504"),
        (PersonalDataType.IBAN, "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        (PersonalDataType.NAME, "JANE DOE", "Jane Doe"),
    ],
)
def test_case_and_separators_make_no_other_value(kind: PersonalDataType, one: str, same: str) -> None:
    assert one_spelling(kind, one) == one_spelling(kind, same)


def test_every_sign_of_a_secret_counts() -> None:
    assert one_spelling(PersonalDataType.SECRET, "aB-c") != one_spelling(PersonalDataType.SECRET, "ab-c")


@given(KINDS, st.text(min_size=1), st.text())
def test_no_detector_fires_on_a_placeholder_and_its_token_can_be_left_out(kind: PersonalDataType, value: str, scope: str) -> None:
    made = KeyedPlaceholders(KEY, scope)(kind, value)
    assert PLACEHOLDER.fullmatch(made)
    assert find_personal_data(f"call me: {made} at once") == []
    assert without_tokens(made) == f"[{kind.upper()}]"
