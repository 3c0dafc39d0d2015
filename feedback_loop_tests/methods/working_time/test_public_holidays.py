"""Public holidays: of a country, of a part of it, the observed ones, and nothing for a place that nobody knows."""

from __future__ import annotations

from datetime import date

from feedback_loop.methods.working_time.public_holidays import holidays_version, is_known_place, public_holidays


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = date(2026, 1, 6)
    assert epiphany in public_holidays("DE", "BY", 2026)
    assert epiphany not in public_holidays("DE", "BE", 2026)
    assert epiphany not in public_holidays("DE", None, 2026)


def test_a_holiday_on_a_weekend_closes_the_day_on_which_it_is_observed() -> None:
    assert date(2026, 7, 3) in public_holidays("US", None, 2026)


def test_a_year_holds_its_own_days_alone() -> None:
    assert {day.year for day in public_holidays("GB", "SCT", 2022)} == {2022}


def test_places_are_known_by_their_codes() -> None:
    assert is_known_place("DE", None)
    assert is_known_place("DE", "BY")
    assert not is_known_place("DE", "XX")
    assert not is_known_place("Germany", None)


def test_the_version_names_the_library() -> None:
    assert holidays_version().startswith("holidays-0.")
