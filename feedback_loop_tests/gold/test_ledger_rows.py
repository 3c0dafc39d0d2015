from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.gold.identity import IDENTITY_VERSION, carried_days
from feedback_loop.gold.ledger_rows import ledgers_of, rows_of, state_frame
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.gold.made_up_ledger import Found, rolling, said_of, statuses, table
from feedback_loop_tests.gold.test_day_steps import START, cut_in_two, joined


@given(st.sampled_from([rolling("ab", 15), cut_in_two(2), cut_in_two(3), joined(2), joined(3)]), st.integers(0, START))
@settings(max_examples=20, deadline=None)
def test_a_ledger_that_is_read_back_is_written_the_same(found: list[Found], last: int) -> None:
    clusters = table([one for one in found if one.day <= last])
    for on, ledger in carried_days(clusters, said_of(clusters), statuses({}), {}, DayRange(day(0), day(last))):
        rows = rows_of(ledger, on, IDENTITY_VERSION)
        [back] = ledgers_of(state_frame(rows)).values()
        assert rows_of(back, on, IDENTITY_VERSION) == rows
        assert back.last_day == on


def test_each_product_has_its_own_ledger_and_no_rows_are_none() -> None:
    assert ledgers_of(state_frame([])) == {}
    clusters = table(rolling("a", 2))
    [(on, ledger)] = list(carried_days(clusters, said_of(clusters), statuses({}), {}, DayRange(day(0), day(0))))
    rows = rows_of(ledger, on, IDENTITY_VERSION)
    other = [row | {"product": "other", "issue_id": "i"} for row in rows]
    assert set(ledgers_of(state_frame([*rows, *other]))) == {"app", "other"}
