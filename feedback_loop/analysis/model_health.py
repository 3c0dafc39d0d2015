"""Whether the classifier still deserves that something is done because of it: precision and calibration on the hold-out, as judgements.

Here: answers to held-out labels, and what they prove. Which answers those are is read in `workflows/model_health`, the bounds are in
`methods/statistics`. The rules that are easy to break: a judgement fails only where the labels prove it, and with too few it passes and
says that nothing is proven and how many are needed; each sentence says what the operator has to do and holds no word of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from feedback_loop.analysis.gold_labels import HOW_TO_LABEL
from feedback_loop.methods.statistics.calibration import Flags, Reals, expected_calibration_error
from feedback_loop.methods.statistics.calibration_gap import far_off_p_value, reliability
from feedback_loop.methods.statistics.proven_shares import ShareProof, Standing
from feedback_loop.methods.statistics.share_bounds import lower_bound

HELD_OUT = pl.Schema(
    {"fragment_id": pl.String(), "truth": pl.String(), "said": pl.String(), "likeliest": pl.String(), "class_score": pl.Float64()}
)
"""One row per held-out label: what is true, what was decided (null where it was left open), the local tier's likeliest and its score."""

ALL_CLASSES = "all classes"

FALSE_BLOCK = 0.01
"""Chance that a check stops remediation although every class has its target precision; shared out among the classes (Bonferroni)."""

FEWEST_DECIDED = 10
"""Decided held-out labels of a class below which nothing is blocked: a few of them may be one customer's, or one person's mistake."""

TOLERATED_GAP = 0.1
FEWEST_ANSWERS = 30
"""Points by which confidence may be off before it blocks, and the held-out labels below which nobody looks."""

TOLERATED_DROPPED_SHARE = 0.1
_DROPPED_DOUBT = 0.05

_MEND = "see `model review` for the answers; correct labels that are wrong, otherwise `model train` and `model promote` a better version"


@dataclass(frozen=True)
class Judgement:
    """One question about the classifier, answered; an error stops proposing and carrying out, anything else that fails is a warning."""

    is_passed: bool
    is_error: bool
    said: str
    """What was found and what to do, in a sentence or two."""
    figures: tuple[Mapping[str, Any], ...] = ()


def class_proofs(held_out: pl.DataFrame, target: float, delta: float) -> dict[str, ShareProof]:
    """By class that was decided on, ascending, and for all together: how many decisions were right."""
    decided = held_out.filter(pl.col("said").is_not_null())
    right = pl.col("said") == pl.col("truth")
    counted = decided.group_by("said").agg(right.sum().alias("right"), pl.len().alias("decided")).sort("said")
    proofs = {name: ShareProof(hits, trials, target, delta) for name, hits, trials in counted.iter_rows()}
    whole = ShareProof(int(decided.select(right.sum()).item()), decided.height, target, delta)
    return {**proofs, ALL_CLASSES: whole}


def precision_judgement(held_out: pl.DataFrame, target: float, delta: float) -> Judgement:
    """Whether any class, or all together, is decided less precisely than the target, beyond doubt."""
    proofs = class_proofs(held_out, target, delta)
    missed = [name for name, proof in proofs.items() if _is_missed(proof, FALSE_BLOCK / len(proofs))]
    figures = tuple(_figures(name, proof) for name, proof in proofs.items())
    if missed:
        told = "; ".join(f"{name}: {_told(proofs[name])}" for name in missed)
        return Judgement(False, True, f"Fewer are right than the {target:.0%} aimed at ({told}). Remediation waits: {_MEND}.", figures)
    return Judgement(True, False, _not_missed(proofs, target), figures)


