"""Verifies bearer tokens of OpenID Connect (signed JWT, RFC 7519 and RFC 8725): what a token says counts once all of it was found right.

The parts are read in `compact`, the keys come from `key_sets`, the signature is joserfc's work. The rules that are easy to break: the
algorithm is one that the issuer's rules name and fits the key's kind, whatever the token says of itself; the key is the issuer's, never one
that the token brings along (jwk, jku, x5u, x5c); and no error tells anything of the token but why it was refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwk, jws
from joserfc.errors import JoseError

from feedback_loop.adapters.identity.compact import MOST_CHARS, CompactToken, read_compact
from feedback_loop.adapters.identity.key_sets import Key, KeySource
from feedback_loop.contracts.identity import Algorithm, Issuer, TokenFault, VerifiedToken
from feedback_loop.errors import TokenRefused

_KINDS = ("JWT", "AT+JWT", "APPLICATION/AT+JWT")
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}
_LEAST_RSA_BITS, _LONGEST_NAME = 2048, 200
_MISSING = object()


class OidcVerifier:
    """Verifies tokens of these issuers; `keys_of` says where the keys of one are."""

    def __init__(self, issuers: Sequence[Issuer], keys_of: Callable[[Issuer], KeySource]) -> None:
        self._issuers = {one.issuer: one for one in issuers}
        self._keys_of = keys_of

    def verify(self, token: str, at: datetime) -> VerifiedToken:
        """What the token says; raises TokenRefused with the first thing that is wrong with it."""
        found = read_compact(token)
        _check_header(found.header)
        issuer = self._issuers.get(_text(found.claims, "iss"))
        if issuer is None:
            raise TokenRefused(TokenFault.UNKNOWN_ISSUER, "Its issuer is none of identity.yaml.")
        algorithm = _algorithm(found.header, issuer)
        _check_signature(found, algorithm, self._key(found, issuer))
        return _believed(found.claims, issuer, at)

    def _key(self, token: CompactToken, issuer: Issuer) -> Key:
        key_id = token.header.get("kid")
        key = self._keys_of(issuer).find(key_id) if isinstance(key_id, str) and key_id else None
        if key is None:
            raise TokenRefused(TokenFault.UNKNOWN_KEY)
        return key


def _check_header(header: Mapping[str, Any]) -> None:
    if "crit" in header or "b64" in header:
        # Nothing that must be understood is understood here.
        raise TokenRefused(TokenFault.CRITICAL_HEADER)
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() not in _KINDS or "cty" in header:
        raise TokenRefused(TokenFault.WRONG_KIND)


def _algorithm(header: Mapping[str, Any], issuer: Issuer) -> Algorithm:
    said = header.get("alg")
    for algorithm in issuer.algorithms:
        if said == str(algorithm):
            return algorithm
    raise TokenRefused(TokenFault.WRONG_ALGORITHM)


def _check_signature(token: CompactToken, algorithm: Algorithm, key: Key) -> None:
    if not _fits(key, algorithm):
        raise TokenRefused(TokenFault.WRONG_ALGORITHM)
    registry = jws.JWSRegistry(algorithms=[str(algorithm)], strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = registry.max_signature_length = MOST_CHARS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the name EdDSA is deprecated, and still what issuers write
            jws.deserialize_compact(token.text, _imported(key), algorithms=[str(algorithm)], registry=registry)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise TokenRefused(TokenFault.BAD_SIGNATURE) from None


def _fits(key: Key, algorithm: Algorithm) -> bool:
    """Whether the key is of the algorithm's kind and its own words don't forbid it."""
    if key.get("alg", str(algorithm)) != str(algorithm):
        return False
    if str(algorithm)[:2] in ("RS", "PS"):
        return bool(key["kty"] == "RSA")
    kind = "OKP" if algorithm in (Algorithm.EDDSA, Algorithm.ED25519) else "EC"
    return (key["kty"], key.get("crv")) == (kind, _CURVES[algorithm])


def _imported(key: Key) -> Any:
    # Its own alg was compared above; joserfc would compare the two names of one algorithm too.
    imported = jwk.import_key({name: value for name, value in key.items() if name not in ("alg", "use", "key_ops", "x5u", "x5c")})
    if key["kty"] == "RSA" and imported.public_key.key_size < _LEAST_RSA_BITS:  # type: ignore[union-attr]
        raise ValueError("the key is short enough to be broken")
    return imported


def _believed(claims: Mapping[str, Any], issuer: Issuer, at: datetime) -> VerifiedToken:
    """What the claims say, of which each that is needed is there, of its type and right at this instant."""
    _check_audience(claims, issuer)
    expires_at, issued_at = _instant(claims, "exp"), _instant(claims, "iat")
    if at >= expires_at + issuer.leeway:
        raise TokenRefused(TokenFault.EXPIRED)
    begins_at = _instant(claims, "nbf") if "nbf" in claims else issued_at
    if at < max(issued_at, begins_at) - issuer.leeway:
        raise TokenRefused(TokenFault.NOT_YET_VALID)
    if issuer.person_claim == "email" and claims.get("email_verified", True) is not True:
        raise TokenRefused(TokenFault.CLAIM_MISSING, "Its e-mail address is not verified by the issuer.")
    return VerifiedToken(
        issuer.issuer, _name(claims, "sub"), _name(claims, issuer.person_claim), _groups(claims, issuer), issued_at, expires_at
    )


def _check_audience(claims: Mapping[str, Any], issuer: Issuer) -> None:
    said = claims.get("aud")
    audiences = [said] if isinstance(said, str) else said
    if not isinstance(audiences, list) or issuer.audience not in audiences:
        raise TokenRefused(TokenFault.WRONG_AUDIENCE, "It was issued for another program; see audience in identity.yaml.")


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    said = claims.get(name)
    try:
        if isinstance(said, bool) or not isinstance(said, int | float):
            raise TypeError
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=said)
    except (TypeError, ValueError, OverflowError):
        raise TokenRefused(TokenFault.CLAIM_MISSING) from None


def _text(claims: Mapping[str, Any], name: str) -> str:
    said = claims.get(name)
    if not isinstance(said, str) or not said:
        raise TokenRefused(TokenFault.CLAIM_MISSING)
    return said


def _name(claims: Mapping[str, Any], name: str) -> str:
    """A name that can be printed on one line: it will stand in tables and in the audit trail."""
    said = _text(claims, name)
    if len(said) > _LONGEST_NAME or not said.isprintable() or said != said.strip():
        raise TokenRefused(TokenFault.CLAIM_MISSING)
    return said


def _groups(claims: Mapping[str, Any], issuer: Issuer) -> frozenset[str]:
    """The groups that the token names; none where it says nothing of groups, which many issuers do of somebody who is in none."""
    said: Any = claims
    for step in issuer.groups_claim:
        said = said.get(step, _MISSING) if isinstance(said, dict) else _MISSING
    if said is _MISSING:
        return frozenset()
    if not isinstance(said, list) or not all(isinstance(group, str) for group in said):
        raise TokenRefused(TokenFault.CLAIM_MISSING)
    return frozenset(said)
