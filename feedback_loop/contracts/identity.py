"""Who acts and how they are known: an issuer of tokens, a token that was verified, a person or service as known at this moment.

Values only; tokens are verified in `adapters/identity`, the rules of a home stand in `workflows/identity_file.py`. The rule that is easy to
break: no value of these, and so no row, record or message, ever holds a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path


class KnownBy(StrEnum):
    """What makes us believe that somebody is who they are said to be."""

    LOCAL = "local"
    """Their own word at the command line of this machine."""
    TOKEN = "token"
    SLACK = "slack"
    JIRA = "jira"
    ZENDESK = "zendesk"
    SERVICE = "service"


class Algorithm(StrEnum):
    """How a token may be signed: with a private key only, so that who can verify can't sign."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"
    ED25519 = "Ed25519"


class TokenFault(StrEnum):
    """Why a token is not believed; the first that is found is told."""

    NO_TOKEN = "not_a_token"
    TOO_LONG = "too_long"
    WRONG_KIND = "wrong_kind"
    WRONG_ALGORITHM = "algorithm_not_allowed"
    CRITICAL_HEADER = "critical_header"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNKNOWN_KEY = "unknown_key"
    KEYS_UNAVAILABLE = "keys_unavailable"
    BAD_SIGNATURE = "bad_signature"
    WRONG_AUDIENCE = "wrong_audience"
    CLAIM_MISSING = "claim_missing_or_malformed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    TOO_OLD = "issued_too_long_ago"
    UNKNOWN_SERVICE = "unknown_service_token"


@dataclass(frozen=True)
class Issuer:
    """Somebody whose tokens are believed: one of `keys_file` and `keys_url` says where its public keys are."""

    name: str
    issuer: str
    audience: str
    algorithms: tuple[Algorithm, ...]
    person_claim: str
    groups_claim: tuple[str, ...]
    """The path of the claim, from the outside in."""
    keys_file: Path | None = None
    keys_url: str | None = None
    keys_valid: timedelta = timedelta(hours=24)
    """The age at which keys that were fetched stop counting, where no newer ones can be had."""
    leeway: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class VerifiedToken:
    """What a token says whose signature, issuer, audience and times were found to be right."""

    issuer: str
    subject: str
    person: str
    groups: frozenset[str]
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Sighting:
    """That a token of a person was seen, and the groups that it named; kept in the audit trail."""

    person: str
    issuer: str
    subject: str
    groups: frozenset[str]
    issued_at: datetime

    @property
    def account(self) -> tuple[str, str]:
        """Whose token it was, by the issuer's own unchanging id."""
        return (self.issuer, self.subject)


@dataclass(frozen=True)
class Actor:
    """Who acts at this moment, how they are known, and the roles that they have now."""

    name: str
    known_by: KnownBy
    roles: tuple[str, ...]
    issuer: str | None = None
    subject: str | None = None

    @property
    def people(self) -> Mapping[str, tuple[str, ...]]:
        """The roles of this one person, for those who look a person's roles up."""
        return {self.name: self.roles}


def account_key(name: str, known_by: KnownBy) -> str:
    """Under which roles are looked up at execution: the bare name of local users, who so never count as somebody known otherwise."""
    return name if known_by is KnownBy.LOCAL else f"{known_by}:{name}"
