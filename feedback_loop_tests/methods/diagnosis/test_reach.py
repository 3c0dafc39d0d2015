"""A change's own scope is weighed as it is stated: several values at once, and those who do not tell."""

from __future__ import annotations

import numpy as np

from feedback_loop.methods.diagnosis.change_log import no_log
from feedback_loop.methods.diagnosis.coding import Coded, Window
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.look import Look
from feedback_loop.methods.diagnosis.mix import History, Mix
from feedback_loop.methods.diagnosis.presence import Presence
from feedback_loop.methods.diagnosis.reach import Reached, added_by, log_evidence_of_stages
from feedback_loop.methods.diagnosis.rise import RATIOS
from feedback_loop.methods.statistics.calibration import Indices, Reals

HOURS, LATE = 24, 12
WINDOW = Window(-1000, 0, HOURS)
LEVEL = Level(24.0, 50.0, 1 - np.arange(HOURS) / HOURS, np.arange(HOURS).astype(float))
VALUES = (("dach", "uk", "us"),)
MISSING = 3
USUAL = np.tile([0, 1, 2, MISSING], 100)
MIX = Mix()
SCOPE = {"region": ["uk", "us"]}


def coded(codes: list[int], at: list[int]) -> Coded:
    return Coded(("region",), VALUES, np.array(at), np.array(codes, dtype=np.uint8)[:, None])


def evidence(risen: Indices, scope: dict[str, list[str]] = SCOPE, mix: Mix = MIX) -> Reals:
    """Usual complaints all day, and those late ones."""
    usual, hours = np.tile([0, 1, 2, MISSING], 6), np.arange(24)
    rows = coded([*usual, *risen], [*hours, *(LATE + np.arange(len(risen)) % LATE)])
    presence = Presence(USUAL[:, None], np.arange(400) * HOURS // 400)
    look = Look(rows, History.plain(USUAL[:, None]), WINDOW, LEVEL, mix, no_log(HOURS))
    return log_evidence_of_stages([(0, scope)], look, presence, RATIOS)


def test_who_tells_is_inside_or_outside_and_who_does_not_is_neither() -> None:
    rows = coded([0, 1, 2, MISSING], [0, 0, 0, 0])
    found = Reached.of(rows.codes, rows, SCOPE)
    assert found.inside.tolist() == [False, True, True, False]
    assert found.unknown.tolist() == [False, False, False, True]


def test_a_dimension_that_nobody_recorded_is_told_by_nobody() -> None:
    rows = coded([0, 1], [0, 0])
    assert Reached.of(rows.codes, rows, {"flag": ["on"]}).unknown.all()
    assert Reached.of(rows.codes, rows, {"flag": ["on"], "region": ["uk"]}).unknown.tolist() == [False, True]


def test_a_rise_of_those_inside_is_evidence_from_its_hour_on() -> None:
    found = evidence(np.tile([1, 2], 15))
    assert found.max() > 8
    assert abs(int(found.argmax()) - LATE) <= 1


def test_rollout_explains_rises_that_follow_its_stages_better_than_one_scope_at_once() -> None:
    rows = coded([*np.tile([0, 1, 2, MISSING], 6), *[1] * 10, *[2] * 6], [*np.arange(24), *range(LATE, LATE + 10), *range(LATE + 6, 24)])
    look = Look(rows, History.plain(USUAL[:, None]), WINDOW, LEVEL, MIX, no_log(HOURS))
    presence = Presence(USUAL[:, None], np.arange(400) * HOURS // 400)
    steps, turned = ([(0, {"region": [a]}), (6, {"region": [b]})] for a, b in (("uk", "us"), ("us", "uk")))
    staged, wrong = (log_evidence_of_stages(stages, look, presence, RATIOS) for stages in (steps, turned))
    assert abs(int(staged.argmax()) - LATE) <= 1
    assert staged.max() > max(wrong.max(), log_evidence_of_stages([(0, SCOPE)], look, presence, RATIOS).max())


def test_share_that_varies_by_itself_is_less_evidence() -> None:
    varies = Mix(variance={(0, 1): 1.5, (0, 2): 1.5})
    assert evidence(np.tile([1, 2], 15), mix=varies).max() < evidence(np.tile([1, 2], 15)).max() - 3


def test_a_rise_of_those_outside_is_none() -> None:
    assert evidence(np.zeros(30, dtype=np.int64)).max() < evidence(np.tile([1, 2], 15)).max() - 8


def test_those_who_do_not_tell_speak_for_it_but_less_than_those_inside() -> None:
    untold, told, usual = (evidence(np.array(risen)).max() for risen in ([MISSING] * 20, [1, 2] * 10, []))
    assert usual < untold < told


def test_the_order_of_a_scopes_values_does_not_matter() -> None:
    risen = np.tile([1, 2, MISSING], 8)
    assert np.array_equal(evidence(risen), evidence(risen, {"region": ["us", "uk"]}))


def test_what_a_stage_adds_leaves_out_whom_the_one_before_reached() -> None:
    wider = {"region": ["dach", "uk"], "product_version": ["7.0"]}
    assert added_by(wider, {"region": ["dach"], "product_version": ["7.0"]}) == {"product_version": ["7.0"], "region": ["uk"]}
    assert added_by({}, {"region": ["dach"]}) == {}
