"""A taxonomy: what each class means, where it ends, and sentences that show it. The seed comes with the package.

The seed's classes live as data in `classes/`, one file each, named by `ComplaintClass`; a company's own file is read by `taxonomy_file`,
and what the platform does with a class that it does not know is in `platform_classes`. The model that learns from the sentences is in
`classify`. To change a class, edit its file: the version follows from the content. The rule that is easy to break: the seed's sentences
are written for it, in the words of many kinds of products, and never taken from a data set that measures it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import BadInput

MIN_EXAMPLES_PER_CLASS = 5
DEFINITION_LANGUAGE = "en"
UNDETERMINED = "und"
"""The language of a gold example whose language could not be told, as ISO 639-2 writes it."""

_VERSION_DIGITS = 12
FEW_EXAMPLES = 20
"""Below so many the name of a class is one more example of it: names mean something more often than not."""

_SEPARATORS = re.compile(r"[_\-./:]+")


def in_words(label: str) -> str:
    """The label with blanks for what separates its words."""
    return _SEPARATORS.sub(" ", label)


@dataclass(frozen=True)
class TaxonomyClass:
    """One class: its definition, its borders with its neighbours, and examples as (language, sentence)."""

    name: str
    """The word that is stored; a `ComplaintClass` in the seed, otherwise the company's own id."""
    definition: str
    boundaries: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    is_sensitive: bool = False
    """Whether a complaint of it touches money or access, which adds to its urgency; no model learns from it."""
    title: str = ""
    parent: str | None = None
    counts_as: ComplaintClass | None = None
    """The platform's class that decides what may happen to a complaint of it; None where the name is one itself."""
    owner: str | None = None
    formerly: tuple[str, ...] = ()
    """Ids that it had in earlier versions, so that labels given then still count."""

    @property
    def platform_class(self) -> ComplaintClass:
        """The platform's class that its complaints are handled as."""
        return self.counts_as or ComplaintClass(self.name)

    @property
    def shown_name(self) -> str:
        """Its name in words."""
        return self.title or in_words(str(self.name))

    def taught(self, language: str) -> tuple[tuple[str, str], ...]:
        """What a model learns of it, as (language, sentence): definition, examples and, where those are few, its name."""
        defined = ((language, self.definition),) if self.definition else ()
        named = ((language, self.shown_name),) if len(self.examples) < FEW_EXAMPLES else ()
        return (*defined, *self.examples, *named)

    @property
    def content(self) -> list[Any]:
        """All that a version follows from; what a class of the seed never says is left out, so that the seed keeps its version."""
        beyond = [self.title, self.parent, self.counts_as, self.owner, list(self.formerly)]
        return [self.name, self.definition, self.boundaries, self.examples, *(beyond if any(beyond) else [])]


SENSITIVE_BY_NATURE = frozenset({ComplaintClass.AUTH, ComplaintClass.BILLING})
"""The platform's classes whose complaints are never acted on without a person: account access and payments."""


@dataclass(frozen=True)
class GoldExample:
    """A text that a person labelled, as one more example of its class."""

    language: str
    text: str
    name: str


@dataclass(frozen=True)
class Taxonomy:
    """All classes that a text can have, in their order; parents are no classes, they only group them."""

    classes: tuple[TaxonomyClass, ...]
    language: str = DEFINITION_LANGUAGE
    """The language of definitions and names."""
    gold: tuple[GoldExample, ...] = ()
    """What people labelled; the model learns from it, the version does not follow from it."""

    @property
    def version(self) -> str:
        """A hash of all names, definitions, borders and examples, and of what a company says beside them."""
        content = [one.content for one in self.classes] + ([self.language] if self.language != DEFINITION_LANGUAGE else [])
        return content_hash(json.dumps(content, ensure_ascii=False))[:_VERSION_DIGITS]

    @property
    def names(self) -> tuple[str, ...]:
        """The words that a label can be."""
        return tuple(str(one.name) for one in self.classes)

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which every class has examples enough to be learnt; whether they were, `language_evidence` counts.

        Enough are five, or all that a class has where it has fewer: a class of which only its English name is known is learnt in English.
        """
        counts = {name: Counter[str]() for name in self.names}
        for language, (_, name) in zip(self.example_languages(), self._taught(), strict=True):
            counts[name][language] += 1
        spoken = {language for count in counts.values() for language in count}
        return frozenset(
            language for language in spoken if all(n[language] >= min(MIN_EXAMPLES_PER_CLASS, n.total()) for n in counts.values())
        )

    def called(self, word: str) -> TaxonomyClass | None:
        """The class of this name, or that had it in an earlier version; None where there is none."""
        current = {str(one.name): one for one in self.classes}
        return current.get(word) or next((one for one in self.classes if word in one.formerly), None)

    def training_examples(self) -> tuple[tuple[str, str], ...]:
        """Pairs (sentence, class name); the definition of a class counts as one more sentence, what people labelled comes last."""
        return tuple(self._taught())

    def example_languages(self) -> tuple[str, ...]:
        """The language of each training example, in their order; definitions and names are written in that of the taxonomy."""
        written = (language for one in self.classes for language, _ in one.taught(self.language))
        return (*written, *(example.language for example in self.gold))

    def _taught(self) -> Iterator[tuple[str, str]]:
        yield from ((text, str(one.name)) for one in self.classes for _, text in one.taught(self.language))
        yield from ((example.text, example.name) for example in self.gold)


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
