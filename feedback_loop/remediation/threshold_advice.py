"""What judged proposals say of a playbook's threshold: the confidence from which it is right often enough for what a wrong one costs (R68).

An action pays where its chance of being right is at least w / (1 + w), if a wrong one costs w times as much as a right one that is missed.
The advice is the lowest confidence that is proven to keep that (`methods/statistics/calibration.selective_threshold`); a person promotes it
(`workflows/thresholds`), the loop itself only tightens (`workflows/feed_back`). The rules that are easy to break: an approval proves
nothing, only what came of the action does; and a rejection counts as wrong, or people who catch bad proposals would make them look good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from feedback_loop.contracts.loop_vocab import EffectVerdict, ProposalStatus, RefusalReason, RiskLevel
from feedback_loop.methods.statistics.calibration import selective_threshold
from feedback_loop.methods.statistics.proven_shares import ShareProof, Standing
from feedback_loop.remediation.playbooks import Playbook

WRONG_COSTS: Mapping[RiskLevel, float] = {RiskLevel.LOW: 4.0, RiskLevel.HIGH: 9.0}
"""How many times as much a wrong action costs as a right one that is missed; judgement, to be replaced by a company's own."""

DELTA = 0.1
"""The chance that a threshold is advised although it does not keep what is asked."""


@dataclass(frozen=True)
class Advice:
    """What the judged proposals of one playbook prove; `advised` is None where they prove no threshold.

    `passed` and `right` count the proposals at or above the advised threshold, or the one in force where none is advised.
    """

    playbook_id: str
    held: float
    needed_share: float
    judged_count: int
    passed: int
    right: int
    advised: float | None

    @property
    def precision_low(self) -> float | None:
        """The share of right ones that is undercut with probability `DELTA` at most; None where nothing is judged."""
        return self._proof.low if self.passed else None

    @property
    def standing(self) -> Standing:
        """What the proposals prove: that they are right often enough, that they are not, or nothing yet."""
        return self._proof.standing

    @property
    def further_count(self) -> int | None:
        """How many more judged proposals decide, if they are right as often as so far; 0 where it is decided, None where none would."""
        return 0 if self.advised is not None else self._proof.further_trials

    @property
    def _proof(self) -> ShareProof:
        return ShareProof(self.right, self.passed, self.needed_share, DELTA)


def judged_proposals(proposals: pl.DataFrame, effects: pl.DataFrame) -> pl.DataFrame:
    """The proposals of which it is known whether they were right: playbook_id, confidence_score, is_right.

    Right: the fix helped and was not taken back. Wrong: it did not help, was taken back, or a person rejected it. Rows of
    remediation_proposal and outcomes_effect.
    """
    latest = effects.sort("measured_at", "effect_id").unique("proposal_id", keep="last", maintain_order=True)
    verdicts = latest.select("proposal_id", "effect_verdict")
    told = proposals.join(verdicts, on="proposal_id", how="left")
    is_back = pl.col("proposal_status") == str(ProposalStatus.ROLLED_BACK)
    is_rejected = (pl.col("refusal_reason") == str(RefusalReason.REJECTED_BY_PERSON)).fill_null(False)
    is_useless = (pl.col("effect_verdict") == str(EffectVerdict.NOT_FIXED)).fill_null(False)
    is_right = (pl.col("effect_verdict") == str(EffectVerdict.FIXED)).fill_null(False) & ~is_back
    known = told.filter(is_right | is_back | is_rejected | is_useless)
    return known.select("playbook_id", "confidence_score", is_right=is_right).sort("playbook_id", "confidence_score")


def advice(
    judged: pl.DataFrame, playbooks: Sequence[Playbook], held: Mapping[str, float], wrong_costs: float | None = None
) -> Iterator[Advice]:
    """One row per playbook, by id; `held` are thresholds that took the place of the playbooks' own. Raises ValueError for a cost <= 0."""
    if wrong_costs is not None and wrong_costs <= 0:
        raise ValueError("a wrong action costs more than nothing")
    for playbook in sorted(playbooks, key=lambda one: one.playbook_id):
        rows = judged.filter(pl.col("playbook_id") == playbook.playbook_id)
        yield _of(playbook, rows, held.get(playbook.playbook_id, playbook.threshold_score), wrong_costs or WRONG_COSTS[playbook.risk])


def _of(playbook: Playbook, rows: pl.DataFrame, held: float, wrong_costs: float) -> Advice:
    scores, right = rows["confidence_score"].to_numpy(), rows["is_right"].to_numpy()
    needed = wrong_costs / (1.0 + wrong_costs)
    advised = selective_threshold(scores, right, needed, DELTA) if rows.height else None
    passes = scores >= (held if advised is None else advised)
    passed = int(np.count_nonzero(passes))
    return Advice(playbook.playbook_id, held, needed, rows.height, passed, int(np.count_nonzero(right[passes])), advised)
