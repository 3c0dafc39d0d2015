"""The cache saves time and never changes a vector, whatever happens to its file."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.embedding_cache import CachingEmbedder, text_sha256, without_cache
from feedback_loop.ports import Embedder, Vectors


class FakeEmbedder:
    """Vectors from the hash of the text; remembers what it was asked, and may die as a killed process does."""

    def __init__(self, model_version: str = "fake/1", dies_after_calls: int | None = None) -> None:
        self.model_version, self.dimension = model_version, 8
        self.asked: list[list[str]] = []
        self._dies_after_calls = dies_after_calls

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._dies_after_calls == len(self.asked):
            os.kill(os.getpid(), signal.SIGKILL)
        self.asked.append(list(texts))
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, 8)

    def _vector(self, text: str) -> Vectors:
        digest = hashlib.sha256((self.model_version + text).encode("utf-8", errors="surrogatepass")).digest()
        vector = np.frombuffer(digest, dtype=np.uint32).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "embeddings.sqlite"


def embed_in_another_process(path: Path, texts: list[str], dies_after_calls: int | None = None) -> None:
    CachingEmbedder(FakeEmbedder(dies_after_calls=dies_after_calls), path).embed(texts)


def run_processes(*arguments: tuple[object, ...]) -> list[int | None]:
    processes = [multiprocessing.get_context("spawn").Process(target=embed_in_another_process, args=a) for a in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    return [process.exitcode for process in processes]


def test_second_run_asks_for_new_texts_only(path: Path) -> None:
    CachingEmbedder(FakeEmbedder(), path).embed(["a", "b", "a"])
    inner = FakeEmbedder()
    cache: Embedder = CachingEmbedder(inner, path)
    assert np.array_equal(cache.embed(["c", "b", "a", "c"]), FakeEmbedder().embed(["c", "b", "a", "c"]))
    assert inner.asked == [["c"]]
    assert isinstance(cache, CachingEmbedder)
    assert (cache.hits, cache.misses) == (2, 1)


@settings(max_examples=25, deadline=None)
@given(calls=st.lists(st.lists(st.text(st.characters(), max_size=3), max_size=6), max_size=4))
def test_vectors_are_those_of_the_inner_embedder(calls: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = CachingEmbedder(FakeEmbedder(), tmp_path_factory.mktemp("cache") / "embeddings.sqlite")
    for texts in calls:
        assert np.array_equal(cache.embed(texts), FakeEmbedder().embed(texts))


def test_without_its_cache_an_embedder_remembers_nothing(path: Path) -> None:
    cached = CachingEmbedder(FakeEmbedder(), path)
    without_cache(cached).embed(["a question"])
    assert not path.exists()
    assert without_cache(cached.inner) is cached.inner


def test_more_texts_than_one_transaction_keep_their_order(path: Path) -> None:
    texts = [str(number) for number in range(5_000)]
    CachingEmbedder(FakeEmbedder(), path).embed(texts[::3])
    cache = CachingEmbedder(FakeEmbedder(), path)
    assert np.array_equal(cache.embed(texts), FakeEmbedder().embed(texts))
    assert (cache.hits, cache.misses) == (1_667, 3_333)


def test_versions_of_a_model_never_share_a_vector(path: Path) -> None:
    CachingEmbedder(FakeEmbedder("fake/1"), path).embed(["a"])
    other = CachingEmbedder(FakeEmbedder("fake/2"), path)
    assert np.array_equal(other.embed(["a"]), FakeEmbedder("fake/2").embed(["a"]))
    assert other.hits == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vector SET little_endian_float32 = substr(little_endian_float32, 1, 31)",
        "UPDATE vector SET little_endian_float32 = little_endian_float32 || x'00000000'",
        "UPDATE vector SET little_endian_float32 = zeroblob(32)",
        "UPDATE vector SET little_endian_float32 = 'words'",
        "UPDATE vector SET crc32 = crc32 + 1",
    ],
)
def test_damaged_row_is_computed_anew_and_mended(path: Path, damage: str) -> None:
    CachingEmbedder(FakeEmbedder(), path).embed(["a", "b"])
    with sqlite3.connect(path) as database:
        database.execute(f"{damage} WHERE text_sha256 = ?", (text_sha256("a"),))
    cache = CachingEmbedder(FakeEmbedder(), path)
    assert np.array_equal(cache.embed(["a", "b"]), FakeEmbedder().embed(["a", "b"]))
    assert (cache.hits, cache.misses) == (1, 1)
    cache.embed(["a", "b"])
    assert (cache.hits, cache.misses) == (3, 1)


@pytest.mark.parametrize("start", [0, 4_096])
def test_damaged_file_is_replaced(path: Path, start: int) -> None:
    texts = [str(number) for number in range(400)]
    CachingEmbedder(FakeEmbedder(), path).embed(texts)
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xab" * (len(content) - start))
    for _ in range(2):
        assert np.array_equal(CachingEmbedder(FakeEmbedder(), path).embed(texts), FakeEmbedder().embed(texts))
    last = CachingEmbedder(FakeEmbedder(), path)
    last.embed(texts)
    assert (last.hits, last.misses) == (400, 0)


def test_tables_of_another_form_are_replaced(path: Path) -> None:
    CachingEmbedder(FakeEmbedder(), path).embed(["one"])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ALTER TABLE vector RENAME COLUMN crc32 TO checksum")
    inner = FakeEmbedder()
    for _ in range(3):
        CachingEmbedder(inner, path).embed(["one"])
    assert inner.asked == [["one"]]


def test_killed_process_leaves_what_it_had_finished(path: Path) -> None:
    texts = [str(number) for number in range(5_000)]
    assert run_processes((path, texts, 1)) == [-signal.SIGKILL]
    cache = CachingEmbedder(FakeEmbedder(), path)
    assert np.array_equal(cache.embed(texts), FakeEmbedder().embed(texts))
    assert (cache.hits, cache.misses) == (2_048, 2_952)


def test_several_processes_fill_one_file(path: Path) -> None:
    texts = [str(number) for number in range(3_000)]
    assert run_processes((path, texts[:2_000]), (path, texts[1_000:]), (path, texts[::2])) == [0, 0, 0]
    cache = CachingEmbedder(FakeEmbedder(), path)
    assert np.array_equal(cache.embed(texts), FakeEmbedder().embed(texts))
    assert (cache.hits, cache.misses) == (3_000, 0)


def test_forgotten_texts_leave_no_trace_in_the_files(path: Path) -> None:
    for version in ("fake/1", "fake/2"):
        CachingEmbedder(FakeEmbedder(version), path).embed(["gone", "kept"])
    cache = CachingEmbedder(FakeEmbedder("fake/1"), path)
    assert cache.forget([text_sha256("gone"), text_sha256("never seen")]) == 2
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert text_sha256("gone").encode() not in stored
    assert FakeEmbedder("fake/1").embed(["gone"]).tobytes() not in stored
    assert FakeEmbedder("fake/1").embed(["kept"]).tobytes() in stored
    cache.embed(["gone", "kept"])
    assert (cache.hits, cache.misses) == (1, 1)


def test_text_itself_is_never_stored(path: Path) -> None:
    CachingEmbedder(FakeEmbedder(), path).embed(["an unmistakable sentence"])
    assert b"unmistakable" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_locked_file_raises_and_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_loop.adapters.embedding_cache._WAIT_SECONDS", 0.0)
    CachingEmbedder(FakeEmbedder(), path).embed(["a"])
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        CachingEmbedder(FakeEmbedder(), path).embed(["b"])
    database.close()
    cache = CachingEmbedder(FakeEmbedder(), path)
    cache.embed(["a"])
    assert cache.hits == 1
