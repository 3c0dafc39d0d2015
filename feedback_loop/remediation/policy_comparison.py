"""What another policy would have said of past proposals: the facts that were recorded with each, asked of both policies.

The rule that is easy to break: both are asked about the facts of then; what is not recorded is counted apart and never guessed. What would
have followed from another decision (one refused instead of acted on, a class demoted) does not show here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.remediation.decision_record import POLICY_FACTS, FactsMissing, facts_from
from feedback_loop.remediation.policy import Decision, Policy, PolicyFacts, decide


@dataclass(frozen=True)
class Change:
    """A proposal that the other policy would have let go another way, with the guards that speak only there."""

    proposal: Proposal
    before: str
    after: str
    guards: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Over how many proposals both were asked, which would have gone another way, and the ids of those whose facts were not recorded."""

    compared_count: int
    changes: tuple[Change, ...]
    not_comparable: tuple[str, ...]

    def by_change(self) -> dict[tuple[str, str], int]:
        """How many went from which way to which, the most frequent first."""
        counts: dict[tuple[str, str], int] = {}
        for change in self.changes:
            counts[change.before, change.after] = counts.get((change.before, change.after), 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def compare(proposals: Sequence[Proposal], now: Policy, proposed: Policy) -> Comparison:
    """Both policies asked about each proposal, in the order of the proposals."""
    changes: list[Change] = []
    unknown: list[str] = []
    for proposal in proposals:
        facts = _facts_of(proposal)
        if facts is None:
            unknown.append(proposal.proposal_id)
            continue
        changes += _changed(proposal, decide(facts, now), decide(facts, proposed))
    return Comparison(len(proposals) - len(unknown), tuple(changes), tuple(unknown))


def way_of(decision: Decision) -> str:
    """Which way a decision lets a proposal go, in words."""
    if decision.refusals:
        return f"refused: {decision.refusals[0].replace('_', ' ')}"
    if not decision.is_executable:
        return "only shown"
    match decision.needs_approvals:
        case 0:
            return "goes alone"
        case 1:
            return "1 person approves"
        case count:
            return f"{count} people approve"


def _changed(proposal: Proposal, before: Decision, after: Decision) -> Iterator[Change]:
    ways = way_of(before), way_of(after)
    if ways[0] != ways[1]:
        yield Change(proposal, *ways, tuple(guard for guard in after.guards if guard not in before.guards))


def _facts_of(proposal: Proposal) -> PolicyFacts | None:
    values = proposal.evidence.get(POLICY_FACTS)
    if not isinstance(values, Mapping):
        return None
    try:
        return facts_from(PolicyFacts, values)
    except (FactsMissing, TypeError, ValueError):
        return None
