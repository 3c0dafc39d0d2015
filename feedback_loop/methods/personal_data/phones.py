"""Phone numbers: candidates by a cheap expression, judged by their form and by the numbering plans of `phonenumbers`.

Here: which digit groups are a phone number. Runs of nine digits that are none are hidden all the same (`accounts`). The rule that is easy
to break: a candidate holds 17 digits at most and is judged in a fixed number of compiled expressions; the library's own matcher costs a
millisecond per candidate and must not come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from phonenumbers import PhoneMetadata

from feedback_loop.methods.personal_data.accounts import announces_number
from feedback_loop.methods.personal_data.cued import Cued

DEFAULT_REGIONS = ("IN", "US", "GB", "DE", "FR", "ES")
"""Countries in whose national notation a number without a country code is read; no candidate is shown more than these."""

_BETWEEN = r"(?: ?\(|\)[ .\-/]?| ?[\-/] ?|\.(?: (?=\d{3}))?|  ?)?"
_EXTENSION = r"(?:\s?(?:x|ext\.?|extension|#)\s?\d{1,6}(?!\d))?"
_CANDIDATE = re.compile(
    rf"[+(\d](?<![\w+].)(?<!\d[.,].)(?<![\da-f]{{4}}-.)(?:(?<=\d)|[+(]?\d)(?:{_BETWEEN}\d){{6,16}}(?!\d|,\d){_EXTENSION}", re.IGNORECASE
)
_MAX_GROUPS = 8
_MIN_DIGITS, _MAX_DIGITS = 7, 17
_MIN_PLANNED_DIGITS, _MAX_PLANNED_DIGITS = 9, 12

_FORMS = re.compile(
    r"(?:(?:\+ ?|00[ -]?|011[ -])[1-9]|\(\+?\d{1,5}\)[ -]?\d|\+?\d{1,3}[ -]?\(\d)[\d ().\-/]*"
    r"|(?:\+?1[-. ]?|001[-. ])?(?:\(\d{3}\)|\d{3})[-. /]{1,2}\d{3}[-. ]\d{4}"
    r"|\d\d([-. ])\d\d(?:\1\d\d){2,3}"
    r"|(?:0[1-9]|1[3-9])\d{9}|0[1-9]\d{8}|0[1-9](?=(?:\D*\d){7,11}\D*\Z)[\d ().\-/]+|0[1-9]\d{0,3}[-/]\d{2,4} ?\d\d ?\d\d"
    r"|8[ -]\(?\d{3}\)?[ -]\d{3}[ -]\d\d[ -]?\d\d|\d\d([ -])\d{3}\2\d\d\2\d\d"
    r"|(?!\d{3}-\d\d-)(?:\d{2,5}([-. ])\d{3,4}\3\d{3,4}|\d{3}([-. ])\d\d\4\d\d\4\d\d"
    r"|\d{2}[-. ]\d{4,5}-\d{4}|\d{5}[- ]\d{5}|\d{4}[-.]\d{4}|\d{3} \d\d \d{3})"
)
_ROUND_GROUPS = re.compile(r"\d*00(?:[-. ]\d*00)+\Z")
_ROUND = re.compile(r"[1-9]\d{0,2}0{6,}\Z")
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ /.-]+)+(?:19|20)\d\d")
_CUE = (
    r"\b(?:(?:tele|smart|i)?phone|(?:tele)?fon|mobile|mob|mobil|tel|cell(?:ular)?|whats ?app|call(?:ed|ing)?|answer(?:ing)?|reach|ring|"
    r"contact|registered|text|sms|dial|fax|telefono|telefone|telefonnummer|rückruf|handy(?:nummer)?|móvil|teléfono|téléphone|portable|celular)"
    r"(?: ?(?:me|us|him|her|back|up|at|on|to|no|number|num|nummer|nr|numéro|número|is|was|ist|lautet|est|es|my|mobile|phone|under|unter)\b)"
    r"{0,3}+[.:#]{0,2}\s?"
)
CUE_SIGNS = (
    "phone", "fon", "mobil", "mob", "tel", "cell", "what", "call", "answer", "reach", "ring", "contact", "register", "text", "sms", "dial",
    "fax", "handy", "móvil", "teléf", "téléphone", "portable", "celular", "rückruf",
)  # fmt: skip
"""Parts, in lower case, without one of which no phone number is announced."""

_CUED = re.compile(rf"{_CUE}(?P<value>\+?\(?\d(?:{_BETWEEN}\d){{5,16}}(?!\d|,\d){_EXTENSION})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LONGEST_CUE = 64
"""More than a cue with the words that may stand between it and the number: nothing that lies further before the first digit is one."""
_AT_END = re.compile(rf"(?<=\d){_EXTENSION}\Z", re.IGNORECASE)
_BLANK = re.compile(r"[ /]+")
_LONE_LEAD = re.compile(r"\((?=[^)]*\Z)|[2-79] (?=\(?\d{3,})(?!\d \d{3} \d{3} \d\d ?\d\d\Z)|[1-9]\d (?=\d{9})")
_LONE_TRAIL = re.compile(r" \d\Z|(?<=\d{4}) \d\d\Z")
_FOUR_OCTETS = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|\Z)){4}")
_FOURS = re.compile(r"\d{4}([ .\-/])\d{4}\1\d{4}(?:\1\d{1,4}\b|\Z)")
_NO_DIGIT = re.compile(r"\D+")
_CUE_CHARS = 40
_TRUNK = "0"


def announced_phones(text: str) -> Iterator[Cued]:
    """The digits after a word for calling somebody."""
    digit = _DIGIT.search(text)
    start = max(0, digit.start() - _LONGEST_CUE) if digit else len(text)
    yield from ((match.start(), *match.span("value")) for match in _CUED.finditer(text, start))


def written_phones(text: str, regions: Sequence[str] = DEFAULT_REGIONS) -> Iterator[Cued]:
    """The numbers that are written as phone numbers are, or that a numbering plan of the regions knows."""
    at = 0
    while match := _CANDIDATE.search(text, at):
        at = match.end()
        if not announces_number(text[max(0, match.start() - _CUE_CHARS) : match.start()]):
            for start, end in _judged(match[0], regions):
                at = match.start() + end
                yield match.start() + start, match.start() + start, at


def _judged(candidate: str, regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The phone numbers in the candidate: all of it, or else the longest parts at blanks that are numbers themselves.

    Three groups of four and more are an identity number or a card with a typing error, and stay whole (`accounts`).
    """
    number = _AT_END.sub("", candidate)
    for start, end in ((_lead(number), _trail(number)), (_lead(number), len(number)), (0, _trail(number)), (0, len(number))):
        if _is_phone(number[start:end], regions):
            yield start, len(candidate) if end == len(number) else end
            return
    starts = [0, *(match.end() for match in _BLANK.finditer(number))]
    if 1 < len(starts) <= _MAX_GROUPS and not _FOURS.match(number):
        yield from _parts(number, starts, regions)


