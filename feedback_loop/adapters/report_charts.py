"""Charts of reports as SVG, drawn on the server without a browser or a network (Altair, vl-convert).

They show what a query of the marts counted; a table of the same rows stands beside each. The rule that is easy to break: colours are told
apart by brightness too, and no chart is the only place where a figure stands.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import vl_convert

from feedback_loop.adapters.charts import inline_chart

_BY_DAY_HEIGHT, _BAR_HEIGHT = 180, 22
_INK = "#1f4e79"
_SHADES = ["#1f4e79", "#c05a00", "#4d8f2c", "#7a3e9d", "#8a6d00", "#b3284d", "#00707a", "#5b5b5b"]
_LONGEST_NAME = 320


def draw(kind: str, frame: pl.DataFrame, title: str, *, x: str | None, y: str, colour: str | None) -> bytes:
    """The chart of this kind; raises ValueError for one that nobody draws."""
    match kind:
        case "bars" if x is not None:
            return bars(frame, x, y, title)
        case "bars_by_day":
            return bars_by_day(frame, y, title, colour)
        case "line_by_day":
            return line_by_day(frame, y, title, colour)
    raise ValueError(f"no chart is called {kind}")


def bars(frame: pl.DataFrame, value: str, name: str, title: str) -> bytes:
    """A lying bar for each row, in their order."""
    y, x = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=_LONGEST_NAME)), alt.X("value:Q", title=value)
    rows = frame.select(name=pl.col(name).cast(pl.String), value=pl.col(value).cast(pl.Float64)).unique("name", maintain_order=True)
    chart = inline_chart(rows, title, _BAR_HEIGHT * max(rows.height, 1))
    return _svg(
        alt.layer(chart.mark_bar(color=_INK).encode(x=x, y=y), chart.mark_text(align="left", dx=3).encode(x=x, y=y, text="value:Q"))
    )


def bars_by_day(frame: pl.DataFrame, value: str, title: str, colour: str | None) -> bytes:
    """Bars by event_date, stacked by the category where one is named."""
    rows = _by_day(frame, value, colour)
    mark = inline_chart(rows, title, _BY_DAY_HEIGHT).mark_bar()
    return _svg(mark.encode(x=_DAY, y=alt.Y("sum(value):Q", title=value), color=_shades(colour)))


def line_by_day(frame: pl.DataFrame, share: str, title: str, colour: str | None) -> bytes:
    """A line of a share 0..1 by event_date, one for each category where one is named."""
    rows = _by_day(frame, share, colour)
    y = alt.Y("value:Q", title=share, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    return _svg(inline_chart(rows, title, _BY_DAY_HEIGHT).mark_line(point=True).encode(x=_DAY, y=y, color=_shades(colour)))


_DAY = alt.X("utcyearmonthdate(event_date):T", title=None)


def _shades(colour: str | None) -> Any:
    return alt.value(_INK) if colour is None else alt.Color("colour:N", title=None, scale=alt.Scale(range=_SHADES))


def _by_day(frame: pl.DataFrame, value: str, colour: str | None) -> pl.DataFrame:
    named = {} if colour is None else {"colour": pl.col(colour).cast(pl.String)}
    return frame.select(pl.col("event_date").cast(pl.String), value=pl.col(value).cast(pl.Float64), **named)


def _svg(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> bytes:
    return str(vl_convert.vegalite_to_svg(chart.to_dict())).encode()
