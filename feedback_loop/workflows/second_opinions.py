"""The cascade: what the local tier leaves open is shown to a language model where one is configured; what that leaves open, to people.

Here: what the model is told beside a text, from the version of the classifier that is in use. How it is asked is in `ask_model`. The rule
that is easy to break: without a language model nothing is computed, embedded or asked, and the local tier's rows come back as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from feedback_loop.analysis.classify import shortlists
from feedback_loop.analysis.platform_classes import platform_words
from feedback_loop.analysis.prompts.classification import SHORTLIST, LabelDefinition, LabelledTexts
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.ports import Embedder, TextModel
from feedback_loop.workflows.ask_model import ANSWERS, Known, answers_about_open, open_fragments, with_answers
from feedback_loop.workflows.model_recipes import ActiveModel


@dataclass(frozen=True)
class Opinions:
    """`analysis_classification` after both tiers, and the language model's answers as `ask_model.ANSWERS`."""

    classes: pl.DataFrame
    answers: pl.DataFrame

    def counts(self) -> dict[str, int]:
        """How many fragments were asked about, got a class, or are left to people for each reason."""
        unanswered = self.answers["unanswered_reason"].drop_nulls()
        reasons = {f"left_to_people_{reason}": count for reason, count in unanswered.value_counts().sort("unanswered_reason").iter_rows()}
        answered = self.answers["answered_class"].count()
        return {"asked_count": self.answers.height, "answered_count": answered, **reasons} if self.answers.height else {}


def second_opinions(
    fragments: pl.DataFrame, classes: pl.DataFrame, active: ActiveModel, embedder: Embedder, model: TextModel | None
) -> Opinions:
    """What both tiers say of the fragments; `fragments` are rows of `silver_fragment` with their `vector`."""
    if model is None:
        return Opinions(classes, pl.DataFrame(schema=ANSWERS))
    known = what_is_known(open_fragments(fragments, classes), active, embedder)
    answers = answers_about_open(fragments, classes, model, known)
    return Opinions(with_answers(classes, answers, platform_words(active.taxonomy)), answers)


def what_is_known(fragments: pl.DataFrame, active: ActiveModel, embedder: Embedder) -> Known:
    """The labels as people defined them, each fragment's likeliest ones, and the texts that people labelled."""
    vectors = np.asarray(fragments["vector"].to_list(), dtype=np.float32)
    likeliest = shortlists(fragments["masked_text"].to_list(), vectors, active.classifier, SHORTLIST)
    return Known(_labels(active.taxonomy), dict(zip(fragments["fragment_id"], likeliest, strict=True)), _examples(active.learnt, embedder))


def _labels(taxonomy: Taxonomy) -> tuple[LabelDefinition, ...]:
    return tuple(LabelDefinition(str(one.name), " ".join((one.definition or one.shown_name, *one.boundaries))) for one in taxonomy.classes)


def _examples(learnt: pl.DataFrame, embedder: Embedder) -> LabelledTexts | None:
    if learnt.is_empty():
        return None
    texts = learnt["masked_text"].to_list()
    vectors = embedder.embed([without_tokens(text) for text in texts])
    return LabelledTexts(tuple(texts), tuple(learnt["labelled_class"]), vectors)
