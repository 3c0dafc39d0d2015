"""What the input did and what the model did are told apart on planted shifts, and the pair of classes with who is right is named."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from feedback_loop.analysis.drift import FEWEST_FRAGMENTS, LEFT_OPEN, STRATA, UNCHANGED, Cause, Judged, MoveVerdict, drift

NO_LABELS: list[tuple[str, str, str]] = []


def kinds(tags: Sequence[str], languages: Sequence[str] | None = None) -> pl.DataFrame:
    """Fragments of one channel and product with these tags, in these languages."""
    frame = pl.DataFrame({"language": languages or ["en"] * len(tags), "tag": tags})
    return frame.select("language", pl.lit("ticket").alias("channel"), pl.lit("Lumen").alias("product"), "tag")


def judged(
    before: Sequence[str],
    after_by_old: Sequence[str],
    after_by_new: Sequence[str],
    labels: list[tuple[str, str, str]] = NO_LABELS,
    languages: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Judged:
    spoken = languages or (None, None)
    pairs = pl.DataFrame({"tag_before": after_by_old, "tag_after": after_by_new}, schema={"tag_before": pl.String, "tag_after": pl.String})
    held_out = pl.DataFrame(labels, schema={"truth": pl.String, "tag_before": pl.String, "tag_after": pl.String}, orient="row")
    first, last = (pl.Series("tag", tags, pl.String) for tags in (before, after_by_new))
    return Judged(first, last, kinds(before, spoken[0]), kinds(after_by_old, spoken[1]), pairs, held_out, before == after_by_new)


USUAL = ["billing"] * 40 + ["auth"] * 20 + ["crash"] * 40
OVER_TAGGED = ["auth"] * 30 + ["billing"] * 10 + ["auth"] * 20 + ["crash"] * 40


def test_a_model_that_over_tags_is_named_with_the_pair_and_the_input_is_not() -> None:
    found = drift(judged(USUAL, USUAL, OVER_TAGGED, [("billing", "billing", "auth")] * 8))
    by_name = {one.name: one for one in found.classes}
    assert by_name["auth"].cause is by_name["billing"].cause is Cause.MODEL
    assert by_name["crash"].cause is Cause.NEITHER
    assert by_name["auth"].behaviour.points == pytest.approx(0.3)
    assert by_name["auth"].input_shift.points == 0.0
    (move,) = found.moves
    assert (move.from_class, move.to_class, move.count, move.back_count) == ("billing", "auth", 30, 0)
    assert (move.before_right_count, move.after_right_count, move.verdict) == (8, 0, MoveVerdict.WORSE)


def test_the_parts_add_up_to_the_whole() -> None:
    shifted = ["crash"] * 60 + ["billing"] * 40
    found = drift(judged(USUAL, shifted, ["crash"] * 50 + ["auth"] * 20 + ["billing"] * 30))
    for one in found.classes:
        assert one.total.points == pytest.approx(one.input_shift.points + one.behaviour.points)
    assert sum(one.total.points for one in found.classes) == pytest.approx(0.0)


def test_a_shift_of_the_mix_is_owed_to_the_input_and_explained_by_the_mix() -> None:
    def said(german: int) -> tuple[list[str], list[str]]:
        tags = ["crash" if n % 10 < 8 else "auth" for n in range(german)] + ["auth" if n % 10 < 8 else "crash" for n in range(200 - german)]
        return tags, ["de"] * german + ["en"] * (200 - german)

    (before, spoken_before), (after, spoken_after) = said(40), said(140)
    found = drift(judged(before, after, after, languages=(spoken_before, spoken_after)))
    crash = next(one for one in found.classes if one.name == "crash")
    assert crash.cause is Cause.INPUT
    assert crash.steady_mix is not None
    assert crash.mix_points == pytest.approx(crash.input_shift.points)
    assert crash.steady_mix.share == pytest.approx(crash.share_before)
    assert found.moves == ()


def test_periods_without_a_common_kind_leave_the_mix_unknown() -> None:
    found = drift(judged(USUAL, USUAL, USUAL, languages=(["en"] * 100, ["de"] * 100)))
    assert {one.steady_mix for one in found.classes} == {None}
    assert {one.mix_points for one in found.classes} == {None}


@pytest.mark.parametrize(
    ("labels", "verdict"),
    [
        ([("auth", "billing", "auth")] * 8, MoveVerdict.BETTER),
        ([("billing", "billing", "auth")] * 5, MoveVerdict.OPEN),
        ([("billing", "billing", "auth")] * 6 + [("auth", "billing", "auth")] * 6, MoveVerdict.OPEN),
        ([("crash", "billing", "auth")] * 20, MoveVerdict.OPEN),
        ([("billing", "billing", "billing")] * 20, MoveVerdict.OPEN),
    ],
)
def test_only_labels_on_the_move_say_who_is_right(labels: list[tuple[str, str, str]], verdict: MoveVerdict) -> None:
    (move,) = drift(judged(USUAL, USUAL, OVER_TAGGED, labels)).moves
    assert move.verdict is verdict


def test_a_class_given_to_what_was_left_open_is_wrong_whatever_else_is_true() -> None:
    opened = [LEFT_OPEN] * 40 + ["crash"] * 60
    given = ["auth"] * 40 + ["crash"] * 60
    labels = [("billing", LEFT_OPEN, "auth")] * 4 + [("crash", LEFT_OPEN, "auth")] * 4
    (move,) = drift(judged(opened, opened, given, labels)).moves
    assert move.verdict is MoveVerdict.WORSE
    (back,) = drift(judged(given, given, opened, [("billing", "auth", LEFT_OPEN)] * 8)).moves
    assert back.verdict is MoveVerdict.BETTER


def test_labels_on_several_moves_share_one_level_and_too_few_take_none_of_it() -> None:
    before = ["billing"] * 40 + ["crash"] * 40 + ["latency"] * 20
    after = ["auth"] * 40 + ["praise"] * 40 + ["other"] * 20
    six, few = [("billing", "billing", "auth")] * 6, [("latency", "latency", "other")] * 5
    on_both = six + [("crash", "crash", "praise")] * 6

    def verdicts(labels: list[tuple[str, str, str]]) -> dict[str, MoveVerdict]:
        return {move.from_class: move.verdict for move in drift(judged(before, before, after, labels)).moves}

    assert verdicts(six + few)["billing"] is MoveVerdict.WORSE
    assert {verdicts(on_both)[name] for name in ("billing", "crash")} == {MoveVerdict.OPEN}
    assert {verdicts(on_both * 2)[name] for name in ("billing", "crash")} == {MoveVerdict.WORSE}


def test_one_version_does_nothing_to_itself() -> None:
    found = drift(judged(USUAL, USUAL, USUAL))
    assert {one.behaviour for one in found.classes} == {UNCHANGED}
    assert found.moves == ()


@pytest.mark.parametrize("count", [0, FEWEST_FRAGMENTS - 1])
def test_too_few_fragments_say_nothing(count: int) -> None:
    few = ["auth"] * count
    found = drift(judged(USUAL, few, few))
    assert not found.is_enough
    assert (found.classes, found.moves, found.after_count) == ((), (), count)


def test_what_a_source_does_not_say_is_a_kind_of_its_own() -> None:
    silent = [None] * 100
    found = drift(judged(USUAL, USUAL, USUAL, languages=(silent, silent)))  # type: ignore[arg-type]
    assert found.classes[0].steady_mix is not None
    assert STRATA == ("language", "channel", "product")