def calibration_judgement(held_out: pl.DataFrame) -> Judgement:
    """Whether the local tier's confidence is further from the truth than is tolerated, beyond doubt."""
    confidence, is_right = confidences(held_out)
    count = len(confidence)
    if count < FEWEST_ANSWERS:
        few = f"{count} held-out labels, {FEWEST_ANSWERS - count} more are needed"
        return Judgement(True, False, f"Nothing is proven about confidence: {few}. {HOW_TO_LABEL}")
    error, p_value = expected_calibration_error(confidence, is_right), far_off_p_value(confidence, is_right, TOLERATED_GAP)
    figures = tuple(vars(one) for one in reliability(confidence, is_right))
    told = f"calibration error {error:.3f} on {count} held-out labels; that confidence is at most {TOLERATED_GAP} off has p = {p_value:.3f}"
    if p_value <= FALSE_BLOCK:
        direction = "too high" if confidence.mean() > is_right.mean() else "too low"
        return Judgement(False, True, f"Confidence is far off, {direction} on average ({told}). Remediation waits: {_MEND}.", figures)
    return Judgement(True, False, f"Confidence is not proven to be far off: {told}. Nothing to do.", figures)


def evidence_judgement(kept_count: int, dropped_count: int) -> Judgement:
    """Whether more of a language model's quotations than tolerated are not in their texts, beyond doubt."""
    asked = kept_count + dropped_count
    figures = ({"kept_count": kept_count, "dropped_count": dropped_count},)
    if not asked:
        return Judgement(True, False, "No language model quoted anything in this run, so nothing is proven. Nothing to do.", figures)
    low = lower_bound(dropped_count, asked, _DROPPED_DOUBT)
    told = f"{dropped_count} of {asked} quotations do not stand in their texts and were dropped"
    if low > TOLERATED_DROPPED_SHARE:
        todo = "its answers rest on words that nobody said: try another model or prompt, or leave FEEDBACK_LOOP_LLM_MODEL empty"
        return Judgement(False, False, f"{told}, more than {TOLERATED_DROPPED_SHARE:.0%} for sure; {todo}.", figures)
    return Judgement(True, False, f"{told}; more than {TOLERATED_DROPPED_SHARE:.0%} is not proven. Nothing to do.", figures)


def confidences(held_out: pl.DataFrame) -> tuple[Reals, Flags]:
    """The local tier's score of its likeliest class, and whether that is the true one."""
    is_right = (held_out["likeliest"] == held_out["truth"]).to_numpy().astype(np.bool_)
    return held_out["class_score"].to_numpy().astype(np.float64), is_right


def _is_missed(proof: ShareProof, chance: float) -> bool:
    strict = ShareProof(proof.hits, proof.trials, proof.target, chance)
    return proof.trials >= FEWEST_DECIDED and strict.standing is Standing.MISSED


def _not_missed(proofs: Mapping[str, ShareProof], target: float) -> str:
    of_classes = {name: proof for name, proof in proofs.items() if name != ALL_CLASSES}
    reached = [name for name, proof in of_classes.items() if proof.standing is Standing.REACHED]
    unproven = [f"{name} {_needed(proof)}" for name, proof in of_classes.items() if proof.standing is not Standing.REACHED]
    whole = proofs[ALL_CLASSES]
    if not whole.trials:
        return f"Nothing is proven: no held-out label was decided on; each class needs {whole.further_trials} right ones. {HOW_TO_LABEL}"
    said = f"A precision of {target:.0%} is proven for {_listed(reached)}; all together: {_told(whole)}."
    return f"{said} Not proven for {_listed(unproven)}. {HOW_TO_LABEL}" if unproven else f"{said} Nothing to do."


def _needed(proof: ShareProof) -> str:
    more = proof.further_trials
    if proof.standing is Standing.MISSED or (proof.trials and proof.hits / proof.trials <= proof.target):
        return f"({proof.hits} of {proof.trials} right, which looks low; about {more or 0} more decide)"
    return f"({proof.hits} of {proof.trials} right; about {more} more decided labels prove it)"


def _told(proof: ShareProof) -> str:
    return f"{proof.hits} of {proof.trials} right, at least {proof.low:.0%} and at most {proof.high:.0%} in truth"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "no class"


def _figures(name: str, proof: ShareProof) -> dict[str, Any]:
    share = proof.hits / proof.trials if proof.trials else None
    return {
        "class": name, "right": proof.hits, "decided": proof.trials, "precision": share, "low": proof.low, "high": proof.high,
        "target": proof.target, "standing": str(proof.standing), "labels_needed": proof.further_trials,
    }  # fmt: skip
