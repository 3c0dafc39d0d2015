"""An alert's complaints are weighed against who was there to complain, in a window that reaches beyond the onset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feedback_loop.analysis.alerted import Alerted
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.weighing import LONGEST_DAYS, SHORTEST_DAYS, Weighing
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop_tests.analysis.scenes import DAY, HOUR, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class

FAULT = [*crowd(), *fault(30, region="dach")]


def weighed(alert: Alerted) -> Weighing:
    found = Weighing.of(alert)
    assert found is not None
    return found


def test_the_window_ends_with_what_is_known_and_has_a_moment_per_hour() -> None:
    alert = of_class(FAULT)
    found = weighed(alert)
    assert found.window.end == alert.end
    assert found.window.length == SHORTEST_DAYS * DAY_MICROSECONDS
    assert len(found.level.moments) == found.window.length // HOUR_MICROSECONDS


def test_a_fault_that_is_days_old_makes_it_longer_but_not_endless() -> None:
    lasting = [s for n in range(DAY - 5, DAY + 1) for s in fault(25, number=n, start=0, hours=24, seed=n)]
    assert SHORTEST_DAYS < weighed(of_class([*crowd(), *lasting])).window.length / DAY_MICROSECONDS <= LONGEST_DAYS


def test_too_few_complaints_are_not_weighed() -> None:
    assert Weighing.of(replace(of_class(FAULT), complaining=np.zeros(0, dtype=np.int64))) is None


def test_a_cluster_is_told_apart_by_everything_but_its_language() -> None:
    alert = of_class(FAULT)
    assert weighed(alert).rows.dimensions == SCOPE_DIMENSIONS
    cluster = replace(alert, row={**alert.row, "subject_kind": "cluster"})
    assert set(SCOPE_DIMENSIONS) - set(weighed(cluster).rows.dimensions) == {"locale"}


def test_a_version_that_all_have_by_now_is_expected_among_the_complaints() -> None:
    rolled = [replace(s, version="3.0") if s.day == DAY and (s.hour or 0) >= HOUR - 4 else s for s in FAULT]
    look, _ = weighed(of_class(rolled)).settled()
    place = look.rows.dimensions.index("product_version")
    code = look.rows.values[place].index("3.0")
    expected = look.history.margin(place, len(look.rows.values[place]))[code]
    assert expected == pytest.approx(0.7, abs=0.25), "most of the complaints came when most had it"
