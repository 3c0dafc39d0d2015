"""Who is asked what, in which order, and that the order is a function of the rows alone."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.gold_labels import is_held_out, sample_place, wants_second_reading
from feedback_loop.analysis.review_queue import SAMPLE_EVERY, Doubt, queue_candidates, review_queue
from feedback_loop.contracts.vocab import QueueReason
from feedback_loop_tests.analysis.label_rows import candidate, candidates, labels

ALL = [f"fragment_{number}" for number in range(300)]
FREE = [name for name in ALL if not is_held_out(name) and not wants_second_reading(name)]
TWICE = [name for name in ALL if not is_held_out(name) and wants_second_reading(name)]
HELD = [name for name in ALL if is_held_out(name)]
NOBODY = labels()


def test_the_value_is_uncertainty_times_urgency_times_reach() -> None:
    rows = [
        candidate(FREE[0], class_score=0.9, urgency="low"),
        candidate(FREE[1], class_score=0.9, urgency="urgent", cluster_size=25),
        candidate(FREE[2], class_score=0.2, urgency="normal"),
    ]
    found = review_queue(candidates(*rows), NOBODY)
    assert [(one.fragment_id, one.value) for one in found] == [(FREE[1], 4.0), (FREE[2], 1.6), (FREE[0], 0.1)]
    assert {one.reason for one in found} == {QueueReason.UNSURE}


ROWS = st.lists(
    st.builds(
        candidate,
        st.sampled_from(ALL),
        class_score=st.sampled_from([0.1, 0.5, 0.9]),
        urgency=st.sampled_from(["low", "urgent"]),
        cluster_size=st.integers(1, 9),
        is_abstained=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda row: str(row["fragment_id"]),
)


@given(ROWS, st.data())
def test_the_order_does_not_depend_on_that_of_the_rows(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    said = labels(*((row["fragment_id"], "crash", "ada") for row in rows[::3]))
    shuffled = data.draw(st.permutations(rows))
    assert review_queue(candidates(*rows), said, ["ada", "bo"]) == review_queue(candidates(*shuffled), said.reverse(), ["ada", "bo"])


@given(ROWS)
def test_nobody_is_asked_twice_and_each_part_is_in_its_order(rows: list[dict[str, Any]]) -> None:
    found = review_queue(candidates(*rows), NOBODY)
    drawn = [one for one in found if one.reason is QueueReason.HELD_OUT_SAMPLE]
    others = [one for one in found if one.reason is not QueueReason.HELD_OUT_SAMPLE]
    assert len({one.fragment_id for one in found}) == len(found)
    assert [one.value for one in others] == sorted((one.value for one in others), reverse=True)
    assert drawn == sorted(drawn, key=lambda one: sample_place(one.fragment_id))
    assert {one.fragment_id for one in drawn} == {row["fragment_id"] for row in rows if is_held_out(row["fragment_id"])}


def test_each_fifth_place_is_drawn_from_the_hold_out_whatever_its_value() -> None:
    rows = [*(candidate(name, urgency="urgent") for name in FREE[:12]), *(candidate(name, is_abstained=False) for name in HELD[:3])]
    found = review_queue(candidates(*rows), NOBODY)
    places = [number for number, one in enumerate(found, 1) if one.reason is QueueReason.HELD_OUT_SAMPLE]
    assert places == [SAMPLE_EVERY, 2 * SAMPLE_EVERY, 3 * SAMPLE_EVERY]
    assert all(one.best_class is None for one in found if one.reason is QueueReason.HELD_OUT_SAMPLE)


def test_what_is_labelled_or_decided_is_not_asked() -> None:
    rows = candidates(candidate(FREE[0]), candidate(FREE[1], is_abstained=False))
    assert review_queue(rows, labels((FREE[0], "crash", "ada"))) == []


def test_a_sample_is_read_twice_by_somebody_else_and_told_nothing() -> None:
    rows, said = candidates(candidate(TWICE[0])), labels((TWICE[0], "crash", "ada"))
    (asked,) = review_queue(rows, said, ["ada", "bo"])
    assert (asked.reason, asked.assigned_to, asked.best_class) == (QueueReason.SECOND_READING, "bo", None)
    assert review_queue(rows, labels((TWICE[0], "crash", "ada"), (TWICE[0], "crash", "bo", "second_reading")), ["ada", "bo"]) == []


def test_a_dispute_goes_to_a_third_person_until_it_is_settled() -> None:
    rows = candidates(candidate(FREE[0]))
    said = [(FREE[0], "crash", "ada", "correction"), (FREE[0], "auth", "bo", "second_reading")]
    (asked,) = review_queue(rows, labels(*said), ["ada", "bo", "cy"])
    assert (asked.reason, asked.assigned_to, asked.uncertainty) == (QueueReason.DISPUTED, "cy", 0.5)
    assert review_queue(rows, labels(*said, (FREE[0], "auth", "cy", "correction")), ["ada", "bo", "cy"]) == []


def test_who_thought_again_before_anybody_else_spoke_settles_nothing_by_that() -> None:
    said = [(FREE[0], "crash", "ada", "correction"), (FREE[0], "auth", "ada", "correction"), (FREE[0], "billing", "bo", "correction")]
    rows = candidates(candidate(FREE[0]))
    (asked,) = review_queue(rows, labels(*said), ["ada", "bo", "cy"])
    assert (asked.reason, asked.assigned_to) == (QueueReason.DISPUTED, "cy")
    assert review_queue(rows, labels(*said, (FREE[0], "billing", "ada", "correction")), ["ada", "bo", "cy"]) == []


def test_a_doubtful_label_is_asked_about_again() -> None:
    (asked,) = review_queue(candidates(candidate(FREE[0])), labels((FREE[0], "crash", "ada")), [], {FREE[0]: Doubt("auth", 0.8)})
    assert (asked.reason, asked.uncertainty) == (QueueReason.DOUBTFUL_LABEL, 0.8)


@given(st.lists(st.sampled_from(["ada", "bo", "cy", "di"]), unique=True, min_size=1, max_size=3))
def test_whoever_joins_takes_places_over_and_moves_none_between_the_others(people: list[str]) -> None:
    rows = candidates(*(candidate(name) for name in FREE[:20]))
    before = {one.fragment_id: one.assigned_to for one in review_queue(rows, NOBODY, people)}
    after = {one.fragment_id: one.assigned_to for one in review_queue(rows, NOBODY, [*people, "zoe"])}
    assert all(after[name] in (person, "zoe") for name, person in before.items())


def test_repetitions_and_fragments_without_words_are_no_candidates() -> None:
    names = ["f1", "f2", "f3"]
    fragments = pl.DataFrame({"fragment_id": names, "duplicate_of": [None, "f1", None]}, schema_overrides={"duplicate_of": pl.String})
    classes = pl.DataFrame(
        {
            "fragment_id": names, "taxonomy_class": ["own", "own", None], "best_class": ["crash"] * 3, "class_score": [0.5] * 3,
            "is_abstained": [True] * 3, "abstention_reason": ["low_confidence", "low_confidence", "no_words"],
        }
    )  # fmt: skip
    triage = pl.DataFrame({"fragment_id": names, "urgency": ["low"] * 3, "owner": ["apps"] * 3})
    clusters = pl.DataFrame({"member_fragment_ids": [["f1"], ["f1", "f2"]]})  # as two days saw it
    (row,) = queue_candidates(fragments, classes, triage, clusters).to_dicts()
    assert (row["fragment_id"], row["taxonomy_class"], row["cluster_size"]) == ("f1", "own", 2)
