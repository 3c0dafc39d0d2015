"""Boilerplate: what ends or begins a customer's mails again and again goes; what they complain of stays, however often they say it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import BOILERPLATE_DAYS
from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.silver.boilerplate import INPUT, MIN_OTHER_WORDS, REMOVED, boilerplate, compared, stripped_mails
from feedback_loop.silver.units import kept_spans

FIRST = date(2024, 5, 1)
MOTTO = "Acme Ltd., builders of fine bridges\nVisit us at the fair, hall 4"
COMPLAINTS = [
    "The card was declined at the market.",
    "Nobody answers the phone since Monday.",
    "The transfer to the landlord is missing.",
    "The statement of April shows wrong totals.",
]
SCHEMA = {**dict.fromkeys(INPUT, pl.String()), "event_date": pl.Date(), "removed_spans": pl.Schema(REMOVED)["removed_spans"]}


def mail(text: str, number: int, day: int = 0, customer: str | None = "anna", **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"record_id": f"record_{number}", "customer_id": customer, "channel": "email", "text": text, "removed_spans": []}
    return row | {"event_date": FIRST + timedelta(days=day)} | changes


def found_in(mails: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The boilerplate of the mails, with the spans that they name."""
    return boilerplate(compared(mails).join(mails.select("record_id", "removed_spans"), on="record_id"), days)


def kept(*mails: dict[str, Any], first: int = 0, last: int = 100) -> list[str]:
    """The text of each mail that its own and the found spans leave."""
    days = DayRange(FIRST + timedelta(days=first), FIRST + timedelta(days=last))
    rows = found_in(pl.DataFrame(list(mails), schema=SCHEMA), days).iter_rows(named=True)
    found = {row["record_id"]: row["removed_spans"] for row in rows}
    return ["".join(m["text"][a:b] for a, b in _kept(m["text"], found.get(m["record_id"], m["removed_spans"]))).strip() for m in mails]


