"""Problems of fields are told by place, with what to do, and never with the value that stands there."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from feedback_loop.methods.field_problems import field_problems


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int
    name: str

    @model_validator(mode="after")
    def _is_even(self) -> Inner:
        if self.count % 2:
            raise ValueError("the count is odd; add one")
        return self


class Outer(BaseModel):
    parts: tuple[Inner, ...]


def problems(content: object, **advice: str) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Outer.model_validate(content)
    return list(field_problems(refused.value, advice) if advice else field_problems(refused.value))


def test_each_problem_is_told_at_its_place() -> None:
    found = problems({"parts": [{"count": 2, "name": "a"}, {"count": "s3cret", "nmae": "b"}]})
    assert found[1:] == ["parts.1.name: add it", "parts.1.nmae: Extra inputs are not permitted"]
    assert found[0].startswith("parts.1.count: Input should be a valid integer")


def test_the_value_that_was_written_is_not_repeated() -> None:
    assert "s3cret" not in " ".join(problems({"parts": [{"count": "s3cret", "name": ["s3cret"], "s": "s3cret"}]}))


def test_advice_takes_the_place_of_pydantics_words() -> None:
    assert problems({}, missing="write it, or null") == ["parts: write it, or null"]


def test_a_sentence_of_our_own_is_told_as_it_is() -> None:
    assert problems({"parts": [{"count": 1, "name": "a"}]}) == ["parts.0: the count is odd; add one"]


def test_what_is_wrong_with_the_whole_is_told_of_the_text() -> None:
    assert problems("no mapping")[0].startswith("the text: ")
