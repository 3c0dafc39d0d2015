"""What the README says of adding a source is enough: its example is taken as it stands there, and reads a page."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path
from typing import Any

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow
from feedback_loop.sources.reading import Reading

README = Path(__file__).resolve().parents[2] / "README.md"
NEEDED = """
from collections.abc import Iterator
from typing import BinaryIO
from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values
"""
PAGE = b'{"posts": [{"id": "p1", "posted_at": "2026-01-05", "body": "no"}, {"posted_at": "2026-01-05"}], "next": 2}'


def example() -> dict[str, Any]:
    """The names that the example makes, but for its line of the registry."""
    _, _, rest = README.read_text(encoding="utf-8").partition("  def read_forum(")
    code, _, _ = rest.partition("\n  ```")
    named: dict[str, Any] = {}
    exec(compile(NEEDED + textwrap.dedent("  def read_forum(" + code), "README.md", "exec"), named)
    return named


def test_the_example_of_the_readme_reads_a_page() -> None:
    reading = Reading(source="forum", file_name="page.json", form="page", product="Shop")
    post, refused = example()["read_forum"](io.BytesIO(PAGE), reading)
    assert isinstance(post, FeedbackRecord)
    assert (post.source_record_id, post.text, post.product) == ("p1", "no", "Shop")
    assert isinstance(refused, RejectedRow)
    assert "id is empty" in refused.detail
