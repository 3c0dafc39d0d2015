"""Who acts, and which roles somebody has at this moment: the identity file, `people.yaml` and what was seen of tokens, read together.

Tokens are verified behind `ports.TokenVerifier`; which command asks for which role stands in `permissions`. The rules that are easy to
break: roles are those that the groups of a person's newest token give now, by the file of now, and none once that token is too old; a
person and an account at an issuer belong to each other for good, so that nobody takes another's name or counts as two people; and what
was said under one kind of knowing never counts under another (`Approval.account`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feedback_loop.config import Settings
from feedback_loop.contracts.audit_trail import AuditRecord
from feedback_loop.contracts.identity import Actor, KnownBy, Sighting, TokenFault, VerifiedToken, account_key
from feedback_loop.errors import ActorRefused, TokenRefused
from feedback_loop.ports import StateStore, TokenVerifier
from feedback_loop.workflows.identity_file import ELSEWHERE, RESERVED, Elsewhere, IdentityRules, read_identity
from feedback_loop.workflows.people import People, read_people, roles_of
from feedback_loop.workflows.service_tokens import is_service_token, service_of

SEEN = "identity_seen"
"""The event by which the audit trail remembers the groups of a token."""

MOST_TOKEN_BYTES = 65_536
"""So much of a file is read; the longest token that is believed is shorter."""

_NOBODY: People = {}
_KINDS = tuple(f"{kind}:" for kind in KnownBy)
"""What keys of people who are known otherwise begin with."""

_ADVICE = "Ask an administrator; who is who stands in identity.yaml of the home."


@dataclass(frozen=True)
class Directory:
    """What is known of people: the rules of the identity file, None without one, the local people, and the tokens that were seen."""

    rules: IdentityRules | None
    local: People
    sightings: tuple[Sighting, ...] = ()

    @property
    def allows_local(self) -> bool:
        """Whether a name at the command line is believed."""
        return self.rules is None or self.rules.allows_local

    def seen(self, token: VerifiedToken) -> Directory:
        """The same after this token, of whose groups those are kept that the file names.

        Raises ActorRefused where its account and its person don't belong together.
        """
        person = self._person_of(token)
        groups = frozenset() if self.rules is None else token.groups & self.rules.groups_of(token.issuer)
        new = Sighting(person, token.issuer, token.subject, groups, token.issued_at)
        return self if new in self.sightings else replace(self, sightings=(*self.sightings, new))

    def by_token(self, token: VerifiedToken, at: datetime) -> Actor:
        """The person of a token that was `seen`; raises ActorRefused where the person is disabled, TokenRefused where it is too old."""
        person = self._person_of(token)
        if self.rules is None or self.rules.is_disabled(person):
            raise ActorRefused(person, "is disabled in identity.yaml", _ADVICE)
        if at - token.issued_at >= self.rules.groups_valid:
            raise TokenRefused(TokenFault.TOO_OLD)
        return Actor(person, KnownBy.TOKEN, self._by_groups(person, at), token.issuer, token.subject)

    def by_name(self, name: str) -> Actor:
        """The local person of this name; raises ActorRefused where names are not believed, BadInput where nobody has this one."""
        if not self.allows_local:
            why = "is only a name, and this home believes tokens"
            raise ActorRefused(name, why, "Give yours in FEEDBACK_LOOP_TOKEN or with --token-file.")
        if self._is_known_by_token(name):
            raise ActorRefused(name, "is known by tokens here", "Give one in FEEDBACK_LOOP_TOKEN or with --token-file.")
        roles = roles_of(name, self.local)
        if self.rules is not None and self.rules.is_disabled(name):
            raise ActorRefused(name, "is disabled in identity.yaml", _ADVICE)
        return Actor(name, KnownBy.LOCAL, roles)

    def by_service_token(self, token: str) -> Actor:
        """The service whose token it is; raises TokenRefused where it is nobody's."""
        services = {} if self.rules is None else self.rules.hashes
        name = service_of(token, services)
        if self.rules is None or name is None:
            raise TokenRefused(TokenFault.UNKNOWN_SERVICE, "No service of identity.yaml has it; see `identity hash-token`.")
        roles = next(one.roles for one in self.rules.services if one.name == name)
        return Actor(name, KnownBy.SERVICE, roles)

    def by_account(self, known_by: Elsewhere, account_id: str, at: datetime) -> Actor:
        """The person who has this id in Slack, Jira or Zendesk, whose word another system vouches for; raises ActorRefused."""
        person = None if self.rules is None else self.rules.person_known_elsewhere(known_by, account_id)
        if self.rules is None or person is None:
            raise ActorRefused(
                f"the {known_by} account", "belongs to nobody here", "An administrator adds it under people in identity.yaml."
            )
        if self.rules.is_disabled(person):
            raise ActorRefused(person, "is disabled in identity.yaml", _ADVICE)
        return Actor(person, known_by, self._wherever_known(person, at))

    def people(self, at: datetime) -> People:
        """The roles of everybody at this instant by `account_key`, for whoever carries out what they approved."""
        found = dict(self._local_now())
        for person in sorted({one.person for one in self.sightings}):
            found[account_key(person, KnownBy.TOKEN)] = self._unless_disabled(person, self._by_groups(person, at))
        for kind, person in self._known_elsewhere():
            found[account_key(person, kind)] = self._unless_disabled(person, self._wherever_known(person, at))
        return found

    def names(self, at: datetime) -> People:
        """The roles of everybody at this instant by name alone, for whoever shares work out among them."""
        return {name.split(":", 1)[1] if name.startswith(_KINDS) else name: roles for name, roles in self.people(at).items()}

    def _local_now(self) -> People:
        """Local people as they count; none of them bears a name that stands for somebody who is known otherwise."""
        if not self.allows_local:
            return _NOBODY
        names = (name for name in self.local if not name.startswith(_KINDS) and not self._is_known_by_token(name))
        return {name: self._unless_disabled(name, self.local[name]) for name in names}

    def _known_elsewhere(self) -> Iterable[tuple[KnownBy, str]]:
        for person, rules in {} if self.rules is None else self.rules.people.items():
            yield from ((kind, person) for kind in ELSEWHERE if getattr(rules, str(kind)))

    def _unless_disabled(self, person: str, roles: tuple[str, ...]) -> tuple[str, ...]:
        return () if self.rules is not None and self.rules.is_disabled(person) else roles

    def _wherever_known(self, person: str, at: datetime) -> tuple[str, ...]:
        """By groups for those whose tokens are known, otherwise as people.yaml says, because another system vouches for who they are."""
        return self._by_groups(person, at) if self._is_known_by_token(person) else self.local.get(person, ())

    def _by_groups(self, person: str, at: datetime) -> tuple[str, ...]:
        """What the groups of each account's newest token give; of two that were issued at once only what both name counts."""
        if self.rules is None:
            return ()
        given: set[str] = set()
        own = [one for one in self.sightings if one.person == person and self._owner(one.account) == person]
        for account in {one.account for one in own}:
            of_account = [one for one in own if one.account == account]
            issued_at = max(one.issued_at for one in of_account)
            if at - issued_at < self.rules.groups_valid:
                newest = [one.groups for one in of_account if one.issued_at == issued_at]
                given.update(self.rules.roles_of_groups(account[0], frozenset.intersection(*newest)))
        return tuple(sorted(given))

    def _is_known_by_token(self, person: str) -> bool:
        is_mapped = self.rules is not None and person in self.rules.people and bool(self.rules.people[person].accounts)
        return is_mapped or any(one.person == person for one in self.sightings)

    def _owner(self, account: tuple[str, str]) -> str | None:
        """To whom the account belongs: as the file says, otherwise to whom it belonged when it was first seen."""
        mapped = None if self.rules is None else self.rules.person_of(*account)
        return mapped or next((one.person for one in self.sightings if one.account == account), None)

    def _person_of(self, token: VerifiedToken) -> str:
        account = (token.issuer, token.subject)
        mapped = None if self.rules is None else self.rules.person_of(*account)
        if mapped is not None:
            return mapped
        if self._owner(account) not in (None, token.person):
            raise ActorRefused(token.person, "was known by another name before", _ADVICE)
        if token.person in self._taken() or self._account_of(token.person) not in (None, account):
            raise ActorRefused(token.person, "is the name of somebody else here", _ADVICE)
        return token.person

    def _taken(self) -> frozenset[str]:
        """The names of what is no person, and of those whom the file gives other accounts."""
        rules = self.rules or IdentityRules()
        return RESERVED | {one.name for one in rules.services} | {name for name, one in rules.people.items() if one.accounts}

    def _account_of(self, person: str) -> tuple[str, str] | None:
        """The account by which the person was first seen, as far as it is still theirs."""
        return next((one.account for one in self.sightings if one.person == person and self._owner(one.account) == person), None)


