"""The first four hours after a change are tested on their own: among those whom it reached, by a share of one budget, and no longer."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.analysis.after_changes import changes_of, rises_after
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.analysis.scenes import DAY, at, crowd, fault
from feedback_loop_tests.analysis.test_rises import Seen
from feedback_loop_tests.complaint_stream import day, releases, stream

NO_CHANGES = pl.DataFrame(schema=pl.Schema(TABLES["context_change"].schema))


def change(change_id: str, hour: float, scope: str = "{}", number: int = DAY, statement: str = "s1") -> dict[str, object]:
    told = {"statement_id": statement, "change_id": change_id, "product": "app", "started_at": at(hour, number), "scope": scope}
    return told | {"landed_at": at(hour, number)}


def stated(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.concat([NO_CHANGES, pl.DataFrame(list(rows), schema=NO_CHANGES.schema)])


FEW = stream(crowd() + fault(8, start=12.2, hours=2, browser="Safari 18"))


def found(changes: pl.DataFrame, of: object = FEW) -> list[tuple[str, str, float]]:
    seen = Seen(of)  # type: ignore[arg-type]
    told = changes_of("app", changes, releases())
    after = rises_after(seen.rises, day(DAY), seen.subjects(DAY), told)
    midnight = at(0).timestamp()
    return [(r.change.change_id, str(r.subject.subject_id), r.raised_at / 3.6e9 - midnight / 3600) for r in after]


def test_a_rise_within_four_hours_is_found_with_its_change_and_when_it_was_certain() -> None:
    rises = found(stated(change("deploy", 12)))
    assert {name for name, _, _ in rises} == {"deploy"}
    assert "broken_workflow" in {subject for _, subject, _ in rises}
    assert all(12.25 <= hour <= 16 for _, _, hour in rises)


@pytest.mark.parametrize("hour", [2.0, 15.0])
def test_a_change_long_before_or_after_the_complaints_is_not_told_of(hour: float) -> None:
    assert "broken_workflow" not in {subject for _, subject, _ in found(stated(change("other", hour)))}


def test_whom_the_change_did_not_reach_is_not_counted() -> None:
    reached, others = '{"browser": ["Safari 18"]}', '{"browser": ["Firefox 127"]}'
    assert "broken_workflow" in {subject for _, subject, _ in found(stated(change("safari", 12, reached)))}
    assert found(stated(change("firefox", 12, others))) == []


def test_many_changes_share_the_budget() -> None:
    few = stream(crowd() + fault(5, start=12.2, hours=2, browser="Safari 18"))
    busy = [change(f"c{n}", 12 + n / 100, number=DAY - 1 - n % 6) for n in range(2000)]
    assert found(stated(change("deploy", 12)), few)
    assert not [one for one in found(stated(change("deploy", 12), *busy), few) if one[0] == "deploy"]


def test_burst_of_changes_on_one_day_shares_the_budget_too() -> None:
    few = stream(crowd() + fault(5, start=12.2, hours=2, browser="Safari 18"))
    burst = [change(f"c{n}", 11.9) for n in range(2000)]
    assert not [one for one in found(stated(change("deploy", 12), *burst), few) if one[0] == "deploy"]


def test_the_latest_statement_about_a_change_counts_and_other_products_do_not() -> None:
    later = change("deploy", 13, statement="s2")
    [one] = changes_of("app", stated(change("deploy", 12), later, change("x", 1) | {"product": "other"}), releases())
    assert one.began == int(at(13).timestamp() * 1e6)


def test_a_release_whose_time_was_fed_is_a_change_and_an_inferred_one_is_not() -> None:
    known = releases([("app", "3.0", DAY, False), ("app", "2.9", DAY, True)])
    assert [one.change_id for one in changes_of("app", NO_CHANGES, known)] == ["3.0"]


def test_release_is_watched_beside_a_change_of_that_moment_that_reached_some_alone() -> None:
    known = releases([("app", "3.0", DAY, False), ("app", "3.1", DAY, False)])
    flag = change("flag", 6, '{"region": ["eu"]}')
    assert {one.change_id for one in changes_of("app", stated(flag), known)} == {"flag", "3.0", "3.1"}
    assert {one.change_id for one in changes_of("app", stated(change("deploy", 6)), known)} == {"deploy"}
