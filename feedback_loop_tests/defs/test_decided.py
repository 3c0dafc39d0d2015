"""A run over past days changes nothing that somebody decided on, and leads to nothing that can be carried out."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from feedback_loop.contracts.records import Row
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.run_days import range_tags
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, days, instant, record
from feedback_loop_tests.defs.one_fault import FAULT, LATER, DecidedHome, complaints, land_all
from feedback_loop_tests.table_digests import digest

AFTERWARDS = days(FAULT - 1, FAULT + 2)
KEPT = ("analysis_alert", "analysis_cohort", "analysis_hypothesis")
STATE = ("remediation_proposal", "remediation_action", "remediation_message", "state_issue_status", "state_label", "state_threshold")
PRAISE = SAYINGS["praise"][0]

LATE: dict[str, list[Row]] = {
    "more complaints of everybody": [
        record(f"late-{n}", FAULT, SAYINGS["crash"][n % 4].format(n=n), browser="Firefox 120", occurred_at=instant(FAULT, 2 + n / 4))
        for n in range(24)
    ],
    "the complaints were praise": complaints(text=PRAISE),
    "nothing was said on that day": [*complaints(FAULT - 1), *(record(f"usual-{FAULT}-{n}", FAULT - 1, PRAISE) for n in range(8))],
}
"""What the records of the fault turn out to have been, when their days are long past."""


def as_bytes(home: Home) -> dict[str, bytes]:
    """What the decision rests on and what came of it, in the tables and in the state store, as it lies there."""
    alert_ids = home.table("remediation_proposal")["alert_id"].to_list()
    rests_on = {name: home.table(name).filter(pl.col("alert_id").is_in(alert_ids)) for name in KEPT}
    tables = {name: frame.sort(TABLES[name].key) for name, frame in (rests_on | {name: home.table(name) for name in STATE}).items()}
    state = {f"state store: {name}": home.state().snapshot(TABLES[name]) for name in STATE}
    trail = "\n".join(map(str, home.state().records())).encode()
    return {name: frame.write_json().encode() for name, frame in (tables | state).items()} | {"audit trail": trail}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_backfill_over_decided_days_changes_no_alert_proposal_or_action_and_creates_none(
    decided: DecidedHome, new_home: NewHome, late: list[Row]
) -> None:
    home = decided.home.copied_to(new_home())
    before = as_bytes(home)
    home.land(late, LATER)
    assert home.run(AFTERWARDS, now=LATER).failed_checks == []
    assert as_bytes(home) == before
    assert set(home.table("analysis_cohort")["alert_id"]) == set(home.table("analysis_alert")["alert_id"])


def test_backfill_that_dagster_runs_over_partitions_keeps_it_as_well(decided: DecidedHome, new_home: NewHome) -> None:
    home = decided.home.copied_to(new_home())
    before = as_bytes(home)
    home.land(complaints(FAULT - 1), LATER)
    assert home.loop(tags=range_tags(AFTERWARDS)).success
    assert as_bytes(home) == before


def test_without_the_decision_the_same_backfill_takes_the_alerts_back(decided: DecidedHome, new_home: NewHome) -> None:
    home = decided.home.copied_to(new_home())
    shutil.rmtree(home.folder / "state")
    home.land(complaints(text=PRAISE), LATER)
    home.run(days(FAULT, FAULT), now=LATER)
    assert [home.table(name).height for name in KEPT] == [0, 0, 0]


def test_while_the_day_is_live_what_was_decided_on_is_looked_at_again(decided: DecidedHome, new_home: NewHome) -> None:
    home = decided.home.copied_to(new_home())
    home.land(complaints(text=PRAISE), instant(FAULT, 15))
    home.run(days(FAULT, FAULT), now=instant(FAULT + 1, 23))
    assert [home.table(name).height for name in KEPT] == [0, 0, 0]
    assert home.table("remediation_proposal").equals(decided.home.table("remediation_proposal"))


def test_backfill_again_writes_no_version_of_what_it_kept(decided: DecidedHome, new_home: NewHome) -> None:
    home = decided.home.copied_to(new_home())
    versions = home.versions()
    assert set(home.run(days(FAULT, FAULT), now=LATER).days_changed.values()) == {0}
    assert {name: home.versions()[name] for name in (*KEPT, *STATE)} == {name: versions[name] for name in (*KEPT, *STATE)}


def test_nothing_is_kept_of_an_alert_that_is_gone(decided: DecidedHome, new_home: NewHome) -> None:
    """A live run that took the alert back and died before it came to the segments leaves them behind."""
    home = decided.home.copied_to(new_home())
    home.land(complaints(text=PRAISE), LATER)
    home.store.replace_all(TABLES["analysis_alert"], home.table("analysis_alert").clear())
    home.run(days(FAULT, FAULT), now=LATER)
    assert [home.table(name).height for name in KEPT] == [0, 0, 0]


def test_backfill_over_a_history_proposes_nothing_and_makes_no_database(new_home: NewHome) -> None:
    home = land_all(new_home())
    assert home.run(days(0, FAULT), now=LATER).failed_checks == []
    assert home.table("analysis_alert").height
    assert [home.table(name).height for name in STATE] == [0] * len(STATE)
    assert not (home.folder / "state").exists()


def test_backfill_of_the_first_days_alone_leaves_the_decided_day_untouched(decided: DecidedHome, new_home: NewHome) -> None:
    home = decided.home.copied_to(new_home())
    before = {name: digest(home.table(name), TABLES[name]) for name in KEPT}
    home.land([record("early", 2, "It crashes.")], LATER)
    home.run(days(2, 3), now=LATER)
    assert {name: digest(home.table(name), TABLES[name]) for name in KEPT} == before
