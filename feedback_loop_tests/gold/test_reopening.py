from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.gold.reopening import LEAST_COMPLAINTS, has_risen

counts = st.integers(0, 60)


@given(counts, counts, st.integers(1, 3), st.integers(1, 25), st.integers(1, 20))
def test_more_now_never_undoes_a_rise_and_more_before_never_makes_one(recent: int, before: int, days: int, quiet: int, more: int) -> None:
    if has_risen(recent, before, days, quiet):
        assert has_risen(recent + more, before, days, quiet)
    else:
        assert not has_risen(recent, before + more, days, quiet)


def test_stragglers_do_not_reopen_an_issue() -> None:
    assert not has_risen(LEAST_COMPLAINTS - 1, 0, 3, 25)
    assert has_risen(LEAST_COMPLAINTS, 0, 3, 25)


def test_an_issue_that_never_went_quiet_does_not_come_back() -> None:
    assert not has_risen(6, 6, 3, 3)
    assert has_risen(12, 2, 3, 3)
