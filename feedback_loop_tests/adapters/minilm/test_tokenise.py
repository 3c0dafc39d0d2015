"""Token ids are those of the published vocabulary, cut at 256 and never padded."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.minilm.tokenise import MAXIMUM_CHARS, Tokeniser
from feedback_loop.adapters.minilm.weights import model_folder, read_tokeniser


@pytest.fixture(scope="module")
def tokeniser() -> Tokeniser:
    return Tokeniser(read_tokeniser(model_folder()), 256)


def test_ids_are_those_of_bert_base_uncased(tokeniser: Tokeniser) -> None:
    assert [ids.tolist() for ids in tokeniser.tokenise(["hello world", "HELLO, World!", ""])] == [
        [101, 7592, 2088, 102],
        [101, 7592, 1010, 2088, 999, 102],
        [101, 102],
    ]


def test_long_text_keeps_both_marks_when_cut(tokeniser: Tokeniser) -> None:
    (ids,) = tokeniser.tokenise(["pay " * 400])
    assert len(ids) == 256
    assert (ids[0], ids[-1]) == (101, 102)


def test_text_beyond_the_limit_of_characters_reads_like_its_beginning(tokeniser: Tokeniser) -> None:
    start = "x y" + " " * MAXIMUM_CHARS
    (whole,), (beginning,) = tokeniser.tokenise([start + "z"]), tokeniser.tokenise(["x y"])
    assert whole.tolist() == beginning.tolist()


def test_lone_surrogate_reads_as_a_question_mark(tokeniser: Tokeniser) -> None:
    broken, mended = tokeniser.tokenise(["good \ud83d app", "good ? app"])
    assert broken.tolist() == mended.tolist()


def test_order_is_kept_beyond_one_chunk(tokeniser: Tokeniser) -> None:
    texts = ["pay " * (1 + row % 7) for row in range(2_500)]
    assert [len(ids) for ids in tokeniser.tokenise(texts)] == [3 + row % 7 for row in range(2_500)]
