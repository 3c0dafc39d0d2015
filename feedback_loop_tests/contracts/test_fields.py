"""Every column is described well enough to be used by someone who never saw the code."""

from __future__ import annotations

import pyarrow as pa
import pytest

from feedback_loop.contracts.fields import FIELDS, Field
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import PersonalData


def parts(dtype: pa.DataType) -> list[pa.DataType]:
    """The type with the types inside of it."""
    inner = [dtype.field(n).type for n in range(dtype.num_fields)]
    return [dtype, *(part for child in inner for part in parts(child))]


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_a_column_says_what_it_means(field: Field) -> None:
    assert len(field.meaning.split()) >= 2 or field.name == "message_count", f"{field.name}: '{field.meaning}' explains nothing"
    assert field.null_means != "", f"{field.name}: None means never null; otherwise say what a null means"


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_a_column_has_a_type_that_delta_can_hold(field: Field) -> None:
    unsigned = [part for part in parts(field.dtype) if pa.types.is_unsigned_integer(part) or pa.types.is_float16(part)]
    assert unsigned == [], f"{field.name}: Delta has no {unsigned}"
    instants = [part for part in parts(field.dtype) if pa.types.is_timestamp(part)]
    assert all((part.unit, part.tz) == ("us", "UTC") for part in instants), f"{field.name}: instants are UTC in microseconds"


def test_raw_text_is_in_bronze_and_nowhere_else() -> None:
    raw = {name for name, field in FIELDS.items() if field.personal is PersonalData.RAW}
    assert {"text", "context_text", "raw_payload", "raw_bytes"} <= raw
    assert {table.name for table in TABLES.values() if raw & set(table.columns) and not table.name.startswith("bronze_")} == set()


def test_masked_text_is_marked_wherever_a_customer_is_quoted() -> None:
    quoting = {"masked_text", "masked_message", "units", "evidence_text", "quotes", "cluster_label", "issue_label"}
    assert {name for name in quoting if FIELDS[name].personal is not PersonalData.MASKED} == set()


def test_a_customer_is_known_by_a_pseudonym() -> None:
    assert FIELDS["customer_id"].personal is PersonalData.PSEUDONYM
    assert FIELDS["source_record_id"].personal is PersonalData.PSEUDONYM


def test_a_field_is_nullable_exactly_where_a_null_means_something() -> None:
    assert Field("a_score", pa.float64(), "a score").is_nullable is False
    assert Field("a_score", pa.float64(), "a score", "not scored").is_nullable is True
