"""The index of passages: derived, incremental, made anew when it is damaged, and asked in no language at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters import passage_index
from feedback_loop.adapters.passage_index import SqlitePassageIndex, terms_of
from feedback_loop.contracts.knowledge import Passage
from feedback_loop.errors import KnowledgeUnavailable
from feedback_loop.ports import Vectors
from feedback_loop_tests.methods.retrieval.made_up_documents import passage

TEXTS = {"pay v1": ["The payment page stays blank.", "Pay again."], "code v1": ["A code is good for ten minutes."], "empty v1": []}


class CountingEmbedder:
    """A vector per text from its length; `asked` remembers what was embedded."""

    dimension = 2

    def __init__(self, model_version: str = "counting") -> None:
        self.model_version, self.asked = model_version, list[str]()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(-1, 2)


def cut(version: str) -> list[Passage]:
    return [passage(version.split()[0], text, number) for number, text in enumerate(TEXTS[version])]


def kept(index: SqlitePassageIndex, *versions: str, embedder: CountingEmbedder | None = None) -> tuple[int, int]:
    return index.keep(versions, cut, embedder or CountingEmbedder())


@pytest.fixture(params=["a file", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SqlitePassageIndex:
    return SqlitePassageIndex(tmp_path / "knowledge" / "passages.sqlite" if request.param == "a file" else None)


def found(index: SqlitePassageIndex, word: str) -> list[str]:
    rows = index.read(TEXTS)
    [one] = index.occurrences(word)
    return [rows.passages[list(rows.numbers).index(number)].text for number in one.numbers]


def test_passages_come_back_as_they_were_with_their_vectors_and_lengths(index: SqlitePassageIndex) -> None:
    embedder = CountingEmbedder()
    assert kept(index, *TEXTS, embedder=embedder) == (3, 0)
    rows = index.read(["pay v1"])
    assert list(rows.passages) == cut("pay v1")
    assert rows.lengths.tolist() == [7, 4]  # id and title are indexed, too
    assert rows.vectors.tolist() == [[len(one.indexed_text), 1.0] for one in rows.passages]
    assert embedder.asked == [one.indexed_text for version in TEXTS for one in cut(version)]


def test_what_it_holds_is_neither_cut_nor_embedded_again_and_what_is_gone_is_gone(index: SqlitePassageIndex) -> None:
    kept(index, "pay v1", "empty v1")
    embedder = CountingEmbedder()
    assert kept(index, "pay v1", "empty v1", "code v1", embedder=embedder) == (1, 0)
    assert embedder.asked == [one.indexed_text for one in cut("code v1")]
    assert kept(index, "code v1") == (0, 2)
    assert [one.document_id for one in index.read(TEXTS).passages] == ["code"]
    assert index.occurrences("payment")[0].numbers.tolist() == []


def test_another_model_makes_every_vector_anew(index: SqlitePassageIndex) -> None:
    kept(index, "pay v1")
    embedder = CountingEmbedder("another")
    assert kept(index, "pay v1", embedder=embedder) == (1, 0)
    assert len(embedder.asked) == 2


def test_a_word_is_found_in_any_of_its_forms_and_says_how_often_it_stands_there(index: SqlitePassageIndex) -> None:
    kept(index, *TEXTS)
    assert found(index, "PAYMENTS") == ["The payment page stays blank."]
    [one] = index.occurrences("paying")
    assert one.word == "paying"
    assert one.counts.tolist() == [2, 3]


def test_a_document_is_found_by_its_id(index: SqlitePassageIndex) -> None:
    index.keep(["KB-104 v1"], lambda version: [passage("KB-104", "Types of paper.")], CountingEmbedder())
    assert [one.numbers.tolist() for one in index.occurrences("kb-104")] == [[1], [1]]


def test_a_reader_of_nothing_is_given_nothing(index: SqlitePassageIndex) -> None:
    kept(index, *TEXTS)
    assert index.read([]).passages == ()
    assert index.read([]).vectors.shape == (0, 0)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("支付失败了", "失败"),
        ("भुगतान विफल हुआ", "विफल"),
        ("การชำระเงินล้มเหลว", "ล้มเหลว"),
        ("Zahlung schlägt fehl", "schlagt"),
        ("v7.2.0", "v7.2.0"),
    ],
)
def test_other_scripts_and_versions_are_found(text: str, question: str) -> None:
    index = SqlitePassageIndex()
    index.keep(["other v1"], lambda version: [passage("other", text)], CountingEmbedder())
    assert all(one.numbers.tolist() == [1] for one in index.occurrences(question))
    assert index.occurrences(question)


@given(st.text(max_size=60))
def test_any_question_is_words_and_never_a_query(question: str) -> None:
    index = SqlitePassageIndex()
    kept(index, *TEXTS)
    assert {one.word for one in index.occurrences(question)} == set(terms_of(question).values())


@pytest.mark.parametrize("question", ['blank" OR "code', "words:blank", "blank NEAR code", "{x}: blank*", "'; DROP TABLE term; --"])
def test_signs_of_the_query_language_are_nothing_but_signs(question: str) -> None:
    assert all(term.isalnum() for term in terms_of(question))


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be read as one" * 40, b""])
def test_a_file_that_is_no_index_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passages.sqlite"
    file.write_bytes(content)
    index = SqlitePassageIndex(file)
    assert kept(index, "pay v1") == (1, 0)
    assert len(index.read(TEXTS).passages) == 2


def test_tables_of_another_form_are_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE passage (something_else)")
    assert kept(SqlitePassageIndex(file), "pay v1") == (1, 0)


def test_a_file_whose_pages_are_damaged_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    kept(SqlitePassageIndex(file), *TEXTS)
    content = bytearray(file.read_bytes())
    for start in range(3 * 4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    file.write_bytes(content)
    assert kept(SqlitePassageIndex(file), *TEXTS) == (3, 0)
    assert found(SqlitePassageIndex(file), "pay") != []


@pytest.mark.parametrize(
    "spoilt", ["little_endian_float32 = x'00'", "little_endian_float32 = 'abc'", "text = x'ff'", "term_count = 'many'"]
)
def test_rows_that_are_none_are_named_with_what_to_do(tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / "passages.sqlite"
    kept(SqlitePassageIndex(file), *TEXTS)
    with sqlite3.connect(file) as database:
        database.execute(f"UPDATE passage SET {spoilt}")
    with pytest.raises(KnowledgeUnavailable, match=r"passages\.sqlite: .*delete it"):
        SqlitePassageIndex(file).read(TEXTS)


def test_a_text_that_is_no_utf8_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    kept(SqlitePassageIndex(file), *TEXTS)
    with sqlite3.connect(file) as database:
        database.execute("UPDATE passage SET text = CAST(x'ff' AS TEXT)")
    with pytest.raises(KnowledgeUnavailable, match=r"OperationalError.*delete it"):
        SqlitePassageIndex(file).read(TEXTS)


def test_an_index_that_another_holds_is_waited_for_and_then_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_index, "_WAIT_SECONDS", 0.1)
    file = tmp_path / "passages.sqlite"
    kept(SqlitePassageIndex(file), *TEXTS)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(KnowledgeUnavailable, match="another program holds it; try again"):
            kept(SqlitePassageIndex(file), *TEXTS)
    assert kept(SqlitePassageIndex(file), *TEXTS) == (0, 0)


def test_a_place_where_no_file_can_be_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "passages.sqlite").mkdir()
    with pytest.raises(KnowledgeUnavailable, match="delete it"):
        kept(SqlitePassageIndex(tmp_path / "passages.sqlite"), "pay v1")


def test_two_that_index_at_once_hold_each_version_once(tmp_path: Path) -> None:
    first, second = (SqlitePassageIndex(tmp_path / "passages.sqlite") for _ in range(2))

    def cut_while_the_other_indexes(version: str) -> list[Passage]:
        kept(second, "pay v1")
        return cut(version)

    first.keep(["pay v1"], cut_while_the_other_indexes, CountingEmbedder())
    assert len(first.read(TEXTS).passages) == 2
