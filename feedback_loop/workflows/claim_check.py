"""What stands against an action at the moment at which it is to be sent: the rules of now, asked about the facts of now.

Called within the claim's transaction. Whose approval counts is decided in `remediation/approvals`, the rest by `remediation/policy`. The
rule that is easy to break: the policy of the proposal is not enough; whoever tightened it since meant this action too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedback_loop.contracts.decisions import Approval, Proposal
from feedback_loop.contracts.loop_vocab import RefusalReason, RiskLevel
from feedback_loop.contracts.roles import roles_that_decide
from feedback_loop.methods.retrieval.governed import valid_versions
from feedback_loop.ports import StateStore
from feedback_loop.remediation.approvals import counting, deciding_roles
from feedback_loop.remediation.autonomy import AUTONOMY, LAST_INSTANT, autonomy_at
from feedback_loop.remediation.evidence import Case, certified_fragments
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.policy import Consents, PolicyFacts, approvals_needed, refusals_to_send
from feedback_loop.remediation.reversal import reversal_facts
from feedback_loop.remediation.rules import Held, policy_facts
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.people import People


def policy_refusal(
    proposal: Proposal, approvals: Sequence[Approval], case: Case, grounds: Grounds, people: People, at: datetime
) -> RefusalReason | None:
    """Why the policy lets the action not go now; None where it does, and then the action counts towards its playbook's pace.

    Whoever approved needs a role that both the playbook of then and that of now name.
    """
    rules, playbook = grounds.rules, grounds.rules.playbook(proposal.playbook_id)
    is_reversal = proposal.reverses is not None
    if playbook is None or (playbook.action_kind is not proposal.action_kind and not is_reversal):
        # The playbook of now says nothing about the action of then.
        return RefusalReason.NO_PLAYBOOK
    if is_reversal and not playbook.rollback.is_reversible:
        # Who said since that it can't be undone meant this one too.
        return RefusalReason.NO_ROLLBACK
    facts = reversal_facts(case, playbook, rules, at) if is_reversal else _facts_now(proposal, playbook, case, grounds, at)
    needs = approvals_needed(facts, rules.policy)
    if needs and not proposal.approvals_required_count:
        # It was to go without a person, and that way is shut by now.
        return RefusalReason.GATE_SHUT
    if facts.risk_level is not proposal.risk_level:
        facts = replace(facts, risk_level=RiskLevel.HIGH)
    consents = Consents(
        max(proposal.approvals_required_count, needs),
        proposal.requested_by,
        deciding_roles(proposal) & deciding_roles(replace(proposal, approver_roles=playbook.approver_roles)),
        [(given.person, roles_that_decide(people.get(given.account, ()))) for given in counting(proposal, approvals)],
    )
    refusals = refusals_to_send(facts, consents, rules.policy)
    if not refusals and not is_reversal:
        rules.pace.count(playbook.playbook_id, proposal.proposal_id, at)
    return next(iter(refusals), None)


def is_stopped(proposal: Proposal, grounds: Grounds, state: StateStore) -> bool:
    """Whether somebody stopped what is sent of its class, or everything: it waits, and is refused by nobody. A reversal never waits.

    Asked of the store for each action, for a stop is meant for what is being sent at that moment; whatever the clock of who said it.
    """
    if proposal.reverses is not None:
        return False
    about, said = proposal.evidence["alert"]["alerted_class"], state.snapshot(AUTONOMY)
    return grounds.rules.autonomy.is_stopped(about) or autonomy_at(said, LAST_INSTANT).is_stopped(about)


def over_pace_until(proposal: Proposal, grounds: Grounds, at: datetime) -> datetime | None:
    """Until when the action waits because its playbook did as much as its window allows; None where it may go."""
    playbook = grounds.rules.playbook(proposal.playbook_id)
    if playbook is None or playbook.blast_radius is None or proposal.reverses is not None:
        return None
    rule = playbook.blast_radius
    return grounds.rules.pace.full_until(playbook.playbook_id, rule.actions, timedelta(hours=rule.window_hours), at, proposal.proposal_id)


def _facts_now(proposal: Proposal, playbook: Playbook, case: Case, grounds: Grounds, at: datetime) -> PolicyFacts:
    """The facts of now; the stricter threshold of then and now counts, and what governs the playbook of now has to be valid too."""
    versions = valid_versions(grounds.documents, playbook.governing_documents, at)
    held = Held(
        threshold_score=max(proposal.proposal_threshold_score, grounds.rules.thresholds.get(playbook.playbook_id, 0.0)),
        certified_count=case.certified_count(certified_fragments(grounds.routes)),
        are_documents_valid=all(versions.values()),
        is_live=proposal.is_executable,
        at=at,
        proposal_id=proposal.proposal_id,
    )
    return policy_facts(case, playbook, grounds.rules, held)
