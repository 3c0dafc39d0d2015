"""What people said of single fragments, as gold labels: which of them count, which are held out for ever, how far people agree.

Here: rows of `state_label` to the label that counts of each fragment. Who is asked what next is in `review_queue`. The rules that are easy
to break: the latest correction counts, a second reading never does; and whether a fragment is held out follows from its id alone, so that
no training, no queue and no later release ever moves it to the other side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import LabelKind
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.methods.statistics.agreement import nominal_alpha

HELD_OUT_SHARE = 0.2
SECOND_READING_SHARE = 0.1
"""Of the labelled fragments so many are read by a second person, who does not see the first label."""

HOW_TO_LABEL = "Label what `labels queue --reason held_out_sample` shows."
"""What to do wherever held-out labels are too few to tell."""

_SCALE = 16**8


def is_held_out(fragment_id: str) -> bool:
    """Whether no model is ever trained on the fragment: a fixed fifth of all, by the hash of the id."""
    return _place("held-out", fragment_id) < HELD_OUT_SHARE


def of_hold_out() -> pl.Expr:
    """Whether the fragment_id of a row is held out."""
    return pl.col("fragment_id").map_elements(is_held_out, return_dtype=pl.Boolean)


def wants_second_reading(fragment_id: str) -> bool:
    """Whether a second person reads the fragment once it is labelled: a fixed tenth of all, drawn apart from the hold-out."""
    return _place("second-reading", fragment_id) < SECOND_READING_SHARE


def sample_place(fragment_id: str) -> float:
    """A number from 0 up to 1 that says nothing about the fragment: in its order a sample is drawn."""
    return _place("sample", fragment_id)


def _place(purpose: str, fragment_id: str) -> float:
    return int(content_hash(f"{purpose}\n{fragment_id}")[:8], 16) / _SCALE


def counting(labels: pl.DataFrame) -> pl.DataFrame:
    """The label that counts of each fragment, its latest correction, by fragment_id; rows of `state_label`."""
    corrections = labels.filter(pl.col("label_kind") == LabelKind.CORRECTION)
    latest = corrections.sort("labelled_at", "label_id").group_by("fragment_id", maintain_order=True).last()
    return latest.select(labels.columns).sort("fragment_id")


def in_words_of(taxonomy: Taxonomy, labels: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The labels with `labelled_class` in words of the taxonomy, and how many name a class that it neither has nor had."""
    words = {word: found.name for word in labels["labelled_class"].unique() if (found := taxonomy.called(word)) is not None}
    known = labels.filter(pl.col("labelled_class").is_in(sorted(words)))
    named = {word: str(name) for word, name in words.items()}
    return known.with_columns(pl.col("labelled_class").replace(named)), labels.height - known.height


def said_of(labels: pl.DataFrame) -> Mapping[str, Mapping[str, str]]:
    """What each person said last of each fragment, whatever it was for: {fragment_id: {person: class}}."""
    said: dict[str, dict[str, str]] = {}
    for row in labels.sort("labelled_at", "label_id").select("fragment_id", "labelled_by", "labelled_class").iter_rows():
        said.setdefault(row[0], {})[row[1]] = row[2]
    return said


@dataclass(frozen=True)
class Agreement:
    """How far people agree on what two of them or more labelled."""

    alpha: float | None
    fragment_count: int
    disputed: tuple[str, ...]
    """The fragments on which they do not."""

    @property
    def doubt(self) -> float:
        """The chance that a second person says otherwise (rule of succession: one half while nothing is known)."""
        return (len(self.disputed) + 1) / (self.fragment_count + 2)


def agreement(labels: pl.DataFrame) -> Agreement:
    """The agreement between persons; what one person said twice is one opinion, the last."""
    read_twice = {fragment_id: [*said.values()] for fragment_id, said in said_of(labels).items() if len(said) > 1}
    disputed = tuple(sorted(name for name, said in read_twice.items() if len(set(said)) > 1))
    return Agreement(nominal_alpha(read_twice.values()), len(read_twice), disputed)


def that_prove(held_out: pl.DataFrame, learnt: pl.DataFrame) -> pl.DataFrame:
    """The held-out rows that prove something of whoever learnt the others: of equal words the first, and none whose words it learnt.

    The bounds count independent draws; a hundred copies of one complaint are one, and one that was learnt word for word is none.
    """
    words = pl.Series([_plain_words(text) for text in held_out["masked_text"]], dtype=pl.String)
    known = [_plain_words(text) for text in learnt["masked_text"]]
    return held_out.filter(words.is_first_distinct() & ~words.is_in(known))


def _plain_words(masked_text: str) -> str:
    return " ".join(without_tokens(masked_text).casefold().split())


def same_words_other_label(texts: Sequence[str], classes: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of rows, ascending, whose texts are the same but for case and blanks and whose classes differ."""
    first: dict[str, int] = {}
    found = []
    for row, (text, name) in enumerate(zip(texts, classes, strict=True)):
        earlier = first.setdefault(_plain_words(text), row)
        if classes[earlier] != name:
            found.append((earlier, row))
    return found
