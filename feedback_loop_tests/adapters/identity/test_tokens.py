"""A token is believed only where all of it is right: each way of making one up is refused, and no error repeats it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.identity.tokens import OidcVerifier
from feedback_loop.contracts.identity import TokenFault, VerifiedToken
from feedback_loop.errors import TokenRefused
from feedback_loop_tests.adapters.identity.made_up_issuer import (
    AUDIENCE,
    ISSUER,
    KEY_KINDS,
    HeldKeys,
    MadeUpIssuer,
    base64url,
    claims_of,
    encoded,
    issuer_rules,
)
from feedback_loop_tests.fakes import START

COMPANY = MadeUpIssuer()
STRANGER = MadeUpIssuer(owner="stranger")
TOKEN = COMPANY.token()


def verify(token: str, at: Any = START, keys: Any = None, rules: Any = None) -> VerifiedToken:
    held = keys or HeldKeys(COMPANY)
    return OidcVerifier([rules or issuer_rules()], lambda _: held).verify(token, at)


def fault(token: str, **how: Any) -> TokenFault:
    """Why it is refused; fails where it is not, or where the error tells anything of the token."""
    with pytest.raises(TokenRefused) as caught:
        verify(token, **how)
    parts = [part for part in token.split(".") if len(part) > 8]
    assert not any(part in str(caught.value) for part in parts)
    assert caught.value.__cause__ is None
    return TokenFault(caught.value.fault)


@pytest.mark.parametrize("algorithm", KEY_KINDS)
def test_a_token_that_is_right_says_who_it_is_of(algorithm: str) -> None:
    company = MadeUpIssuer(algorithm)
    found = verify(company.token(groups=["support", "ops"]), keys=HeldKeys(company), rules=issuer_rules(algorithm))
    assert found == VerifiedToken(
        ISSUER, "account-of-ada", "ada", frozenset({"support", "ops"}), START, START + timedelta(hours=1)
    )  # fmt: skip


def test_one_of_several_audiences_is_enough_and_a_kind_of_access_tokens_too() -> None:
    assert verify(COMPANY.token(aud=["other", AUDIENCE], header={"typ": "at+jwt"})).person == "ada"


@pytest.mark.parametrize(
    ("path", "claims", "groups"),
    [
        (("groups",), {"groups": None}, set()),
        (("realm", "roles"), {"realm": {"roles": ["a", "b"]}}, {"a", "b"}),
        (("realm", "roles"), {"realm": "none"}, set()),
        (("https://example.com/groups",), {"https://example.com/groups": ["a"]}, {"a"}),
    ],
)
def test_groups_are_found_where_the_rules_say(path: tuple[str, ...], claims: dict[str, Any], groups: set[str]) -> None:
    assert verify(COMPANY.token(**claims), rules=issuer_rules(groups_claim=path)).groups == groups


def test_a_signature_of_another_key_under_the_same_id_is_refused() -> None:
    assert fault(STRANGER.token()) is TokenFault.BAD_SIGNATURE


def test_another_content_under_the_same_signature_is_refused() -> None:
    header, _, signature = TOKEN.split(".")
    forged = f"{header}.{encoded(claims_of('bo', ['admins'], START))}.{signature}"
    assert fault(forged) is TokenFault.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["none", "None", "NONE", "", "HS256", "HS512", "ES256K", "RS1", "ES384", None, 1, ["ES256"]])
def test_an_algorithm_that_the_rules_do_not_name_is_refused(name: Any) -> None:
    assert fault(COMPANY.token(header={"alg": name})) is TokenFault.WRONG_ALGORITHM


def test_a_token_without_signature_is_none() -> None:
    header, claims, _ = COMPANY.token(header={"alg": "none"}).split(".")
    assert fault(f"{header}.{claims}.") is TokenFault.NO_TOKEN


@pytest.mark.parametrize("secret", ["pem", "json", "n"])
def test_the_public_key_is_no_secret_to_sign_with(secret: str) -> None:
    company = MadeUpIssuer("RS256")
    shown = {
        "pem": company.key.as_pem(private=False),
        "json": json.dumps(company.public).encode(),
        "n": company.public["n"].encode(),
    }[secret]
    for name in ("HS256", "RS256"):
        text = f"{encoded({'alg': name, 'kid': 'key-1'})}.{encoded(claims_of('ada', ['admins'], START))}"
        forged = f"{text}.{base64url(hmac.new(shown, text.encode(), hashlib.sha256).digest())}"
        assert fault(forged, keys=HeldKeys(company)) in (TokenFault.WRONG_ALGORITHM, TokenFault.BAD_SIGNATURE)


def test_an_algorithm_of_the_rules_needs_a_key_of_its_kind() -> None:
    elliptic = COMPANY.token(header={"alg": "RS256"})
    assert fault(elliptic) is TokenFault.WRONG_ALGORITHM
    other_curve = MadeUpIssuer("ES512")
    assert fault(other_curve.token(header={"alg": "ES256"}), keys=HeldKeys(other_curve)) is TokenFault.WRONG_ALGORITHM
    other_word = HeldKeys(COMPANY)
    other_word.keys["key-1"] |= {"alg": "ES384"}
    assert fault(TOKEN, keys=other_word) is TokenFault.WRONG_ALGORITHM


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_key_is_refused() -> None:
    from joserfc import jwk

    company = MadeUpIssuer("RS256")
    company.key = jwk.generate_key("RSA", 1024, auto_kid=False)
    assert fault(company.token(), keys=HeldKeys(company)) is TokenFault.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t"])
def test_a_key_that_the_token_brings_along_is_ignored(name: str) -> None:
    brought = {
        "jwk": STRANGER.public, "jku": "https://evil.example.com/keys", "x5u": "https://evil.example.com/keys", "x5c": ["MIIB"], "x5t": "x",
    }  # fmt: skip
    keys = HeldKeys(COMPANY)
    assert fault(STRANGER.token(header={name: brought[name]}), keys=keys) is TokenFault.BAD_SIGNATURE
    assert keys.asked == ["key-1"]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"crit": ["exp"]}, TokenFault.CRITICAL_HEADER),
        ({"crit": []}, TokenFault.CRITICAL_HEADER),
        ({"b64": False, "crit": ["b64"]}, TokenFault.CRITICAL_HEADER),
        ({"b64": True}, TokenFault.CRITICAL_HEADER),
        ({"typ": "logout+jwt"}, TokenFault.WRONG_KIND),
        ({"typ": 1}, TokenFault.WRONG_KIND),
        ({"cty": "JWT"}, TokenFault.WRONG_KIND),
        ({"kid": None}, TokenFault.UNKNOWN_KEY),
        ({"kid": "key-2"}, TokenFault.UNKNOWN_KEY),
        ({"kid": 1}, TokenFault.UNKNOWN_KEY),
        ({"kid": "../../etc/passwd"}, TokenFault.UNKNOWN_KEY),
    ],
)
def test_a_header_that_nobody_understands_is_refused(header: dict[str, Any], why: TokenFault) -> None:
    assert fault(COMPANY.token(header=header)) is why


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://id.example.com/"}, TokenFault.UNKNOWN_ISSUER),
        ({"iss": "https://evil.example.com"}, TokenFault.UNKNOWN_ISSUER),
        ({"iss": None}, TokenFault.CLAIM_MISSING),
        ({"iss": [ISSUER]}, TokenFault.CLAIM_MISSING),
        ({"aud": "other"}, TokenFault.WRONG_AUDIENCE),
        ({"aud": ["other"]}, TokenFault.WRONG_AUDIENCE),
        ({"aud": None}, TokenFault.WRONG_AUDIENCE),
        ({"aud": {AUDIENCE: 1}}, TokenFault.WRONG_AUDIENCE),
        ({"aud": f"{AUDIENCE}-test"}, TokenFault.WRONG_AUDIENCE),
        ({"exp": None}, TokenFault.CLAIM_MISSING),
        ({"exp": "9999999999"}, TokenFault.CLAIM_MISSING),
        ({"exp": True}, TokenFault.CLAIM_MISSING),
        ({"exp": 1e300}, TokenFault.CLAIM_MISSING),
        ({"iat": None}, TokenFault.CLAIM_MISSING),
        ({"nbf": "soon"}, TokenFault.CLAIM_MISSING),
        ({"sub": None}, TokenFault.CLAIM_MISSING),
        ({"sub": ""}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": None}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": ["ada"]}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": "ada\n"}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": "a\u202eda"}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": " ada"}, TokenFault.CLAIM_MISSING),
        ({"preferred_username": "a" * 201}, TokenFault.CLAIM_MISSING),
        ({"groups": "admins"}, TokenFault.CLAIM_MISSING),
        ({"groups": [["admins"]]}, TokenFault.CLAIM_MISSING),
    ],
)
def test_a_claim_that_is_missing_or_another_is_refused(claims: dict[str, Any], why: TokenFault) -> None:
    assert fault(COMPANY.token(**claims)) is why


def test_an_address_that_its_issuer_did_not_verify_names_nobody() -> None:
    rules = issuer_rules(person_claim="email")
    assert verify(COMPANY.token(email="ada@example.com", email_verified=True), rules=rules).person == "ada@example.com"
    assert fault(COMPANY.token(email="ada@example.com", email_verified=False), rules=rules) is TokenFault.CLAIM_MISSING
    assert fault(COMPANY.token(email="ada@example.com", email_verified="true"), rules=rules) is TokenFault.CLAIM_MISSING


@pytest.mark.parametrize(
    ("seconds", "why"),
    [(-31, TokenFault.NOT_YET_VALID), (-30, None), (0, None), (3629, None), (3630, TokenFault.EXPIRED), (10**6, TokenFault.EXPIRED)],
)
def test_a_token_counts_from_its_issue_to_its_end_and_half_a_minute_around(seconds: int, why: TokenFault | None) -> None:
    at = START + timedelta(seconds=seconds)
    if why is None:
        assert verify(TOKEN, at=at).person == "ada"
    else:
        assert fault(TOKEN, at=at) is why


def test_a_token_of_the_future_is_refused_by_its_own_word() -> None:
    later = int((START + timedelta(minutes=5)).timestamp())
    assert fault(COMPANY.token(nbf=later)) is TokenFault.NOT_YET_VALID
    assert verify(COMPANY.token(nbf=later), at=START + timedelta(minutes=5)).person == "ada"
    # What begins early is still no older than it was issued.
    assert fault(COMPANY.token(nbf=0, iat=later)) is TokenFault.NOT_YET_VALID


NO_TOKENS = ["", "a", "a.b", "a.b.c", "..", "é.b.c", f"{TOKEN}.x", f" {TOKEN}", f"{TOKEN}\n", TOKEN.replace(".", "..")]


@pytest.mark.parametrize("token", NO_TOKENS, ids=[str(number) for number in range(len(NO_TOKENS))])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert fault(token) is TokenFault.NO_TOKEN


def test_a_token_that_is_too_long_is_not_even_read() -> None:
    keys = HeldKeys(COMPANY)
    assert fault(COMPANY.token(groups=["x" * 20_000]), keys=keys) is TokenFault.TOO_LONG
    assert keys.asked == []


def test_a_token_with_many_groups_is_still_read() -> None:
    assert len(verify(COMPANY.token(groups=[f"group-{n}" for n in range(500)])).groups) == 500


def test_groups_of_an_issuer_never_count_by_the_word_of_another() -> None:
    """Each issuer's tokens are checked by its own keys: that one is believed elsewhere helps nobody."""
    other = issuer_rules(name="other", issuer="https://other.example.com")
    sources = {ISSUER: HeldKeys(COMPANY), other.issuer: HeldKeys(STRANGER)}
    verifier = OidcVerifier([issuer_rules(), other], lambda issuer: sources[issuer.issuer])
    assert verifier.verify(STRANGER.token(iss=other.issuer), START).issuer == other.issuer
    with pytest.raises(TokenRefused, match="bad signature"):
        verifier.verify(STRANGER.token(), START)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_any_other_bit_makes_it_another_token_that_is_refused(bit: int) -> None:
    changed = bytearray(TOKEN.encode("ascii"))
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(TokenRefused):
        verify(changed.decode("latin-1"))


@pytest.mark.parametrize("algorithm", ["RS256", "ES512", "EdDSA"])
def test_any_other_bit_of_the_last_characters_is_refused_too(algorithm: str) -> None:
    """There, and only there, base64url has bits that say nothing."""
    company = MadeUpIssuer(algorithm)
    token, keys, rules = company.token(), HeldKeys(company), issuer_rules(algorithm)
    ends = [place - 1 for place, letter in enumerate(f"{token}.") if letter == "."]
    for place in ends:
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=":
            if letter != token[place]:
                fault(token[:place] + letter + token[place + 1 :], keys=keys, rules=rules)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: ".".join([base64.urlsafe_b64encode(b).decode().rstrip("=")] * 3)))
def test_no_text_makes_the_verifier_trip(text: str) -> None:
    with pytest.raises(TokenRefused):
        verify(text)
