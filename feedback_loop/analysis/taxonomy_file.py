"""A company's own taxonomy as one YAML text: read, refused with everything that is wrong with it, and written.

Here: the form of the text. What a class is stands in `taxonomy`; where the file lies is known to `workflows/taxonomies`. The rules that are
easy to break: a class says (or inherits from its parent, or from the file) which of the platform's classes it is handled as, for alerts,
owners, playbooks and the policy know no other words; and a sensitive one is handled as a sensitive one, so that no file loosens the policy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from unicodedata import category

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.analysis.taxonomy import DEFINITION_LANGUAGE, SENSITIVE_BY_NATURE, Taxonomy, TaxonomyClass
from feedback_loop.analysis.taxonomy_advice import CODE, ID, SAYS, misshapen
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import TaxonomyRefused
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

FEWEST_CLASSES, MOST_CLASSES, MOST_EXAMPLES = 2, 200, 1000
RESERVED = ("out_of_scope",)
_LONGEST_TEXT, _LONGEST_NAME = 2000, 120
_PLATFORM_WORDS = ", ".join(ComplaintClass)
_JOINERS = "\u200c\u200d"
"""Invisible, and part of the spelling of several languages."""


def _sayable(text: str) -> str:
    """The text, unless it holds a control character, which no page can show and no terminal should."""
    if any(category(character) == "Cc" and not character.isspace() for character in text):
        raise ValueError("holds a control character; write it without")
    return text


def _seen_whole(name: str) -> str:
    """The name, unless it holds what nobody sees: such a name may look like another one, or turn a line of a list round."""
    if any(category(character) == "Cf" and character not in _JOINERS for character in name):
        raise ValueError("holds a character that nobody sees; write it without")
    return _sayable(name)


Identifier = Annotated[str, Field(pattern=ID)]
Name = Annotated[str, Field(max_length=_LONGEST_NAME), AfterValidator(_seen_whole)]
Text = Annotated[str, Field(max_length=_LONGEST_TEXT), AfterValidator(_sayable)]
Sentence = Annotated[Text, Field(pattern=SAYS)]
Language = Annotated[str, Field(pattern=CODE)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClassText(_Strict):
    """One class or parent as the file has it."""

    id: Identifier
    name: Name = ""
    parent: Identifier | None = None
    counts_as: ComplaintClass | None = None
    sensitive: bool = False
    owner: Annotated[Name, Field(pattern=SAYS)] | None = None
    definition: Text = ""
    boundaries: tuple[Sentence, ...] = ()
    examples: Mapping[Language, tuple[Sentence, ...]] = Field(default_factory=dict)
    formerly: tuple[Identifier, ...] = ()


class TaxonomyText(_Strict):
    """The whole file; `counts_as` holds for every class that neither says nor inherits one."""

    language: Language = DEFINITION_LANGUAGE
    counts_as: ComplaintClass | None = None
    classes: Annotated[tuple[ClassText, ...], Field(max_length=2 * MOST_CLASSES)]
    """Each parent has a class below it, so that more can't be right; what is wrong with them is not looked for."""

    def parent_of(self, one: ClassText) -> ClassText | None:
        """The parent; None where it has none or names one that is not there."""
        return next((other for other in self.classes if other.id == one.parent), None)

    @property
    def leaves(self) -> tuple[ClassText, ...]:
        """The classes that a text can have: all that are nobody's parent."""
        parents = {one.parent for one in self.classes}
        return tuple(one for one in self.classes if one.id not in parents)

    def platform_class(self, one: ClassText) -> ComplaintClass | None:
        """What the class is handled as: what it says, what its parent says, what their ids say, what the file says; None where nothing."""
        family = [other for other in (one, self.parent_of(one)) if other is not None]
        said = [other.counts_as for other in family] + [_platform_word(other.id) for other in family]
        return next((word for word in said if word is not None), self.counts_as)

    def is_sensitive(self, one: ClassText) -> bool:
        """Whether the class or its parent says so."""
        parent = self.parent_of(one)
        return one.sensitive or (parent is not None and parent.sensitive)


