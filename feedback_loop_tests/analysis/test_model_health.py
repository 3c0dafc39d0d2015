"""Each judgement fails on a planted fault, passes on a good classifier, and says how many labels are missing where it can't know."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.analysis.model_health import (
    ALL_CLASSES,
    HELD_OUT,
    calibration_judgement,
    class_proofs,
    confidences,
    evidence_judgement,
    precision_judgement,
)


def rows(truth: str, said: str | None, count: int, score: float = 0.9) -> list[tuple[object, ...]]:
    return [("", truth, said, said or truth, score)] * count


def held_out(*parts: list[tuple[object, ...]]) -> pl.DataFrame:
    flat = [(f"fragment_{n}", *row[1:]) for n, row in enumerate(row for part in parts for row in part)]
    return pl.DataFrame(flat, schema=HELD_OUT, orient="row")


GOOD = [*rows("crash", "crash", 38), *rows("crash", "billing", 1), *rows("billing", "billing", 40)]


def test_a_class_that_is_provably_imprecise_stops_remediation() -> None:
    found = precision_judgement(held_out(GOOD, rows("billing", "auth", 14), rows("auth", "auth", 6)), 0.85, 0.1)
    assert (found.is_passed, found.is_error) == (False, True)
    assert "auth: 6 of 20 right" in found.said
    assert "crash" not in found.said
    assert "Remediation waits" in found.said
    assert "`model promote`" in found.said


def test_a_precise_classifier_passes_and_says_for_which_classes_it_is_proven() -> None:
    found = precision_judgement(held_out(GOOD), 0.85, 0.1)
    assert found.is_passed
    assert "proven for billing, crash" in found.said
    assert found.said.endswith("Nothing to do.")


def test_a_few_wrong_labels_stop_nothing_and_the_judgement_says_so() -> None:
    found = precision_judgement(held_out(GOOD, rows("billing", "auth", 5)), 0.85, 0.1)
    assert found.is_passed
    assert "auth (0 of 5 right, which looks low" in found.said
    assert "labels queue --reason held_out_sample" in found.said


@pytest.mark.parametrize("nothing", [held_out(), held_out(rows("crash", None, 20))])
def test_without_a_decided_label_nothing_is_proven_and_the_number_that_is_needed_is_named(nothing: pl.DataFrame) -> None:
    found = precision_judgement(nothing, 0.85, 0.1)
    assert found.is_passed
    assert "Nothing is proven" in found.said
    assert "needs 15 right ones" in found.said


def test_what_is_left_open_is_no_decision() -> None:
    proofs = class_proofs(held_out(rows("crash", "crash", 3), rows("crash", None, 9)), 0.85, 0.1)
    assert {name: (one.hits, one.trials) for name, one in proofs.items()} == {"crash": (3, 3), ALL_CLASSES: (3, 3)}


@pytest.mark.parametrize(("right", "score", "direction"), [(20, 0.95, "too high"), (59, 0.5, "too low")])
def test_confidence_far_off_stops_remediation(right: int, score: float, direction: str) -> None:
    found = calibration_judgement(held_out(rows("crash", "crash", right, score), rows("billing", "crash", 60 - right, score)))
    assert (found.is_passed, found.is_error) == (False, True)
    assert direction in found.said
    assert found.figures


def test_confidence_that_is_true_passes() -> None:
    found = calibration_judgement(held_out(rows("crash", "crash", 54, 0.9), rows("billing", "crash", 6, 0.9)))
    assert found.is_passed
    assert "not proven to be far off" in found.said


def test_few_labels_say_nothing_of_confidence_and_how_many_are_missing() -> None:
    found = calibration_judgement(held_out(rows("billing", "crash", 12, 0.99)))
    assert found.is_passed
    assert "18 more are needed" in found.said


def test_quotations_that_nobody_said_are_a_warning() -> None:
    bad = evidence_judgement(30, 20)
    assert (bad.is_passed, bad.is_error) == (False, False)
    assert "20 of 50 quotations" in bad.said
    assert "FEEDBACK_LOOP_LLM_MODEL" in bad.said
    assert evidence_judgement(95, 5).is_passed
    assert evidence_judgement(1, 1).is_passed  # one of two proves nothing
    assert "nothing is proven" in evidence_judgement(0, 0).said


def test_confidence_is_the_local_tiers_own_whatever_a_language_model_answered() -> None:
    frame = held_out(rows("crash", "crash", 1)).with_columns(likeliest=pl.lit("billing"))
    assert confidences(frame)[1].tolist() == [False]
