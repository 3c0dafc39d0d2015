"""Pictures of the weekly model review as PNG bytes: reliability, confusion, coverage against precision, drift, tiers.

They show classes, shares and counts, never a customer's words. What each of them is drawn from is made in `workflows/model_review`.
"""

from __future__ import annotations

import altair as alt
import polars as pl
import vl_convert

_WIDTH, _HEIGHT, _SCALE = 420, 300, 1.25
_SHARE = alt.Scale(domain=[0, 1])
_PERCENT = alt.Axis(format="%")


def reliability_curve(frame: pl.DataFrame) -> bytes:
    """How often answers are right by how sure the classifier was: columns confidence, accuracy, low, high, count."""
    rows = _rows(frame)
    diagonal = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(strokeDash=[4, 4], color="grey")
    line = alt.Chart(rows, title="Reliability: right as often as claimed on the dashed line", width=_WIDTH, height=_HEIGHT)
    x, y = alt.X("confidence:Q", scale=_SHARE, title="confidence"), alt.Y("accuracy:Q", scale=_SHARE, title="right")
    spans = line.mark_rule().encode(x=x, y=alt.Y("low:Q", scale=_SHARE, title="right"), y2="high:Q")
    points = line.mark_line(point=True).encode(x=x, y=y)
    return _png(alt.layer(diagonal.encode(x="x:Q", y="y:Q"), spans, points))


def confusion(frame: pl.DataFrame) -> bytes:
    """Counts of what people say by what the classifier says: columns truth, said, count."""
    base = alt.Chart(_rows(frame), title="Held-out labels: what people say by what was decided", width=_WIDTH, height=_HEIGHT)
    x, y = alt.X("said:N", title="decided"), alt.Y("truth:N", title="true")
    cells = base.mark_rect().encode(x=x, y=y, color=alt.Color("count:Q", title=None, scale=alt.Scale(scheme="blues")))
    return _png(alt.layer(cells, base.mark_text().encode(x=x, y=y, text="count:Q")))


def coverage_against_precision(frame: pl.DataFrame) -> bytes:
    """Precision by coverage with its interval: columns coverage_share, precision_share, low, high."""
    base = alt.Chart(_rows(frame), title="Precision by coverage, the surest first", width=_WIDTH, height=_HEIGHT)
    x = alt.X("coverage_share:Q", scale=_SHARE, axis=_PERCENT, title="decided")
    band = base.mark_area(opacity=0.2).encode(x=x, y=alt.Y("low:Q", scale=_SHARE, axis=_PERCENT, title="right"), y2="high:Q")
    return _png(alt.layer(band, base.mark_line().encode(x=x, y=alt.Y("precision_share:Q", scale=_SHARE, axis=_PERCENT, title="right"))))


def shares_before_and_after(frame: pl.DataFrame) -> bytes:
    """A pair of bars for each class: columns class, period, share."""
    base = alt.Chart(_rows(frame), title="Share of fragments by class", width=_WIDTH, height=_HEIGHT)
    y = alt.Y("share:Q", axis=_PERCENT, title=None)
    bars = base.mark_bar().encode(x=alt.X("class:N", title=None), xOffset="period:N", y=y, color=alt.Color("period:N", title=None))
    return _png(bars)


def fragments_by_tier(frame: pl.DataFrame) -> bytes:
    """A bar for each tier: columns tier, fragments."""
    base = alt.Chart(_rows(frame), title="Fragments by the tier that took them on", width=_WIDTH, height=_HEIGHT // 2)
    return _png(base.mark_bar().encode(y=alt.Y("tier:N", title=None), x=alt.X("fragments:Q", title=None)))


def _rows(frame: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=frame.to_dicts())


def _png(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> bytes:
    return bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=_SCALE))
