from datetime import date

import polars as pl
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows import issue_checks as checks
from feedback_loop.workflows.issue_checks import NOISE_LEAST_FRAGMENTS
from feedback_loop_tests.contracts.rows import frame_of

DAY, NEXT = date(2026, 1, 2), date(2026, 1, 3)
BOTH = DayRange(DAY, NEXT)


def clusters(*members: list[str], day: date = DAY, product: str = "x") -> pl.DataFrame:
    rows = [{"cluster_id": f"c{n}", "product": product, "event_date": day, "day_fragment_ids": ids} for n, ids in enumerate(members)]
    return frame_of(TABLES["analysis_cluster"], *rows)


def issues(*counts: int, day: date = DAY, product: str = "x") -> pl.DataFrame:
    rows = [{"issue_id": f"i{n}", "product": product, "event_date": day, "fragment_count": count} for n, count in enumerate(counts)]
    return frame_of(TABLES["gold_issue"], *rows)


def test_issues_and_clusters_hold_the_same_fragments() -> None:
    assert checks.issues_that_do_not_add_up(issues(2, 1), clusters(["a", "b"], ["c"])) == []
    assert checks.issues_that_do_not_add_up(issues(2), clusters(["a", "b"], ["c"])) == ["2026-01-02/x"]
    assert checks.issues_that_do_not_add_up(issues(), clusters(["a"])) == ["2026-01-02/x"]
    assert checks.issues_that_do_not_add_up(issues(1), clusters()) == ["2026-01-02/x"]


def test_an_issue_of_one_product_or_day_does_not_make_up_for_another() -> None:
    assert checks.issues_that_do_not_add_up(issues(1, product="y"), clusters(["a"])) == ["2026-01-02/x", "2026-01-02/y"]
    assert checks.issues_that_do_not_add_up(issues(1, day=NEXT), clusters(["a"])) == ["2026-01-02/x", "2026-01-03/x"]


def states(*rows: tuple[date, str, date, list[str]]) -> pl.DataFrame:
    """Day, issue, day of founding, members."""
    return frame_of(
        TABLES["gold_issue_state"],
        *(
            {"event_date": on, "issue_id": name, "founded_date": founded, "member_fragment_ids": held, "parent_issue_id": None}
            for on, name, founded, held in rows
        ),
    )


def test_an_issue_that_goes_on_passes_and_so_does_one_that_is_split_off_a_merger_and_a_first_day() -> None:
    kept = states((DAY, "i", DAY, ["a", "b"]), (NEXT, "i", DAY, ["a", "c"]), (NEXT, "new", NEXT, ["b"]))
    merged = states((DAY, "i", DAY, ["a"]), (DAY, "j", DAY, ["b"]), (NEXT, "i", DAY, ["a", "b"]))
    assert checks.issues_that_do_not_go_on(kept, BOTH) == checks.issues_that_do_not_go_on(merged, BOTH) == []
    assert checks.issues_that_do_not_go_on(states((NEXT, "i", DAY, ["a"])), BOTH) == []


def test_an_issue_without_the_row_that_its_age_asks_for_is_found() -> None:
    assert checks.issues_that_do_not_go_on(states((DAY, "i", DAY, ["a"]), (NEXT, "j", DAY, ["b"])), BOTH) == ["2026-01-03/j"]


def test_an_issue_that_took_fragments_of_a_living_one_is_found() -> None:
    taken = states((DAY, "i", DAY, ["a", "b"]), (DAY, "j", DAY, ["c"]), (NEXT, "i", DAY, ["a"]), (NEXT, "j", DAY, ["b", "c"]))
    assert checks.issues_that_do_not_go_on(taken, BOTH) == ["2026-01-03/j"]


@pytest.mark.parametrize(("noise", "found"), [(0.6, []), (0.7, ["2026-01-02/x"])])
def test_a_window_that_is_mostly_noise_is_found(noise: float, found: list[str]) -> None:
    rest = round(NOISE_LEAST_FRAGMENTS * noise)
    counts = {"rest": rest, "i": NOISE_LEAST_FRAGMENTS - rest}
    rows = [{"issue_id": name, "product": "x", "event_date": DAY, "window_fragment_count": n} for name, n in counts.items()]
    frame = frame_of(TABLES["gold_issue"], *rows).with_columns(is_catch_all=pl.col("issue_id") == "rest")
    assert checks.windows_that_are_mostly_noise(frame) == found
    assert checks.windows_that_are_mostly_noise(frame.with_columns(pl.col("window_fragment_count") // 2)) == []
