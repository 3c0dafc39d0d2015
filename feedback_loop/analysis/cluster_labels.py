"""The words that name a symptom cluster; a cluster without words of its own, and a catch-all, are named by their class.

How words are chosen is `methods/group_terms`. The rule that is easy to break: a label is made from masked text only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from feedback_loop.methods import group_terms


def cluster_labels(
    window_terms: Sequence[Sequence[str]], groups: npt.NDArray[np.int64], classes: Sequence[str], is_catch_all: Sequence[bool]
) -> list[str]:
    """One label per group 0.. of the window; `classes` and `is_catch_all` are per group, `groups` per text."""
    named = np.where(np.asarray(is_catch_all, dtype=bool)[groups], -1, groups) if len(groups) else groups
    found = group_terms.labels(window_terms, named, len(classes))
    return [
        catch_all_label(name) if rest else label or class_words(name)
        for label, name, rest in zip(found, classes, is_catch_all, strict=True)
    ]


def catch_all_label(best_class: str) -> str:
    """The label of what fits no cluster of the class."""
    return f"other {class_words(best_class)}"


def class_words(best_class: str) -> str:
    """The class as a person would write it."""
    return best_class.replace("_", " ")