def open_directory(settings: Settings, state: StateStore | None, *, needs_local: bool = True) -> Directory:
    """What is known of people in this home at this moment.

    Raises IdentityRefused, UnreadableFile, and InputFileMissing where local people count, are needed, and nobody is named.
    """
    rules, seen = read_identity(settings.identity_file), () if state is None else sightings(state)
    is_needed = needs_local and (rules is None or rules.settings.local_users is True)
    local = read_people(settings.people_file) if is_needed or settings.people_file.exists() else _NOBODY
    return Directory(rules, local, seen)


def actor_of(token: str, directory: Directory, verifier: TokenVerifier, state: StateStore | None, at: datetime) -> Actor:
    """Whose token it is; the trail of a home that has one remembers account and groups. Raises TokenRefused and ActorRefused."""
    if is_service_token(token):
        return directory.by_service_token(token)
    verified = verifier.verify(token, at)
    now = directory.seen(verified)
    if state is not None:
        remember(state, directory, now, at)
    return now.by_token(verified, at)


def people_now(settings: Settings, state: StateStore, at: datetime) -> People:
    """The roles of everybody at this instant, by which what was approved is looked at once more before it is carried out."""
    return open_directory(settings, state).people(at)


def sightings(state: StateStore) -> tuple[Sighting, ...]:
    """Every token that was seen, as the audit trail tells it, in its order."""
    return tuple(found for record, content in state.told(SEEN) if (found := _sighting(record, content)) is not None)


def remember(state: StateStore, before: Directory, after: Directory, at: datetime) -> None:
    """Tells the trail of the tokens that are new in the later one: account and groups, never the token."""
    for one in after.sightings[len(before.sightings) :]:
        content = {"issuer": one.issuer, "subject": one.subject, "groups": sorted(one.groups), "issued_at": one.issued_at.isoformat()}
        state.note(SEEN, one.person, one.person, content, at)


def _sighting(record: AuditRecord, content: Mapping[str, object]) -> Sighting | None:
    """None where the content is not as `remember` wrote it: what can't be read gives nobody a role."""
    issuer, subject, groups = (content.get(name) for name in ("issuer", "subject", "groups"))
    if not isinstance(issuer, str) or not isinstance(subject, str) or not isinstance(groups, list):
        return None
    try:
        issued_at = datetime.fromisoformat(str(content.get("issued_at")))
    except ValueError:
        return None
    return Sighting(record.actor, issuer, subject, frozenset(map(str, groups)), issued_at)
