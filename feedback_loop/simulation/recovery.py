"""How well issues found by somebody recover the planted faults.

Here: the score against the truth of a simulation. How issues are found is not this package's to know: it sees identifiers only.
The rule that is easy to break: a message may belong to several issues (it holds several complaints), and counts once in each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feedback_loop.simulation.feed import Simulation


@dataclass(frozen=True)
class FaultRecovery:
    """The issue that fits a planted fault best, by F1 over messages; null with zeros where no issue holds any of them."""

    fault: str
    message_count: int
    issue_id: str | None
    precision: float
    recall: float
    f1: float


def _scored(fault: str, planted: set[str], issue_id: str, held: set[str]) -> FaultRecovery:
    hits = len(planted & held)
    precision, recall = hits / len(held), hits / len(planted)
    return FaultRecovery(fault, len(planted), issue_id, precision, recall, 2 * hits / (len(held) + len(planted)))


def recovery(simulation: Simulation, found: Iterable[tuple[str, str]]) -> list[FaultRecovery]:
    """One score per planted fault that has messages, from pairs (message_id, issue_id); message ids are those of the source files."""
    issues: dict[str, set[str]] = {}
    for message_id, issue_id in found:
        issues.setdefault(issue_id, set()).add(message_id)
    scores = []
    for fault in simulation.scenario.faults:
        planted = {message.message_id for message in simulation.messages if message.fault == fault.fault}
        if planted:
            candidates = [_scored(fault.fault, planted, issue_id, held) for issue_id, held in sorted(issues.items()) if planted & held]
            nothing = FaultRecovery(fault.fault, len(planted), None, 0.0, 0.0, 0.0)
            scores.append(max(candidates, key=lambda score: score.f1, default=nothing))
    return scores
