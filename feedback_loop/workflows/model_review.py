"""The weekly review of the classifier: what is known of it, where it and people disagree, what drifted, what it cost.

Here: the figures of one week, read once; in which sections and words they are told is in `review_sections`. The rules that are easy to
break: precision, calibration and confusion are of held-out labels alone; and the only words of customers are masked ones without their
tokens, of fragments that people labelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from feedback_loop.analysis.gold_labels import Agreement, agreement, in_words_of, said_of
from feedback_loop.analysis.hypothesis_labels import score_judgement
from feedback_loop.analysis.model_health import Judgement
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ModelRefused
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.workflows.judge_hypothesis import hypotheses_waiting
from feedback_loop.workflows.model_answers import ModelAnswers, model_answers
from feedback_loop.workflows.model_costs import Costs, costs_of
from feedback_loop.workflows.model_drift import DriftReport, drift_of
from feedback_loop.workflows.model_health import abstention_judgement, held_out_answers, hold_out_judgements, scope_judgement
from feedback_loop.workflows.model_recipes import LABEL
from feedback_loop.workflows.model_versions import Home, model_in_use
from feedback_loop.workflows.snapshots import snapshot_of

WEEK = 7
_SHOWN = 20


@dataclass(frozen=True)
class Disagreement:
    """A fragment with its masked text, what one says of it and what another says; the score is the classifier's, null between persons."""

    fragment_id: str
    masked_text: str
    one_says: str
    other_says: str
    class_score: float | None


@dataclass(frozen=True)
class CauseLabels:
    """What people's labels prove of the scores of hypotheses, and the week's that nobody judged, the surest first."""

    judgement: Judgement
    waiting: pl.DataFrame


@dataclass(frozen=True)
class Review:
    """One week; None where the home has nothing to say it of."""

    week: DayRange | None
    model_version: str | None
    threshold: float | None
    judgements: dict[str, Judgement]
    held_out: pl.DataFrame | None
    """As `analysis.model_health.HELD_OUT`."""
    drift: DriftReport | None
    costs: Costs | None
    of_model: tuple[Disagreement, ...]
    """The model's decisions that a held-out label contradicts, the surest first."""
    of_people: tuple[Disagreement, ...]
    agreement: Agreement | None
    answers: tuple[ModelAnswers, ...] = ()
    """Of the language model, by its version and prompt."""
    of_causes: CauseLabels | None = None


EMPTY = Review(None, None, None, {}, None, None, None, (), (), None)
"""Of a home in which nothing has landed."""


def review_of(home: Home, week: DayRange) -> Review:
    """What is known of the classifier now, and what the week brought; raises ModelRefused where the one in use can't be made."""
    active, embedder = model_in_use(home)
    labels = home.state.snapshot(LABEL)
    held_out = held_out_answers(labels, home.tables, active, embedder)
    known, _ = in_words_of(active.taxonomy, labels)
    agreed = agreement(known)
    return Review(
        week,
        active.classifier.classifier_version,
        active.classifier.threshold,
        {
            **hold_out_judgements(labels, home.tables, lambda: (active, embedder)),
            "left open": abstention_judgement(home.tables, week),
            "out of scope": scope_judgement(home.tables, week, active),
        },
        held_out,
        _drift(home, week),
        costs_of(home.tables, home.state.snapshot(TABLES["state_model_call"]), week),
        _of_model(home, held_out),
        _of_people(home, known, agreed),
        agreed,
        model_answers(home.tables, labels, active.taxonomy, week),
        _of_causes(home, week),
    )


def _of_causes(home: Home, week: DayRange) -> CauseLabels:
    labels = snapshot_of(home.state, "state_hypothesis_label")
    return CauseLabels(score_judgement(labels), hypotheses_waiting(home.tables, labels, week))


def _drift(home: Home, week: DayRange) -> DriftReport | None:
    """The week beside the one before it; None where neither version can be made again."""
    before = DayRange(week.first - timedelta(days=len(week)), week.first - timedelta(days=1))
    try:
        return drift_of(home, week, before)
    except ModelRefused:
        return None


def _of_model(home: Home, held_out: pl.DataFrame) -> tuple[Disagreement, ...]:
    wrong = held_out.filter(pl.col("said").is_not_null() & (pl.col("said") != pl.col("truth"))).sort(
        "class_score", "fragment_id", descending=[True, False]
    )
    rows = wrong.head(_SHOWN).select("fragment_id", "said", "truth", "class_score").iter_rows()
    return _with_texts(home, [Disagreement(name, "", said, truth, score) for name, said, truth, score in rows])


def _of_people(home: Home, labels: pl.DataFrame, agreed: Agreement) -> tuple[Disagreement, ...]:
    said = said_of(labels)
    found = []
    for name in agreed.disputed[:_SHOWN]:
        words = [f"{person}: {word}" for person, word in said[name].items()]
        found.append(Disagreement(name, "", words[0], "; ".join(words[1:]), None))
    return _with_texts(home, found)


def _with_texts(home: Home, found: list[Disagreement]) -> tuple[Disagreement, ...]:
    wanted = pl.DataFrame({"fragment_id": [one.fragment_id for one in found]}, schema={"fragment_id": pl.String})
    if wanted.is_empty():
        return ()
    read = home.tables.read(TABLES["silver_fragment"], columns=("fragment_id", "masked_text"), matching=wanted)
    texts = dict(read.select("fragment_id", "masked_text").iter_rows())
    return tuple(replace(one, masked_text=without_tokens(texts.get(one.fragment_id, "(no longer there)"))) for one in found)