def _kept(text: str, spans: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return kept_spans(len(text), ((span["start"], span["end"], RemovedKind(span["kind"])) for span in spans))


def test_lines_that_end_three_mails_of_one_customer_go() -> None:
    assert kept(*(mail(f"{said}\n\n{MOTTO}", n) for n, said in enumerate(COMPLAINTS))) == COMPLAINTS


def test_lines_that_begin_three_mails_of_one_customer_go() -> None:
    assert kept(*(mail(f"Form of the shop, version 3\n{said}\n", n) for n, said in enumerate(COMPLAINTS[:3]))) == COMPLAINTS[:3]


def test_lines_at_both_ends_go_where_enough_words_stay() -> None:
    assert kept(*(mail(f"Form of the shop\n{said}\n{MOTTO}", n) for n, said in enumerate(COMPLAINTS[:3]))) == COMPLAINTS[:3]


def test_nothing_is_known_before_the_third_mail_and_nothing_looks_ahead() -> None:
    mails = [mail(f"{said}\n{MOTTO}", n, day=n) for n, said in enumerate(COMPLAINTS[:3])]
    assert kept(*mails) == [mails[0]["text"], mails[1]["text"], COMPLAINTS[2]]


def test_mails_before_the_window_do_not_count() -> None:
    days = (0, 1, BOILERPLATE_DAYS)
    mails = [mail(f"{said}\n{MOTTO}", n, day=day) for n, (said, day) in enumerate(zip(COMPLAINTS, days, strict=False))]
    assert kept(*mails) == [m["text"] for m in mails]
    mails[2]["event_date"] = FIRST + timedelta(days=BOILERPLATE_DAYS - 1)
    assert kept(*mails)[2] == COMPLAINTS[2]


def test_days_that_are_not_asked_for_are_read_and_not_answered() -> None:
    mails = [mail(f"{said}\n{MOTTO}", n, day=n) for n, said in enumerate(COMPLAINTS)]
    assert kept(*mails, first=3)[2:] == [mails[2]["text"], COMPLAINTS[3]]


@pytest.mark.parametrize(
    "said",
    [
        ["The card was declined at the market.\nAcme Ltd."] * 4,
        [f"{said}\nWhere is my refund?" for said in COMPLAINTS],
        [f"{said}\nWe want the money back." for said in COMPLAINTS],
        [f"Hello {name}\nCard declined again." for name in ("Bob", "Tom", "Ann", "Sue")],
        ["Acme Ltd."] * 4,
        [f"Acme Ltd. {said}\nSince {n} days." for n, said in enumerate(COMPLAINTS)],
    ],
    ids=["same mail", "question", "first person", "mere greeting above", "one line", "no line of its own"],
)
def test_what_a_customer_says_again_is_kept(said: list[str]) -> None:
    assert kept(*(mail(text, n) for n, text in enumerate(said))) == said


@pytest.mark.parametrize("changes", [{"customer": None}, {"channel": "app_review"}])
def test_unknown_customers_and_other_channels_keep_all(changes: dict[str, Any]) -> None:
    mails = [mail(f"{said}\n{MOTTO}", n, **changes) for n, said in enumerate(COMPLAINTS)]
    assert kept(*mails) == [m["text"] for m in mails]


def test_customers_are_compared_with_themselves_alone() -> None:
    mails = [mail(f"{said}\n{MOTTO}", n, customer=f"customer_{n % 2}") for n, said in enumerate(COMPLAINTS)]
    assert kept(*mails) == [m["text"] for m in mails]


def test_spans_that_are_removed_already_stay_and_are_not_compared() -> None:
    texts = [f"{said}\n{MOTTO}\n> quoted {said}" for said in COMPLAINTS[:3]]
    quotes = [[{"start": text.index(">"), "end": len(text), "kind": "quote"}] for text in texts]
    mails = [mail(text, n, removed_spans=quote) for n, (text, quote) in enumerate(zip(texts, quotes, strict=True))]
    found = found_in(pl.DataFrame(mails, schema=SCHEMA), DayRange(FIRST, FIRST))
    assert [[span["kind"] for span in spans] for spans in found["removed_spans"]] == [["boilerplate", "quote"]] * 3
    assert kept(*mails) == COMPLAINTS[:3]


LINES = ["The card fails at the market now", "Nobody answers any call there", "Acme Ltd.", "Hall 4, fair", "help me", "", "Good day"]
mails_of_two = st.lists(
    st.tuples(st.lists(st.sampled_from(LINES), min_size=1, max_size=5), st.integers(0, BOILERPLATE_DAYS + 3), st.sampled_from("ab")),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(mails_of_two, st.sampled_from(["\n", "\r\n", "\r"]), st.randoms())
def test_spans_tile_the_text_leave_words_and_do_not_depend_on_order_or_days(
    drawn: list[tuple[list[str], int, str]], end: str, shuffler: Any
) -> None:
    mails = [mail(end.join(lines), n, day=day, customer=customer) for n, (lines, day, customer) in enumerate(drawn)]
    frame = pl.DataFrame(mails, schema=SCHEMA)
    found = found_in(frame, DayRange(FIRST, FIRST + timedelta(days=40)))
    shuffler.shuffle(mails)
    assert found.equals(found_in(pl.DataFrame(mails, schema=SCHEMA), DayRange(FIRST, FIRST + timedelta(days=40))))
    assert found.equals(_day_by_day(frame))
    texts = dict(frame.select("record_id", "text").iter_rows())
    for record_id, spans in found.iter_rows():
        text = texts[record_id]
        stays = _kept(text, spans)
        tiles = sorted([*stays, *((span["start"], span["end"]) for span in spans)])
        assert [a for a, _ in tiles] + [len(text)] == [0, *(b for _, b in tiles)]
        assert len("".join(text[a:b] for a, b in stays).split()) >= MIN_OTHER_WORDS


def _day_by_day(frame: pl.DataFrame) -> pl.DataFrame:
    """What is found where each day is asked for alone, with no more than its window."""
    made = [found_in(frame.clear(), DayRange(FIRST, FIRST))]
    for day in (FIRST + timedelta(days=n) for n in range(41)):
        window = frame.filter(pl.col("event_date").is_between(day - timedelta(days=BOILERPLATE_DAYS - 1), day))
        made.append(found_in(window, DayRange(day, day)))
    return pl.concat(made).sort("record_id")


def test_quotes_and_signatures_of_mails_are_known_before_they_are_compared() -> None:
    mails = [mail(f"{said}\n\nBest regards,\nAnna Maier", n) for n, said in enumerate(COMPLAINTS[:3])]
    records = pl.DataFrame(mails, schema=SCHEMA).select("record_id", "channel", "text").to_arrow().combine_chunks().to_batches()[0]
    made = stripped_mails(records)
    assert made.schema.equals(REMOVED)
    assert [[span["kind"] for span in spans] for spans in made.column("removed_spans").to_pylist()] == [["signature"]] * 3


def test_reviews_single_lines_and_customers_of_two_mails_are_not_compared() -> None:
    mails = [mail(f"{said}\n{MOTTO}", n) for n, said in enumerate(COMPLAINTS[:3])]
    reviews = [row | {"record_id": f"review_{n}", "channel": "app_review", "customer_id": "bo"} for n, row in enumerate(mails)]
    lines = [mail(said, 10 + n, customer="cem") for n, said in enumerate(COMPLAINTS)]
    two = [row | {"record_id": f"two_{n}", "customer_id": "dua"} for n, row in enumerate(mails[:2])]
    found = compared(pl.DataFrame([*mails, *reviews, *lines, *two], schema=SCHEMA))
    assert found["customer_id"].unique().to_list() == ["anna"]
