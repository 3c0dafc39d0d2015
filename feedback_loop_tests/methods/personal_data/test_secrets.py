"""Secrets: found by shape or by the word before them; talk about them is none."""

from __future__ import annotations

import pytest

from feedback_loop.methods.personal_data import secrets

FINDERS = (
    secrets.private_keys,
    secrets.issued_keys,
    secrets.random_strings,
    secrets.announced_tokens,
    secrets.passwords,
    secrets.codes,
)


def values(text: str) -> set[str]:
    """Whatever any of the finders finds."""
    return {text[start:end] for find in FINDERS for _, start, end in find(text)}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key AKIAIOSFODNN7EXAMPLE leaked", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        ("xoxb-1234567890-abc", "xoxb-1234567890-abc"),
        ("use sk_live_abcdefghij0123456789.", "sk_live_abcdefghij0123456789"),
        ("AIzaSyA1234567890abcdefghijklmnopqrs", "AIzaSyA1234567890abcdefghijklmnopqrs"),
        ("eyJhbGciOiJI.eyJzdWIi.abc", "eyJhbGciOiJI.eyJzdWIi.abc"),
        ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
        ("/reset?token=a1b2c3, then", "a1b2c3"),
        ("id 9f86d081884c7d659a2feaa0c55ad015 done", "9f86d081884c7d659a2feaa0c55ad015"),
        ("Passwort: geheim", "geheim"),
        ("contraseña es clave1", "clave1"),
        ("my password is Abc@123", "Abc@123"),
        ("password hunter22 fails", "hunter22"),
        ("api key: 12ab34", "12ab34"),
        ("cvv 123", "123"),
        ("OTP is 482913.", "482913"),
        ("pin 4821", "4821"),
    ],
)
def test_secrets_are_found_by_shape_or_cue(text: str, secret: str) -> None:
    assert secret in values(text)


@pytest.mark.parametrize("end", ["\n-----END RSA PRIVATE KEY-----", ""])
def test_private_key_is_found_whole_though_cut_short(end: str) -> None:
    key = f"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAb-C/+=={end}"
    assert values(f"see {key}") == {key}


@pytest.mark.parametrize(
    "text",
    [
        "basic functionality broken",
        "token expired",
        "pin code",
        "secret menu",
        "the password is not accepted",
        "password: incorrect",
        "my pin is wrong",
        "otp not received 2 times",
        "otp jane2@example.org",
        "pin 10.0.0.12",
        "[SECRET_12] [SECRET]",
        "internationalisation-of-everything-and-all",
        "task-oriented 12345678",
        "PL80-9028-6645-3028-8730-2445-4426",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_talk_about_secrets_and_other_kinds_are_none(text: str) -> None:
    assert values(text) == set()


def test_cue_is_reported_where_it_begins() -> None:
    assert list(secrets.passwords("my password: hunter2")) == [(3, 13, 20)]


def test_private_key_ends_before_the_blanks_behind_it() -> None:
    assert list(secrets.private_keys("-----BEGIN PRIVATE KEY----- abc \n\n [EMAIL]")) == [(0, 0, 31)]
