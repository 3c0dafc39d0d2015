"""What an error may say in Dagster's event log: the platform's own words, or a class and a place; never a value."""

from __future__ import annotations

import traceback
from datetime import date

import dagster as dg
import polars as pl
import pytest
from polars.exceptions import PanicException

from feedback_loop.contracts.days import DayRange
from feedback_loop.defs.failures import told, without_values
from feedback_loop.errors import BadInput, Refused

SAID = "my private words"


def failure_of(error: BaseException) -> dg.Failure:
    """What the error becomes."""
    with pytest.raises(dg.Failure) as caught, without_values():
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [ValueError(SAID), KeyError(SAID), pl.exceptions.ComputeError(SAID), PanicException(SAID), ExceptionGroup(SAID, [ValueError(SAID)])],
)
def test_error_of_a_library_passes_as_its_class(error: BaseException) -> None:
    failure = failure_of(error)
    assert failure.description == type(error).__name__
    assert SAID not in "".join(traceback.format_exception(failure))


def test_error_of_our_own_tree_keeps_its_message_and_loses_what_it_came_from() -> None:
    def refuse() -> None:
        try:
            int(SAID)
        except ValueError as error:
            raise Refused("row r1 has no number. Mend it.") from error

    with pytest.raises(dg.Failure) as caught, without_values():
        refuse()
    assert caught.value.description == "row r1 has no number. Mend it."
    assert SAID not in "".join(traceback.format_exception(caught.value))


def test_place_of_an_error_is_the_last_of_our_functions_that_it_went_through() -> None:
    with pytest.raises(TypeError) as caught:
        DayRange(date(2024, 3, 1), None)  # type: ignore[arg-type]
    assert told(caught.value).startswith("TypeError at feedback_loop/contracts/days.py:")


def test_library_error_that_only_looks_like_ours_is_not_trusted() -> None:
    class Refused(Exception):
        """Bears the name of an error of our tree."""

    assert SAID not in str(failure_of(Refused(SAID)).description)


@pytest.mark.parametrize("error", [dg.Failure("checked"), dg.DagsterInvariantViolationError("dagster's own"), KeyboardInterrupt()])
def test_what_dagster_itself_steers_by_passes_untouched(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, without_values():
        raise error
    assert caught.value is error


def test_nothing_happens_where_nothing_is_raised() -> None:
    with without_values():
        assert issubclass(BadInput, Exception)
