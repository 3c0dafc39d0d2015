"""A home in memory whose fragments people labelled: enough of both sides of the hold-out to train and to judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.label import correct_label
from feedback_loop.workflows.model_versions import Home
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.analysis.fakes import WordHashEmbedder
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.workflows.test_label import fragments

TAXONOMY = """
classes:
  - {id: money_back, counts_as: billing, examples: [where is my refund, refund not here yet, money not returned]}
  - {id: closes_itself, counts_as: crash, examples: [the app closes at once, it shuts itself down, app keeps closing]}
"""
PEOPLE = {"ada": ("labeller",), "bo": ()}
WORDS = {"money_back": "my refund of order {} is not here", "closes_itself": "the app closes at screen {} at once"}
SEED_WORDS = {"money_back": "billing", "closes_itself": "crash"}


def labelled_home(folder: Path, per_side: int = 40, words: Mapping[str, str] | None = None) -> Home:
    """The home, with its taxonomy file, fragments of two classes in turn on both sides of the hold-out, and no label yet."""
    file = folder / "taxonomy.yaml"
    file.write_text(TAXONOMY, encoding="utf-8")
    tables = FakeTableStore()
    said = WORDS | dict(words or {})
    tables.append(TABLES["silver_fragment"], pl.concat([_fragment(name, number, said) for number, name in enumerate(names(per_side))]))
    return Home(tables, open_state(folder), WordHashEmbedder(), file, folder / "taxonomies")


def names(per_side: int = 40) -> list[str]:
    """Ids of fragments, so many on each side of the hold-out."""
    drawn = [f"fragment_{number}" for number in range(20 * per_side)]
    sides = [[name for name in drawn if is_held_out(name) == held_out][:per_side] for held_out in (False, True)]
    return sorted(sides[0] + sides[1])


def true_class(number: int) -> str:
    """The class of the fragment at that place of `names`."""
    return list(WORDS)[number % 2]


def label(
    home: Home,
    numbers: range,
    at: datetime = START,
    wrong: frozenset[int] = frozenset(),
    *,
    in_seed_words: bool = False,
    per_side: int = 40,
) -> None:
    """Ada labels the fragments at those places, truly but for the wrong ones."""
    drawn = names(per_side)
    taxonomy = None if in_seed_words else read_taxonomy(home.taxonomy_file)
    for number in numbers:
        word = true_class(number + (number in wrong))
        said = SEED_WORDS[word] if in_seed_words else word
        correct_label(drawn[number], said, "ada", PEOPLE, home.tables, home.state, at, taxonomy)


def _fragment(name: str, number: int, words: Mapping[str, str]) -> pl.DataFrame:
    text = words[true_class(number)].format(number)
    return fragments(name, START.date()).with_columns(
        pl.lit(text).alias("masked_text"), pl.lit("en").alias("language"), pl.lit(None, pl.String).alias("duplicate_of")
    )
