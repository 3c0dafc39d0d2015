"""The seed taxonomy holds what the classifier and the people who label need."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from feedback_loop.analysis.taxonomy import Taxonomy, parse_taxonomy, seed_taxonomy
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import BadInput

DOCUMENT = "definition: d\nboundaries: |\n  b\nexamples:\n  en: |\n    one\n    two\n"


def test_every_class_of_the_vocabulary_is_described_once_and_in_order() -> None:
    assert [c.name for c in seed_taxonomy().classes] == list(ComplaintClass)


@pytest.mark.parametrize("one", seed_taxonomy().classes, ids=lambda one: one.name)
def test_each_class_has_a_definition_borders_and_examples_enough(one: object) -> None:
    (found,) = [c for c in seed_taxonomy().classes if c is one]
    assert len(found.definition) > 60
    assert len(found.boundaries) >= 4
    assert sum(language == "en" for language, _ in found.examples) >= 40


def test_no_sentence_is_an_example_of_two_classes_or_twice_of_one() -> None:
    counts = Counter(text.casefold().strip(" .!?") for text, _ in seed_taxonomy().training_examples())
    assert [text for text, count in counts.items() if count > 1] == []


def test_definition_counts_as_one_more_example() -> None:
    taxonomy = parse_taxonomy(dict.fromkeys(ComplaintClass, DOCUMENT))
    assert taxonomy.training_examples()[:3] == (("d", "billing"), ("one", "billing"), ("two", "billing"))


def test_languages_are_those_with_examples_enough_in_every_class() -> None:
    assert {"en", "de", "es", "hi"} <= seed_taxonomy().languages
    assert "it" not in seed_taxonomy().languages


def test_each_training_example_has_its_language() -> None:
    taxonomy = parse_taxonomy(dict.fromkeys(ComplaintClass, DOCUMENT.replace("    two\n", "  de: |\n    zwei\n")))
    assert taxonomy.example_languages()[:4] == ("en", "en", "de", "en")
    assert len(seed_taxonomy().example_languages()) == len(seed_taxonomy().training_examples())


def test_version_follows_every_part_of_the_content() -> None:
    taxonomy = seed_taxonomy()
    first, *rest = taxonomy.classes
    changed = [
        replace(first, definition="other"),
        replace(first, boundaries=first.boundaries[1:]),
        replace(first, examples=first.examples[1:]),
    ]
    versions = {taxonomy.version, *(Taxonomy((one, *rest)).version for one in changed)}
    assert len(versions) == 4
    assert Taxonomy(taxonomy.classes).version == taxonomy.version


def test_class_without_a_definition_is_refused_with_its_file() -> None:
    documents = dict.fromkeys(ComplaintClass, DOCUMENT) | {ComplaintClass.AUTH: DOCUMENT.replace("definition: d\n", "")}
    with pytest.raises(BadInput, match=r"'auth'.*lacks definition.*auth\.yaml"):
        parse_taxonomy(documents)
