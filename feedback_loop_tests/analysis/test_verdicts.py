"""Routes follow from what was proven, and what is proven from texts that had no part in it."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.analysis.scope import Scope
from feedback_loop.analysis.verdicts import Decider, Judged, Promise, Proof, VerdictReason, learn_decider
from feedback_loop.contracts.routes import Route
from feedback_loop.errors import BadInput
from feedback_loop.methods.statistics.calibration import Certainty

LABELS = ("card", "loan")
SCOPE = Scope(np.zeros(3), np.ones(3), 2.0, 5.0, np.linspace(-3, 3, 50))


def _judged(*rows: tuple[float, float]) -> Judged:
    """Probability of `card` and strangeness of each text."""
    sure = np.array([row[0] for row in rows])
    return Judged.of(np.log(np.stack([sure, 1 - sure], axis=1)), np.array([row[1] for row in rows]))


@pytest.mark.parametrize(
    ("sure", "strangeness", "route", "reason"),
    [
        (0.99, 0.0, Route.AUTOMATIC, VerdictReason.CERTIFIED),
        (0.99, -np.inf, Route.AUTOMATIC, VerdictReason.CERTIFIED),
        (0.7, 0.0, Route.LLM, VerdictReason.BELOW_THRESHOLD),
        (0.99, 2.0, Route.LLM, VerdictReason.OUT_OF_SCOPE),
        (0.99, 5.0, Route.LLM, VerdictReason.OUT_OF_SCOPE),
    ],
)
def test_route_follows_from_confidence_and_strangeness(sure: float, strangeness: float, route: Route, reason: VerdictReason) -> None:
    decider = Decider(LABELS, SCOPE, Certainty(), 0.9, 0.2)
    (verdict,) = decider.verdicts([("a", "some words")], _judged((sure, strangeness)))
    assert (verdict.route, verdict.reason) == (route, reason)
    assert verdict.label == ("out_of_scope" if strangeness >= 5 else "card")


def test_set_holds_every_label_above_the_cutoff_and_never_none() -> None:
    judged = _judged((0.6, 0.0), (0.95, 0.0))
    decider = Decider(LABELS, SCOPE, Certainty(), None, 0.2)
    assert [one.prediction_set for one in decider.verdicts([("a", "x"), ("b", "x")], judged)] == [("card", "loan"), ("card",)]
    strict = Decider(LABELS, SCOPE, Certainty(), None, 0.99)
    assert [one.prediction_set for one in strict.verdicts([("a", "x"), ("b", "x")], judged)] == [("card",), ("card",)]


def test_threshold_is_proven_only_by_enough_right_answers() -> None:
    right = Proof(_judged(*[(0.99, 0.0)] * 100), np.zeros(100, np.int64))
    wrong = Proof(right.judged, np.ones(100, np.int64))
    assert learn_decider(LABELS, SCOPE, right, None, Promise(0.9, 0.1)).threshold is not None
    assert learn_decider(LABELS, SCOPE, wrong, None, Promise(0.9, 0.1)).threshold is None
    assert learn_decider(LABELS, SCOPE, right, wrong, Promise(0.9, 0.1)).threshold is None


def test_texts_beside_each_other_keep_their_order() -> None:
    both = _judged((0.6, 0.0)).beside(_judged((0.9, 1.0)))
    assert both.probabilities[:, 0].tolist() == [0.6, 0.9]
    assert both.strangeness.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("target", "delta", "told"), [(1.0, 0.1, "target precision is 1"), (0.9, 0.0, "delta is 0")])
def test_promise_outside_of_zero_and_one_is_refused(target: float, delta: float, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        Promise(target, delta)
