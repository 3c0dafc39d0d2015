"""Which labels count, which are held out for ever, and how far people agree."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.gold_labels import (
    HELD_OUT_SHARE,
    SECOND_READING_SHARE,
    agreement,
    counting,
    in_words_of,
    is_held_out,
    said_of,
    same_words_other_label,
    that_prove,
    wants_second_reading,
)
from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop_tests.analysis.label_rows import labels

IDS = [f"fragment_{number:020x}" for number in range(4000)]


def test_the_hold_out_never_moves() -> None:
    # Written down once: whoever changes the side of a fragment breaks what every model was ever measured on.
    assert "".join(str(int(is_held_out(name))) for name in IDS[:40]) == "0000000000000100001010010000001100000010"


def test_both_shares_are_what_they_say_and_are_drawn_apart() -> None:
    held, second = [is_held_out(name) for name in IDS], [wants_second_reading(name) for name in IDS]
    both = sum(a and b for a, b in zip(held, second, strict=True)) / len(IDS)
    assert sum(held) / len(IDS) == pytest.approx(HELD_OUT_SHARE, abs=0.02)
    assert sum(second) / len(IDS) == pytest.approx(SECOND_READING_SHARE, abs=0.02)
    assert both == pytest.approx(HELD_OUT_SHARE * SECOND_READING_SHARE, abs=0.01)


SAID = st.lists(
    st.tuples(
        st.sampled_from(["f1", "f2", "f3"]),
        st.sampled_from(["crash", "auth"]),
        st.sampled_from(["ada", "bo"]),
        st.sampled_from(["correction", "second_reading"]),
    ),
    max_size=10,
)


@given(SAID)
def test_the_latest_correction_counts_and_a_second_reading_never_does(said: list[tuple[str, str, str, str]]) -> None:
    expected = {fragment: name for fragment, name, _, kind in said if kind == "correction"}
    found = counting(labels(*said))
    assert dict(found.select("fragment_id", "labelled_class").iter_rows()) == expected
    assert counting(labels(*said).reverse()).equals(found)


@given(SAID)
def test_what_a_person_said_last_is_their_opinion(said: list[tuple[str, str, str, str]]) -> None:
    opinions = {(fragment, person): name for fragment, name, person, _ in said}
    assert {(f, person): name for f, by in said_of(labels(*said)).items() for person, name in by.items()} == opinions


def test_agreement_counts_persons_not_labels() -> None:
    found = agreement(
        labels(("f1", "crash", "ada"), ("f1", "auth", "ada"), ("f2", "crash", "ada"), ("f2", "auth", "bo"), ("f3", "auth", "bo"))
    )
    assert (found.fragment_count, found.disputed) == (1, ("f2",))
    assert found.doubt == pytest.approx(2 / 3)
    assert agreement(labels()).doubt == 0.5
    assert agreement(labels()).alpha is None


def test_labels_of_an_earlier_version_are_said_in_the_words_of_this_one() -> None:
    taxonomy = read_taxonomy_text("counts_as: other\nclasses: [{id: refunds, formerly: [money_back]}, slow]")
    known, unknown_count = in_words_of(taxonomy, labels(("f1", "money_back", "ada"), ("f2", "slow", "ada"), ("f3", "gone", "ada")))
    assert known["labelled_class"].to_list() == ["refunds", "slow"]
    assert unknown_count == 1


def test_same_words_with_another_label_are_found() -> None:
    assert same_words_other_label(["It  crashes", "slow", "it crashes", "SLOW"], ["crash", "latency", "auth", "latency"]) == [(0, 2)]


def test_equal_words_prove_once_and_what_was_learnt_proves_nothing() -> None:
    held_out = pl.DataFrame({"masked_text": ["It closes.", "it  CLOSES.", "Charged twice.", "Mail to [EMAIL_1a2b] failed", "New words."]})
    learnt = pl.DataFrame({"masked_text": ["charged twice."]})
    assert that_prove(held_out, learnt)["masked_text"].to_list() == ["It closes.", "Mail to [EMAIL_1a2b] failed", "New words."]
    assert that_prove(held_out.clear(), learnt).is_empty()
    assert that_prove(held_out, learnt.clear()).height == 4
