"""A break says which record, what is wrong with it and what to do."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.audit_trail import AuditBreak
from feedback_loop.contracts.loop_vocab import AuditBreakKind


def test_a_break_is_one_line_that_names_the_record() -> None:
    assert (
        str(AuditBreak(AuditBreakKind.CONTENT_CHANGED, 7, "its content is another")) == "record 7, content changed: its content is another"
    )


@pytest.mark.parametrize("kind", AuditBreakKind)
def test_every_break_comes_with_advice(kind: AuditBreakKind) -> None:
    assert "backup" in AuditBreak(kind, 7, "").advice
