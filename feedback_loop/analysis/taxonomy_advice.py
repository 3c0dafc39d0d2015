"""What is wrong with the form of a taxonomy that somebody wrote, in words of whoever mends it.

Which fields there are is in `taxonomy_file`. The rule that is easy to break: a class is named as its file names it, and entries are
counted from 1; nobody counts classes from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

ID = r"^[a-z][a-z0-9_]{0,63}$"
CODE = r"^[a-z]{2,3}$"
SAYS = r"\S"
_BY_PATTERN = {
    ID: "write it with a-z, 0-9 and _",
    CODE: "is no code of a language; write two or three letters, such as en",
    SAYS: "is empty; write something, or leave it out",
}
_BY_TYPE = {
    "missing": "add it",
    "model_type": "is no class; write a name, or fields such as id and definition",
    "tuple_type": "write a list",
    "mapping_type": "write fields",
    "dict_type": "write fields",
    "string_type": "write a text; put quotes around a number or a date",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "invalid_key": "holds a field whose name is no text",
}
"""What to do, by what pydantic finds; of anything else its own words are told."""

_OF_KEY = "[key]"
"""How pydantic marks that a name is wrong and not what stands under it."""
_LONGEST_SHOWN = 40


def misshapen(error: ValidationError, classes: Any, file_model: type[BaseModel], class_model: type[BaseModel]) -> Iterator[str]:
    """What is wrong with a file whose fields pydantic refused, a sentence each; `classes` are those of the file as they were read."""
    for problem in error.errors(include_url=False, include_input=False):
        where = problem["loc"]
        if where[:1] == ("classes",) and len(where) > 1:
            yield f"{_called(classes, where[1])}: {_wrong_with(problem, where[2:], class_model)}"
        else:
            yield _wrong_with(problem, where, file_model)


def _called(classes: Any, position: Any) -> str:
    """What whoever wrote the file calls the class: its id where it has a good one, otherwise its number, 1 being the first."""
    one = classes[position] if isinstance(classes, list) and isinstance(position, int) else None
    name = one.get("id") if isinstance(one, dict) else None
    return name if isinstance(name, str) and re.fullmatch(ID, name) else f"class {position + 1}" if isinstance(position, int) else "classes"


def _wrong_with(problem: ErrorDetails, where: Sequence[Any], model: type[BaseModel]) -> str:
    """What is wrong with the field, whose place is told in words: an entry of a list by its number, 1 being the first."""
    if problem["type"] == "invalid_key":
        return _BY_TYPE["invalid_key"]
    field = ".".join(str(part) for part in where if not isinstance(part, int) and part != _OF_KEY)
    if problem["type"] == "extra_forbidden":
        likely = get_close_matches(field, model.model_fields, 1)
        advice = f"maybe '{likely[0]}' is meant" if likely else f"fields are {', '.join(model.model_fields)}"
        return f"'{field[:_LONGEST_SHOWN]}' is no field; {advice}"
    entry = "".join(f" entry {part + 1}" for part in where if isinstance(part, int))
    return ": ".join(part for part in (field + entry, _advice(problem)) if part)


def _advice(problem: ErrorDetails) -> str:
    kind = problem["type"]
    if kind == "string_pattern_mismatch":
        advice = _BY_PATTERN[problem["ctx"]["pattern"]]
        return f"{advice}, and the words under name" if problem["loc"][-1] == "id" else advice
    return _BY_TYPE.get(kind, problem["msg"].removeprefix("Value error, "))
