"""A language model's answers are judged by held-out labels alone, by who gave them, this week beside the weeks before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import polars as pl

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.model_answers import Judged, ModelAnswers, model_answers
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.asked_fragments import DAY

WEEK = DayRange(DAY, DAY + timedelta(days=6))
CLASSES, LABEL = TABLES["analysis_classification"], TABLES["state_label"]


def fragments(*, held_out: bool) -> Iterator[str]:
    return (name for name in (f"fragment_{n}" for n in count()) if is_held_out(name) == held_out)


def answered(names: list[str], by: str = "model+p1", weeks_ago: int = 0) -> list[dict[str, object]]:
    said = {"taxonomy_class": "crash", "classifier_version": f"local-1+{by}", "event_date": DAY - timedelta(weeks=weeks_ago)}
    return [{"fragment_id": name, **said} for name in names]


def found(rows: list[dict[str, object]], labels: dict[str, str]) -> tuple[ModelAnswers, ...]:
    store = MemoryTableStore()
    store.replace_all(CLASSES, frame_of(CLASSES, *rows))
    told = [{"label_id": name, "fragment_id": name, "labelled_class": label, "label_kind": "correction"} for name, label in labels.items()]
    kept = frame_of(LABEL, *told) if told else pl.DataFrame(schema=pl.Schema(LABEL.schema))
    return model_answers(store, kept, seed_taxonomy(), WEEK)


def test_each_model_and_prompt_is_held_against_itself_before() -> None:
    names = [name for name, _ in zip(fragments(held_out=True), range(12), strict=False)]
    rows = [*answered(names[:4]), *answered(names[4:10], weeks_ago=2), *answered(names[10:], by="other+p2")]
    labels = {name: "billing" if n < 4 else "crash" for n, name in enumerate(names)}
    [first, other] = found(rows, labels)
    assert first == ModelAnswers("model+p1", Judged(4, 4, 0), Judged(6, 6, 6))
    assert first.p_value is not None
    assert first.p_value < 0.01
    assert (other, other.p_value) == (ModelAnswers("other+p2", Judged(2, 2, 2), Judged(0, 0, 0)), None)


def test_labels_that_may_have_been_shown_to_the_model_judge_nothing() -> None:
    name = next(fragments(held_out=False))
    [one] = found(answered([name]), {name: "crash"})
    assert one.week == Judged(1, 0, 0)


def test_what_the_local_tier_said_is_no_answer() -> None:
    rows = [{"fragment_id": "f", "classifier_version": "local-1", "event_date": DAY}]
    assert found(rows, {}) == ()
