from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import InputColumnsMissing
from feedback_loop_tests.sources.rows import csv_bytes, read, rejected, release

HEADER = ("version", "released_at", "notes")


def test_row_becomes_a_release_of_the_product() -> None:
    found = release(read("releases", csv_bytes(HEADER, ("1.2.0", "2026-03-01", "faster")))[0])
    assert (found.product, found.release_version, found.release_notes) == ("Acme", "1.2.0", "faster")
    assert found.released_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_notes_may_be_missing() -> None:
    assert release(read("releases", csv_bytes(HEADER[:2], ("1.2.0", "2026-03-01")))[0]).release_notes is None


def test_two_columns_and_no_more_are_required() -> None:
    with pytest.raises(InputColumnsMissing, match="released_at"):
        read("releases", csv_bytes(("version",), ("1",)))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "2026-03-01", ""), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("1.0", "", ""), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("1.0", "spring", ""), QuarantineReason.UNREADABLE_DATE),
        (("1.0", "2026-03-01"), QuarantineReason.WRONG_COLUMN_COUNT),
    ],
)
def test_bad_row_is_rejected_with_its_reason(row: tuple[str, ...], reason: QuarantineReason) -> None:
    assert rejected(read("releases", csv_bytes(HEADER, row))[0]).reason is reason
