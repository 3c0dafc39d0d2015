"""A company's cleaning rules: read from YAML, versioned by content, refused as a whole where they can't be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.config import Settings
from feedback_loop.errors import BadInput
from feedback_loop.methods.cleaning import Cleaner, Speaker
from feedback_loop.workflows.cleaning_rules import open_cleaner, read_cleaning_rules

RULES = """
products:
  - name: InstaPay
    aliases: [insta pay]
    skus: [IP-100]
patterns:
  - name: order
    pattern: "PRW-[0-9]{6}"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "cleaning.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_missing_file_means_no_rules(tmp_path: Path) -> None:
    assert read_cleaning_rules(tmp_path / "cleaning.yaml").version == "none"


def test_products_and_patterns_of_the_file_are_used(tmp_path: Path) -> None:
    cleaning = Cleaner(read_cleaning_rules(written(tmp_path, RULES))).for_speaker(Speaker("c1"))
    assert cleaning.clean("insta pay lost PRW-123456").text == "InstaPay lost [NUMBER]"


def test_cleaner_of_a_home_has_its_rules_and_the_key(tmp_path: Path) -> None:
    written(tmp_path, RULES)
    cleaner = open_cleaner(Settings(home=tmp_path), b"k" * 32)
    assert cleaner == Cleaner(read_cleaning_rules(tmp_path / "cleaning.yaml"), b"k" * 32)


def test_version_follows_from_the_content(tmp_path: Path) -> None:
    first = read_cleaning_rules(written(tmp_path, RULES)).version
    assert read_cleaning_rules(written(tmp_path, RULES)).version == first
    assert read_cleaning_rules(written(tmp_path, RULES + "\n")).version != first


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("products: [", "no YAML"),
        ("products: 3", "products: "),
        ("customers: []", "customers: "),
        ("products: [{name: A1, aliases: [x1]}, {name: B1, aliases: [X1]}]", "'X1' stands for two products, A1 and B1"),
        ("products: [{name: A1}, {name: B1, aliases: [a1]}]", "'a1' stands for two products, A1 and B1"),
        ("patterns: [{name: order, pattern: 'A+B+C'}]", "repeats without an end"),
    ],
)
def test_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refusal:
        read_cleaning_rules(written(tmp_path, text))
    assert "\n" not in str(refusal.value)
