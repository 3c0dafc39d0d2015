"""The seed taxonomy: what each class means, where it ends, and sentences that show it.

The classes live as data in `classes/`, one file each, named by `ComplaintClass`; the names themselves are in `contracts/vocab`, the model
that learns from the sentences is in `classify`. To change a class, edit its file: the version follows from the content. The rule that is
easy to break: sentences are written for it, in the words of many kinds of products, and never taken from a data set that measures it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import BadInput

_VERSION_DIGITS = 12
MIN_EXAMPLES_PER_CLASS = 5
DEFINITION_LANGUAGE = "en"


@dataclass(frozen=True)
class TaxonomyClass:
    """One class: its definition, its borders with its neighbours, and examples as (language, sentence)."""

    name: ComplaintClass
    definition: str
    boundaries: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    is_sensitive: bool = False
    """Whether a complaint of it touches money or access, which adds to its urgency; no model learns from it."""


@dataclass(frozen=True)
class Taxonomy:
    """All classes, in the order of the vocabulary."""

    classes: tuple[TaxonomyClass, ...]

    @property
    def version(self) -> str:
        """A hash of all names, definitions, borders and examples."""
        content = [[c.name, c.definition, c.boundaries, c.examples] for c in self.classes]
        return content_hash(json.dumps(content, ensure_ascii=False))[:_VERSION_DIGITS]

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which every class has examples enough to be learnt; whether they were, `language_evidence` counts."""
        counts = [Counter(language for language, _ in c.examples) for c in self.classes]
        return frozenset(language for language in counts[0] if all(n[language] >= MIN_EXAMPLES_PER_CLASS for n in counts))

    def training_examples(self) -> tuple[tuple[str, str], ...]:
        """Pairs (sentence, class name); the definition of a class counts as one more sentence."""
        return tuple((text, c.name.value) for c in self.classes for text in (c.definition, *(sentence for _, sentence in c.examples)))

    def example_languages(self) -> tuple[str, ...]:
        """The language of each training example, in their order; definitions are written in English."""
        return tuple(language for c in self.classes for language in (DEFINITION_LANGUAGE, *(language for language, _ in c.examples)))


@cache
def seed_taxonomy() -> Taxonomy:
    """The taxonomy that comes with the package."""
    folder = files("feedback_loop.analysis") / "classes"
    return parse_taxonomy({name: (folder / f"{name}.yaml").read_text("utf-8") for name in ComplaintClass})


def parse_taxonomy(documents: Mapping[ComplaintClass, str]) -> Taxonomy:
    """The taxonomy that the YAML documents describe; raises BadInput where one lacks its definition or examples."""
    return Taxonomy(tuple(_parse_class(name, documents[name]) for name in ComplaintClass))


def _parse_class(name: ComplaintClass, document: str) -> TaxonomyClass:
    content = yaml.safe_load(document)
    missing = [part for part in ("definition", "boundaries", "examples") if not (isinstance(content, dict) and content.get(part))]
    if missing:
        raise BadInput(f"class '{name}' of the taxonomy lacks {', '.join(missing)}. Add it to feedback_loop/analysis/classes/{name}.yaml.")
    examples = tuple((language, line) for language, lines in content["examples"].items() for line in lines.splitlines() if line.strip())
    return TaxonomyClass(
        name, content["definition"], tuple(content["boundaries"].splitlines()), examples, bool(content.get("is_sensitive"))
    )
