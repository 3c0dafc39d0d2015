"""The public Google Play exports that tests and benchmarks share; absent data are said out loud, never papered over."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from feedback_loop.contracts.days import DayRange

FOLDER = Path(os.environ.get("FEEDBACK_LOOP_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "play_reviews"
PRODUCTS = ("in.junio", "com.freo.save.banking.app", "finance.global.travel.niyo")
ALL_DAYS = DayRange(date(2021, 3, 17), date(2023, 4, 20))
LANDED_AT = datetime(2023, 5, 1, 12, tzinfo=UTC)


def export_of(product: str) -> Path:
    """The CSV file of the product."""
    return FOLDER / f"{product}.csv"


def are_absent() -> bool:
    """Whether any of the files is missing."""
    return not all(export_of(product).exists() for product in PRODUCTS)


WHY_ABSENT = f"the public reviews are not at {FOLDER}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds play_reviews/"
