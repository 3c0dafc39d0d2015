"""Complaints that mean what a description says are nearer to it than other records are."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.embed import embeddings
from feedback_loop.analysis.shared_meaning import SharedMeaning
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop_tests.analysis.scenes import EMBEDDER, HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.complaint_stream import Said, stream

SAID = [*crowd(), *fault(30, region="dach")]
COMPLAINTS = "scanner"


def nearness(said: list[Said], *descriptions: str, since: float = HOUR, version: str | None = None) -> list[float | None]:
    fragments = stream(said).fragments
    vectors = embeddings(fragments.with_columns(text_hash="fragment_id"), EMBEDDER)
    if version:
        vectors = vectors.with_columns(embedding_model_version=pl.lit(version))
    symptom = Symptom(of_class(said), instant_number(at(since)), instant_number(at(24)))
    return SharedMeaning.of(fragments, vectors, EMBEDDER).nearness(symptom, descriptions)


@pytest.fixture(scope="module")
def words() -> str:
    """What the complaints say, in their own words."""
    of = stream(fault(1))
    return str(of.fragments["masked_text"][0])


def test_a_description_in_the_words_of_the_complaints_is_near(words: str) -> None:
    near, far = nearness(SAID, words, "Quarterly figures of the warehouse")
    assert near is not None
    assert far is not None
    assert near > 1 > far


def test_an_empty_description_says_nothing() -> None:
    assert nearness(SAID, "") == [None]


def test_one_or_two_complaints_say_nothing(words: str) -> None:
    assert nearness(SAID, words, since=23.9) == [None]


def test_vectors_of_another_model_are_not_compared(words: str) -> None:
    assert nearness(SAID, words, version="another-1") == [None]
