"""`feedback-loop forecast`: the peaks of complaints that are to be expected within two weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_loop.cli.places import settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say

if TYPE_CHECKING:
    from feedback_loop.config import Settings

_COLUMNS = ("peak", "product", "about", "expected", "four of five between", "times the level around", "seen before")
_WHY_NONE = {
    "too_few_repetitions": "too few repetitions were seen to tell",
    "no_repeated_peak": "no peak comes back",
}


def forecast(
    context: typer.Context,
    product: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the peaks of complaints that are to be expected within two weeks, as foretold at the end of the last computed day.

    Example: `feedback-loop forecast`
    """
    found = _latest(settings_of(context))
    rows = [row for row in found if product in (None, row["product"])]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(f"Nothing is foretold of {product}. Known are: {', '.join(sorted({row['product'] for row in found}))}.")
    peaks = [row for row in rows if row["expected_peak_at"] is not None]
    if peaks:
        print_table(_COLUMNS, [_told(row) for row in peaks])
    for row in rows:
        if row["forecast_reason"] is not None:
            say(f"{row['product']}, {row['season_kind']}: {_WHY_NONE[row['forecast_reason']]} (as of {row['event_date']}).")


def _latest(settings: Settings) -> list[dict[str, Any]]:
    """The forecasts of each product's last computed day, the next peak first."""
    import polars as pl

    from feedback_loop.cli.places import open_store
    from feedback_loop.contracts.tables import TABLES
    from feedback_loop.errors import NothingLanded

    found = open_store(settings).read(TABLES["analysis_forecast"])
    if found.is_empty():
        raise NothingLanded("no forecast yet", "Run `feedback-loop run` over days with complaints first.")
    latest = found.filter(pl.col("event_date") == pl.col("event_date").max().over("product"))
    return latest.sort("expected_peak_at", "product", "forecast_id", nulls_last=True).to_dicts()


def _told(row: Mapping[str, Any]) -> tuple[object, ...]:
    about = "all complaints" if row["forecast_class"] is None else str(row["forecast_class"]).replace("_", " ")
    return (
        f"{row['expected_peak_at']:%a %Y-%m-%d %H:%M}", row["product"], about, f"{row['expected_count']:.0f}",
        f"{row['lowest_count']:.0f} and {row['highest_count']:.0f}", f"{row['peak_ratio']:.1f}", f"{row['repetition_count']} times",
    )  # fmt: skip
