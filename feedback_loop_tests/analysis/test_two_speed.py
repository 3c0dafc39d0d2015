"""The encoder reads only what the table is unsure of, and the promise covers both tiers as they answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from feedback_loop.analysis.labelled_texts import LabelledText, Split
from feedback_loop.analysis.two_speed import decide_at_two_speeds, train_two_speed, two_speed_proof
from feedback_loop.analysis.verdicts import Verdict, VerdictReason
from feedback_loop.contracts.routes import Route
from feedback_loop.errors import BadInput
from feedback_loop.ports import Vectors
from feedback_loop_tests.analysis.fakes import WordHashEmbedder
from feedback_loop_tests.analysis.test_selective import WORDS

EMBEDDER = WordHashEmbedder()


class ListeningEmbedder(WordHashEmbedder):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.shown += texts
        return super().embed(texts)


def _labelled(count: int, labels: tuple[str, ...] = ("card", "loan"), seed: int = 0) -> list[LabelledText]:
    rng = np.random.default_rng(seed)
    return [LabelledText(" ".join(rng.choice(WORDS[label], 4)) + f" number {n}", label) for n in range(count) for label in labels]


def _decide(labelled: Sequence[LabelledText], texts: Sequence[str], precision: float = 0.9) -> list[Verdict]:
    classifier = train_two_speed(labelled, EMBEDDER, precision, 0.1)
    return decide_at_two_speeds(classifier, [(str(n), text) for n, text in enumerate(texts)], EMBEDDER)


def test_separable_labels_are_decided_automatically_and_right() -> None:
    verdicts = _decide(_labelled(300), ["pin plastic card chip number 7", "interest rate loan term number 9"])
    assert [(v.label, v.route, v.reason) for v in verdicts] == [
        ("card", Route.AUTOMATIC, VerdictReason.CERTIFIED),
        ("loan", Route.AUTOMATIC, VerdictReason.CERTIFIED),
    ]


def test_encoder_reads_only_what_the_table_is_unsure_of() -> None:
    listening = ListeningEmbedder()
    classifier = train_two_speed(_labelled(300), listening, 0.9, 0.1)
    assert 0 < classifier.encoder_share <= 0.2
    listening.shown.clear()
    asked = ["pin plastic card chip number 7", "the hotel visa and the airport luggage"]
    decide_at_two_speeds(classifier, [(text, text) for text in asked], listening)
    assert listening.shown == asked[1:]


def test_verdict_does_not_depend_on_the_texts_beside() -> None:
    classifier = train_two_speed(_labelled(100), EMBEDDER, 0.9, 0.1)
    asked = [(one.text, one.text) for one in _labelled(30, ("card", "loan", "travel"), seed=5)]
    together = decide_at_two_speeds(classifier, asked, EMBEDDER)
    assert together == [verdict for one in asked for verdict in decide_at_two_speeds(classifier, [one], EMBEDDER)]


def test_order_of_the_file_changes_nothing() -> None:
    labelled, asked = _labelled(60), [one.text for one in _labelled(20, seed=3)]
    assert _decide(labelled, asked) == _decide(labelled[::-1], asked)


def test_encoder_is_asked_about_everything_where_the_table_is_never_as_good() -> None:
    """Here no word comes twice, so that only the encoder can see that two texts mean the same."""

    class Knowing(WordHashEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            side = np.array([len(text) % 2 for text in texts], np.int64)
            return np.eye(self.dimension, dtype=np.float32)[side]

    labelled = [LabelledText("x" * n, "odd" if n % 2 else "even") for n in range(3, 83)]
    assert train_two_speed(labelled, Knowing(), 0.9, 0.1).encoder_share == 1


def test_automatic_decisions_keep_the_precision_on_texts_of_the_same_stream() -> None:
    rng = np.random.default_rng(4)
    blurred = [LabelledText(one.text, one.label if rng.random() < 0.97 or "pin" not in one.text else "loan") for one in _labelled(600)]
    fresh = _labelled(200, seed=8)
    verdicts = _decide(blurred, [one.text for one in fresh])
    automatic = [v.label == one.label for v, one in zip(verdicts, fresh, strict=True) if v.route is Route.AUTOMATIC]
    assert len(automatic) > 100
    assert np.mean(automatic) >= 0.9


def test_random_labels_are_never_certified() -> None:
    rng = np.random.default_rng(3)
    noise = [LabelledText(one.text, str(rng.choice(["card", "loan"]))) for one in _labelled(200)]
    assert train_two_speed(noise, EMBEDDER, 0.9, 0.1).decider.threshold is None


def test_calibration_part_proves_the_threshold_by_both_tiers() -> None:
    part = [LabelledText(one.text, one.label, Split.CALIBRATION) for one in _labelled(150, seed=9)]
    swapped = [LabelledText(one.text, "loan" if one.label == "card" else "card", Split.CALIBRATION) for one in part]
    kept, refused = (train_two_speed([*_labelled(150), *one], EMBEDDER, 0.9, 0.1) for one in (part, swapped))
    assert kept.decider.threshold is not None
    assert refused.decider.threshold is None


def test_stranger_to_the_table_goes_to_the_encoder_and_out_of_scope() -> None:
    outsiders = [LabelledText(one.text, "out_of_scope") for one in _labelled(60, ("travel",))]
    verdicts = _decide([*_labelled(200), *outsiders], ["boarding seat luggage visa", "chip pin reader card"])
    assert [(v.label, v.reason is VerdictReason.OUT_OF_SCOPE) for v in verdicts] == [("out_of_scope", True), ("card", False)]


@pytest.mark.parametrize("labelled", [_labelled(1), _labelled(1, ("card",)), _labelled(3, ("card",))])
def test_few_examples_are_enough_to_answer(labelled: list[LabelledText]) -> None:
    verdicts = _decide(labelled, ["my plastic card", "12345", ""])
    assert verdicts[0].label == "card"
    assert [v.reason for v in verdicts[1:]] == [VerdictReason.NO_WORDS] * 2


def test_the_proof_holds_what_is_said_of_each_example_without_it() -> None:
    odd_one = LabelledText("interest rate loan term number 9", "card")
    proof = two_speed_proof([*_labelled(60), odd_one], EMBEDDER)
    said = proof.judged.probabilities.argmax(axis=1)
    assert len(proof.truth) == 121
    assert np.count_nonzero(said != proof.truth) == 1, "the example with the wrong label taught its own verdict nothing"


def test_nothing_to_learn_and_nothing_to_tell_are_said_so() -> None:
    assert _decide(_labelled(10), []) == []
    with pytest.raises(BadInput, match="no text with words"):
        train_two_speed([LabelledText("123", "7")], EMBEDDER, 0.9, 0.1)
    with pytest.raises(BadInput, match="target precision is 1"):
        train_two_speed(_labelled(10), EMBEDDER, 1, 0.1)
