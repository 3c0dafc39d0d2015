"""A user's own labels are learnt, decided automatically only under a certificate, and odd files do no harm."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.analysis.labelled_texts import LabelledText, Split
from feedback_loop.analysis.selective import decide_texts, train_selective
from feedback_loop.analysis.verdicts import VerdictReason
from feedback_loop.contracts.routes import Route
from feedback_loop.errors import BadInput
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBEDDER = WordHashEmbedder()
WORDS = {
    "card": ["card", "chip", "contactless", "pin", "plastic", "reader", "swipe"],
    "loan": ["loan", "interest", "instalment", "mortgage", "lender", "rate", "term"],
    "travel": ["flight", "hotel", "luggage", "visa", "airport", "boarding", "seat"],
}


def _labelled(count: int, labels: tuple[str, ...] = ("card", "loan"), seed: int = 0) -> list[LabelledText]:
    rng = np.random.default_rng(seed)
    return [LabelledText(" ".join(rng.choice(WORDS[label], 4)) + f" number {n}", label) for n in range(count) for label in labels]


def test_separable_labels_are_decided_automatically_and_right() -> None:
    verdicts = decide_texts(
        _labelled(300), [("a", "pin plastic card chip number 7"), ("b", "interest rate loan term number 9")], EMBEDDER, 0.9
    )
    assert [(v.text_id, v.label, v.route, v.reason) for v in verdicts] == [
        ("a", "card", Route.AUTOMATIC, VerdictReason.CERTIFIED),
        ("b", "loan", Route.AUTOMATIC, VerdictReason.CERTIFIED),
    ]
    assert all(v.prediction_set[0] == v.label and 0 <= v.confidence <= 1 for v in verdicts)


def test_target_that_the_labels_cannot_certify_leaves_nothing_automatic() -> None:
    verdicts = decide_texts(_labelled(20), [("a", "pin of my plastic card")], EMBEDDER, 0.98)
    assert (verdicts[0].label, verdicts[0].route, verdicts[0].reason) == ("card", Route.LLM, VerdictReason.TARGET_NOT_CERTIFIED)


def test_random_labels_are_never_certified() -> None:
    rng = np.random.default_rng(3)
    noise = [LabelledText(one.text, str(rng.choice(["card", "loan"]))) for one in _labelled(300)]
    assert train_selective(noise, EMBEDDER, 0.9, 0.1).threshold is None


def test_automatic_decisions_keep_the_precision_on_texts_of_the_same_stream() -> None:
    rng = np.random.default_rng(4)
    blurred = [LabelledText(one.text, one.label if rng.random() < 0.97 or "pin" not in one.text else "loan") for one in _labelled(600)]
    fresh = _labelled(200, seed=8)
    verdicts = decide_texts(blurred, [(str(n), one.text) for n, one in enumerate(fresh)], EMBEDDER, 0.9)
    automatic = [v.label == one.label for v, one in zip(verdicts, fresh, strict=True) if v.route is Route.AUTOMATIC]
    assert len(automatic) > 100
    assert np.mean(automatic) >= 0.9


def test_stranger_is_out_of_scope_when_outsiders_were_labelled() -> None:
    outsiders = [LabelledText(one.text, "out_of_scope") for one in _labelled(60, ("travel",))]
    verdicts = decide_texts(
        [*_labelled(200), *outsiders], [("a", "boarding seat luggage visa"), ("b", "chip pin reader card")], EMBEDDER, 0.9
    )
    assert [v.label for v in verdicts] == ["out_of_scope", "card"]
    assert verdicts[0].route is not Route.AUTOMATIC
    assert verdicts[0].prediction_set[0] == "out_of_scope"


@pytest.mark.parametrize("text", ["", "  ", "???", "👍"])
def test_text_without_words_goes_to_a_person(text: str) -> None:
    (verdict,) = decide_texts(_labelled(30), [("a", text)], EMBEDDER, 0.8)
    assert (verdict.label, verdict.route, verdict.reason, verdict.prediction_set) == (
        "out_of_scope",
        Route.HUMAN,
        VerdictReason.NO_WORDS,
        (),
    )


def test_one_example_per_class_is_enough_to_answer() -> None:
    labelled = [LabelledText("chip card", "card"), LabelledText("loan interest", "loan"), LabelledText("hotel flight", "travel")]
    (verdict,) = decide_texts(labelled, [("a", "the hotel")], EMBEDDER)
    assert verdict.label == "travel"


def test_single_label_is_answered() -> None:
    (verdict,) = decide_texts(_labelled(5, ("card",)), [("a", "chip card pin plastic number 1")], EMBEDDER)
    assert verdict.label in ("card", "out_of_scope")


def test_no_text_gives_no_verdict() -> None:
    assert decide_texts(_labelled(10), [], EMBEDDER) == []


@pytest.mark.parametrize("labelled", [[], [LabelledText("", "7")], [LabelledText("hello there", "out_of_scope")]])
def test_nothing_to_learn_from_is_refused(labelled: list[LabelledText]) -> None:
    with pytest.raises(BadInput, match="Give each label a text"):
        decide_texts(labelled, [("a", "x")], EMBEDDER)


@pytest.mark.parametrize(("target", "delta"), [(0.0, 0.1), (1.0, 0.1), (0.9, 0.0), (0.9, 1.5)])
def test_impossible_promise_is_refused(target: float, delta: float) -> None:
    with pytest.raises(BadInput, match="between 0 and 1"):
        decide_texts(_labelled(5), [], EMBEDDER, target, delta)


def test_verdicts_do_not_depend_on_the_order_of_the_labelled_texts() -> None:
    labelled, asked = _labelled(40), [(str(n), one.text) for n, one in enumerate(_labelled(20, seed=5))]
    assert decide_texts(labelled, asked, EMBEDDER, 0.9) == decide_texts(labelled[::-1], asked, EMBEDDER, 0.9)


def test_doubted_text_keeps_its_label_but_is_not_decided_alone() -> None:
    verdicts = decide_texts(_labelled(300), [(str(n), one.text) for n, one in enumerate(_labelled(30, ("travel",)))], EMBEDDER, 0.9)
    assert {v.reason for v in verdicts} == {VerdictReason.OUT_OF_SCOPE}
    assert all(v.route is not Route.AUTOMATIC and "out_of_scope" in v.prediction_set for v in verdicts)


def test_threshold_comes_from_the_calibration_part_alone_where_one_is_brought() -> None:
    train_part = [LabelledText(one.text, one.label, Split.TRAIN) for one in _labelled(100)]
    right = [LabelledText(one.text, one.label, Split.CALIBRATION) for one in _labelled(100, seed=1)]
    swapped = [LabelledText(one.text, "loan" if one.label == "card" else "card", Split.CALIBRATION) for one in right]
    kept, refused = (train_selective([*train_part, *part], EMBEDDER, 0.9, 0.1) for part in (right, swapped))
    assert kept.threshold is not None
    assert refused.threshold is None
    assert kept.blend.blend == refused.blend.blend


def test_name_of_a_label_with_few_examples_is_one_more_example() -> None:
    labelled = [LabelledText("a b", "lost_luggage"), LabelledText("c d", "card")]
    (verdict,) = decide_texts(labelled, [("a", "my luggage is lost")], EMBEDDER)
    assert verdict.label == "lost_luggage"
