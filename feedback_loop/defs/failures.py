"""Errors as Dagster's event log may keep them, for that log outlives the data that it speaks of.

An error of our own tree passes with its message, which names ids only. Any other error, whose message may quote a customer, passes as its
class and the place in our code. The rule that is easy to break: whatever Dagster calls (asset, check, IO manager) runs inside of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import dagster as dg
from polars.exceptions import PanicException

from feedback_loop.errors import FeedbackLoopError

_PACKAGE = Path(__file__).resolve().parents[1]


@contextmanager
def without_values() -> Iterator[None]:
    """Raises what is raised inside as `dagster.Failure`, described without a value and with nothing chained to it."""
    try:
        yield
    except (dg.DagsterError, dg.Failure):
        raise
    except (Exception, PanicException) as error:
        raise dg.Failure(description=told(error)) from None


def told(error: BaseException) -> str:
    """What may be said of the error."""
    if isinstance(error, FeedbackLoopError):
        return str(error)
    place = _innermost_place(error.__traceback__)
    return f"{type(error).__name__} at {place}" if place else type(error).__name__


def _innermost_place(traceback: TracebackType | None) -> str | None:
    """File and line of the last of our own functions that the error went through."""
    place = None
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.is_relative_to(_PACKAGE) and file != Path(__file__).resolve():
            place = f"{file.relative_to(_PACKAGE.parent).as_posix()}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
