"""The verdict about one window: who complains more, if anybody, and which logged change may have caused it.

How hypotheses are weighed is `scan`, what is named of them `look`. The rule that is easy to break: where history lets expect too few
complaints nothing can be told.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from feedback_loop.contracts.loop_vocab import RiseVerdict
from feedback_loop.methods.diagnosis.change_log import Change, read_log
from feedback_loop.methods.diagnosis.coding import Window, coded
from feedback_loop.methods.diagnosis.level import ActiveCustomers, usual_level
from feedback_loop.methods.diagnosis.look import Diagnosis, settled
from feedback_loop.methods.diagnosis.mix import expected_mix

FEWEST_EXPECTED = 5.0
"""Expected complaints below which one cannot tell."""

_SURE_OF_TOO_FEW = 0.97


def diagnose(
    complaints: pl.DataFrame, dimensions: Sequence[str], changes: Sequence[Change], window: Window, exposure: pl.DataFrame | None = None
) -> Diagnosis:
    """What changed in the window.

    Complaints: `occurred_at`, text columns of the dimensions, and `customer_id` where known. Exposure: `hour`, dimension columns (null
    where not broken down by it) and `active_customers`.
    """
    rows = coded(complaints, dimensions, window)
    level = usual_level(rows.at, window, _active(exposure, dimensions))
    if level.mean < FEWEST_EXPECTED:
        return Diagnosis(RiseVerdict.INSUFFICIENT_EVIDENCE, _SURE_OF_TOO_FEW)
    look, first = settled(rows, window, level, expected_mix(rows, window, exposure), read_log(changes, window))
    return look.judged(first)


def _active(exposure: pl.DataFrame | None, dimensions: Sequence[str]) -> ActiveCustomers | None:
    """All active customers by hour; None where only parts are counted."""
    if exposure is None:
        return None
    total = exposure.filter(*(pl.col(name).is_null() for name in dimensions if name in exposure.columns)).sort("hour")
    if total.is_empty():
        return None
    return ActiveCustomers(total["hour"].dt.epoch("us").to_numpy(), total["active_customers"].to_numpy().astype(float))
