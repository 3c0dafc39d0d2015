"""What the columns of a survey's export are: the answer's id, its time, its scores and comments, told by their headings alone.

A heading is what the header rows of the export say together (`survey_layouts`). What the values mean is `survey`'s business. The rule that
is easy to break: a column that is not surely a score or a comment is neither; it stays in the payload.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

FREE_TEXT = " [free text]"
"""Ends the heading of a column of which the vendor says that people wrote in it."""
CHOICE = " [choice]"
"""Ends the heading of a column of which the vendor says that people chose in it."""

_IDS = ("responseid", "respondentid", "id")
_TIMES = ("enddate", "recordeddate", "submittedat", "datesubmitted", "date", "timestamp", "startdate")
_NAMES = {
    "status": ("status",),
    "customer_id": ("externalreference", "externaldatareference", "customerid"),
    "customer_email": ("recipientemail", "emailaddress", "email"),
    "first_name": ("recipientfirstname", "firstname"),
    "last_name": ("recipientlastname", "lastname"),
    "language": ("userlanguage", "language"),
}
_NPS = re.compile(r"\bnps\b|net promoter|\brecommend|weiterempfehl|recommand|recomend|consiglier", re.IGNORECASE)
_CSAT = re.compile(r"\bcsat\b|satisf|zufrieden|satisfec|soddisf|\brating\b|\brate (?:our|this|the|us|your)\b", re.IGNORECASE)
_COMMENT = re.compile(
    r"comment|feedback|verbatim|reason|\bwhy\b|improve|suggest|tell us|anything else|explain|describe|kommentar|warum|pourquoi|por qué",
    re.IGNORECASE,
)
_ABOUT_THEMSELVES = re.compile(
    r"\be-?mail\b|\bphone|\btelefon|your (?:full |first |last )?name\b|\b(?:post|zip) ?code\b|\bpostal\b", re.IGNORECASE
)
_NPS_GROUP = re.compile(r"([^:\[]*)_NPS_GROUP\b", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class SurveyColumns:
    """The headings of each kind, in the order of the file; `told` are those that say something of the answer as a whole."""

    ids: tuple[str, ...]
    times: tuple[str, ...]
    csat: tuple[str, ...]
    nps: tuple[str, ...]
    comments: tuple[str, ...]
    told: dict[str, str]


@lru_cache(maxsize=16)
def survey_columns(headings: tuple[str, ...]) -> SurveyColumns:
    """The kinds of the columns with these headings."""
    plain = {_SIGNS.sub("", heading).lower(): heading for heading in reversed(headings)}
    told = {role: plain[name] for role, names in _NAMES.items() for name in reversed(names) if name in plain}
    ids, times = (tuple(plain[name] for name in names if name in plain) for names in (_IDS, _TIMES))
    asked = [heading for heading in headings if heading not in {*told.values(), *ids, *times} and not _NPS_GROUP.match(heading)]
    promoted = {match[1].strip() for match in map(_NPS_GROUP.match, headings) if match}
    comments = tuple(heading for heading in asked if _is_comment(heading))
    scores = [heading for heading in asked if heading not in comments and not heading.endswith(FREE_TEXT)]
    nps = tuple(heading for heading in scores if heading.partition(":")[0].strip() in promoted or _NPS.search(heading))
    csat = tuple(heading for heading in scores if heading not in nps and _CSAT.search(heading))
    return SurveyColumns(ids, times, csat, nps, comments, told)


def _is_comment(heading: str) -> bool:
    if heading.endswith(CHOICE) or _ABOUT_THEMSELVES.search(heading):
        return False
    return heading.endswith(FREE_TEXT) or _COMMENT.search(heading) is not None
