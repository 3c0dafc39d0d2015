"""Masking: what is hidden, what survives, and the laws of placeholders."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data.masking import PLACEHOLDER, find_personal_data, mask
from feedback_loop_tests.methods.texts import messages

SPANS_FILE = Path(__file__).parents[4] / "shared" / "data" / "pii" / "spans.json"
HIDDEN_IN_FULL = {"EMAIL_ADDRESS": 1.0, "CREDIT_CARD": 1.0, "IBAN_CODE": 1.0, "IP_ADDRESS": 1.0, "US_SSN": 1.0, "PHONE_NUMBER": 0.95}


@settings(max_examples=300)
@given(messages)
def test_masked_text_masks_to_itself_and_no_detector_fires_on_it(text: str) -> None:
    masked = mask(text).text
    assert find_personal_data(masked) == []
    assert mask(masked).text == masked


@settings(max_examples=300)
@given(messages)
def test_findings_are_disjoint_and_their_placeholders_align_with_them(text: str) -> None:
    found = find_personal_data(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(f.cue_start <= f.start < f.end <= len(text) for f in found)
    aligned = mask(text)
    for finding in found:
        start, end = aligned.alignment.derived_span(finding.start, finding.end)
        assert f"[{finding.kind.upper()}]" in aligned.text[start:end]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to jane.doe+x@mail.example.org.", "write to [EMAIL]."),
        ("my upi is rahul99@okaxis", "my upi is [EMAIL]"),
        ("john (at) example (dot) com", "[EMAIL]"),
        ("john at example dot com please", "[EMAIL] please"),
        ("call 9876543210 now", "call [PHONE] now"),
        ("my number is +91-98765-43210", "my number is [PHONE]"),
        ("Tel: 030 1234567", "Tel: [PHONE]"),
        ("reach me at 450 0840", "reach me at [PHONE]"),
        ("(713) 215-4504 x12", "[PHONE]"),
        ("01.84.17.61.18", "[PHONE]"),
        ("card 4111-1111-1111-1111 expired", "card [CARD] expired"),
        ("card 4111 1111 1111 1112", "card [NUMBER]"),
        ("IBAN de89 3704 0044 0532 0130 00 please", "IBAN [IBAN] please"),
        ("from 192.168.10.20 at night", "from [IP] at night"),
        ("at fe80::1ff:fe23:4567:890a", "at [IP]"),
        ("mac 00:1B:44:11:3A:B7", "mac [IP]"),
        ("see https://user:pw@host.de/x now", "see [URL] now"),
        ("https://host.de/x?a=1&token=abc", "[URL]"),
        ("password: hunter2", "password: [SECRET]"),
        ("my password is Abc@123", "my password is [SECRET]"),
        ("OTP is 482913", "OTP is [SECRET]"),
        ("key AKIAIOSFODNN7EXAMPLE leaked", "key [SECRET] leaked"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[SECRET]"),
        ("Authorization: Bearer abcdef1234567890", "Authorization: Bearer [SECRET]"),
        ("ssn 123-45-6789", "ssn [NUMBER]"),
        ("aadhaar 1234 5678 9012", "aadhaar [NUMBER]"),
        ("order no 12345 is late", "order no [NUMBER] is late"),
        ("account number is AB-10023", "account number is [NUMBER]"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id [NUMBER]"),
        ("ref TXN1234567890", "ref [NUMBER]"),
    ],
)
def test_personal_data_is_hidden_by_a_typed_placeholder(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "version 1.1.4 on Android 13",
        "v10.12.3456 and 2.0.1.5",
        "app version 10.20.30.40",
        "I paid Rs 5,000 and $1,234.56",
        "25000 rupees gone",
        "on 2021-10-08 at 12:30:45",
        "12.03.2022 and 3/4/21",
        "5 stars, 100% of 3 GB",
        "error 500, code 50012, 0x80070057",
        "password is wrong",
        "password: incorrect",
        "otp not received",
        "the years 2019 2020 2021",
        "1000 2000 3000",
        "order 15-20 days",
        "follow @support",
        "Samsung SM-G998B",
        "ratio 3.141592653589",
        "std::vector",
        "since 1999-2005",
        "24/7 support 365 days",
        "[EMAIL] and [PHONE]",
    ],
)
def test_ordinary_numbers_and_words_survive(text: str) -> None:
    assert mask(text).text == text


def test_cue_of_a_value_belongs_to_its_finding() -> None:
    (finding,) = find_personal_data("my password: hunter2 fails")
    assert (finding.cue_start, finding.start, finding.end) == (3, 13, 20)


def test_overlapping_findings_become_one_of_the_stronger_kind() -> None:
    (finding,) = find_personal_data("password: jane@example.org")
    assert (finding.kind, finding.start) == (PersonalDataType.SECRET, 10)
    assert mask("password: x,jane@example.org").text == "password: [SECRET]"


def test_every_kind_of_personal_data_has_a_placeholder_and_a_case_above() -> None:
    shown = "[EMAIL] [PHONE] [CARD] [IBAN] [IP] [URL] [SECRET] [NUMBER] [NAME_bcdfghjk] [ADDRESS_1]"
    assert len(PLACEHOLDER.findall(shown)) == len(PersonalDataType)


def test_public_spans_of_personal_data_are_hidden_in_full() -> None:
    if not SPANS_FILE.exists():
        pytest.skip(f"{SPANS_FILE.name} of the shared data is absent")
    total: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for row in json.loads(SPANS_FILE.read_text(encoding="utf-8")):
        found = find_personal_data(row["full_text"])
        for span in row["spans"]:
            total[span["entity_type"]] += 1
            hidden[span["entity_type"]] += any(f.start <= span["start_position"] and span["end_position"] <= f.end for f in found)
    assert all(hidden[kind] >= share * total[kind] > 0 for kind, share in HIDDEN_IN_FULL.items())


def test_numbers_that_show_one_after_the_other_take_their_line_with_them_and_no_other() -> None:
    text = "fine before\nx " + "+49 30 1234567" * 60 + "\nfine after"
    found = find_personal_data(text)
    assert mask(text).text == "fine before\n[PHONE]\nfine after"
    assert [text[f.start : f.end] for f in found] == [text.split("\n")[1]]
    assert find_personal_data(mask(text).text) == []
