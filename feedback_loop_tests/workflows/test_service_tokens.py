"""Tokens of services: hashed two ways, never taken for a token of an issuer, compared with everybody's."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.errors import BadInput
from feedback_loop.workflows.service_tokens import hashed, is_service_token, made_token, parse_hash, service_of

CHOSEN = "correct-horse-battery-staple-4711"


def test_a_made_token_is_found_by_its_hash_and_never_made_twice() -> None:
    token, kept = made_token()
    other, _ = made_token()
    assert is_service_token(token)
    assert kept.is_of(token)
    assert not kept.is_of(other)
    assert token not in str(kept)


def test_a_chosen_token_is_hashed_slowly_with_a_salt_of_its_own() -> None:
    one, other = hashed(CHOSEN), hashed(CHOSEN)
    assert str(one).startswith("scrypt$")
    assert str(one) != str(other)
    assert one.is_of(CHOSEN)
    assert other.is_of(CHOSEN)
    assert not one.is_of(CHOSEN + "x")


def test_a_hash_is_read_as_it_is_printed() -> None:
    for kept in (made_token()[1], hashed(CHOSEN)):
        assert parse_hash(str(kept)) == kept


@pytest.mark.parametrize(
    "text", ["", "sha256", "md5$" + "0" * 32 + "$" + "0" * 64, "sha256$00$00", f"sha256${'0' * 32}${'0' * 64}\n", "plain-token"]
)
def test_what_is_no_hash_is_none(text: str) -> None:
    assert parse_hash(text) is None


@pytest.mark.parametrize(
    "token", ["short", "x" * 257, "with.a.dot" * 4, "ü" * 40, "white space" * 4, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln"]
)
def test_a_token_that_may_be_guessed_or_mistaken_is_refused_without_being_repeated(token: str) -> None:
    assert not is_service_token(token)
    with pytest.raises(BadInput) as caught:
        hashed(token)
    assert token not in str(caught.value)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=300))
def test_a_token_of_an_issuer_never_has_the_form_of_a_services(text: str) -> None:
    assert not (is_service_token(text) and "." in text)


def test_every_hash_is_compared_whosever_token_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes tells nobody whose token it was, nor how much of one was right."""
    compared: list[bool] = []
    in_constant_time = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append(in_constant_time(one, other))
        return compared[-1]

    tokens = dict(made_token() for _ in range(3))
    services = {f"service-{number}": kept for number, kept in enumerate(tokens.values())}
    monkeypatch.setattr(hmac, "compare_digest", counting)
    for number, token in enumerate(tokens):
        assert service_of(token, services) == f"service-{number}"
    assert service_of(made_token()[0], services) is None
    assert len(compared) == 4 * len(services)


def test_a_token_of_two_services_is_nobodys() -> None:
    assert service_of(CHOSEN, {"one": hashed(CHOSEN), "other": hashed(CHOSEN)}) is None
