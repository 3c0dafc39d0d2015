"""The surest answers come first, those of one score come together, and the last point is all of them."""

from __future__ import annotations

import polars as pl

from feedback_loop.analysis.coverage_curve import CURVE, coverage_curve
from feedback_loop.analysis.model_health import HELD_OUT


def held_out(scores: list[float], right: list[bool]) -> pl.DataFrame:
    rows = [(f"f{n}", "a", "a", "a" if is_right else "b", score) for n, (score, is_right) in enumerate(zip(scores, right, strict=True))]
    return pl.DataFrame(rows, schema=HELD_OUT, orient="row")


def test_precision_falls_where_less_sure_answers_are_wrong() -> None:
    found = coverage_curve(held_out([0.9, 0.8, 0.8, 0.5], [True, True, False, False]))
    assert found["coverage_share"].to_list() == [0.25, 0.75, 1.0]
    assert found["precision_share"].round(3).to_list() == [1.0, 0.667, 0.5]
    assert (found["low"] <= found["precision_share"]).all()


def test_nothing_has_no_curve_and_many_answers_few_points() -> None:
    assert coverage_curve(held_out([], [])).schema == CURVE
    for count in (61, 119, 120, 1000):
        many = coverage_curve(held_out([n / count for n in range(count)], [True] * count))
        assert 30 <= many.height <= 60
        assert many["coverage_share"][-1] == 1.0
