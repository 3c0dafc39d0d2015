"""The sets that people are shown hold the truth as often as promised, and hold every class where nothing is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.label_sets import COVERAGE, calibrated, score

WORDS = {"closes_itself": "crash", "freezes": "crash", "money_back": "billing", "slow": "latency"}


def row(best: str = "money_back", p: float = 0.6, second: str = "crash", q: float = 0.3) -> dict[str, Any]:
    return {"taxonomy_class": best, "class_score": p, "runner_up_class": second, "runner_up_score": q}


def test_a_class_is_as_likely_as_stored_or_as_what_the_two_leave_over() -> None:
    said = [round(score(row(), word, WORDS), 6) for word in WORDS]
    assert said == [0.3, 0.3, 0.6, 0.1]


def test_nothing_labelled_shows_every_class_the_likeliest_first() -> None:
    shown = calibrated([], [], WORDS).of(row())
    assert shown[0] == "money_back"
    assert set(shown) == set(WORDS)


def test_sure_and_right_answers_show_one_class_and_unsure_ones_more() -> None:
    sets = calibrated([row(p=0.55, q=0.4)] * 40, ["money_back"] * 40, WORDS)
    assert sets.of(row()) == ("money_back",)
    assert calibrated([row(p=0.55, q=0.4)] * 40, ["freezes"] * 40, WORDS).of(row(p=0.5, q=0.45)) == (
        "money_back",
        "closes_itself",
        "freezes",
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_set_is_never_empty_and_begins_with_the_likeliest(p: float, share: float) -> None:
    sets = calibrated([row(p=0.9, q=0.05)] * 40, ["money_back"] * 40, WORDS)
    assert sets.of(row(p=p, q=(1 - p) * share))


def test_the_truth_is_in_the_set_as_often_as_promised() -> None:
    rng, covered, seen = np.random.default_rng(5), 0, 0
    for _ in range(60):
        rows, truth = zip(*(_drawn(rng) for _ in range(60)), strict=True)
        sets = calibrated(rows[:40], truth[:40], WORDS)
        covered += sum(true in sets.of(one) for one, true in zip(rows[40:], truth[40:], strict=True))
        seen += 20
    assert covered / seen >= COVERAGE - 0.02


def _drawn(rng: np.random.Generator) -> tuple[dict[str, Any], str]:
    p = float(rng.uniform(0.3, 0.7))
    q = float(rng.uniform(0, min(p, 1 - p)))
    true = str(rng.choice(["money_back", "freezes", "slow"], p=[p, q, 1 - p - q]))
    return row(p=p, q=q), true


def test_too_few_labels_leave_no_class_out_and_say_so() -> None:
    assert not calibrated([row()] * 5, ["money_back"] * 5, WORDS).leaves_out
    assert calibrated([row()] * 12, ["money_back"] * 12, WORDS).leaves_out
