"""Tokens of services: programs that read or act under a name of their own, known by a hash of their token. No person is one.

A token that is made here is random, so that one pass of SHA-256 hides it; one that somebody chose is hashed by scrypt, because it may be
guessed. The rules that are easy to break: a token holds no dot, so that it is never taken for one of an issuer; and it is compared with
the hash of every service, in constant time, so that how long it takes tells nobody whose it nearly was.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from feedback_loop.errors import BadInput

LEAST_CHARS, MOST_CHARS = 32, 256
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{LEAST_CHARS},{MOST_CHARS}}}")
_HASH = re.compile(r"(sha256|scrypt)\$([0-9a-f]{32})\$([0-9a-f]{64})")
_N, _R, _P = 2**14, 8, 1
_SALT_BYTES, _SECRET_BYTES = 16, 32


@dataclass(frozen=True)
class HashedToken:
    """How a token was hashed, with which salt, to what."""

    method: str
    salt: bytes
    digest: bytes

    def __str__(self) -> str:
        return f"{self.method}${self.salt.hex()}${self.digest.hex()}"

    def is_of(self, token: str) -> bool:
        """Whether it is the hash of the token, in constant time."""
        return hmac.compare_digest(_digest(self.method, self.salt, token), self.digest)


def parse_hash(text: str) -> HashedToken | None:
    """The hash as `identity hash-token` prints it; None where the text is none."""
    found = _HASH.fullmatch(text)
    return HashedToken(found[1], bytes.fromhex(found[2]), bytes.fromhex(found[3])) if found else None


def made_token() -> tuple[str, HashedToken]:
    """A random token, and its hash."""
    token, salt = secrets.token_urlsafe(_SECRET_BYTES), secrets.token_bytes(_SALT_BYTES)
    return token, HashedToken("sha256", salt, _digest("sha256", salt, token))


def hashed(token: str) -> HashedToken:
    """The hash of a token that somebody chose; raises BadInput, which does not repeat it."""
    if not is_service_token(token):
        raise BadInput(f"a service's token has {LEAST_CHARS} to {MOST_CHARS} letters, digits, - or _. Without one, a random one is made.")
    salt = secrets.token_bytes(_SALT_BYTES)
    return HashedToken("scrypt", salt, _digest("scrypt", salt, token))


def is_service_token(text: str) -> bool:
    """Whether it has the form of a service's token; one of an issuer never has."""
    return _TOKEN.fullmatch(text) is not None


def service_of(token: str, services: Mapping[str, HashedToken]) -> str | None:
    """The service whose token it is; None where it is nobody's."""
    matches = [name for name, kept in services.items() if kept.is_of(token)]
    return matches[0] if len(matches) == 1 else None


def _digest(method: str, salt: bytes, token: str) -> bytes:
    secret = token.encode("utf-8")
    if method == "scrypt":
        return hashlib.scrypt(secret, salt=salt, n=_N, r=_R, p=_P, dklen=32)
    return hashlib.sha256(salt + secret).digest()
