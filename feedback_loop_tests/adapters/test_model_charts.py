"""Pictures of the model review are whole PNG files of the numbers that they were given, drawn without a network."""

from __future__ import annotations

import socket
from collections.abc import Callable

import polars as pl
import pytest

from feedback_loop.adapters import model_charts
from feedback_loop_tests.adapters.test_charts import size

CURVE = pl.DataFrame({"coverage_share": [0.5, 1.0], "precision_share": [0.9, 0.7], "low": [0.6, 0.5], "high": [1.0, 0.9]})
BINS = pl.DataFrame({"count": [10, 10], "confidence": [0.4, 0.9], "accuracy": [0.5, 0.8], "low": [0.2, 0.5], "high": [0.8, 0.97]})
CHARTS: dict[str, tuple[Callable[[pl.DataFrame], bytes], pl.DataFrame]] = {
    "reliability": (model_charts.reliability_curve, BINS),
    "confusion": (model_charts.confusion, pl.DataFrame({"truth": ["a", "b"], "said": ["a", "a"], "count": [5, 2]})),
    "coverage": (model_charts.coverage_against_precision, CURVE),
    "drift": (model_charts.shares_before_and_after, pl.DataFrame({"class": ["a", "a"], "period": ["1", "2"], "share": [0.2, 0.4]})),
    "tiers": (model_charts.fragments_by_tier, pl.DataFrame({"tier": ["local", "people"], "fragments": [90, 10]})),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_is_whole_and_shows_its_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a picture opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    draw, frame = CHARTS[name]
    width, height = size(draw(frame))
    assert 400 <= width <= 1200
    assert 150 <= height <= 800
    other = frame.with_columns(pl.col(frame.columns[-1]) * 0.5)
    assert draw(frame) == draw(frame)
    assert draw(frame) != draw(other)
