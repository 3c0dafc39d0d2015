"""Presence bends what is expected after a moment to when a segment's customers came."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.presence import Presence

HOURS = 24
WINDOW = Window(0, 0, HOURS)
LEVEL = Level(48.0, 50.0, 1 - np.arange(HOURS) / HOURS, np.arange(HOURS).astype(float))
AT = np.arange(240) * HOURS // 240
OLD_THEN_NEW = Presence((AT >= 18).astype(np.uint8)[:, None], AT)
"""A version 1 that comes at six in the evening and is all that there is from then on."""


def test_who_comes_all_the_time_is_expected_as_everybody_is() -> None:
    even = Presence(np.tile([0, 1], 120).astype(np.uint8)[:, None], AT)
    assert even.of(((0, 1),), LEVEL, WINDOW) == pytest.approx(LEVEL.share_after, abs=0.02)


def test_who_comes_late_is_expected_late() -> None:
    share = OLD_THEN_NEW.of(((0, 1),), LEVEL, WINDOW)
    assert share[18] > 2.5 * LEVEL.share_after[18]
    assert OLD_THEN_NEW.of(((0, 0),), LEVEL, WINDOW)[18] < 0.5 * LEVEL.share_after[18]


def test_a_share_is_never_more_than_all_and_never_rises() -> None:
    for code in (0, 1):
        share = OLD_THEN_NEW.of(((0, code),), LEVEL, WINDOW)
        assert share.max() <= 1
        assert share[0] == pytest.approx(1.0)
        assert (np.diff(share) <= 1e-9).all()


def test_nobody_there_is_expected_as_everybody_is() -> None:
    nobody = Presence(np.zeros((0, 1), np.uint8), np.zeros(0, np.int64))
    assert nobody.of(((0, 0),), LEVEL, WINDOW) == pytest.approx(LEVEL.share_after)
