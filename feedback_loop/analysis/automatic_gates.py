"""The automatic route's gates: per class the confidence from which on the classifier is right often enough, proven on held-out labels.

Each gate keeps "precision >= target, but for a chance of delta over the draw of the labels", by fixed-sequence testing with exact binomial
bounds (`methods/statistics/calibration`). A class with labels enough is proven alone, the others together, as long as each has a few of its
own. Which labels are held out is in `gold_labels`, what a gate does to a fragment in `routes`. The rules that are easy to break: whether a
class is proven alone follows from how many labels it has, never from how right they are, or the promise is tried twice; and a sensitive
class has no gate, whatever its labels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from feedback_loop.contracts.routes import GateScope, GateVerdict
from feedback_loop.methods.statistics.calibration import selective_threshold
from feedback_loop.methods.statistics.share_bounds import fewest_trials, lower_bound


@dataclass(frozen=True)
class GatePolicy:
    """What is promised, and what is asked of a class before it may share in the promise of several."""

    target_precision: float = 0.95
    delta: float = 0.1
    fewest_of_class: int = 10
    """Labels that a class needs of its own, at the least: of one without any nobody knows how often it is right."""

    @property
    def fewest_labels(self) -> int:
        """Held-out labels, all of them right, that prove the target at the least."""
        return fewest_trials(0, 1 - self.target_precision, self.delta)


@dataclass(frozen=True)
class Proof:
    """Decided held-out fragments, the confidence that they certify (None where none), and what of them lies at or above it."""

    label_count: int
    score: float | None = None
    passed_count: int = 0
    passed_right_count: int = 0
    wrong_count: int = 0


@dataclass(frozen=True)
class Gate:
    """The gate of one class; without a score it is shut, and the verdict says why."""

    gate_class: str
    verdict: GateVerdict
    scope: GateScope | None
    score: float | None
    proof: Proof
    """Of the class alone, or of the pool."""
    own: Proof
    """What of the proof is about the class itself."""
    labels_needed: int = 0
    """Held-out labels that are missing at the least, were the classifier right on all of them."""
    needed_of: tuple[str, ...] = ()
    """The classes that these have to be of, any of them."""

    def precision_low(self, delta: float) -> float | None:
        """The precision at or above the gate that is undercut with probability `delta` at most; None where there is no gate."""
        if self.score is None:
            return None
        return lower_bound(self.proof.passed_right_count, self.proof.passed_count, delta)

    @property
    def missing(self) -> str | None:
        """How many held-out labels are missing at the least, of the class or of any class of the pool; None where that is not why."""
        if not self.labels_needed:
            return None
        return f"{self.labels_needed} of {'the pool' if len(self.needed_of) > 1 else 'its own'}"

    @property
    def why(self) -> str:
        """The verdict in words; what is missing stands in `missing`."""
        return {
            GateVerdict.OPEN: f"automatic from confidence {self.score} on",
            GateVerdict.SENSITIVE_CLASS: "sensitive: a person always decides",
            GateVerdict.TOO_FEW_LABELS: "too few held-out labels",
            GateVerdict.TARGET_NOT_REACHED: "too often wrong to prove the target",
            GateVerdict.LOW_HISTORICAL_PRECISION: f"right on {self.own.passed_right_count} of {self.own.passed_count}, below the target",
        }[self.verdict]


def gates(judged: pl.DataFrame, names: Sequence[str], sensitive: Collection[str], policy: GatePolicy | None = None) -> tuple[Gate, ...]:
    """The gate of each named class, in their order.

    `judged` are the held-out fragments that the classifier decided: taxonomy_class (its word), class_score, is_right.
    """
    policy = policy or GatePolicy()
    rows = {name: judged.filter(pl.col("taxonomy_class") == name) for name in names}
    provable = [name for name in names if name not in sensitive]
    alone = [name for name in provable if rows[name].height >= policy.fewest_labels]
    pool = tuple(name for name in provable if name not in alone and rows[name].height >= policy.fewest_of_class)
    pooled = prove(pl.concat([rows[name] for name in pool]) if pool else judged.clear(), policy)
    return tuple(
        _sensitive(name, rows[name])
        if name in sensitive
        else _alone(name, prove(rows[name], policy), policy)
        if name in alone
        else _in_pool(name, rows[name], pooled, pool, policy)
        for name in names
    )


def prove(judged: pl.DataFrame, policy: GatePolicy) -> Proof:
    """What the fragments certify, taken together."""
    confidence, is_right = judged["class_score"].to_numpy(), judged["is_right"].to_numpy().astype(bool)
    score = selective_threshold(confidence, is_right, policy.target_precision, policy.delta) if len(confidence) else None
    return _above(judged, score)


def shut_by_history(found: Gate, passed_count: int, passed_right_count: int, policy: GatePolicy | None = None) -> Gate:
    """The gate, shut where what it let through so far was right less often than the target."""
    policy = policy or GatePolicy()
    if found.score is None or passed_right_count >= policy.target_precision * passed_count:
        return found
    own = replace(found.own, passed_count=passed_count, passed_right_count=passed_right_count)
    return replace(found, verdict=GateVerdict.LOW_HISTORICAL_PRECISION, score=None, own=own)


def _above(judged: pl.DataFrame, score: float | None) -> Proof:
    wrong = int((~judged["is_right"]).sum())
    if score is None:
        return Proof(judged.height, None, wrong_count=wrong)
    passed = judged.filter(pl.col("class_score") >= score)["is_right"]
    return Proof(judged.height, score, passed.len(), int(passed.sum()), wrong)


def _sensitive(name: str, rows: pl.DataFrame) -> Gate:
    own = _above(rows, None)
    return Gate(name, GateVerdict.SENSITIVE_CLASS, None, None, own, own)


def _alone(name: str, proof: Proof, policy: GatePolicy) -> Gate:
    found = Gate(name, GateVerdict.OPEN, GateScope.CLASS, proof.score, proof, proof)
    return found if proof.score is not None else _not_reached(found, (name,), policy)


def _in_pool(name: str, rows: pl.DataFrame, pooled: Proof, pool: tuple[str, ...], policy: GatePolicy) -> Gate:
    """The gate of a class with few labels: that of the pool, as far as its own labels do not speak against it."""
    own = _above(rows, pooled.score)
    found = Gate(name, GateVerdict.OPEN, GateScope.POOLED, pooled.score, pooled, own)
    if name not in pool:
        return _too_few(found, policy.fewest_of_class - own.label_count, (name,))
    if pooled.label_count < policy.fewest_labels:
        return _too_few(found, policy.fewest_labels - pooled.label_count, pool)
    if pooled.score is None:
        return _not_reached(found, pool, policy)
    if own.passed_count < policy.fewest_of_class:
        return _too_few(found, policy.fewest_of_class - own.passed_count, (name,))
    return shut_by_history(found, own.passed_count, own.passed_right_count, policy)


def _too_few(found: Gate, missing: int, of: tuple[str, ...]) -> Gate:
    return replace(found, verdict=GateVerdict.TOO_FEW_LABELS, score=None, labels_needed=missing, needed_of=of)


def _not_reached(found: Gate, of: tuple[str, ...], policy: GatePolicy) -> Gate:
    """Shut, with how many more have to be right, and none wrong, before as many errors as there are can be borne."""
    proof = found.proof
    missing = max(1, fewest_trials(proof.wrong_count, 1 - policy.target_precision, policy.delta) - proof.label_count)
    return replace(found, verdict=GateVerdict.TARGET_NOT_REACHED, score=None, labels_needed=missing, needed_of=of)
