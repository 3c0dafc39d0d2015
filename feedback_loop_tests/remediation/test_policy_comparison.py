"""Two policies asked about the same past, and what of it can't be asked."""

from __future__ import annotations

from dataclasses import replace

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import RefusalReason
from feedback_loop.remediation.decision_record import POLICY_FACTS
from feedback_loop.remediation.limits import limits_text
from feedback_loop.remediation.policy import Decision, parse_policy, seed_policy
from feedback_loop.remediation.policy_comparison import compare, way_of
from feedback_loop_tests.remediation.made_up_case import rollback_proposal


def changed(proposal: Proposal, **evidence: object) -> Proposal:
    return replace(proposal, evidence={**proposal.evidence, **evidence})


def test_a_policy_beside_itself_changes_nothing() -> None:
    found = compare([rollback_proposal()], seed_policy(), seed_policy())
    assert (found.compared_count, found.changes, found.not_comparable) == (1, (), ())


def test_what_goes_another_way_is_told_with_the_guards_that_speak_only_there() -> None:
    no_deploys = 'forbid (principal, action == Action::"propose", resource) when { context.cause_kind == "deploy" };'
    stricter = parse_policy(None, f'@id("no_deploys") {no_deploys}')
    (change,) = compare([rollback_proposal()], seed_policy(), stricter).changes
    assert (change.before, change.after) == ("2 people approve", "refused: company guard")
    assert change.guards == ("no_deploys",)


def test_more_people_are_another_way() -> None:
    three = parse_policy(limits_text().replace("high: 2}", "high: 3}"))
    found = compare([rollback_proposal(), replace(rollback_proposal(), proposal_id="p_2")], seed_policy(), three)
    assert found.by_change() == {("2 people approve", "3 people approve"): 2}


def test_proposals_without_their_facts_are_counted_apart() -> None:
    proposal = rollback_proposal()
    lacking = {name: value for name, value in proposal.evidence[POLICY_FACTS].items() if name != "risk_level"}
    past = [
        changed(proposal, **{POLICY_FACTS: None}),
        changed(proposal, **{POLICY_FACTS: lacking}),
        changed(proposal, **{POLICY_FACTS: {**proposal.evidence[POLICY_FACTS], "risk_level": "enormous"}}),
    ]
    found = compare(past, seed_policy(), seed_policy())
    assert (found.compared_count, len(found.not_comparable)) == (0, 3)


def test_every_way_has_its_words() -> None:
    refused = Decision(False, False, 2, (RefusalReason.LOW_CONFIDENCE, RefusalReason.NO_OWNER))
    ways = [refused, Decision(True, False, 0, ()), Decision(True, True, 0, ()), Decision(True, True, 1, ()), Decision(True, True, 3, ())]
    assert [way_of(way) for way in ways] == [
        "refused: low confidence", "only shown", "goes alone", "1 person approves", "3 people approve",
    ]  # fmt: skip
