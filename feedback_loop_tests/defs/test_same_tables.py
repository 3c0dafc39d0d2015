"""Whatever the way, the same tables: late rows, rows in another order, runs again, day by day, or as one backfill.

One home that had every row from the start and ran its whole range once is what all others are compared with.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_loop.contracts.tables import TABLES, python_tables
from feedback_loop.defs.run_days import range_tags
from feedback_loop.sources.reading import Row
from feedback_loop.workflows.touched import landed_now, reached_by, touched_days
from feedback_loop_tests.defs.homes import Home, NewHome, waits_for_language_model
from feedback_loop_tests.defs.made_up_feedback import LANDED_AT, SAYINGS, day, days, feedback, record, release

LAST, LATE = 48, 5
ALL = days(0, LAST)
LATE_ROWS = [record(f"late-{n}", LATE, SAYINGS["crash"][n % 4].format(n=n), product_version="1.0") for n in range(12)]
ROWS: list[Row] = [*feedback(LAST, per_day=3, spike=30), *LATE_ROWS, release("1.0", 0), release("2.0", 19, "faster")]
DAILY = [t for t in python_tables() if t.name.startswith(("silver_", "analysis_", "gold_")) and not waits_for_language_model(t)]

OF_FEW_DAYS = ("analysis_alert", "analysis_cohort", "analysis_hypothesis", "analysis_forecast")
"""Tables that say something of few days alone, so that a day's rows need not change with what it holds."""


@pytest.fixture(scope="module")
def reference(new_home: NewHome) -> Home:
    home = new_home()
    home.land(ROWS)
    home.run(ALL)
    assert home.table("analysis_alert").height > 0
    return home


def test_rows_that_come_late_end_in_the_same_tables_and_change_no_day_that_does_not_look_back_at_them(
    reference: Home, new_home: NewHome
) -> None:
    home = new_home()
    home.land([row for row in ROWS if row not in LATE_ROWS])
    home.run(ALL)
    before, seen = {t.name: home.digests_by_day(t.name, ALL) for t in DAILY}, landed_now(home.store)
    home.land(LATE_ROWS, LANDED_AT + timedelta(days=1))
    touched = touched_days(home.store, seen)
    assert touched == [day(LATE)]
    to_run = reached_by(TABLES["gold_issue"], touched, ALL.last)
    assert to_run == days(LATE, LAST)
    home.run(to_run)
    assert home.digests() == reference.digests()
    for table in DAILY:
        after = home.digests_by_day(table.name, ALL)
        changed = {d for d in ALL if after[d] != before[table.name][d]}
        reach = reached_by(table, touched, ALL.last)
        assert reach is not None
        assert changed <= set(reach), f"{table.name}: days outside of its lookback_days changed"
        assert day(LATE) in changed or table.name in OF_FEW_DAYS, f"{table.name}: the late rows did not arrive"
    assert TABLES["analysis_cluster"].lookback_days == 39, "the last three days above lie beyond the reach of the late rows; keep it so"


def test_run_again_writes_no_version_and_changes_no_row(reference: Home, new_home: NewHome) -> None:
    home = reference.copied_to(new_home())
    versions = home.versions()
    summary = home.run(ALL)
    assert home.versions() == versions
    assert set(summary.days_changed.values()) == {0}


def test_rows_landed_in_another_order_and_in_portions_give_the_same_ids_and_tables(reference: Home, new_home: NewHome) -> None:
    home, backwards = new_home(), ROWS[::-1]
    for start in range(0, len(backwards), 50):
        home.land(backwards[start : start + 50], LANDED_AT + timedelta(minutes=start))
    home.run(ALL)
    assert home.digests() == reference.digests()


def test_days_one_by_one_and_a_backfill_as_one_run_give_the_same_tables_as_the_command_line(reference: Home, new_home: NewHome) -> None:
    home = new_home()
    home.land(ROWS)
    home.run(days(0, LAST - 5))
    for number in (LAST - 4, LAST - 3):
        assert home.loop(day(number)).success
    backfill = home.loop(tags=range_tags(days(LAST - 2, LAST)))
    assert backfill.success
    assert len([e for e in backfill.all_events if e.event_type_value == "STEP_SUCCESS" and e.step_key == "gold_issue"]) == 1
    assert home.digests() == reference.digests()
