"""The question of a message holds lines of ours and nothing of a customer; its answer has a strict form."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from feedback_loop.analysis.prompts.message import MOST_LINES, MessageAnswer, message_question


def test_the_question_is_the_same_for_every_issue_whose_lines_are() -> None:
    one, other = (message_question(["It concerns [product]."], language) for language in ("nl", "nl"))
    assert (one.request_hash, one.text_hashes) == (other.request_hash, ())
    assert one.request_hash != message_question(["It concerns [product]."], "pl").request_hash


@pytest.mark.parametrize(
    "said", [{"lines": []}, {"lines": [""]}, {"lines": ["a"] * (MOST_LINES + 1)}, {"lines": ["a"], "link": "x"}, {"lines": [1]}]
)
def test_an_answer_of_another_form_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MessageAnswer.model_validate(said)
