import polars as pl
import pytest

from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import History, day_number, first_instant, instant_number, instant_of
from feedback_loop_tests.complaint_stream import Said, day, stream


def history(said: list[Said], product: str = "app") -> History:
    of = stream(said)
    scored = of.classifications.select("fragment_id", "class_score")
    return History.of(product, of.messages, eligible_fragments(of.fragments, of.classifications).join(scored, on="fragment_id"))


@pytest.mark.parametrize(
    ("record", "complains"),
    [
        (Said(0, "refund"), True),
        (Said(0, "praise"), False),
        (Said(0, "praise", rating=2.0), True),
        (Said(0, "refund", rating=3.0), False),
        (Said(0, "refund", fragments=0), False),
        (Said(0, "refund", fragments=0, rating=1.0), True),
        (Said(0, "refund", duplicate_of="fragment_x"), False),
    ],
)
def test_stars_decide_where_there_are_any_and_classes_where_not(record: Said, complains: bool) -> None:
    assert history([record]).complains.tolist() == [complains]


def test_records_fall_on_their_day_of_the_window_and_others_are_left_out() -> None:
    of = history(
        [Said(0, "refund"), Said(1, "refund"), Said(1, "login"), Said(28, "refund"), Said(29, "refund"), Said(3, "login", product="x")]
    )
    counted = of.by_day(pl.Series(range(5)).to_numpy(), day(28))
    assert counted.tolist() == [2.0, *[0.0] * 26, 1.0]
    assert (len(of.before(day(28))), len(of.of_day(day(28)))) == (2, 1)


def test_days_are_counted_from_the_epoch() -> None:
    assert day_number(day(0)) == 19783


def test_instants_are_microseconds_and_go_back_and_forth() -> None:
    of = history([Said(0, "refund", hour=1.5), Said(0, "login", hour=23.0)])
    midnight = first_instant(day(0))
    assert sorted((of.instants - midnight) // 60_000_000) == [90, 23 * 60]
    assert [instant_number(instant_of(n)) for n in of.instants] == of.instants.tolist()


def test_records_between_two_instants_include_the_first_and_not_the_last() -> None:
    of = history([Said(0, "refund", hour=float(n)) for n in range(4)])
    hour, midnight = 3_600_000_000, first_instant(day(0))
    assert sorted((of.instants[of.between(midnight + hour, midnight + 3 * hour)] - midnight) // hour) == [1, 2]


def test_a_record_is_found_by_its_id() -> None:
    of = history([Said(0, "refund"), Said(1, "login")])
    assert of.positions(of.record_ids).tolist() == [0, 1]
