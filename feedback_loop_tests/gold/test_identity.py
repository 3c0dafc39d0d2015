import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.gold.made_up_ledger import Found, day_by_day, owners, replayed, rolling, said_on, table


def test_an_issue_is_named_after_its_earliest_fragment() -> None:
    states = replayed(table([Found(9, "a", said_on("a", 5, 9))]))
    assert states["issue_id"].to_list() == [stable_id("issue", "app", "a05-0")]


def test_an_issue_keeps_its_name_while_all_its_members_change() -> None:
    states = replayed(table(rolling("ab", 40)))
    assert states["issue_id"].n_unique() == 2
    assert set(states["founded_date"]) == {day(0)}


def test_rows_fulfil_the_contract() -> None:
    assert violations(replayed(table(rolling("ab", 12))), TABLES["gold_issue_state"]) == []


@given(st.sampled_from(["ab", "abc"]), st.integers(3, 14), st.integers(2, 6))
@settings(max_examples=12, deadline=None)
def test_going_on_from_the_stored_day_before_ends_like_a_replay(letters: str, days: int, length: int) -> None:
    found = rolling(letters, days, length)
    # A split, a merge and a gap make every column of the state count.
    found = [f for f in found if f.day != days // 2]
    joined = [Found(f.day, "a", [*f.members, *said_on("z", f.day, f.day)]) if f.day % 3 == 1 else f for f in found]
    assert_frame_equal(day_by_day(table(joined)), replayed(table(joined)))


@given(st.integers(1, 11))
@settings(max_examples=11, deadline=None)
def test_a_day_ends_the_same_whatever_follows(cut: int) -> None:
    clusters = table(rolling("ab", 12))
    early = replayed(clusters.filter(pl.col("event_date") < day(cut)))
    assert_frame_equal(early, replayed(clusters).filter(pl.col("event_date") < day(cut)))


@given(st.integers(0, 999))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    clusters = table(rolling("ab", 8))
    assert_frame_equal(replayed(clusters.sample(fraction=1.0, shuffle=True, seed=seed)), replayed(clusters))


def test_issues_of_two_products_never_meet() -> None:
    found = rolling("a", 3)
    both = pl.concat([table(found), table(found, product="other")])
    assert replayed(both)["issue_id"].n_unique() == 2


def test_an_issue_remembers_a_product_that_fell_silent() -> None:
    silent = [Found(n, "a", said_on("a", 0, 2)) for n in range(3)]
    noisy = table(rolling("b", 20), product="other")
    back = Found(19, "a-like", said_on("a", 18, 19))
    states = replayed(pl.concat([table([*silent, back]), noisy]))
    assert states.filter(product="app")["issue_id"].n_unique() == 1


def test_the_label_is_that_of_most_days() -> None:
    days = [table([Found(n, "a", said_on("a", 0, n))], label="odd, one" if n in (4, 6) else "refund, late, again") for n in range(9)]
    assert replayed(pl.concat(days)).filter(event_date=day(8))["issue_label"].to_list() == ["refund, late, again"]


@pytest.mark.parametrize(("gap", "returns"), [(28, True), (29, False)])
def test_an_issue_comes_back_within_its_dormant_days_when_it_says_the_same(gap: int, returns: bool) -> None:
    found = [Found(0, "a", said_on("a", 0, 0, each=5)), Found(gap, "a-like", said_on("b", gap, gap, each=5))]
    states = replayed(table(found))
    assert (owners(states, gap)[f"b{gap}-0"] == owners(states, 0)["a00-0"]) is returns
