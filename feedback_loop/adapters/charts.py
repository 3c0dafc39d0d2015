"""Charts as PNG bytes, drawn on the server without a browser or a network (Altair, vl-convert).

They show counts and shares by day, never a customer's words. Which asset shows which chart is `defs/charts.py`.
"""

from __future__ import annotations

import altair as alt
import polars as pl
import polars.selectors as cs
import vl_convert

_WIDTH, _HEIGHT, _SCALE = 640, 160, 1.25
_NO_XML = r"[^\t\n\r\x20-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]"
"""What SVG can't hold, of which every picture is made first; vl-convert ends the whole process where it meets one."""

_TURNS_TEXT = r"[\x{61C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]"
"""Marks by which a customer's word would turn round what stands beside it."""


def bars_by_day(frame: pl.DataFrame, count: str, title: str, colour: str | None = None) -> bytes:
    """Bars of a count by event_date, stacked by a category where one is named."""
    encoding = {"color": alt.Color(f"{colour}:N", title=None)} if colour else {}
    return _png(_base(frame, title).mark_bar().encode(x=_DAY, y=alt.Y(f"sum({count}):Q", title=None), **encoding))


def line_by_day(frame: pl.DataFrame, share: str, title: str, colour: str) -> bytes:
    """A line of a share 0..1 by event_date for each category."""
    y = alt.Y(f"{share}:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    return _png(_base(frame, title).mark_line(interpolate="step-after").encode(x=_DAY, y=y, color=alt.Color(f"{colour}:N", title=None)))


def points_by_day(frame: pl.DataFrame, value: str, title: str, colour: str) -> bytes:
    """A point for each row at its event_date and value."""
    encoding = {"x": _DAY, "y": alt.Y(f"{value}:Q", title=None), "color": alt.Color(f"{colour}:N", title=None)}
    return _png(_base(frame, title).mark_circle(size=45, opacity=0.7).encode(**encoding))


def bars_by_day_with_marks(frame: pl.DataFrame, count: str, marks: pl.DataFrame, mark: str, title: str) -> bytes:
    """Bars of a count by event_date, and a line at the event_date of each row of the marks, coloured by what it marks."""
    lines = _base(marks, title).mark_rule(strokeWidth=2).encode(x=_DAY, color=alt.Color(f"{mark}:N", title=None))
    bars = _base(frame, title).mark_bar(color="#bbbbbb").encode(x=_DAY, y=alt.Y(f"sum({count}):Q", title=None))
    return _png(alt.LayerChart(layer=[bars, lines]))


def bars_with_marks(counts: pl.DataFrame, marks: pl.DataFrame, title: str) -> bytes:
    """Bars of complaint_count by part_starts_at, and a line at each mark's instant: columns at, what."""
    y = alt.Y("complaint_count:Q", title=None, axis=alt.Axis(tickMinStep=1))
    bars = inline_chart(counts, title).mark_bar(color="#9db4c9").encode(x=alt.X("part_starts_at:T", title=None), y=y)
    lines = inline_chart(marks, title).mark_rule(strokeWidth=2).encode(x="at:T", color=alt.Color("what:N", title=None))
    return _png(alt.layer(bars, lines))


def bars_by_name(frame: pl.DataFrame, name: str, value: str, title: str) -> bytes:
    """A lying bar for each row, in their order, with its value beside it."""
    y, x = alt.Y(f"{name}:N", title=None, sort=None, axis=alt.Axis(labelLimit=300)), alt.X(f"{value}:Q", title=None)
    rows = frame.select(name, value)
    bars = inline_chart(rows, title).mark_bar().encode(x=x, y=y)
    figures = inline_chart(rows, title).mark_text(align="left", dx=3).encode(x=x, y=y, text=alt.Text(f"{value}:Q", format=".1f"))
    return _png(alt.layer(bars, figures))


_DAY = alt.X("event_date:T", title=None)


def _base(frame: pl.DataFrame, title: str) -> alt.Chart:
    return inline_chart(frame.with_columns(pl.col("event_date").cast(pl.String)), title)


def inline_chart(frame: pl.DataFrame, title: str, height: int = _HEIGHT) -> alt.Chart:
    """A chart that holds its rows, instants as text in UTC; still without marks."""
    rows = frame.with_columns(
        cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ"), cs.string().str.replace_all(f"{_NO_XML}|{_TURNS_TEXT}", " ")
    ).to_dicts()
    return alt.Chart(alt.InlineData(values=rows), title=title, width=_WIDTH, height=height)


def _png(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> bytes:
    return bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=_SCALE))