def read_taxonomy_text(text: str) -> Taxonomy:
    """The taxonomy of the YAML text; raises TaxonomyRefused with everything that is wrong with it."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise TaxonomyRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise TaxonomyRefused(["the text holds no fields; list the classes under classes"])
    try:
        table = TaxonomyText.model_validate(spelt := _spelt_out(content))
    except ValidationError as error:
        raise TaxonomyRefused(list(misshapen(error, spelt["classes"], TaxonomyText, ClassText))) from error
    if problems := [*_structure(table), *_platform_problems(table), *_example_problems(table)]:
        raise TaxonomyRefused(problems)
    return Taxonomy(tuple(_class_of(table, one) for one in table.leaves), table.language)


def id_of(name: str) -> str:
    """The id of a class that is written as its name alone."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def taxonomy_text(taxonomy: Taxonomy) -> str:
    """The YAML text that reads as this taxonomy, to start an own one from and to keep a version by."""
    classes = [_class_text(one) for one in taxonomy.classes]
    named = {one.parent for one in taxonomy.classes if one.parent}
    parents = [{"id": parent} for parent in sorted(named)]
    content = {"language": taxonomy.language, "classes": [*parents, *classes]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _class_text(one: TaxonomyClass) -> dict[str, Any]:
    examples: dict[str, list[str]] = {}
    for language, sentence in one.examples:
        examples.setdefault(language, []).append(sentence)
    fields = {
        "id": str(one.name),
        "name": one.title,
        "parent": one.parent,
        "counts_as": str(one.counts_as) if one.counts_as else None,
        "sensitive": one.is_sensitive,
        "owner": one.owner,
        "definition": one.definition,
        "boundaries": list(one.boundaries),
        "examples": examples,
        "formerly": list(one.formerly),
    }
    return {name: value for name, value in fields.items() if value}


def _class_of(table: TaxonomyText, one: ClassText) -> TaxonomyClass:
    parent, platform_class = table.parent_of(one), table.platform_class(one)
    examples = tuple((language, sentence.strip()) for language, sentences in one.examples.items() for sentence in sentences)
    return TaxonomyClass(
        one.id,
        one.definition,
        one.boundaries,
        examples,
        is_sensitive=platform_class in SENSITIVE_BY_NATURE,
        title=one.name.strip(),
        parent=one.parent,
        counts_as=platform_class if platform_class != one.id else None,
        owner=one.owner or (parent.owner if parent else None),
        formerly=one.formerly,
    )


def _platform_word(word: str) -> ComplaintClass | None:
    return ComplaintClass(word) if word in list(ComplaintClass) else None


def _spelt_out(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the short forms written out: a class as its name alone, examples as a list in the language of the file."""
    stated, classes = content.get("language"), content.get("classes")
    language = stated if isinstance(stated, str) else DEFINITION_LANGUAGE
    return {**content, "classes": [_spelt_class(one, language) for one in classes] if isinstance(classes, list) else classes}


def _spelt_class(one: Any, language: str) -> Any:
    if isinstance(one, str):
        return {"id": one} if id_of(one) == one else {"id": id_of(one), "name": one}
    if not isinstance(one, dict):
        return one
    examples = one.get("examples")
    if isinstance(examples, list):
        return {**one, "examples": {language: examples}}
    if isinstance(examples, dict):
        lines = {key: value.splitlines() if isinstance(value, str) else value for key, value in examples.items()}
        return {**one, "examples": lines}
    return one


def _structure(table: TaxonomyText) -> Iterator[str]:
    counts = Counter(one.id for one in table.classes)
    yield from (f"{name}: two classes bear this id; rename one" for name, count in counts.items() if count > 1)
    yield from (f"{name}: is a reserved word; rename the class" for name in RESERVED if name in counts)
    if not FEWEST_CLASSES <= len(table.leaves) <= MOST_CLASSES:
        yield f"classes: {len(table.leaves)} can be given; have {FEWEST_CLASSES} to {MOST_CLASSES} that are nobody's parent"
    for one in table.classes:
        parent = table.parent_of(one)
        if one.parent is not None and parent is None:
            yield f"{one.id}: its parent '{one.parent}' is no class of the file; add it, or leave parent out"
        elif parent is not None and parent.parent is not None:
            yield f"{one.id}: stands on a third level; give it the parent '{parent.parent}', two levels are the most"
        if one not in table.leaves and (one.examples or one.definition or one.boundaries):
            yield f"{one.id}: is a parent, which no text is given; move its examples and definition to a class below it"
    yield from _renamed_twice(table)


def _renamed_twice(table: TaxonomyText) -> Iterator[str]:
    present, before = {one.id for one in table.classes}, Counter(name for one in table.classes for name in set(one.formerly))
    yield from (f"{name}: stands under formerly of two classes; leave it in one" for name, count in before.items() if count > 1)
    yield from (f"{name}: is a class and stands under formerly; remove it there" for name in sorted(present & set(before)))


def _platform_problems(table: TaxonomyText) -> Iterator[str]:
    for one in table.leaves:
        platform_class = table.platform_class(one)
        if platform_class is None:
            yield f"{one.id}: say under counts_as which it is handled as, one of {_PLATFORM_WORDS}"
        elif table.is_sensitive(one) and platform_class not in SENSITIVE_BY_NATURE:
            sensitive = " or ".join(sorted(SENSITIVE_BY_NATURE))
            yield f"{one.id}: is sensitive but counts as {platform_class}, which may be acted on alone; let it count as {sensitive}"


def _example_problems(table: TaxonomyText) -> Iterator[str]:
    places: dict[str, str] = {}
    for one in table.leaves:
        sentences = [sentence.strip() for listed in one.examples.values() for sentence in listed]
        if len(sentences) > MOST_EXAMPLES:
            yield f"{one.id}: has {len(sentences)} examples; keep {MOST_EXAMPLES} at the most"
        for number, sentence in enumerate(sentences, 1):
            other = places.setdefault(sentence.casefold(), one.id)
            if other != one.id:
                yield f"{one.id}: example {number} is one of '{other}' too; leave it in one of them"