def _lead(number: str) -> int:
    """Where the number begins if a digit or two in front are a word of their own."""
    match = _LONE_LEAD.match(number)
    return match.end() if match else 0


def _trail(number: str) -> int:
    """Where the number ends if a digit or two behind it are a word of their own."""
    match = _LONE_TRAIL.search(number)
    return match.start() if match else len(number)


def _parts(number: str, starts: Sequence[int], regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    ends = [*(len(number[:start].rstrip(" /")) for start in starts[1:]), len(number)]
    taken = 0
    for index, start in enumerate(starts):
        for end in reversed(ends[index:]):
            if start >= taken and _is_phone(number[start:end], regions):
                yield start, end
                taken = end


def _is_phone(written: str, regions: Sequence[str]) -> bool:
    digits = _NO_DIGIT.sub("", written)
    if (
        len(digits) > _MAX_DIGITS
        or _ROUND_GROUPS.match(written)
        or _YEARS.fullmatch(written)
        or _FOUR_OCTETS.fullmatch(written)
        or _FOURS.match(written)
    ):
        return False
    if len(digits) >= _MIN_DIGITS and _FORMS.fullmatch(written):
        return True
    return (
        _MIN_PLANNED_DIGITS <= len(digits) <= _MAX_PLANNED_DIGITS
        and not _ROUND.match(digits)
        and any(_plan(region, len(digits) < len(written)).fullmatch(digits) for region in regions)
    )


@lru_cache(maxsize=256)
def _plan(region: str, is_grouped: bool) -> re.Pattern[str]:
    """What is dialled in the region: its valid national numbers of every kind, with or without trunk prefix and country code.

    Grouped digits without the trunk prefix 0 of their country are a postcode and a house number as often as a phone number.
    """
    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        return re.compile(r"(?!)")
    kinds = (plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.personal_number, plan.voip, plan.uan)
    numbers = "|".join(kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern)
    is_needed = is_grouped and plan.national_prefix == _TRUNK
    return re.compile(rf"(?:{plan.country_code}|{plan.national_prefix or ''}){'' if is_needed else '?'}(?:{numbers})")
