"""Each rendered prompt is the one that was read and agreed to, with its version."""

from __future__ import annotations

import pytest

from feedback_loop_tests.analysis.prompts.golden_prompts import FOLDER, golden_questions, rendered


@pytest.mark.parametrize("name", golden_questions())
def test_the_prompt_is_the_one_of_the_golden_file(name: str) -> None:
    known = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert rendered(golden_questions()[name]) == known, (
        "a prompt changed. If that is meant, run `python -m feedback_loop_tests.analysis.prompts.golden_prompts` and read the difference"
    )


def test_no_golden_file_outlives_its_prompt() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(golden_questions())
