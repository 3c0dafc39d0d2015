import pytest

from feedback_loop.analysis.alerted import Alerted
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS, instant_number
from feedback_loop.analysis.onset import onset
from feedback_loop_tests.analysis.scenes import DAY, HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_alerted import found
from feedback_loop_tests.complaint_stream import Said


def of_class(said: list[Said]) -> Alerted:
    return next(a for a in found(said) if (a.row["alert_kind"], a.row["subject_kind"]) == ("rate", "class"))


@pytest.mark.parametrize("start", [0, 7, 15, 19])
def test_the_onset_is_the_hour_in_which_complaints_began(start: int) -> None:
    begun = onset(of_class(crowd() + fault(30, start=start, hours=5)))
    assert begun is not None
    assert abs(begun - instant_number(at(start))) <= HOUR_MICROSECONDS


def test_a_fault_that_is_days_old_has_its_onset_then() -> None:
    days = [s for n in range(DAY - 3, DAY + 1) for s in fault(30, number=n, start=HOUR if n == DAY - 3 else 0, hours=12, seed=n)]
    begun = onset(of_class(crowd() + days))
    assert begun is not None
    assert abs(begun - instant_number(at(HOUR, DAY - 3))) <= HOUR_MICROSECONDS


def test_two_complaints_tell_no_onset() -> None:
    quiet = [Said(n, "praise", hour=k / 3) for n in range(3, DAY + 1) for k in range(60)]
    for count, expected in ((2, False), (3, True)):
        said = [*quiet, *[Said(DAY, "refund", severity="urgent", hour=5.0)] * count]
        [alert] = [a for a in found(said) if a.row["alert_kind"] == "urgent"]
        assert (onset(alert) is not None) is expected


def test_where_nothing_lies_above_the_usual_the_first_complaint_of_the_day_is_the_onset() -> None:
    usual = [Said(n, "refund" if k % 3 else "praise", hour=k / 3) for n in range(3, DAY) for k in range(60)]
    said = [*usual, *[Said(DAY, "login", severity="urgent", hour=5.5)] * 3]
    alert = next(a for a in found(said) if a.row["alert_kind"] == "urgent")
    assert onset(alert) == instant_number(at(5))
