"""A break says which record, what is wrong with it and what to do."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, StoredContent
from feedback_loop.contracts.audit_vocab import AuditBreakKind


def test_a_break_is_one_line_that_names_the_record() -> None:
    assert (
        str(AuditBreak(AuditBreakKind.CONTENT_CHANGED, 7, "its content is another")) == "record 7, content changed: its content is another"
    )


@pytest.mark.parametrize("kind", AuditBreakKind)
def test_every_break_comes_with_advice(kind: AuditBreakKind) -> None:
    assert "backup" in AuditBreak(kind, 7, "").advice


def test_a_stored_content_is_read_like_any_other_and_shows_its_text() -> None:
    content = StoredContent('{"a":1,"b":[null]}')
    assert content == {"a": 1, "b": [None]}
    assert (dict(content), len(content), list(content)) == ({"a": 1, "b": [None]}, 2, ["a", "b"])
    assert repr(content) == content.text == '{"a":1,"b":[null]}'


@pytest.mark.parametrize("text", ["no JSON", "[]", "7", "", "[" * 5000])
def test_a_stored_content_that_somebody_made_unreadable_is_kept_as_it_stands(text: str) -> None:
    assert StoredContent(text) == {"unreadable": text}


def test_only_an_anchor_that_names_a_key_claims_one() -> None:
    assert not Anchor(1, "ab").claims_a_key
    assert Anchor(1, "ab", key_id="key").claims_a_key
    assert Anchor(1, "ab", signature="00").claims_a_key
