"""Names of events: a company's own take the place of the defaults."""

from __future__ import annotations

import io

from feedback_loop.sources.reading import Reading
from feedback_loop.sources.segment import read_segment
from feedback_loop.sources.segment_names import SegmentNames
from feedback_loop_tests.sources.rows import json_lines, record
from feedback_loop_tests.sources.test_segment import track


def test_a_company_names_its_own_events_and_properties() -> None:
    names = SegmentNames(feedback=frozenset({"Shouted"}), text=("cry",))
    told = Reading(source="segment", file_name="f.jsonl", form="jsonl", product="P")
    data = json_lines(track("Shouted", cry="Help"), track("Feedback Submitted", text="Unheard"))
    assert [record(row).text for row in read_segment(io.BytesIO(data), told, names)] == ["Help"]


def test_no_event_means_two_things() -> None:
    names = SegmentNames()
    assert not names.feedback & names.errors
    assert not (names.feedback | names.errors) & set(names.business)
