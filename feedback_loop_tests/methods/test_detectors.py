"""Detectors: no value holds a bracket, and each shape stays what it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.detectors import DETECTORS
from feedback_loop_tests.methods.texts import messages


def _kinds(text: str) -> set[PersonalDataType]:
    return {detector.kind for detector in DETECTORS if any(True for _ in detector.find(text))}


@settings(max_examples=200)
@given(messages)
def test_no_value_holds_a_square_bracket(text: str) -> None:
    for detector in DETECTORS:
        for cue_start, start, end in detector.find(text):
            assert cue_start <= start < end
            assert not {"[", "]"} & set(text[start:end])


def test_every_kind_has_a_detector() -> None:
    assert {detector.kind for detector in DETECTORS} == set(PersonalDataType)


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "version 10.20.30.40", "v 10.20.30.40", "300.1.1.1", "1.2.3.4.50", "12:30:45", "10:20", "std::map", "::"]
)
def test_versions_and_times_are_no_addresses(text: str) -> None:
    assert PersonalDataType.IP not in _kinds(text)


@pytest.mark.parametrize("text", ["10.0.0.12", "ip 192.168.1.1", "2001:db8::8a2e:370:7334", "00-1B-44-11-3A-B7"])
def test_network_addresses_are_found(text: str) -> None:
    assert PersonalDataType.IP in _kinds(text)


@pytest.mark.parametrize(
    "text", ["basic functionality broken", "token expired", "pin code", "secret menu", "the password is not accepted", "my pin is wrong"]
)
def test_talk_about_secrets_is_no_secret(text: str) -> None:
    assert PersonalDataType.SECRET not in _kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1234567890-abc",
        "sk_live_abcdefghij0123456789",
        "AIzaSyA1234567890abcdefghijklmnopqrs",
        "eyJhbGciOiJI.eyJzdWIi.abc",
        "Passwort: geheim",
        "contraseña es clave1",
        "api key: 12ab34",
        "cvv 123",
    ],
)
def test_secrets_are_found_by_shape_or_cue(text: str) -> None:
    assert PersonalDataType.SECRET in _kinds(text)


@pytest.mark.parametrize("text", ["@support", "5@ home", "a @ b", "us@10"])
def test_at_sign_alone_makes_no_address(text: str) -> None:
    assert PersonalDataType.EMAIL not in _kinds(text)
