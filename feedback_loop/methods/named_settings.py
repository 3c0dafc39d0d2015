"""What a company has to say of one of its systems beside its address: which settings there are, and what each looks like.

`remediation/connector_kinds` says it of tools, `sources/pulled_kinds` of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One thing that a company says of its system: `pattern` is what it looks like, whole."""

    pattern: str
    meaning: str
    is_required: bool = True


def setting_problems(name: str, kind: str, said: Mapping[str, str], known: Mapping[str, Setting]) -> Iterator[str]:
    """What is wrong with what was said, each with its place and what to do."""
    for setting, value in said.items():
        if setting not in known:
            yield f"{name}.settings.{setting}: {kind} has no such setting; it may be misspelt"
        elif not re.fullmatch(known[setting].pattern, value):
            yield f"{name}.settings.{setting}: this is not {known[setting].meaning}; copy it from {kind}"
    for setting, what in known.items():
        if what.is_required and setting not in said:
            yield f"{name}.settings.{setting}: add it, {what.meaning}"
