"""A gate keeps its promise, opens only on labels enough, says how many are missing, and never opens to a sensitive class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.analysis.automatic_gates import Gate, GatePolicy, gates, shut_by_history
from feedback_loop.contracts.routes import GateScope, GateVerdict

POLICY = GatePolicy()
Judged = tuple[str, float, bool]


def judged(*rows: Judged) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"taxonomy_class": pl.String, "class_score": pl.Float64, "is_right": pl.Boolean}, orient="row")


def all_right(name: str, count: int) -> list[Judged]:
    return [(name, 0.5 + number / (2 * count), True) for number in range(count)]


def gate(name: str, found: tuple[Gate, ...]) -> Gate:
    return next(one for one in found if one.gate_class == name)


def test_the_fewest_labels_follow_from_target_and_delta() -> None:
    assert POLICY.fewest_labels == 45  # .95 to the 45th is below .1, to the 44th it is not
    assert GatePolicy(0.98, 0.1).fewest_labels == 114


def test_labels_enough_and_all_right_open_the_gate_of_a_class_alone() -> None:
    (found,) = gates(judged(*all_right("crash", 45)), ["crash"], ())
    assert (found.verdict, found.scope, found.score, found.labels_needed) == (GateVerdict.OPEN, GateScope.CLASS, 0.5, 0)
    assert (found.proof.passed_count, found.proof.passed_right_count) == (45, 45)
    assert found.precision_low(POLICY.delta) == pytest.approx(0.95, abs=0.001)
    assert found.why == "automatic from confidence 0.5 on"


def test_one_label_less_leaves_it_shut_and_says_how_many_of_which_class() -> None:
    (found,) = gates(judged(*all_right("crash", 44)), ["crash"], ())
    assert (found.verdict, found.score, found.labels_needed) == (GateVerdict.TOO_FEW_LABELS, None, 1)
    assert (found.why, found.missing) == ("too few held-out labels", "1 of its own")
    (bare,) = gates(judged(), ["crash"], ())
    assert (bare.labels_needed, bare.needed_of) == (POLICY.fewest_of_class, ("crash",))
    assert bare.precision_low(POLICY.delta) is None


def test_classes_with_few_labels_are_proven_together() -> None:
    rows = [*all_right("crash", 24), *all_right("latency", 24), *all_right("poor_ux", 3)]
    found = gates(judged(*rows), ["crash", "latency", "poor_ux"], ())
    for name in ("crash", "latency"):
        assert (gate(name, found).verdict, gate(name, found).scope, gate(name, found).score) == (GateVerdict.OPEN, GateScope.POOLED, 0.5)
        assert (gate(name, found).proof.label_count, gate(name, found).own.label_count) == (48, 24)
    assert (gate("poor_ux", found).labels_needed, gate("poor_ux", found).verdict) == (7, GateVerdict.TOO_FEW_LABELS)


def test_a_pool_that_is_too_small_names_all_that_would_help() -> None:
    found = gates(judged(*all_right("crash", 20), *all_right("latency", 15)), ["crash", "latency"], ())
    assert {one.labels_needed for one in found} == {10}
    assert (found[0].why, found[0].missing) == ("too few held-out labels", "10 of the pool")


def test_a_class_that_was_too_often_wrong_in_an_open_pool_stays_shut() -> None:
    rows = [*all_right("crash", 44), *all_right("latency", 44), *all_right("poor_ux", 18), ("poor_ux", 0.505, False)]
    found = gates(judged(*rows), ["crash", "latency", "poor_ux"], ())
    assert (gate("crash", found).verdict, gate("poor_ux", found).verdict) == (GateVerdict.OPEN, GateVerdict.LOW_HISTORICAL_PRECISION)
    assert gate("poor_ux", found).score is None
    assert gate("poor_ux", found).why == "right on 18 of 19, below the target"


def test_a_class_that_is_often_wrong_has_no_gate_and_hears_what_it_would_take() -> None:
    rows = [("crash", 0.5 + number / 200, number % 5 > 0) for number in range(100)]
    (found,) = gates(judged(*rows), ["crash"], ())
    assert (found.verdict, found.score) == (GateVerdict.TARGET_NOT_REACHED, None)
    assert found.labels_needed > 400  # twenty errors at most in as many as that
    (beside,) = gates(judged(*rows), ["latency"], ())
    assert beside.verdict is GateVerdict.TOO_FEW_LABELS  # nothing of another class counts for it


def test_errors_at_the_bottom_move_the_gate_up_and_do_not_shut_it() -> None:
    rows = [*[("crash", 0.9, True)] * 100, *[("crash", 0.6, False)] * 20]
    (found,) = gates(judged(*rows), ["crash"], ())
    assert (found.verdict, found.score, found.proof.passed_count) == (GateVerdict.OPEN, 0.9, 100)


@given(st.lists(st.tuples(st.sampled_from(["auth", "crash", "latency"]), st.floats(0, 1), st.booleans()), max_size=120), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_labels_whatever_open_a_gate_to_a_sensitive_class(rows: list[Judged], is_all_right: bool) -> None:
    said = judged(*((name, score, right or is_all_right) for name, score, right in rows))
    found = gates(said, ["auth", "crash", "latency"], {"auth"})
    assert (found[0].verdict, found[0].score) == (GateVerdict.SENSITIVE_CLASS, None)
    for one in found:
        assert (one.score is None) == (one.verdict is not GateVerdict.OPEN)
        assert (one.labels_needed > 0) == (one.verdict in (GateVerdict.TOO_FEW_LABELS, GateVerdict.TARGET_NOT_REACHED))
        assert one.score is None or (one.precision_low(POLICY.delta) or 0) >= POLICY.target_precision - 1e-9


@given(st.permutations(all_right("crash", 20) + all_right("latency", 30) + [("crash", 0.6, False)]))
@settings(max_examples=20, deadline=None)
def test_gates_do_not_depend_on_the_order_of_the_labels(rows: list[Judged]) -> None:
    expected = gates(judged(*all_right("crash", 20), *all_right("latency", 30), ("crash", 0.6, False)), ["crash", "latency"], ())
    assert gates(judged(*rows), ["crash", "latency"], ()) == expected


def test_history_shuts_a_gate_and_never_opens_one() -> None:
    (found,) = gates(judged(*all_right("crash", 60)), ["crash"], ())
    assert shut_by_history(found, 20, 19) == found
    assert shut_by_history(found, 20, 18).verdict is GateVerdict.LOW_HISTORICAL_PRECISION
    assert shut_by_history(found, 0, 0) == found
    shut = replace(found, verdict=GateVerdict.TARGET_NOT_REACHED, score=None)
    assert shut_by_history(shut, 100, 100) == shut


def test_of_gates_that_open_on_a_population_below_the_target_few_do() -> None:
    rng, opened = np.random.default_rng(11), 0
    for _ in range(300):
        right = rng.random(120) < 0.94
        (found,) = gates(judged(*(("crash", score, bool(hit)) for score, hit in zip(rng.random(120), right, strict=True))), ["crash"], ())
        opened += found.score is not None
    assert opened / 300 <= POLICY.delta + 0.03  # three standard errors of a share at delta are .05
