"""`try classify` by the seed taxonomy: routes and reasons, with vectors that need no weights."""

from __future__ import annotations

from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.contracts.vocab import AbstentionReason, ComplaintClass
from feedback_loop.workflows.try_classify import ABOVE_THRESHOLD, by_seed_taxonomy
from feedback_loop.workflows.try_files import TextRow


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
