"""Who somebody is and may be at a moment: by the groups of the newest token, under one name, and never longer than is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.identity.tokens import OidcVerifier
from feedback_loop.config import Settings
from feedback_loop.contracts.identity import Actor, KnownBy, Sighting, TokenFault, VerifiedToken
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.errors import ActorRefused, BadInput, DecisionRefused, InputFileMissing, TokenRefused
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.execute import execute
from feedback_loop.workflows.identity import SEEN, Directory, actor_of, open_directory, people_now, sightings
from feedback_loop.workflows.identity_file import IdentityRules, parse_identity
from feedback_loop.workflows.service_tokens import made_token
from feedback_loop_tests.adapters.identity.made_up_issuer import ISSUER, HeldKeys, MadeUpIssuer, issuer_rules
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World

SERVICE_TOKEN, SERVICE_HASH = made_token()
HEAD = f"issuers: [{{name: company, issuer: '{ISSUER}', audience: feedback-loop, keys_file: k.json, groups: "
GROUPS = "{releases: [release_manager], incidents: [incident_commander], audit: [auditor], finance: ['approver:crash']}"
RULES = f"{HEAD}{GROUPS}}}]\nservices: [{{name: nightly, token_hash: '{SERVICE_HASH}', roles: [release_manager]}}]\n"
MINUTE, DAY = timedelta(minutes=1), timedelta(hours=24)


def rules(more: str = "", text: str = RULES) -> IdentityRules:
    return parse_identity(f"{text}{more}")


def token(person: str = "ada", *groups: str, at: datetime = START, subject: str | None = None, issuer: str = ISSUER) -> VerifiedToken:
    return VerifiedToken(issuer, subject or f"account-of-{person}", person, frozenset(groups), at, at + timedelta(hours=1))


def knowing(*tokens: VerifiedToken, by: IdentityRules | None = None, local: dict[str, tuple[str, ...]] | None = None) -> Directory:
    directory = Directory(by or rules(), local or {})
    for one in tokens:
        directory = directory.seen(one)
    return directory


def test_a_person_has_the_roles_that_their_groups_give() -> None:
    one = token("ada", "releases", "unknown")
    assert knowing(one).by_token(one, START) == Actor("ada", KnownBy.TOKEN, ("release_manager",), ISSUER, "account-of-ada")


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
    for kind, account in ((KnownBy.SLACK, "j1"), (KnownBy.JIRA, "U1"), (KnownBy.JIRA, "j1")):
        with pytest.raises(ActorRefused):
            directory.by_account(kind, account, START)
    assert directory.people(START) == {
        "token:ada": ("release_manager",), "slack:ada": ("release_manager",), "jira:bo": (), "slack:cy": ("incident_commander",),
        "jira:cy": ("incident_commander",),
    }  # fmt: skip


# What follows decides and carries out: the way from a token to a receipt.

COMPANY = MadeUpIssuer()
VERIFIER = OidcVerifier([issuer_rules()], lambda _: HeldKeys(COMPANY))
Says = Callable[..., Actor]


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "identity.yaml").write_text(RULES, encoding="utf-8")
    return World(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def signed_in(world: World, settings: Settings) -> Says:
    """Whoever a token of this moment is of."""

    def actor(person: str, *groups: str, text: str | None = None) -> Actor:
        found = text or COMPANY.token(person, groups, world.clock.now())
        return actor_of(found, open_directory(settings, world.state), VERIFIER, world.state, world.clock.now())

    return actor


def approve(world: World, proposal_id: str, who: Actor) -> ProposalStatus:
    said = decide(proposal_id, ApprovalVerdict.APPROVE, who.name, who.people, world.state, world.clock, actor=who)
    world.clock.advance(MINUTE)
    return said.proposal_status


def carried_out(world: World, settings: Settings) -> RefusalReason | str:
    """What became of the one action: the reason of its refusal, or the status of its proposal."""
    system = FakeCaseSystem()
    people = people_now(settings, world.state, world.clock.now())
    report = execute(world.state, system, world.grounds, people, world.clock)
    (proposal,) = [proposal for proposal, _ in world.state.decided()]
    assert bool(system.written) is (proposal.proposal_status is ProposalStatus.DONE)
    return next(iter(report.refused.values()), proposal.proposal_status)


def twice_approved(world: World, signed_in: Says) -> None:
    (proposal_id,) = world.propose()
    assert approve(world, proposal_id, signed_in("ada", "releases")) is ProposalStatus.AWAITING_APPROVAL
    assert approve(world, proposal_id, signed_in("bo", "incidents")) is ProposalStatus.APPROVED


def test_two_people_who_are_known_by_tokens_have_it_carried_out(world: World, settings: Settings, signed_in: Says) -> None:
    twice_approved(world, signed_in)
    assert carried_out(world, settings) is ProposalStatus.DONE


def test_the_trail_keeps_who_approved_by_which_account_and_no_token(world: World, signed_in: Says) -> None:
    twice_approved(world, signed_in)
    ((_, said),) = world.state.decided()
    known = [(a.person, a.known_by, a.issuer, a.subject) for a in said]
    assert known == [(p, KnownBy.TOKEN, ISSUER, f"account-of-{p}") for p in ("ada", "bo")]
    told = world.state.told("approval_given")[0][1]
    assert (told["known_by"], told["issuer"], told["subject"]) == ("token", ISSUER, "account-of-ada")
    assert [one.person for one in sightings(world.state)] == ["ada", "bo"]


def test_a_group_that_was_taken_away_between_approval_and_claim_counts_no_more(world: World, settings: Settings, signed_in: Says) -> None:
    twice_approved(world, signed_in)
    signed_in("bo")
    assert carried_out(world, settings) is RefusalReason.APPROVER_LACKS_ROLE


def test_the_old_token_replayed_does_not_bring_it_back(world: World, settings: Settings, signed_in: Says) -> None:
    old = COMPANY.token("bo", ("incidents",), world.clock.now())
    twice_approved(world, signed_in)
    signed_in("bo")
    assert signed_in("bo", text=old).roles == ()
    assert carried_out(world, settings) is RefusalReason.APPROVER_LACKS_ROLE


@pytest.mark.parametrize(
    "text",
    [
        RULES.replace("incidents: [incident_commander], ", ""),
        f"{RULES}people: {{bo: {{is_disabled: true}}}}",
        RULES.replace(ISSUER, "https://id2.example.com"),
        f"{RULES}settings: {{groups_valid_hours: 0.01}}",
        RULES.replace("incidents: [incident_commander]", "incidents: [incident_commander, auditor]"),
        RULES.replace("incidents: [incident_commander]", "incidents: [administrator]"),
        "people: {}",
    ],
)
def test_a_role_that_the_file_of_now_does_not_give_counts_no_more(world: World, settings: Settings, signed_in: Says, text: str) -> None:
    twice_approved(world, signed_in)
    settings.identity_file.write_text(text, encoding="utf-8")
    assert carried_out(world, settings) is RefusalReason.APPROVER_LACKS_ROLE


def test_without_the_identity_file_nobody_who_was_known_by_a_token_is(world: World, settings: Settings, signed_in: Says) -> None:
    twice_approved(world, signed_in)
    settings.identity_file.unlink()
    settings.people_file.write_text("ada: [release_manager]\nbo: [incident_commander]\n", encoding="utf-8")
    assert carried_out(world, settings) is RefusalReason.APPROVER_LACKS_ROLE


def test_what_was_approved_by_a_name_does_not_count_once_that_name_is_known_by_tokens(
    world: World, settings: Settings, signed_in: Says
) -> None:
    """Whoever could run the command line before there was an issuer could say any name."""
    (proposal_id,) = world.propose()
    for person in ("ada", "bo"):
        approve(world, proposal_id, Actor(person, KnownBy.LOCAL, ("release_manager",)))
    signed_in("ada", "releases")
    signed_in("bo", "incidents")
    assert carried_out(world, settings) is RefusalReason.APPROVER_LACKS_ROLE


def test_one_person_who_is_known_in_two_ways_is_one_approver(world: World, signed_in: Says) -> None:
    (proposal_id,) = world.propose()
    ada = signed_in("ada", "releases")
    approve(world, proposal_id, ada)
    with pytest.raises(DecisionRefused, match="same_approver_twice"):
        approve(world, proposal_id, replace(ada, known_by=KnownBy.SLACK))


def test_a_service_approves_nothing_and_the_attempt_is_recorded(world: World, signed_in: Says) -> None:
    (proposal_id,) = world.propose()
    nightly = signed_in("", text=SERVICE_TOKEN)
    with pytest.raises(DecisionRefused, match="not_a_person"):
        approve(world, proposal_id, nightly)
    assert world.state.told("decision_refused")[0][1] == {"verdict": "approve", "reason": "not_a_person"}
    assert world.state.approvals(proposal_id) == []


@pytest.mark.parametrize("groups", [("audit",), ("releases", "audit"), (), ("finance",)])
def test_an_auditor_and_an_approver_of_the_class_alone_do_not_approve_a_high_risk(
    world: World, signed_in: Says, groups: tuple[str, ...]
) -> None:
    (proposal_id,) = world.propose()
    with pytest.raises(DecisionRefused, match="approver_lacks_role"):
        approve(world, proposal_id, signed_in("ada", *groups))


def test_a_forged_sighting_of_groups_stops_everything(world: World, settings: Settings, signed_in: Says) -> None:
    """Groups stand in the trail, so that whoever writes some into the database is found before anything is sent."""
    import sqlite3

    from feedback_loop.errors import AuditChainBroken

    twice_approved(world, signed_in)
    with sqlite3.connect(settings.state_file) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit_content SET content = replace(content, 'incidents', 'releases')")
    with pytest.raises(AuditChainBroken):
        carried_out(world, settings)


def test_content_that_cannot_be_read_is_no_sighting(world: World) -> None:
    good = {"issuer": ISSUER, "subject": "1", "groups": ["a"], "issued_at": START.isoformat()}
    for content in (good, {}, {**good, "groups": "a"}, {**good, "issued_at": "soon"}, {**good, "issuer": 1}):
        world.state.note(SEEN, "ada", "ada", content, START)
    assert sightings(world.state) == (Sighting("ada", ISSUER, "1", frozenset({"a"}), START),)


def test_a_token_that_was_seen_before_is_remembered_once(world: World, signed_in: Says) -> None:
    text = COMPANY.token("ada", ("releases",), world.clock.now())
    for _ in range(3):
        signed_in("ada", text=text)
    assert len(sightings(world.state)) == 1


def test_no_token_is_anywhere_in_the_home(world: World, settings: Settings, signed_in: Says) -> None:
    twice_approved(world, signed_in)
    signed_in("", text=SERVICE_TOKEN)
    text = COMPANY.token("cy", ("releases",), world.clock.now())
    signed_in("cy", text=text)
    refused = COMPANY.token("cy", ("releases",), world.clock.now(), aud="other")
    with pytest.raises(TokenRefused) as caught:
        signed_in("cy", text=refused)
    assert caught.value.fault == TokenFault.WRONG_AUDIENCE
    secrets = [SERVICE_TOKEN, *text.split("."), *refused.split(".")[1:]]
    held = b"".join(file.read_bytes() for file in settings.home.rglob("*") if file.is_file())
    assert [secret for secret in secrets if secret.encode() in held] == []
    assert json.dumps([content for _, content in world.state.told(SEEN)]).count("account-of-cy") == 1


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
