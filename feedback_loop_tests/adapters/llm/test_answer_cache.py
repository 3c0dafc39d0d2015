"""Answers are found by model, prompt and words, fit the form that is asked for now, and can be forgotten with any text within."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from feedback_loop.adapters.llm.answer_cache import AnswerCache, answer_count, is_readable
from feedback_loop.analysis.prompts.classification import classification_question
from feedback_loop.analysis.prompts.untrusted import text_hash_of
from feedback_loop.contracts.questions import Question
from feedback_loop_tests.adapters.llm.conftest import LABELS, question

ASKED = question("It closes.")


def answer(to: Question, label: str = "crash") -> BaseModel:
    return to.answer_type.model_validate({"label": label})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite"


def test_an_answer_is_found_by_model_prompt_and_words(file: Path) -> None:
    cache = AnswerCache(file)
    cache.keep("one", ASKED, answer(ASKED))
    assert cache.find("one", ASKED) == answer(ASKED)
    others = [("two", ASKED), ("one", question("It closes!")), ("one", replace(ASKED, prompt_version="classification-other"))]
    assert [cache.find(*other) for other in others] == [None, None, None]


def test_an_answer_that_does_not_fit_the_form_of_today_is_none(file: Path) -> None:
    AnswerCache(file).keep("one", ASKED, answer(ASKED))
    narrower = replace(ASKED, answer_type=classification_question("It closes.", LABELS[1:]).answer_type)
    assert AnswerCache(file).find("one", narrower) is None


def test_an_answer_is_forgotten_with_any_text_that_was_shown(file: Path) -> None:
    cache = AnswerCache(file)
    with_example = classification_question("It closes.", LABELS, [("Charged twice.", "billing")])
    for one in (with_example, question("Something else.")):
        cache.keep("one", one, answer(one))
    assert answer_count(file) == 2
    assert answer_count(file, [text_hash_of("Charged twice.")]) == 1
    assert cache.forget([text_hash_of("Charged twice.")]) == 1
    assert cache.find("one", with_example) is None
    assert cache.find("one", question("Something else.")) is not None
    assert with_example.request_hash.encode() not in file.read_bytes()


def test_a_file_that_is_no_database_is_as_good_as_none(file: Path) -> None:
    file.write_bytes(b"no database at all, though of some length" * 100)
    cache = AnswerCache(file)
    assert answer_count(file) == 0
    assert cache.find("one", ASKED) is None
    cache.keep("one", ASKED, answer(ASKED))
    assert cache.find("one", ASKED) == answer(ASKED)


def test_a_recording_is_never_written(file: Path) -> None:
    AnswerCache(file).keep("one", ASKED, answer(ASKED))
    before = file.read_bytes()
    recording = AnswerCache(file, is_recording=True)
    recording.keep("one", question("new"), answer(question("new")))
    assert recording.find("one", ASKED) == answer(ASKED)
    assert file.read_bytes() == before


def test_a_damaged_recording_answers_nothing_and_stays(file: Path) -> None:
    file.write_bytes(b"broken" * 500)
    assert AnswerCache(file, is_recording=True).find("one", ASKED) is None
    assert file.exists()


def test_nothing_is_forgotten_where_nothing_is(file: Path) -> None:
    assert AnswerCache(file).forget(["x"]) == 0
    assert not file.exists()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE answer SET answer = CAST(x'fffe22' AS TEXT)",
        "UPDATE answer SET answer = x'00ff'",
        "UPDATE answer SET answer = 5",
        'UPDATE answer SET answer = \'{"label": "refund_everybody"}\'',
        "ALTER TABLE answer RENAME COLUMN answer TO another",
    ],
)
def test_a_row_or_a_table_that_was_tampered_with_is_as_good_as_none(file: Path, damage: str) -> None:
    cache = AnswerCache(file)
    cache.keep("one", ASKED, answer(ASKED))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(damage)
    assert AnswerCache(file, is_recording=True).find("one", ASKED) is None
    assert cache.find("one", ASKED) is None
    cache.keep("one", ASKED, answer(ASKED))
    assert cache.find("one", ASKED) == answer(ASKED)


def test_a_file_of_answers_can_be_told_from_any_other(file: Path, tmp_path: Path) -> None:
    AnswerCache(file).keep("model", ASKED, answer(ASKED))
    assert is_readable(file)
    (tmp_path / "letters.sqlite").write_text("dear model")
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as database:
        database.execute("CREATE TABLE question (text TEXT)")
    assert not any(is_readable(tmp_path / name) for name in ("letters.sqlite", "other.sqlite", "gone.sqlite"))
