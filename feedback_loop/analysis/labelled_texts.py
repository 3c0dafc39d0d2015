"""A user's labelled texts, sorted into what is learnt, what shows the outside and what is held apart for the proof.

Not here: what is learnt from them (`selective`, `two_speed`). The rule that is easy to break: nothing may follow from the order of the
file, so examples are put in the order of their content's hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback_loop.analysis.classify import has_words
from feedback_loop.analysis.taxonomy import FEW_EXAMPLES, in_words
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.errors import BadInput

OUT_OF_SCOPE = "out_of_scope"


class Split(StrEnum):
    """What a labelled text is used for."""

    TRAIN = "train"
    CALIBRATION = "calibration"


@dataclass(frozen=True)
class LabelledText:
    """One text that a person labelled; without a split it is trained on."""

    text: str
    label: str
    split: Split | None = None


@dataclass(frozen=True)
class Lesson:
    """Examples of labels, the names of rare labels as further ones, examples of no label, and what is held apart for the proof.

    Of a label without an example its name is all that is learnt.
    """

    inside: list[LabelledText]
    names: list[LabelledText]
    outside: list[str]
    calibration: list[LabelledText]

    @property
    def taught(self) -> list[LabelledText]:
        """Everything that a label is learnt from, the user's own examples first."""
        return self.inside + self.names


@dataclass(frozen=True)
class Unexampled:
    """Labels that came without a text with words: those learnt by their names, and those whose names have no words either."""

    named: list[str]
    unknown: list[str]


def lesson_of(labelled: Sequence[LabelledText]) -> Lesson:
    """The texts with words by what they are for; BadInput where nothing can be learnt."""
    parts = _parts([one for one in labelled if has_words(one.text)])
    inside = [one for one in parts[Split.TRAIN] if one.label != OUT_OF_SCOPE]
    names = _names_of_rare(inside, _labels(labelled))
    if not inside and not names:
        raise BadInput(f"no text with words to train on, and no label with words but '{OUT_OF_SCOPE}'. Give each label a text or a name.")
    outside = [one.text for one in parts[Split.TRAIN] if one.label == OUT_OF_SCOPE]
    return Lesson(inside, names, outside, parts[Split.CALIBRATION])


def unexampled(labelled: Sequence[LabelledText]) -> Unexampled:
    """The labels of which no example can be learnt, in alphabetical order."""
    exampled = {one.label for one in labelled if has_words(one.text) and one.split is not Split.CALIBRATION}
    bare = [label for label in _labels(labelled) if label not in exampled]
    return Unexampled([label for label in bare if has_words(label)], [label for label in bare if not has_words(label)])


def _labels(labelled: Sequence[LabelledText]) -> list[str]:
    """What is to be learnt, in alphabetical order."""
    return sorted({one.label for one in labelled if one.split is not Split.CALIBRATION} - {OUT_OF_SCOPE})


def _parts(labelled: Sequence[LabelledText]) -> dict[Split, list[LabelledText]]:
    """Both parts, in an order that does not depend on the file's; what brings no split is trained on."""
    ordered = sorted(labelled, key=lambda one: content_hash(f"{one.label}\n{one.text}"))
    return {part: [one for one in ordered if (one.split or Split.TRAIN) is part] for part in Split}


def _names_of_rare(inside: Sequence[LabelledText], labels: Sequence[str]) -> list[LabelledText]:
    """The name of each label that has few examples, as one more example of it: names mean something more often than not."""
    counts = Counter(one.label for one in inside)
    return [LabelledText(in_words(label), label) for label in labels if counts[label] < FEW_EXAMPLES and has_words(label)]
