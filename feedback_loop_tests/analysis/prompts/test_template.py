"""A template is filled in one pass, and its version follows from all that it says and asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import BaseModel

from feedback_loop.analysis.prompts.template import Template, load_template, parse_template
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.errors import BadInput


class Answer(BaseModel):
    label: str


class OtherAnswer(BaseModel):
    label: str
    reason: str


TEMPLATE = Template(ModelStage.CLASSIFICATION, "Choose of {{labels}}.", "{{examples}} then {{text}}", 16)


def test_what_is_filled_in_fills_no_other_slot() -> None:
    slots = {"labels": "a, b", "examples": "{{text}}", "text": "{{labels}}"}
    question = TEMPLATE.question(slots, Answer, ["h"])
    assert (question.instructions, question.content) == ("Choose of a, b.", "{{text}} then {{labels}}")


@pytest.mark.parametrize("change", [{"instructions": "Choose."}, {"content": "{{text}}"}, {"most_answer_tokens": 17}])
def test_the_version_changes_with_any_part(change: dict[str, object]) -> None:
    assert replace(TEMPLATE, **change).version(Answer) != TEMPLATE.version(Answer)  # type: ignore[arg-type]


def test_the_version_changes_with_the_form_of_the_answer() -> None:
    assert TEMPLATE.version(Answer) != TEMPLATE.version(OtherAnswer)


@pytest.mark.parametrize("stage", ModelStage)
def test_every_stage_has_its_template_in_the_package(stage: ModelStage) -> None:
    template = load_template(stage)
    assert template.slots
    # A message is made of our own lines alone; what customers said stands fenced wherever it is shown.
    assert ("<<<text" in template.instructions) is (stage is not ModelStage.MESSAGE)
    assert "no tools" in template.instructions


@pytest.mark.parametrize("document", ["", "instructions: x\ncontent: y", "instructions: x\ncontent: y\nmost_answer_tokens: many"])
def test_a_template_without_a_part_is_refused(document: str) -> None:
    with pytest.raises(BadInput, match="most_answer_tokens"):
        parse_template(ModelStage.EVIDENCE, document)
