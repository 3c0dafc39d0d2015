"""Templates of prompts: read from the package, filled in one pass, versioned by their content.

The rule that is easy to break: what is filled in is never looked at for slots again, so that no customer's text can fill another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.errors import BadInput

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_VERSION_DIGITS = 12
_MARKING_VERSION = "datamark-1"


@dataclass(frozen=True)
class Template:
    """One prompt: what the model is told of its task, what it is shown, and how long its answer may be."""

    stage: ModelStage
    instructions: str
    content: str
    most_answer_tokens: int

    @property
    def slots(self) -> frozenset[str]:
        """What has to be filled in."""
        return frozenset(_SLOT.findall(self.instructions) + _SLOT.findall(self.content))

    def version(self, answer_type: type[BaseModel]) -> str:
        """The stage and a hash of all words, the length of the answer and the form that it has."""
        form = answer_type.model_json_schema()
        parts = [self.instructions, self.content, self.most_answer_tokens, form, _MARKING_VERSION]
        return f"{self.stage}-{content_hash(json.dumps(parts, sort_keys=True))[:_VERSION_DIGITS]}"

    def question(
        self, slots: Mapping[str, str], answer_type: type[BaseModel], text_hashes: Sequence[str], version: str | None = None
    ) -> Question:
        """The question with its slots filled; the version is that of the answer's type, unless the type is made for this one question."""
        version = version or self.version(answer_type)
        instructions, content = self._filled(self.instructions, slots), self._filled(self.content, slots)
        return Question(self.stage, version, instructions, content, answer_type, self.most_answer_tokens, tuple(text_hashes))

    def _filled(self, part: str, slots: Mapping[str, str]) -> str:
        return _SLOT.sub(lambda slot: slots[slot[1]], part)


@cache
def load_template(stage: ModelStage) -> Template:
    """The template of the stage, which stands in this folder under its name."""
    return parse_template(stage, (files("feedback_loop.analysis.prompts") / f"{stage}.yaml").read_text("utf-8"))


def parse_template(stage: ModelStage, document: str) -> Template:
    """The template that the YAML describes; raises BadInput where it lacks a part."""
    content = yaml.safe_load(document)
    parts = {"instructions": str, "content": str, "most_answer_tokens": int}
    missing = [name for name, kind in parts.items() if not (isinstance(content, dict) and isinstance(content.get(name), kind))]
    if missing:
        raise BadInput(f"the prompt '{stage}' lacks {', '.join(missing)}. Add it to feedback_loop/analysis/prompts/{stage}.yaml.")
    return Template(stage, content["instructions"].strip(), content["content"].strip(), content["most_answer_tokens"])
