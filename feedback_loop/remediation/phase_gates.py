"""What a class has to have shown before it may go a phase further, and what it has shown so far (R123, R124).

Nothing here lets a class go: a person says so (`workflows/let_go`), with these figures at hand; the loop takes it back by itself
(`autonomy.demotions`). The rule that is easy to break: a gate is met by a lower bound, so that a class with three lucky cases has not shown
what one with thirty has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.methods.statistics.proven_shares import ShareProof, Standing
from feedback_loop.remediation.autonomy import TARGET_PRECISION

LEAST_ACCURACY, DELTA = 0.6, 0.1
"""Share of held-out labels that the classifier has to agree with before people act on a class, and the chance that a bound is wrong."""


@dataclass(frozen=True)
class Shown:
    """What one class has shown: labels of the hold-out and how many the classifier agrees with, whether its gate is open, fixes that were
    judged and that helped, whether a playbook may act on it, and whether its promises of triage are broken too often.
    """

    complaint_class: str
    phase: MaturityPhase
    labelled_count: int
    agreed_count: int
    is_gate_open: bool
    judged_count: int
    helped_count: int
    has_playbook: bool
    is_late: bool


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked before the next phase, what was measured, and whether it is met."""

    complaint_class: str
    phase: MaturityPhase
    next_phase: MaturityPhase
    asked: str
    measured: str
    is_met: bool


def requirements(shown: Shown) -> tuple[Requirement, ...]:
    """What the class needs for the phase after its own; empty in the last."""
    if shown.phase is MaturityPhase.AUTOMATED:
        return ()
    following = MaturityPhase(shown.phase + 1)
    asked = _for_assisted(shown) if following is MaturityPhase.ASSISTED else _for_automated(shown)
    return tuple(Requirement(shown.complaint_class, shown.phase, following, *row) for row in asked)


def _for_assisted(shown: Shown) -> Iterator[tuple[str, str, bool]]:
    yield _share("held-out labels agreed with", shown.agreed_count, shown.labelled_count, LEAST_ACCURACY)
    yield "a playbook may act on it", "yes" if shown.has_playbook else "no", shown.has_playbook


def _for_automated(shown: Shown) -> Iterator[tuple[str, str, bool]]:
    yield "its gate is open, see `model gates`", "open" if shown.is_gate_open else "shut", shown.is_gate_open
    yield _share("judged fixes that helped", shown.helped_count, shown.judged_count, TARGET_PRECISION)
    yield "triage is promised and kept", "late" if shown.is_late else "kept, or nothing was due", not shown.is_late


def _share(words: str, hits: int, trials: int, target: float) -> tuple[str, str, bool]:
    proof = ShareProof(hits, trials, target, DELTA)
    is_met = proof.standing is Standing.REACHED
    return f"{words}: at least {target:.0%} for sure", f"{hits} of {trials}, at least {proof.low:.0%}{_still_open(proof)}", is_met


def _still_open(proof: ShareProof) -> str:
    if proof.standing is Standing.MISSED:
        return f", at most {proof.high:.0%}"
    if proof.standing is Standing.REACHED:
        return ""
    return "; no number of them would do as it stands" if proof.further_trials is None else f"; {proof.further_trials} more decide"
