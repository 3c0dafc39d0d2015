"""Plain values come out of YAML, and of everything else one kind of error."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content


def test_a_document_gives_its_values() -> None:
    assert yaml_content("ada: [labeller]\nbob: []\n") == {"ada": ["labeller"], "bob": []}


def test_an_empty_text_gives_none() -> None:
    assert yaml_content("") is None


def test_a_merged_key_may_be_said_anew() -> None:
    assert yaml_content("- &x {id: a, name: A}\n- {<<: *x, id: b}\n")[1] == {"id": "b", "name": "A"}


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "- {sensitive: true, id: x, sensitive: false}\n", 'a: 1\n"a": 2\n'])
def test_a_key_that_stands_twice_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as refused:
        yaml_content(text)
    assert "a key stands twice" in why_no_yaml(refused.value)


def test_whoever_mends_the_text_is_told_the_line() -> None:
    with pytest.raises(yaml.YAMLError) as refused:
        yaml_content("ada: [approver]\nbob: []\nada: []\n")
    assert why_no_yaml(refused.value) == "is no YAML (line 3: a key stands twice in its mapping)"


@pytest.mark.parametrize(
    "text",
    [
        "!!bool maybe",
        '!!int ""',
        '!!float ""',
        "!!timestamp soon",
        "2020-99-99",
        "9" * 5_000,
        "[" * 50_000,
        "!!python/object/apply:os.getpid []",
        "[a]: b\n{",
        "a\0b",
    ],
)  # fmt: skip
def test_whatever_cannot_be_read_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        yaml_content(text)


@given(st.text(alphabet="ab:-[]{}!&*<>|\"'\n 0.", max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        yaml_content(text)
    except yaml.YAMLError:
        return
