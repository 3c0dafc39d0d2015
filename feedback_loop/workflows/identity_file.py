"""`identity.yaml` of a home: whose tokens are believed, which groups give which roles, who is who elsewhere, and which services there are.

What follows from it for somebody who acts is decided in `identity`. The rules that are easy to break: groups are an issuer's own, so that
nobody gets a role by a group of the same name elsewhere; and as soon as an issuer is named, a name at the command line is worth nothing,
unless the file says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.erasure import OPERATOR
from feedback_loop.contracts.identity import Algorithm, Issuer, KnownBy
from feedback_loop.contracts.roles import APPROVER
from feedback_loop.errors import IdentityRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.service_tokens import HashedToken, parse_hash

_MOST_BYTES = 1_000_000
_MOST_SERVICES = 50
"""So many hashes are compared with each service token, whoever's it is."""

Elsewhere = Literal[KnownBy.SLACK, KnownBy.JIRA, KnownBy.ZENDESK]
ELSEWHERE: tuple[Elsewhere, ...] = (KnownBy.SLACK, KnownBy.JIRA, KnownBy.ZENDESK)
"""The systems that vouch for who somebody is, by the id that the person has there."""

RESERVED = frozenset({LOOP, OPERATOR})

Named = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=200)]
Roles = tuple[Named, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IssuerRules(_Strict):
    """One issuer of tokens, as the file names it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    issuer: Named
    audience: Named
    keys_url: Named | None = None
    keys_file: Named | None = None
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = (Algorithm.RS256, Algorithm.ES256, Algorithm.EDDSA)
    person_claim: Named = "sub"
    groups_claim: Named | Annotated[tuple[Named, ...], Field(min_length=1)] = "groups"
    groups: Mapping[Named, Roles]


class Account(_Strict):
    """An account at an issuer, by the issuer's name in the file and the unchanging id that its tokens have as `sub`."""

    issuer: Named
    subject: Named


class PersonRules(_Strict):
    """Who somebody is elsewhere, or that the person may do nothing any more."""

    accounts: tuple[Account, ...] = ()
    slack: tuple[Named, ...] = ()
    jira: tuple[Named, ...] = ()
    zendesk: tuple[Named, ...] = ()
    is_disabled: bool = False


class ServiceRules(_Strict):
    """A program with a token of its own."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    token_hash: Annotated[str, Field(repr=False)]
    roles: Roles = ()


class IdentitySettings(_Strict):
    """What loosens or tightens all of it."""

    local_users: bool | None = None
    groups_valid_hours: Annotated[float, Field(gt=0, le=720)] = 24
    keys_valid_hours: Annotated[float, Field(gt=0, le=720)] = 24
    leeway_seconds: Annotated[float, Field(ge=0, le=120)] = 30


class IdentityRules(_Strict):
    """The whole file."""

    issuers: tuple[IssuerRules, ...] = ()
    people: Mapping[Named, PersonRules] = {}
    services: Annotated[tuple[ServiceRules, ...], Field(max_length=_MOST_SERVICES)] = ()
    settings: IdentitySettings = IdentitySettings()

    @property
    def allows_local(self) -> bool:
        """Whether somebody is believed to be who they say at the command line; not beside an issuer, unless the file says so."""
        return not self.issuers if self.settings.local_users is None else self.settings.local_users

    @property
    def groups_valid(self) -> timedelta:
        """The age at which the groups of a token give no role any more."""
        return timedelta(hours=self.settings.groups_valid_hours)

    @property
    def hashes(self) -> Mapping[str, HashedToken]:
        """The hash of each service's token."""
        return {one.name: found for one in self.services if (found := parse_hash(one.token_hash)) is not None}

    def roles_of_groups(self, issuer: str, groups: frozenset[str]) -> tuple[str, ...]:
        """The roles that the issuer's groups give; none of an issuer that the file does not name."""
        given = [role for one in self.issuers if one.issuer == issuer for role in _given(one, groups)]
        return tuple(sorted(set(given)))

    def groups_of(self, issuer: str) -> frozenset[str]:
        """The groups of the issuer that the file names; what else somebody belongs to is nobody's business here."""
        return frozenset(group for one in self.issuers if one.issuer == issuer for group in one.groups)

    def is_disabled(self, person: str) -> bool:
        """Whether the file says that the person may do nothing."""
        return person in self.people and self.people[person].is_disabled

    def person_of(self, issuer: str, subject: str) -> str | None:
        """The person to whom the file gives the account."""
        names = {one.name for one in self.issuers if one.issuer == issuer}
        return next((p for p, rules in self.people.items() for a in rules.accounts if a.issuer in names and a.subject == subject), None)

    def person_known_elsewhere(self, known_by: Elsewhere, account_id: str) -> str | None:
        """The person who has this id there."""
        return next((person for person, rules in self.people.items() if account_id in getattr(rules, str(known_by))), None)

    def verifiable(self, home: Path) -> tuple[Issuer, ...]:
        """The issuers as those take them who verify tokens."""
        valid, leeway = timedelta(hours=self.settings.keys_valid_hours), timedelta(seconds=self.settings.leeway_seconds)
        return tuple(
            Issuer(
                name=one.name,
                issuer=one.issuer,
                audience=one.audience,
                algorithms=one.algorithms,
                person_claim=one.person_claim,
                groups_claim=(one.groups_claim,) if isinstance(one.groups_claim, str) else one.groups_claim,
                keys_file=None if one.keys_file is None else home / one.keys_file,
                keys_url=one.keys_url,
                keys_valid=valid,
                leeway=leeway,
            )
            for one in self.issuers
        )


def read_identity(file: Path) -> IdentityRules | None:
    """The rules of the file, None where there is none; raises IdentityRefused and UnreadableFile."""
    text = home_text(file, _MOST_BYTES)
    return None if text is None else parse_identity(text, str(file))


def parse_identity(text: str, place: str = IdentityRefused.about) -> IdentityRules:
    """The rules of the YAML text; raises IdentityRefused with everything that is wrong with them, and none of its values."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise IdentityRefused([f"the text {why_no_yaml(error)}"], place) from None
    if not isinstance(content, dict):
        raise IdentityRefused(["the text holds no fields; name issuers, people, services or settings"], place)
    try:
        rules = IdentityRules.model_validate(content)
    except ValidationError as error:
        raise IdentityRefused(list(field_problems(error)), place) from None
    if problems := [*_issuers(rules), *_people(rules), *_services(rules), *_approvers(rules)]:
        raise IdentityRefused(problems, place)
    return rules


def named_roles(rules: IdentityRules) -> frozenset[str]:
    """Every role that the file gives to somebody."""
    of_groups = (role for one in rules.issuers for roles in one.groups.values() for role in roles)
    return frozenset([*of_groups, *(role for one in rules.services for role in one.roles)])


def _given(issuer: IssuerRules, groups: frozenset[str]) -> Iterator[str]:
    for group in groups & issuer.groups.keys():
        yield from issuer.groups[group]


def _issuers(rules: IdentityRules) -> Iterator[str]:
    yield from _doubled([one.name for one in rules.issuers], "issuers: two bear the name")
    yield from _doubled([one.issuer for one in rules.issuers], "issuers: two are")
    for one in rules.issuers:
        if (one.keys_url is None) == (one.keys_file is None):
            yield f"issuers.{one.name}: name one of keys_url and keys_file"
        if one.keys_url is not None and not _is_safe(one.keys_url):
            yield f"issuers.{one.name}.keys_url: give an https address without credentials; http is for 127.0.0.1 only"


def _is_safe(url: str) -> bool:
    """Whether the address may be asked; who asks it looks once more (`adapters/safe_address`)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.hostname) and "@" not in parts.netloc and (parts.scheme == "https" or is_here)


