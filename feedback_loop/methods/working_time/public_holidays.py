"""The public holidays of a country or a part of it, as dates, from the `holidays` library.

Whether one closes a business is said by its calendar. The rule that is easy to break: a holiday is a day of the calendar's own zone; looked
up by the date in UTC it begins and ends in the middle of somebody's night or working day. The library knows the years 1900 to 2100; where
it knows none, no day is a holiday.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
import holidays.version


@lru_cache(maxsize=4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The dates of the year on which the country (ISO 3166-1) or its part (as ISO 3166-2 ends) rests, the observed ones among them.

    Raises NotImplementedError where the library knows neither; `is_known_place` asks before.
    """
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


def is_known_place(country: str, subdivision: str | None) -> bool:
    """Whether the library knows the country and, where one is named, its part."""
    parts = holidays.list_supported_countries(include_aliases=True).get(country)
    return parts is not None and (subdivision is None or subdivision in parts)


def holidays_version() -> str:
    """The version of the library: another one may know of other days."""
    return f"holidays-{holidays.version.__version__}"
