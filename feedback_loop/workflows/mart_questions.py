"""What analysts would ask of each mart, in plain words with the SQL that answers it, as data in `mart_questions.yaml`.

`feedback-loop query --examples` prints them and `dbt_schema` hands them to dbt docs; what a mart is stands in `contracts/mart_tables`. The
rule that is easy to break: a query is one line without double quotes, so that it can be pasted into a shell as it is shown.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from feedback_loop.contracts.tables import Table, marts
from feedback_loop.errors import UnknownChoice
from feedback_loop.methods.yaml_texts import yaml_content


class MartQuestion(BaseModel):
    """One question, and the SELECT over the marts that answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Annotated[str, Field(pattern=r"^[A-Z].*\?$")]
    sql: Annotated[str, Field(pattern=r'^select [^"`$\\\n]+$')]


@cache
def mart_questions() -> dict[str, tuple[MartQuestion, ...]]:
    """The questions by mart, in the order in which they were written."""
    text = (files("feedback_loop.workflows") / "mart_questions.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, tuple[MartQuestion, ...]]).validate_python(yaml_content(text))


def marts_asked(name: str | None) -> list[Table]:
    """The mart of that name, or all of them without one; raises UnknownChoice."""
    known = [table.name for table in marts()]
    if name is not None and name not in known:
        raise UnknownChoice("mart", name, known)
    return [table for table in marts() if name in (None, table.name)]
