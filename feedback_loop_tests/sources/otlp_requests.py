"""Short ways to write OTLP requests as an exporter would."""

from __future__ import annotations

from typing import Any

NOON = 1_772_452_800  # 2026-03-02T12:00:00Z
BOUNDS = (0.1, 0.5, 1.0)


def nanos(second: float) -> str:
    """Seconds after noon as OTLP writes an instant."""
    return str(NOON * 10**9 + int(second * 10**9))


def attrs(**values: Any) -> list[dict[str, Any]]:
    """Attributes; two underscores stand for a dot."""
    return [{"key": key.replace("__", "."), "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def resource(**values: Any) -> dict[str, Any]:
    return {"attributes": attrs(**{"service__name": "web", "service__version": "2.10", "cloud__region": "eu"} | values)}


def point(end: float, buckets: tuple[int, ...], start: float | None = 0, **attributes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"timeUnixNano": nanos(end), "count": str(sum(buckets)), "attributes": attrs(**attributes)}
    told |= {"bucketCounts": [str(one) for one in buckets], "explicitBounds": list(BOUNDS), "sum": 1.5}
    return told if start is None else told | {"startTimeUnixNano": nanos(start)}


def metrics(*points: dict[str, Any], temporality: Any = 1, **of_resource: Any) -> dict[str, Any]:
    metric = {"name": "http.server.request.duration", "unit": "s"}
    held = {"aggregationTemporality": temporality, "dataPoints": list(points)}
    scope = {"scope": {"name": "lib"}, "metrics": [metric | {"histogram": held}, {"name": "cpu", "gauge": {"dataPoints": [{}]}}]}
    return {"resourceMetrics": [{"resource": resource(**of_resource), "scopeMetrics": [scope]}]}


def log(second: float, body: Any, severity: Any = 17, **more: Any) -> dict[str, Any]:
    return {"timeUnixNano": nanos(second), "severityNumber": severity, "severityText": "ERROR", "body": {"stringValue": body}} | more


def logs(*records: dict[str, Any], **of_resource: Any) -> dict[str, Any]:
    return {"resourceLogs": [{"resource": resource(**of_resource), "scopeLogs": [{"logRecords": list(records)}]}]}


def span(number: int, end: float, milliseconds: float = 200, kind: Any = 2, **more: Any) -> dict[str, Any]:
    told = {"traceId": f"{number:032x}", "spanId": f"{number:016X}", "name": "GET /", "kind": kind, "status": {}}
    return told | {"startTimeUnixNano": nanos(end - milliseconds / 1000), "endTimeUnixNano": nanos(end)} | more


def spans(*all_: dict[str, Any], **of_resource: Any) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": resource(**of_resource), "scopeSpans": [{"spans": list(all_)}]}]}
