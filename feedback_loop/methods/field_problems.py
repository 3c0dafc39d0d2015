"""What is wrong with the fields of a file that people wrote, a sentence each, as the refusals of all such files tell it.

Reading the file is `yaml_texts`; what its fields mean is decided by whoever reads it. The rule that is easy to break: the value that
was written is never repeated, for a file of a home may hold a secret where none belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

ADD_IT: Mapping[str, str] = {"missing": "add it"}
"""What to do about a field that is left out, where nothing better can be said."""


_LONGEST_PLACE = 80
"""A name of somebody's own making may be any text; so much of it says where it stands."""


def field_problems(error: ValidationError, advice: Mapping[str, str] = ADD_IT) -> Iterator[str]:
    """Where each problem is and what to do: by the type that pydantic gives it, or in pydantic's words where the advice has none."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"]) or "the text"
        place = place if len(place) <= _LONGEST_PLACE else f"{place[:_LONGEST_PLACE]}…"
        # What our own validators raise is a whole sentence already.
        yield f"{place}: {advice.get(problem['type']) or problem['msg'].removeprefix('Value error, ')}"
