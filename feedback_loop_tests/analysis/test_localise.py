from datetime import UTC, datetime

import pytest

from feedback_loop.analysis.localise import AlertedDay, Judged, Release, candidates
from feedback_loop.contracts.vocab import CandidateVerdict
from feedback_loop_tests.complaint_stream import day


def records(version: str | None, complaining: int, content: int) -> list[tuple[str | None, bool]]:
    return [(version, True)] * complaining + [(version, False)] * content


def release(version: str, number: int, inferred: bool = False) -> Release:
    at = day(number)
    return Release(version, datetime(at.year, at.month, at.day, 6, tzinfo=UTC), inferred)


def judged(
    today: Judged, before: Judged, usual: float | None = 0.2, releases: tuple[Release, ...] = (release("2.0", 28),)
) -> dict[str, object]:
    found = candidates(AlertedDay(day(30), today, before, usual), releases)
    return found[0]


BEFORE = records("1.0", 20, 80)


def test_a_release_whose_customers_complain_more_than_the_others_is_consistent() -> None:
    found = judged(records("2.0", 14, 2) + records("1.0", 3, 12), BEFORE)
    assert found["verdict"] == CandidateVerdict.CONSISTENT
    assert found["statement"] == (
        "Version 2.0 was released 2 days before; 88 % of its 16 records of the day complain of this against 20 % of the 15 others: "
        "consistent with it as the cause, which does not prove it."
    )
    assert (found["share_in_alert"], found["share_before"]) == (14 / 17, 0.0)
    assert (found["complaint_share_with"], found["complaint_share_without"]) == (14 / 16, 3 / 15)


def test_a_release_whose_customers_complain_less_while_the_others_complain_more_than_usual_is_not_supported() -> None:
    found = judged(records("2.0", 3, 11) + records("1.0", 14, 6), BEFORE, releases=(release("2.0", 28, inferred=True),))
    assert found["verdict"] == CandidateVerdict.NOT_SUPPORTED
    assert found["statement"] == (
        "Version 2.0 was first seen 2 days before; 21 % of its 14 records of the day complain of this against 70 % of the 20 others: "
        "not supported as the cause."
    )


def test_a_version_that_did_well_until_the_day_is_not_supported() -> None:
    found = judged(records("1.0", 17, 2) + records("0.9", 2, 1), records("1.0", 10, 54) + records("0.9", 20, 80), releases=())
    assert found["verdict"] == CandidateVerdict.NOT_SUPPORTED
    assert "of its 64 records in the days before 16 % complained of this, of its 19 on the day 89 %" in str(found["statement"])


def test_a_recent_release_is_not_cleared_by_a_few_good_days() -> None:
    found = judged(
        records("1.0", 17, 2) + records("0.9", 2, 1), records("1.0", 10, 54) + records("0.9", 20, 80), releases=(release("1.0", 24),)
    )
    assert found["verdict"] == CandidateVerdict.UNDECIDED


def test_a_version_that_was_worse_than_others_already_before_is_not_cleared_by_its_past() -> None:
    found = judged(
        records("1.0", 17, 2) + records("0.9", 2, 10), records("1.0", 10, 10) + records("0.9", 2, 98), releases=(release("1.0", 24),)
    )
    assert found["verdict"] == CandidateVerdict.CONSISTENT


def test_no_one_without_the_version_complaining_more_than_usual_leaves_it_undecided() -> None:
    found = judged(records("2.0", 2, 8) + records("1.0", 4, 16), BEFORE)
    assert found["verdict"] == CandidateVerdict.UNDECIDED


@pytest.mark.parametrize(("with_it", "without"), [(4, 20), (20, 4), (0, 0)])
def test_few_records_leave_it_undecided(with_it: int, without: int) -> None:
    found = judged(records("2.0", with_it, 0) + records("1.0", 0, without), BEFORE)
    assert found["verdict"] == CandidateVerdict.UNDECIDED
    assert f"only {with_it} records of the day name it and {without} another" in str(found["statement"])


def test_a_day_whose_records_mostly_name_no_version_leaves_it_undecided() -> None:
    found = judged(records("2.0", 10, 0) + records("1.0", 0, 10) + records(None, 21, 0), BEFORE)
    assert found["verdict"] == CandidateVerdict.UNDECIDED
    assert "too few records of the day name their version" in str(found["statement"])


def test_without_an_expectation_no_release_is_ruled_out() -> None:
    found = judged(records("2.0", 0, 14) + records("1.0", 14, 6), BEFORE, usual=None)
    assert found["verdict"] == CandidateVerdict.UNDECIDED


def test_only_releases_of_the_seven_days_before_and_the_day_itself_are_candidates() -> None:
    near = [release(str(n), n) for n in (22, 23, 30, 31)]
    found = candidates(AlertedDay(day(30), records("9", 0, 9), BEFORE, 0.2), near)
    assert [c["product_version"] for c in found] == ["30", "23"]
    assert "released the same day" in str(found[0]["statement"])


def test_a_version_that_stands_out_is_a_candidate_without_a_release() -> None:
    found = candidates(AlertedDay(day(30), records("2.0", 9, 1) + records("1.0", 1, 9), records("2.0", 2, 8) + BEFORE, 0.2), [])
    assert [(c["candidate_kind"], c["product_version"], c["released_at"], c["is_inferred"]) for c in found] == [
        ("version", "2.0", None, None)
    ]
    assert str(found[0]["statement"]).startswith("Version 2.0 is named by 90 % of these records and by 9 % of those in the days before;")


def test_a_version_as_common_as_before_is_no_candidate() -> None:
    assert candidates(AlertedDay(day(30), records("1.0", 20, 5), BEFORE, 0.2), []) == []
