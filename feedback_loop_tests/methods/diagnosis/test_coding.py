"""Complaints become numbers, a missing attribute a value of its own, and a customer counts once a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from feedback_loop.methods.diagnosis.coding import Window, coded, coded_column, inside, values_in
from feedback_loop_tests.methods.diagnosis.made_up_window import DAYS, START, WINDOW


def rows(*told: tuple[float, str | None, str | None]) -> pl.DataFrame:
    """(days after the start, customer, os)"""
    schema = pl.Schema({"occurred_at": pl.Datetime("us", "UTC"), "customer_id": pl.String(), "os": pl.String()})
    return pl.DataFrame([(START + timedelta(days=days), who, os) for days, who, os in told], schema=schema, orient="row")


def test_values_are_coded_in_order_and_what_is_missing_comes_last() -> None:
    found = coded(rows((1, "a", "web"), (2, "b", None), (3, "c", "ios")), ["os"], WINDOW)
    assert found.values == (("ios", "web"),)
    assert found.codes[:, 0].tolist() == [1, 2, 0]
    assert found.named(((0, 1),)) == {"os": "web"}


def test_rows_are_taken_by_time_and_only_those_of_history_and_window() -> None:
    found = coded(rows((40, "a", "web"), (3, "b", "ios"), (-1, "c", "web"), (1, "d", "web")), ["os"], WINDOW)
    assert found.codes[:, 0].tolist() == [1, 0]
    assert (np.diff(found.at) > 0).all()


def test_a_customer_counts_once_in_the_window_and_again_on_another_day() -> None:
    told = [(DAYS + part, "a", "web") for part in (0.1, 0.2, 0.3)] + [(DAYS - 1.5, "a", "web")]
    assert len(coded(rows(*told), ["os"], WINDOW).at) == 2


def test_where_no_customer_is_named_every_row_counts() -> None:
    told = rows(*[(DAYS + 0.1, None, "web")] * 3)
    assert len(coded(told, ["os"], WINDOW).at) == len(coded(told.drop("customer_id"), ["os"], WINDOW).at) == 3


def test_row_without_a_customer_is_nobody_who_is_named_with_a_number() -> None:
    told = rows((5.2, "2", "web"), (5.3, "1", "web"), (5.4, None, "web"))
    assert len(coded(told, ["os"], WINDOW).at) == 3


def test_a_conjunction_holds_the_rows_that_have_all_of_it() -> None:
    codes = np.array([[0, 1], [0, 0], [1, 1]])
    assert inside(codes, ((0, 0), (1, 1))).tolist() == [True, False, False]
    assert inside(codes, ()).all()


def test_the_length_of_a_window_is_that_between_its_ends() -> None:
    assert Window(0, 5, 12).length == 7
    assert datetime.fromtimestamp(WINDOW.start / 1e6, UTC) - START == timedelta(days=DAYS)


@pytest.mark.parametrize(("count", "kind"), [(0, np.uint8), (255, np.uint8), (256, np.uint16), (70_000, np.uint32)])
def test_codes_are_as_small_as_they_go_with_room_for_what_is_missing(count: int, kind: type) -> None:
    told = pl.Series([None, *(f"{n:06}" for n in range(count)), None], dtype=pl.String)
    known = values_in(told)
    codes = coded_column(told, known)
    assert codes.dtype == kind
    assert codes.tolist() == [count, *range(count), count]
    assert len(known) == count
