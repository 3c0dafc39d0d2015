"""`try classify` by the seed taxonomy: routes and reasons, with vectors that need no weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.analysis.labelled_texts import LabelledText
from feedback_loop.contracts.vocab import AbstentionReason, ComplaintClass
from feedback_loop.ports import Vectors
from feedback_loop.workflows.try_classify import (
    ABOVE_THRESHOLD,
    Speed,
    answers_of,
    by_own_labels,
    by_seed_taxonomy,
    label_lines,
    learn,
    read_labelled,
)
from feedback_loop.workflows.try_cluster import cluster_answers
from feedback_loop.workflows.try_files import TextRow


class ListeningEmbedder(TfidfEmbedder):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.shown += texts
        return super().embed(texts)


def test_no_model_sees_a_name_that_a_text_tells() -> None:
    rows, listening = [TextRow(1, "My name is Anna Maier and the app crashes.", {})], ListeningEmbedder()
    by_seed_taxonomy(rows, listening)
    cluster_answers(rows, listening)
    assert listening.shown[-2:] == ["My name is [NAME] and the app crashes."] * 2


def test_seed_answers_route_by_what_the_classifier_decided() -> None:
    texts = ["the app crashes every time I open it", "12345 !!!", "jo@example.com", "Я не могу войти в приложение, код не приходит"]
    rows = [TextRow(number, text, {}) for number, text in enumerate(texts)]
    answers = by_seed_taxonomy(rows, TfidfEmbedder())
    assert [answer["text_id"] for answer in answers] == [0, 1, 2, 3]
    assert {answer["label"] for answer in answers} <= set(ComplaintClass)
    for answer in answers:
        assert (answer["route"] == "automatic") == (answer["reason"] == ABOVE_THRESHOLD)
        assert answer["prediction_set"][0] == answer["label"]
    assert [(a["route"], a["reason"]) for a in answers[1:3]] == [("human", AbstentionReason.NO_WORDS)] * 2
    assert (answers[3]["route"], answers[3]["reason"]) == ("llm", AbstentionReason.LANGUAGE_UNSUPPORTED)


def _own_labels() -> list[LabelledText]:
    sentences = {"billing": "I was charged twice for order", "crash": "it crashes when I open photo"}
    return [LabelledText(f"{sentence} {n}", label) for n in range(30) for label, sentence in sentences.items()]


@pytest.mark.parametrize("speed", list(Speed))
def test_own_labels_are_told_at_either_speed_and_every_text_is_masked(speed: Speed) -> None:
    rows, listening = [TextRow("a", "charged twice by jo@example.com", {}), TextRow("b", "it crashes", {})], ListeningEmbedder()
    answers = by_own_labels(_own_labels(), rows, listening, 0.9, 0.1, speed)
    assert [(answer["text_id"], answer["label"]) for answer in answers] == [("a", "billing"), ("b", "crash")]
    assert not [text for text in listening.shown if "@" in text]


@pytest.mark.parametrize("speed", list(Speed))
def test_answers_of_many_portions_are_those_of_each_row_alone(speed: Speed) -> None:
    decide = learn(_own_labels(), TfidfEmbedder(), 0.9, 0.1, speed)
    rows = [TextRow(n, f"{'charged' if n % 3 else 'crashes with'} photo {n}", {}) for n in range(2_500)]
    answers = answers_of(rows, decide)
    assert [answer["text_id"] for answer in answers] == list(range(2_500))
    assert all(answers[n] == answers_of(rows[n : n + 1], decide)[0] for n in (0, 1_023, 1_024, 2_499))
    assert answers_of([], decide) == []


@pytest.mark.parametrize("speed", list(Speed))
def test_labels_alone_are_learnt_by_their_names_and_decide_nothing_alone(speed: Speed, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("label\nlost_card\nlate parcel\n7\n", encoding="utf-8")
    labelled = read_labelled(file)
    rows = [TextRow("a", "my card is lost", {}), TextRow("b", "the parcel is late", {})]
    answers = by_own_labels(labelled, rows, TfidfEmbedder(), 0.9, 0.1, speed)
    assert [(one["label"], one["reason"]) for one in answers] == [
        ("lost_card", "target_not_certified"),
        ("late parcel", "target_not_certified"),
    ]
    names, unknown, proof = label_lines(labelled, answers, 0.9, 0.1)
    assert names.startswith("Names alone were learnt of 2 of 3 labels: late parcel, lost_card came without a text.")
    assert unknown.startswith("Nothing was learnt of 7: ")
    assert "of 0 at least 22 more are needed" in proof


def test_a_label_without_a_text_is_learnt_beside_labels_with_texts_and_named() -> None:
    labelled = [*_own_labels(), LabelledText("", "late parcel")]
    answers = by_own_labels(labelled, [TextRow("a", "the parcel is late", {})], TfidfEmbedder(), 0.9, 0.1)
    assert answers[0]["label"] == "late parcel"
    assert label_lines(labelled, answers, 0.9, 0.1)[0].startswith(
        "Names alone were learnt of 1 of 3 labels: late parcel came without a text."
    )


def test_many_labels_without_a_text_are_counted() -> None:
    labelled = [LabelledText("a text", "a"), *(LabelledText("", f"label {letter}") for letter in "bcdefgh")]
    assert "label b, label c, label d, label e, label f and 2 more came without a text" in label_lines(labelled, [], 0.9, 0.1)[0]
    assert "no label came with a text" in label_lines(labelled[1:], [], 0.9, 0.1)[0]