def _people(rules: IdentityRules) -> Iterator[str]:
    issuers = {one.name for one in rules.issuers}
    accounts = [(a.issuer, a.subject) for one in rules.people.values() for a in one.accounts]
    yield from _doubled([f"{issuer}/{subject}" for issuer, subject in accounts], "people: two have the account")
    yield from (f"people: no issuer is called '{name}'" for name in sorted({issuer for issuer, _ in accounts} - issuers))
    for kind in ELSEWHERE:
        yield from _doubled([i for one in rules.people.values() for i in getattr(one, str(kind))], f"people: two have the {kind} id")
    taken = RESERVED | {one.name for one in rules.services}
    yield from (f"people.{name}: the name is taken by the platform or a service" for name in sorted(taken & rules.people.keys()))


def _services(rules: IdentityRules) -> Iterator[str]:
    yield from _doubled([one.name for one in rules.services], "services: two bear the name")
    yield from _doubled([one.token_hash for one in rules.services], "services: two have one token hash", is_told=False)
    for one in rules.services:
        if parse_hash(one.token_hash) is None:
            yield f"services.{one.name}.token_hash: is none; paste what `feedback-loop identity hash-token` prints"
        if any(role.startswith(APPROVER) for role in one.roles):
            yield f"services.{one.name}.roles: a service never approves; give the role to a group of people"


def _approvers(rules: IdentityRules) -> Iterator[str]:
    for role in sorted(named_roles(rules)):
        if ":" in role and not role.startswith(APPROVER):
            yield f"the role '{role}' is none; an approver of one class is written as {APPROVER}billing"


def _doubled(names: list[str], what: str, *, is_told: bool = True) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what} '{name}'" if is_told else f"{what}; give each a token of its own"
