"""Fresh homes for the tests of the Dagster skin."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_loop.adapters import charts
from feedback_loop.contracts.tables import python_tables
from feedback_loop_tests.defs.homes import Home, NewHome, waits_for_decision, waits_for_language_model
from feedback_loop_tests.defs.made_up_feedback import UNREADABLE, context, days, feedback, record, release
from feedback_loop_tests.defs.one_fault import DecidedHome, decided_home

DRAW = charts._png
"""The real drawing, which other tests go without."""


@pytest.fixture(scope="session", autouse=True)
def _vectors_of_spelling() -> Iterator[None]:
    """The fast vectors and no pictures, so that models and drawing are not what these tests wait for; test_charts.py draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
        patch.setattr(charts, "_png", lambda _: b"")
        yield


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> NewHome:
    """Makes an empty home each time it is called."""
    root: Path = tmp_path_factory.mktemp("homes")
    numbers = itertools.count()
    return lambda: Home(root / f"home{next(numbers)}", root / "vectors")


@pytest.fixture(scope="session")
def computed(new_home: NewHome) -> Home:
    """A home with three days computed and no table empty but those that wait for a decision; tests that change it take a copy."""
    home = new_home()
    urgent = [record(f"urgent{n}", 1, "The app crashes as soon as I open it, error E-1001.", severity="urgent") for n in range(3)]
    home.land([*feedback(2, per_day=3), *urgent, *context(0), release("1.0", 0), UNREADABLE])
    assert home.run(days(0, 2)).failed_checks == []
    filled = (t for t in python_tables() if not (waits_for_decision(t) or waits_for_language_model(t)))
    assert [table.name for table in filled if not home.table(table.name).height] == []
    return home


@pytest.fixture(scope="session")
def decided(new_home: NewHome) -> DecidedHome:
    """A home in which something was carried out, and no table empty that waits for that; tests that change it take a copy."""
    made = decided_home(new_home())
    assert all(made.home.table(table.name).height for table in python_tables() if waits_for_decision(table))
    return made


@pytest.fixture
def home(new_home: NewHome) -> Home:
    """An empty home."""
    return new_home()
