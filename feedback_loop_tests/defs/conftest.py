"""Fresh homes for the tests of the Dagster skin."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_loop_tests.defs.homes import Home, NewHome


@pytest.fixture(scope="session", autouse=True)
def _vectors_of_spelling() -> Iterator[None]:
    """The fast vectors, so that the cold start of the model is not what these tests measure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
        yield


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> NewHome:
    """Makes an empty home each time it is called."""
    root: Path = tmp_path_factory.mktemp("homes")
    numbers = itertools.count()
    return lambda: Home(root / f"home{next(numbers)}", root / "vectors")


@pytest.fixture
def home(new_home: NewHome) -> Home:
    """An empty home."""
    return new_home()
