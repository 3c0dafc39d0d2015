"""Who somebody is and may be at a moment: by the groups of the newest token, under one name, and never longer than is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.config import Settings
from feedback_loop.contracts.identity import Actor, KnownBy, Sighting, VerifiedToken
from feedback_loop.errors import ActorRefused, BadInput, InputFileMissing, TokenRefused
from feedback_loop.workflows.identity import SEEN, Directory, open_directory, sightings
from feedback_loop.workflows.identity_file import Elsewhere, IdentityRules, parse_identity
from feedback_loop.workflows.people import People
from feedback_loop.workflows.service_tokens import made_token
from feedback_loop_tests.adapters.identity.made_up_issuer import ISSUER
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START

SERVICE_TOKEN, SERVICE_HASH = made_token()
HEAD = f"issuers: [{{name: company, issuer: '{ISSUER}', audience: feedback-loop, keys_file: k.json, groups: "
GROUPS = "{releases: [release_manager], incidents: [incident_commander], audit: [auditor], finance: ['approver:crash']}"
RULES = f"{HEAD}{GROUPS}}}]\nservices: [{{name: nightly, token_hash: '{SERVICE_HASH}', roles: [release_manager]}}]\n"
MINUTE, DAY = timedelta(minutes=1), timedelta(hours=24)


def rules(more: str = "", text: str = RULES) -> IdentityRules:
    return parse_identity(f"{text}{more}")


def token(person: str = "ada", *groups: str, at: datetime = START, subject: str | None = None, issuer: str = ISSUER) -> VerifiedToken:
    return VerifiedToken(issuer, subject or f"account-of-{person}", person, frozenset(groups), at, at + timedelta(hours=1))


def knowing(*tokens: VerifiedToken, by: IdentityRules | None = None, local: People | None = None) -> Directory:
    directory = Directory(by or rules(), local or {})
    for one in tokens:
        directory = directory.seen(one)
    return directory


def test_a_person_has_the_roles_that_their_groups_give() -> None:
    one = token("ada", "releases", "unknown")
    assert knowing(one).by_token(one, START) == Actor("ada", KnownBy.TOKEN, ("release_manager",), ISSUER, "account-of-ada")


def test_groups_that_the_file_does_not_name_are_not_kept() -> None:
    (kept,) = knowing(token("ada", "releases", "works-council", "choir")).sightings
    assert kept.groups == {"releases"}


def test_groups_are_those_of_the_newest_token_so_that_an_old_one_replayed_gives_nothing_back() -> None:
    old, new = token("ada", "releases"), token("ada", at=START + MINUTE)
    directory = knowing(old, new, old)
    assert directory.by_token(old, START + MINUTE).roles == ()
    assert directory.people(START + MINUTE)["token:ada"] == ()


def test_of_two_tokens_of_one_instant_only_what_both_name_counts() -> None:
    one, other = token("ada", "releases", "incidents"), token("ada", "incidents", "audit")
    for order in ((one, other), (other, one)):
        assert knowing(*order).people(START)["token:ada"] == ("incident_commander",)


@given(st.lists(st.tuples(st.integers(0, 5), st.frozensets(st.sampled_from(["releases", "incidents", "audit"]))), min_size=1, max_size=8))
def test_no_order_of_tokens_gives_more_than_the_newest_named(said: list[tuple[int, frozenset[str]]]) -> None:
    directory = knowing(*(token("ada", *groups, at=START + minute * MINUTE) for minute, groups in said))
    newest = max(minute for minute, _ in said)
    named = frozenset.intersection(*(groups for minute, groups in said if minute == newest))
    assert directory.people(START + newest * MINUTE)["token:ada"] == rules().roles_of_groups(ISSUER, named)


def test_groups_give_no_role_once_they_are_too_old() -> None:
    one = token("ada", "releases")
    directory = knowing(one)
    assert directory.people(START + DAY - MINUTE)["token:ada"] == ("release_manager",)
    assert directory.people(START + DAY)["token:ada"] == ()
    shorter = replace(directory, rules=rules("settings: {groups_valid_hours: 1}"))
    assert shorter.people(START + timedelta(hours=1))["token:ada"] == ()
    with pytest.raises(TokenRefused, match="issued too long ago"):
        directory.by_token(one, START + DAY)


def test_the_file_of_now_decides_what_groups_give_and_who_is_disabled() -> None:
    one = token("ada", "releases")
    directory = knowing(one)
    taken_away = replace(directory, rules=rules(text=RULES.replace("releases: [release_manager], ", "")))
    disabled = replace(directory, rules=rules("people: {ada: {is_disabled: true}}"))
    gone = replace(directory, rules=None)
    for changed in (taken_away, disabled, gone):
        assert changed.people(START)["token:ada"] == ()
    for changed in (disabled, gone):
        with pytest.raises(ActorRefused, match="ada is disabled"):
            changed.by_token(one, START)


def test_an_account_bears_one_name_so_that_nobody_approves_twice() -> None:
    directory = knowing(token("ada", "releases", subject="1"))
    with pytest.raises(ActorRefused, match="another name before"):
        directory.seen(token("ada.new", "releases", subject="1"))


def test_a_name_belongs_to_one_account_so_that_nobody_takes_anothers() -> None:
    directory = knowing(token("ada", "releases", subject="1"))
    with pytest.raises(ActorRefused, match="somebody else"):
        directory.seen(token("ada", "releases", subject="2"))
    with pytest.raises(ActorRefused, match="somebody else"):
        directory.seen(token("ada", "releases", subject="1", issuer="https://other.example.com"))


@pytest.mark.parametrize("name", ["nightly", "feedback_loop", "operator", "cleo"])
def test_names_that_are_taken_are_nobodys_to_claim(name: str) -> None:
    by = rules("people: {cleo: {accounts: [{issuer: company, subject: cleos}]}}")
    with pytest.raises(ActorRefused, match="somebody else"):
        knowing(by=by).seen(token(name))


def test_the_file_may_give_an_account_to_a_person_and_so_settles_a_new_name() -> None:
    by = rules("people: {ada: {accounts: [{issuer: company, subject: '1'}]}}")
    renamed = token("ada.new", "releases", subject="1")
    directory = knowing(token("ada", subject="1"), replace(renamed, issued_at=START + MINUTE), by=by)
    assert directory.by_token(renamed, START + MINUTE).name == "ada"
    assert directory.people(START + MINUTE) == {"token:ada": ("release_manager",)}


def test_what_an_account_said_under_a_name_that_it_lost_gives_that_name_nothing() -> None:
    before = knowing(token("ada", "releases", subject="1"))
    now = replace(before, rules=rules("people: {bo: {accounts: [{issuer: company, subject: '1'}]}}"))
    assert now.people(START)["token:ada"] == ()


def test_a_name_alone_is_believed_only_where_the_file_lets_it_be() -> None:
    local = {"ada": ("release_manager",), "token:bo": ("release_manager",)}
    assert Directory(None, local).by_name("ada") == Actor("ada", KnownBy.LOCAL, ("release_manager",))
    with pytest.raises(ActorRefused, match="only a name"):
        knowing(local=local).by_name("ada")
    allowed = knowing(token("bo", "incidents"), by=rules("settings: {local_users: true}"), local={**local, "bo": ("release_manager",)})
    assert allowed.by_name("ada").roles == ("release_manager",)
    with pytest.raises(ActorRefused, match="known by tokens"):
        allowed.by_name("bo")
    with pytest.raises(BadInput, match="nobody called"):
        allowed.by_name("zoe")
    assert allowed.people(START) == {"ada": ("release_manager",), "token:bo": ("incident_commander",)}
    assert allowed.names(START) == {"ada": ("release_manager",), "bo": ("incident_commander",)}


def test_a_local_person_who_is_disabled_is_refused_and_has_no_role() -> None:
    directory = Directory(parse_identity("people: {ada: {is_disabled: true}}"), {"ada": ("release_manager",)})
    with pytest.raises(ActorRefused, match="disabled"):
        directory.by_name("ada")
    assert directory.people(START) == {"ada": ()}


def test_a_name_whose_tokens_were_seen_is_not_believed_after_the_file_is_gone() -> None:
    with pytest.raises(ActorRefused, match="known by tokens"):
        replace(knowing(token("ada", "releases")), rules=None, local={"ada": ("release_manager",)}).by_name("ada")


def test_a_service_is_known_by_its_token_and_another_token_is_nobodys() -> None:
    assert knowing().by_service_token(SERVICE_TOKEN) == Actor("nightly", KnownBy.SERVICE, ("release_manager",))
    for directory, wrong in ((knowing(), made_token()[0]), (Directory(None, {}), SERVICE_TOKEN)):
        with pytest.raises(TokenRefused) as caught:
            directory.by_service_token(wrong)
        assert wrong not in str(caught.value)
    assert not [name for name in knowing().people(START) if "nightly" in name]


def test_somebody_of_slack_or_jira_has_the_roles_of_their_newest_token_or_of_the_people_file() -> None:
    by = rules("people: {ada: {slack: [U1]}, bo: {jira: [j1], is_disabled: true}, cy: {slack: [U2], jira: [j2]}}")
    directory = knowing(token("ada", "releases"), by=by, local={"cy": ("incident_commander",), "ada": ("auditor",)})
    assert directory.by_account(KnownBy.SLACK, "U1", START).roles == ("release_manager",)
    assert directory.by_account(KnownBy.JIRA, "j2", START).roles == ("incident_commander",)
    assert directory.by_account(KnownBy.SLACK, "U1", START + DAY).roles == ()
    strangers: list[tuple[Elsewhere, str]] = [(KnownBy.SLACK, "j1"), (KnownBy.JIRA, "U1"), (KnownBy.JIRA, "j1")]
    for kind, account in strangers:
        with pytest.raises(ActorRefused):
            directory.by_account(kind, account, START)
    assert directory.people(START) == {
        "token:ada": ("release_manager",), "slack:ada": ("release_manager",), "jira:bo": (), "slack:cy": ("incident_commander",),
        "jira:cy": ("incident_commander",),
    }  # fmt: skip


def test_content_that_cannot_be_read_is_no_sighting(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    good = {"issuer": ISSUER, "subject": "1", "groups": ["a"], "issued_at": START.isoformat()}
    for content in (good, {}, {**good, "groups": "a"}, {**good, "issued_at": "soon"}, {**good, "issuer": 1}):
        state.note(SEEN, "ada", "ada", content, START)
    assert sightings(state) == (Sighting("ada", ISSUER, "1", frozenset({"a"}), START),)


def test_local_people_are_asked_for_only_where_they_count(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(InputFileMissing, match="names who may decide"):
        open_directory(settings, None)
    assert open_directory(settings, None, needs_local=False).local == {}
    settings.identity_file.write_text(RULES, encoding="utf-8")
    assert open_directory(settings, None).local == {}
    settings.identity_file.write_text(f"{RULES}settings: {{local_users: true}}", encoding="utf-8")
    with pytest.raises(InputFileMissing):
        open_directory(settings, None)
