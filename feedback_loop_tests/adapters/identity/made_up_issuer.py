"""An issuer of tokens in memory: its keys, what it signs, and what somebody signs who would like to be it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from joserfc import jwk, jws

from feedback_loop.contracts.identity import Algorithm, Issuer
from feedback_loop_tests.fakes import START

ISSUER, AUDIENCE = "https://id.example.com", "feedback-loop"
LIFETIME = timedelta(hours=1)
KEY_KINDS: dict[str, tuple[str, Any]] = {
    "RS256": ("RSA", 2048), "PS256": ("RSA", 2048), "ES256": ("EC", "P-256"), "ES512": ("EC", "P-521"), "EdDSA": ("OKP", "Ed25519"),
}  # fmt: skip


def issuer_rules(*algorithms: str, **changes: Any) -> Issuer:
    allowed = tuple(Algorithm(name) for name in algorithms or ("RS256", "ES256", "EdDSA"))
    values: dict[str, Any] = {
        "name": "company", "issuer": ISSUER, "audience": AUDIENCE, "algorithms": allowed, "person_claim": "preferred_username",
        "groups_claim": ("groups",),
    }  # fmt: skip
    return Issuer(**values | changes)


@cache
def made_key(kind: str, owner: str) -> Any:
    """A key of the kind; the same one for the same owner."""
    key_type, size = KEY_KINDS[kind]
    return jwk.generate_key(key_type, size, auto_kid=False)  # type: ignore[call-overload]


class MadeUpIssuer:
    """Signs what it is told to; `owner` tells one set of keys from another."""

    def __init__(self, algorithm: str = "ES256", owner: str = "company", key_id: str = "key-1") -> None:
        self.algorithm, self.key_id, self.key = algorithm, key_id, made_key(algorithm, owner)

    @property
    def public(self) -> dict[str, Any]:
        return {**self.key.as_dict(private=False), "kid": self.key_id, "use": "sig", "alg": self.algorithm}

    @property
    def key_set(self) -> dict[str, Any]:
        return {"keys": [self.public]}

    def token(self, person: str = "ada", groups: Any = ("support",), at: datetime = START, header: Any = None, **claims: Any) -> str:
        said = claims_of(person, list(groups) if isinstance(groups, tuple) else groups, at) | claims
        return self.signed({"alg": self.algorithm, "kid": self.key_id, "typ": "JWT"} | (header or {}), said)

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Compact, whatever header and claims say; what is None is left out."""
        text = f"{encoded(_given(header))}.{encoded(_given(claims))}"
        model = jws.JWSRegistry.algorithms[self.algorithm]
        return f"{text}.{base64url(model.sign(text.encode('ascii'), self.key))}"


def claims_of(person: str, groups: Any, at: datetime) -> dict[str, Any]:
    return {
        "iss": ISSUER, "aud": AUDIENCE, "sub": f"account-of-{person}", "preferred_username": person, "groups": groups,
        "iat": int(at.timestamp()), "exp": int((at + LIFETIME).timestamp()),
    }  # fmt: skip


def encoded(content: dict[str, Any]) -> str:
    return base64url(json.dumps(content).encode("utf-8"))


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _given(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


class HeldKeys:
    """Keys that are at hand."""

    def __init__(self, *issuers: MadeUpIssuer) -> None:
        self.keys = {one.key_id: one.public for one in issuers}
        self.asked: list[str] = []

    def find(self, key_id: str) -> dict[str, Any] | None:
        self.asked.append(key_id)
        return self.keys.get(key_id)
