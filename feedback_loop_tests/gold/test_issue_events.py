import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.gold.day_steps import MERGE_DAYS, SPLIT_DAYS
from feedback_loop.gold.issue_events import issue_events
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.gold.made_up_ledger import Found, owners, replayed, rolling, said_on, table
from feedback_loop_tests.gold.test_day_steps import START, cut_in_two, joined


def events(states: pl.DataFrame, first: int = 0, last: int = 60) -> pl.DataFrame:
    found = issue_events(states, DayRange(day(first), day(last)))
    assert violations(found, TABLES["gold_issue_event"]) == []
    return found


def kinds(states: pl.DataFrame) -> list[tuple[int, str]]:
    found = events(states).select("event_date", "issue_event_kind").sort("event_date")
    return [((on - day(0)).days, kind) for on, kind in found.iter_rows()]


def test_issues_that_go_on_have_opened_and_nothing_else() -> None:
    assert kinds(replayed(table(rolling("ab", 20)))) == [(0, "opened"), (0, "opened")]


def test_a_split_names_both_issues_and_the_share_that_went() -> None:
    states = replayed(table(cut_in_two(SPLIT_DAYS)))
    [split] = events(states).filter(issue_event_kind="split").to_dicts()
    on = START + SPLIT_DAYS - 1
    held = owners(states, on)
    assert split["event_date"] == day(on)
    assert {split["issue_id"], split["other_issue_id"]} == set(held.values())
    assert (split["moved_fragment_count"], round(split["moved_share"], 2)) == (18, 0.5)


def test_a_merger_names_both_issues_and_that_all_went() -> None:
    states = replayed(table(joined(MERGE_DAYS)))
    [merged] = events(states).filter(issue_event_kind="merged").to_dicts()
    before = owners(states, START)
    assert (merged["issue_id"], merged["other_issue_id"]) == (before["b08-0"], before["a08-0"])
    assert merged["moved_share"] == 1.0


def test_an_issue_without_a_fragment_in_the_window_goes_dormant_once() -> None:
    found = [*rolling("b", 20, 28), *(Found(n, "a", said_on("a", 0, 2)) for n in range(5))]
    held = [f for f in found if not (f.meaning == "b" and f.day > 20)]
    assert (5, "dormant") in kinds(replayed(table(held)))
    assert [kind for _, kind in kinds(replayed(table(held)))].count("dormant") == 1


def test_an_issue_that_rises_after_it_was_resolved_is_reopened_as_its_second_occurrence() -> None:
    quiet = [Found(n, "a", said_on("a", 0, min(n, 5))) for n in range(15)]
    back = [Found(n, "a", [*said_on("a", 0, 5), *said_on("a", 15, n, each=4)]) for n in (15, 16)]
    name = replayed(table(quiet))["issue_id"][0]
    states = replayed(table([*quiet, *back]), resolved={name: 12})
    [reopened] = events(states).filter(issue_event_kind="reopened").to_dicts()
    assert (reopened["issue_id"], reopened["event_date"], reopened["occurrence_count"]) == (name, day(16), 2)


def test_a_range_equals_its_days() -> None:
    states = replayed(table(joined(MERGE_DAYS)))
    alone = pl.concat([events(states.filter(pl.col("event_date").is_between(day(n - 1), day(n))), n, n) for n in range(30)])
    assert alone.equals(events(states, 0, 29))
