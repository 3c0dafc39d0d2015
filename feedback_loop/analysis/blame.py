"""How probably each known change is to blame for an alert's rise, and how probably none is: all weighed together.

A change may have hurt all whom it reached, or a part of them; a rise without a known cause may be of any segment or of everybody; or chance
alone raised the alert. Each explains the complaints since every hour of the window so well, and a change began when it began. What is known
beside the counts enters as a factor. The rule that is easy to break: a change for everybody explains any segment a little, but never as
well as a change for that segment: what it leaves open is paid for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log

import numpy as np
from scipy.special import logsumexp

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS
from feedback_loop.analysis.rollouts import stages_of
from feedback_loop.analysis.suspicion import timing
from feedback_loop.analysis.weighing import RAISED, Weighing
from feedback_loop.methods.diagnosis.change_log import LOGGED
from feedback_loop.methods.diagnosis.conjunctions import LONGEST, Candidate
from feedback_loop.methods.diagnosis.look import Look
from feedback_loop.methods.diagnosis.reach import Reached, log_evidence_of_stages
from feedback_loop.methods.diagnosis.scan import Scan
from feedback_loop.methods.statistics.calibration import Reals

FOR_EVERYBODY = RAISED.everybody / (RAISED.some + RAISED.everybody)
"""How likely the cause of a rise reached everybody: its scope is empty."""

ANY_FOR_EVERYBODY = 0.7
"""The same of any logged change: most name no scope."""

WHOLE, PART = 0.75, 0.25
"""How likely a change hurts all whom its stated scope names, or a part of them: logs seldom tell the browser that a release fails in."""

_NEVER = -1e9
_NEARLY = 0.2


@dataclass(frozen=True)
class Blame:
    """Probabilities that each change is to blame [changes], which leave the rest to none of them, and of the onset by hour [hours]."""

    scores: Reals
    onset: Reals

    def onset_hour(self, guess: int) -> int:
        """The guessed hour where it is nearly as probable as the likeliest, and that one otherwise."""
        is_in = 0 <= guess < len(self.onset) and self.onset[guess] >= _NEARLY * self.onset.max()
        return guess if is_in else int(self.onset.argmax())


def blame(causes: Sequence[Cause], factors: Sequence[float], weighing: Weighing) -> Blame:
    """Of causes in any order; `factors` say how much likelier what else is known of each is if it is the cause."""
    look, scan = weighing.settled()
    since = np.log(np.full(len(weighing.level.moments), 1.0 / len(weighing.level.moments)))
    anybody = np.array([*(log(RAISED.some) + one.log_prior for one in scan.candidates), log(RAISED.everybody)])
    unlogged = logsumexp(scan.evidence + anybody[:, None], axis=0) + since + log(1 - LOGGED)
    anything = log(RAISED.some + RAISED.everybody) + since
    logged = [
        anything + log(_scope_kind(cause)) + np.log(factor * when + 1e-300) + _explained(cause, weighing, look, scan)
        for cause, factor, when in zip(causes, factors, timing(causes, weighing), strict=True)
    ]
    rows = np.vstack([*logged, unlogged])
    joint = logsumexp(rows, axis=1)
    innocent = log(max(scan.nothing, 1e-12)) - log(max(1 - scan.nothing, 1e-12)) + logsumexp(unlogged) - log(1 - LOGGED)
    total = logsumexp(np.r_[joint, innocent])
    return Blame(np.exp(joint[:-1] - total), np.exp(rows - total).sum(axis=0))


def _scope_kind(cause: Cause) -> float:
    """How much more usual it is for the cause of a rise than for any logged change to have a scope, or none."""
    return (1 - FOR_EVERYBODY) / (1 - ANY_FOR_EVERYBODY) if cause.scope or cause.stages else FOR_EVERYBODY / ANY_FOR_EVERYBODY


def _explained(cause: Cause, weighing: Weighing, look: Look, scan: Scan) -> Reals:
    """The log evidence [moments] that those whom the change reached complain more, or a part of them."""
    whole = _of_scope(cause, weighing, look) if cause.scope or cause.stages else scan.evidence[-1]
    parts = [(k, _narrower(one, cause, weighing, look)) for k, one in enumerate(scan.candidates)]
    narrower = np.array([scan.evidence[k] + prior for k, prior in parts if prior > _NEVER]).reshape(-1, len(whole))
    explained: Reals = logsumexp(np.vstack([whole + log(WHOLE), narrower + log(PART)]), axis=0)
    return explained


def _of_scope(cause: Cause, weighing: Weighing, look: Look) -> Reals:
    """The log evidence [moments] that just those whom the change surely reached complain more, each stage of a rollout on its own."""
    stages = [((stage.started - cause.started) // HOUR_MICROSECONDS, stage.scope) for stage in stages_of(cause)]
    return log_evidence_of_stages(stages, look, weighing.presence, np.array(RAISED.ratios_of_all))


def _narrower(candidate: Candidate, cause: Cause, weighing: Weighing, look: Look) -> float:
    """The log prior that just this part of those whom the change reached was hurt; never where it is no part of them."""
    rows = weighing.rows
    if not candidate.is_known:
        return _NEVER
    named = {rows.dimensions[d]: rows.values[d][code] for d, code in candidate.pairs}
    if any(named.get(dimension) not in values for dimension, values in cause.scope.items()):
        return _NEVER
    open_values = {d: len(cause.scope.get(name, rows.values[d])) for d, name in enumerate(rows.dimensions)}
    added = [dimension for dimension, _ in candidate.pairs if open_values[dimension] > 1]
    if not added:
        return _NEVER
    reached = Reached.of(look.history.codes, rows, cause.scope).inside
    share = (candidate.usual + 0.5) / (float(look.history.weights[reached].sum()) + 1)
    among_values = log(0.5 / float(np.prod([open_values[d] for d in added])) + 0.5 * min(share, 1.0))
    left = sum(count > 1 for count in open_values.values())
    return -log(LONGEST) - log(comb(left, len(added))) + among_values
