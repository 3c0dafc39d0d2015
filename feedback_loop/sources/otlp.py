"""Metrics, logs and traces of OpenTelemetry: OTLP as JSON (https://opentelemetry.io/docs/specs/otlp/), one request a file or a line.

Durations of a server's requests become `context_telemetry`, log records from ERROR on `context_log`, a server's spans `context_telemetry`
where no metric tells of their minute. service.name is required of a resource; service.version and cloud.region may be missing. Other
metrics, records below ERROR and other spans say nothing here. A point, a record or a span that can't be read is quarantined alone, with
what is read of its resource around it, as a request that can be read again; numbers stand in it as text, which the encoding allows.
The rule that is easy to break: figures are of whole minutes and the first that lands of a minute stays, so a file has to hold all of each
minute that it tells of, and cumulative points one after another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.records import RejectedRow
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import part, parts
from feedback_loop.sources.minute_counts import ErrorMinute, Where, error_rows, load_rows
from feedback_loop.sources.one_row_pages import with_row_listed
from feedback_loop.sources.otlp_histograms import FORMS, METRICS, Added, Point, added, read_point
from feedback_loop.sources.otlp_logs import read_log
from feedback_loop.sources.otlp_minutes import loads
from feedback_loop.sources.otlp_spans import ServedRequest, read_span
from feedback_loop.sources.otlp_values import attributes, canonical, is_deep, named_resource, where
from feedback_loop.sources.reading import Problem, Reading, Row, RowRefused
from feedback_loop.sources.values import Values


class _Signal(NamedTuple):
    """How a signal names the list of its resources, of their scopes and of what is in a scope."""

    resources: str
    scopes: str
    leaves: str


_METRICS = _Signal("resourceMetrics", "scopeMetrics", "metrics")
_LOGS = _Signal("resourceLogs", "scopeLogs", "logRecords")
_SPANS = _Signal("resourceSpans", "scopeSpans", "spans")
_SIGNALS = (_METRICS, _LOGS, _SPANS)
_MARKS = frozenset(signal.resources for signal in _SIGNALS)
_OF_METRIC, _OF_FORM = ("name", "unit"), ("aggregationTemporality",)


class _Resource(NamedTuple):
    """Where something was found: its signal, what is read of the resource, and which of all resources it is."""

    signal: _Signal
    where: Where
    series: str
    number: int


class _Leaf(NamedTuple):
    """A record, a span, or a metric with one of its points."""

    found_in: _Resource
    values: Values
    form: str = ""

    def raw(self, *earlier: Values) -> bytes:
        """A request that holds nothing else; earlier points of its metric stand before its own."""
        signal, values = self.found_in.signal, self.values
        if self.form and earlier:
            values = _metric_with(values, self.form, [*earlier, *self.points])
        scope = {signal.leaves: [values]}
        return json.dumps({signal.resources: [{"resource": named_resource(self.found_in.where), signal.scopes: [scope]}]}).encode()

    @property
    def points(self) -> list[Values]:
        """The points of the metric."""
        return parts(part(self.values, self.form), "dataPoints")


_Found = Point | ErrorMinute | ServedRequest


@dataclass
class _File:
    """What a file says, until all of it is known."""

    points: dict[int, tuple[Point, _Leaf]] = field(default_factory=dict)
    errors: Counter[ErrorMinute] = field(default_factory=Counter)
    spans: list[ServedRequest] = field(default_factory=list)

    def add(self, leaf: _Leaf, found: _Found | None) -> None:
        match found:
            case Point():
                self.points[id(found)] = (found, leaf)
            case ErrorMinute():
                self.errors[found] += 1
            case ServedRequest():
                self.spans.append(found)


def read_otlp(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The rejected parts, then the loads and errors of all minutes of the file."""
    file, told = _File(), reading.over_rows(form="jsonl")
    for row in read_json_pages(with_row_listed(stream, reading, _MARKS), reading, ("requests",), _leaves):
        if isinstance(row, RejectedRow):
            yield row
        elif (refused := _taken(row, file, told)) is not None:
            yield refused
    histograms: list[Added] = []
    for one in added(point for point, _ in file.points.values()):
        if isinstance(one, Added):
            histograms.append(one)
        else:
            yield _unplaced(one.points, one.problem, file, told)
    yield from load_rows(loads(histograms, file.spans), reading.product)
    yield from error_rows(file.errors, reading.product)


def _leaves(values: Values, payload: str, number: int, reading: Reading) -> Iterator[_Leaf | RejectedRow]:
    signals = [signal for signal in _SIGNALS if signal.resources in values]
    if not signals:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"it holds none of {', '.join(signal.resources for signal in _SIGNALS)}")
    if is_deep(values):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "it is nested too deeply")
    for signal in signals:
        for resource in parts(values, signal.resources):
            yield from _of_resource(signal, resource, number, reading)


def _of_resource(signal: _Signal, resource: Values, number: int, reading: Reading) -> Iterator[_Leaf | RejectedRow]:
    """Everything of one resource; one that doesn't name its service is refused as a whole."""
    try:
        told = part(resource, "resource")
        found_in = _Resource(signal, where(told), content_hash(canonical(attributes(told)).encode()), number)
        for scope in parts(resource, signal.scopes):
            for leaf in parts(scope, signal.leaves):
                yield from _points(found_in, leaf) if signal == _METRICS else [_Leaf(found_in, leaf)]
    except RowRefused as refusal:
        yield reading.rejected(refusal.problem, json.dumps({signal.resources: [resource]}).encode(), number)


def _points(found_in: _Resource, metric: Values) -> Iterable[_Leaf]:
    """A leaf for each point of a metric of durations; none where it is another metric."""
    if metric.get("name") not in METRICS:
        return []
    form = next((form for form in FORMS if form in metric), None)
    if form is None:
        return [_Leaf(found_in, {name: metric[name] for name in _OF_METRIC if name in metric})]
    return [_Leaf(found_in, _metric_with(metric, form, [point]), form) for point in parts(part(metric, form), "dataPoints")]


def _metric_with(metric: Values, form: str, points: list[Values]) -> Values:
    """What is read of the metric, with these points alone; the rest of it must not be copied for each of its points."""
    held = part(metric, form)
    of_form = {name: held[name] for name in _OF_FORM if name in held} | {"dataPoints": points}
    return {name: metric[name] for name in _OF_METRIC if name in metric} | {form: of_form}


def _taken(leaf: _Leaf, file: _File, told: Reading) -> RejectedRow | None:
    try:
        file.add(leaf, _found(leaf))
    except RowRefused as refusal:
        return told.rejected(refusal.problem, leaf.raw(), leaf.found_in.number)
    return None


def _found(leaf: _Leaf) -> _Found | None:
    found_in = leaf.found_in
    if found_in.signal == _LOGS:
        return read_log(found_in.where, leaf.values)
    if found_in.signal == _SPANS:
        return read_span(found_in.where, leaf.values)
    if not leaf.form:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{read.word(leaf.values, 'name')} is no histogram")
    return read_point(found_in.where, found_in.series, leaf.values, leaf.form, leaf.points[0])


def _unplaced(points: tuple[Point, ...], problem: Problem, file: _File, told: Reading) -> RejectedRow:
    """The points that have no minute, together as one request: each alone would say less."""
    leaves = [file.points[id(point)][1] for point in points]
    earlier = [point for leaf in leaves[:-1] for point in leaf.points]
    return told.rejected(problem, leaves[-1].raw(*earlier), leaves[-1].found_in.number)
