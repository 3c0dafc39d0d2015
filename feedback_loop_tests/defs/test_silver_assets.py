"""Silver as assets: the latest version of each record on its day, masked, and repetitions across days."""

from __future__ import annotations

from datetime import timedelta

from feedback_loop.contracts.tables import DUPLICATE_DAYS
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import LANDED_AT, context, day, days, record, release

SAID = "I was charged twice for my subscription this month."


def test_edited_record_stands_on_the_day_of_its_latest_version_alone(home: Home) -> None:
    home.land([record("r", 1, "First words.")])
    home.run(days(1, 3))
    home.land([record("r", 3, "Second words.")], LANDED_AT + timedelta(hours=1))
    home.run(days(1, 3))
    assert home.table("silver_message").select("event_date", "masked_message").rows() == [(day(3), "Second words.")]
    assert home.table("silver_fragment")["event_date"].to_list() == [day(3)]


def test_personal_data_is_masked_before_it_is_written(home: Home) -> None:
    home.land([record("r", 1, "Write to anna.berger@example.com, I was charged twice.")])
    home.run(days(1, 1))
    kept = [*home.table("silver_message")["masked_message"], *home.table("silver_fragment")["masked_text"]]
    assert kept
    assert [text for text in kept if "anna" in text or "example.com" in text] == []


def test_repetition_of_a_customer_points_to_the_first_although_its_day_is_run_alone(home: Home) -> None:
    said_on = (0, DUPLICATE_DAYS - 1, 2 * DUPLICATE_DAYS)
    home.land([record(f"r{n}", n, SAID, customer_id="anna") for n in said_on])
    home.run(days(0, 0))
    home.run(days(DUPLICATE_DAYS - 1, DUPLICATE_DAYS - 1))
    home.run(days(2 * DUPLICATE_DAYS, 2 * DUPLICATE_DAYS))
    first, second, third = home.table("silver_fragment").sort("event_date").iter_rows(named=True)
    assert [first["duplicate_of"], second["duplicate_of"], third["duplicate_of"]] == [None, first["fragment_id"], None]


def test_record_without_text_is_a_message_without_fragments(home: Home) -> None:
    home.land([record("r", 1, None, rating=1.0)])
    assert home.run(days(1, 1)).failed_checks == []
    assert (home.table("silver_message").height, home.table("silver_fragment").height) == (1, 0)


def test_fragment_is_linked_with_what_was_known_when_it_landed(home: Home) -> None:
    home.land([*context(1), release("2.0", 1)])
    home.land([record("r", 2, "It says error E-1001.", product_version="2.0")])
    home.run(days(2, 2))
    links = home.table("silver_context_link")
    assert links.select("link_kind", "link_id", "matched_on").rows() == [
        ("change", "c1", []), ("error", "error E-1001", []), ("incident", "i1", ["channel"]), ("release", "2.0", ["product_version"]),
    ]  # fmt: skip


def test_fragment_is_not_linked_with_what_landed_later_however_early_it_began(home: Home) -> None:
    home.land([record("r", 2, "It says error E-1001.")])
    home.land(context(2), LANDED_AT + timedelta(seconds=1))
    assert home.run(days(2, 2)).failed_checks == []
    assert home.table("context_change").height == 1
    assert home.table("silver_context_link").is_empty()


def test_browser_is_carried_from_the_record_to_the_fragment(home: Home) -> None:
    home.land([record("r", 1, "It crashes.", browser="Safari 18")])
    home.run(days(1, 1))
    assert [home.table(name)["browser"].to_list() for name in ("silver_message", "silver_fragment")] == [["Safari 18"]] * 2
