"""The silver steps chained as the assets chain them."""

from __future__ import annotations

import pyarrow as pa

from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.silver.fragments import fragments
from feedback_loop.silver.messages import messages
from feedback_loop_tests.silver.records import spoken

CLEANER = Cleaner()


def fragments_of(records: pa.RecordBatch, cleaner: Cleaner = CLEANER) -> pa.RecordBatch:
    """`silver_fragment` rows of bronze rows."""
    return fragments(messages(spoken(records), cleaner))
