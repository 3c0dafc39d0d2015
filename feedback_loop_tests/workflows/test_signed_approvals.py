"""From a token to a receipt: whose approvals count when something is carried out, and that no trace of a token is left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_loop.adapters.identity.tokens import OidcVerifier
from feedback_loop.config import Settings
from feedback_loop.contracts.identity import Actor, KnownBy, TokenFault
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.errors import AuditChainBroken, DecisionRefused, TokenRefused
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.execute import execute
from feedback_loop.workflows.identity import SEEN, actor_of, open_directory, people_now, sightings
from feedback_loop_tests.adapters.identity.made_up_issuer import ISSUER, HeldKeys, MadeUpIssuer, issuer_rules
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World
from feedback_loop_tests.workflows.test_identity import MINUTE, RULES, SERVICE_TOKEN

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
    twice_approved(world, signed_in)
    with sqlite3.connect(settings.state_file) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit_content SET content = replace(content, 'incidents', 'releases')")
    with pytest.raises(AuditChainBroken):
        carried_out(world, settings)


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
    assert json.dumps([dict(content) for _, content in world.state.told(SEEN)]).count("account-of-cy") == 1
