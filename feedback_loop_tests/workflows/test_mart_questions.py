"""Every mart has questions, and each gives rows where there are data: run as users would run it, over published marts."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.adapters.dbt_command import build
from feedback_loop.adapters.marts import publish, query
from feedback_loop.contracts.tables import marts
from feedback_loop.errors import UnknownChoice
from feedback_loop.workflows.mart_questions import MartQuestion, mart_questions, marts_asked
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames, write_home

ASKED = [(name, question) for name, questions in mart_questions().items() for question in questions]


@pytest.fixture(scope="module")
def marts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = write_home(tmp_path_factory.mktemp("home"), made_up_frames())
    build(settings, ("run",))
    publish(settings.build_file, settings.marts_file)
    return settings.marts_file


def test_every_mart_has_two_questions_at_least_and_nothing_else_has_any() -> None:
    assert list(mart_questions()) == [table.name for table in marts()]
    assert [name for name, questions in mart_questions().items() if len({one.question for one in questions}) < 2] == []


@pytest.mark.parametrize(("name", "one"), ASKED, ids=lambda value: value.question if isinstance(value, MartQuestion) else value)
def test_a_question_is_answered_with_rows_of_its_mart(marts_file: Path, name: str, one: MartQuestion) -> None:
    assert name in one.sql
    assert query(one.sql, marts_file).rows


@pytest.mark.parametrize("sql", ['select "a" from mart_issue', "delete from mart_issue", "select 1\nfrom mart_issue", "select $HOME"])
def test_what_can_not_be_pasted_between_quotes_is_no_question(sql: str) -> None:
    with pytest.raises(ValueError, match="sql"):
        MartQuestion(question="What is it?", sql=sql)


def test_one_mart_or_all_can_be_asked_for_and_no_other() -> None:
    assert marts_asked(None) == list(marts())
    assert [table.name for table in marts_asked("mart_roi")] == ["mart_roi"]
    with pytest.raises(UnknownChoice, match="mart_alert"):
        marts_asked("gold_issue")
