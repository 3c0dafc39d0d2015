"""Many texts at once score as the library scores them one by one, and no score depends on the texts beside it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from feedback_loop.methods.languages.ngram_scores import NgramModel, ngram_model

LABELS = ("de", "en", "es", "hi", "sr", "zh")
TEXTS = ["the payment failed again", "die Zahlung ging nicht", "пара нет", "पैसा वापस नहीं मिला", "x", "支付失败", "no " * 400]


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return ngram_model(LABELS)


def scored(model: NgramModel, texts: list[str]) -> npt.NDArray[np.float64]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.array([len(one) for one in encoded], dtype=np.int64)
    return model.scores(b"".join(encoded), np.cumsum(lengths) - lengths, lengths)


def test_scores_are_those_of_the_library(model: NgramModel) -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LABELS)
    assert tuple(identifier.nb_classes) == model.labels
    expected = np.array([identifier._raw_score(text.encode()) if len(text) > 1 else identifier.nb_pc for text in TEXTS])
    assert np.allclose(scored(model, TEXTS), expected, rtol=1e-4, atol=0.01)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.sampled_from(TEXTS) | st.text(min_size=1, max_size=40), min_size=1, max_size=8))
def test_score_has_the_same_bits_whatever_stands_beside_it(texts: list[str]) -> None:
    model = ngram_model(LABELS)
    assert np.array_equal(scored(model, texts), np.concatenate([scored(model, [text]) for text in texts]))


def test_a_text_without_a_known_feature_scores_by_the_prior_alone(model: NgramModel) -> None:
    first, second = scored(model, ["\x01", "\x01\x01"])
    assert np.array_equal(first, second)


def test_more_texts_than_one_group_keep_their_order(model: NgramModel) -> None:
    texts = [TEXTS[row % len(TEXTS)] + "a" * (row % 5) for row in range(5_000)]
    assert np.array_equal(scored(model, texts)[::-1], scored(model, texts[::-1]))
