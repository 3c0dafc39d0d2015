import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop.errors import InputColumnsMissing
from feedback_loop_tests.sources.rows import csv_bytes, read, record, rejected
from feedback_loop_tests.sources.test_parquet import parquet_bytes

FULL: dict[str, object] = {
    "source_record_id": "t-1",
    "channel": "ticket",
    "product": "Acme Pay",
    "occurred_at": "2026-03-01T12:00:00+01:00",
    "text": "I was charged twice",
    "source": "zendesk",
    "customer_id": "c-7",
    "sku": "pay-eu",
    "product_area": "checkout",
    "language": "en-GB",
    "locale": "en-GB",
    "segment": "smb",
    "tier": "gold",
    "region": "eu",
    "product_version": "2.10",
    "device": "Pixel 8",
    "os": "Android 15",
    "severity": "high",
    "rating": "2",
    "queue": "payments",
}


def as_jsonl(row: dict[str, object]) -> tuple[bytes, str]:
    return json.dumps(row).encode() + b"\n", "jsonl"


def as_csv(row: dict[str, object]) -> tuple[bytes, str]:
    return csv_bytes(tuple(row), tuple("" if v is None else str(v) for v in row.values())), "csv"


def as_parquet(row: dict[str, object]) -> tuple[bytes, str]:
    return parquet_bytes({name: [value] for name, value in row.items()}), "parquet"


Writing = Callable[[dict[str, object]], tuple[bytes, str]]
every_form = pytest.mark.parametrize("write", [as_jsonl, as_csv, as_parquet])


def one(write: Writing, **changed: object):  # type: ignore[no-untyped-def]
    data, form = write(FULL | changed)
    (row,) = read("records", data, form, product="")
    return row


@every_form
def test_all_columns_arrive(write: Writing) -> None:
    found = record(one(write))
    assert (found.source, found.source_record_id, found.product, found.customer_id) == ("zendesk", "t-1", "Acme Pay", "c-7")
    assert (found.channel, found.severity, found.rating) == (Channel.TICKET, Severity.HIGH, 2.0)
    assert found.occurred_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert (found.sku, found.product_area, found.segment, found.tier, found.region) == ("pay-eu", "checkout", "smb", "gold", "eu")
    assert (found.declared_language, found.locale, found.device, found.os) == ("en", "en-GB", "Pixel 8", "Android 15")
    assert (found.text, found.product_version) == ("I was charged twice", "2.10")


@every_form
def test_unknown_columns_are_kept_in_the_payload(write: Writing) -> None:
    assert json.loads(record(one(write)).raw_payload)["queue"] == "payments"


def test_the_same_record_is_the_same_version_in_every_form() -> None:
    assert len({record(one(write)).record_version_id for write in (as_jsonl, as_csv, as_parquet)}) == 1


@every_form
def test_required_columns_are_enough(write: Writing) -> None:
    data, form = write({name: FULL[name] for name in ("source_record_id", "channel", "product", "occurred_at")})
    found = record(read("records", data, form, product="")[0])
    assert (found.source, found.text, found.severity, found.rating) == ("records", None, None, None)


@every_form
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"source_record_id": ""}, QuarantineReason.MISSING_ID),
        ({"source_record_id": None}, QuarantineReason.MISSING_ID),
        ({"product": "  "}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"channel": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"occurred_at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"occurred_at": "soon"}, QuarantineReason.UNREADABLE_DATE),
        ({"channel": "carrier pigeon"}, QuarantineReason.UNKNOWN_VALUE),
        ({"severity": "blocker"}, QuarantineReason.UNKNOWN_VALUE),
        ({"rating": "7"}, QuarantineReason.VALUE_OUT_OF_RANGE),
    ],
)
def test_bad_value_rejects_its_row_with_the_reason(write: Writing, changed: dict[str, object], reason: QuarantineReason) -> None:
    row = rejected(one(write, **changed))
    assert row.reason is reason
    assert b"charged twice" in row.raw_bytes
    assert "charged" not in row.detail


@pytest.mark.parametrize("write", [as_csv, as_parquet])
def test_file_without_a_required_column_is_refused(write: Writing) -> None:
    data, form = write({name: value for name, value in FULL.items() if name != "channel"})
    with pytest.raises(InputColumnsMissing, match="channel"):
        read("records", data, form, product="")


def test_number_as_id_is_the_same_record_in_every_form() -> None:
    ids = {
        record(one(write, source_record_id=value)).source_record_id for write, value in ((as_jsonl, 17), (as_csv, 17), (as_parquet, 17.0))
    }
    assert ids == {"17"}
