"""Numbers that name a customer: account, order and identity numbers, and what looks like one but is harmless.

Here: digit shapes and cue words. Cards and IBANs are in `bank_numbers`, phone numbers in `phones`, a company's own number formats in
`custom_patterns`. The rule that is easy to break: every run of nine digits or more is hidden whether or not a checksum holds, because a
typing error makes a number no less personal; what is harmless (dates, times, versions, amounts) is therefore blanked out first, and only
below nine digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback_loop.methods.personal_data.cued import Cued

LONG_DIGITS = 9
"""Digits from which a number is taken to name somebody."""

_MONTH_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_HARMLESS = re.compile(
    # The first letter decides: one list of alternatives for all would be gone through at every r, i, u, e and g.
    rf"(?=\d)(?:(?<![\d.])(?:19|20)\d\d(?P<s>[-/.]){_MONTH_DAY}(?P=s){_MONTH_DAY}(?![\d-])"
    rf"|(?<![\d./-]){_MONTH_DAY}(?P<t>[-/.]){_MONTH_DAY}(?P=t)(?:(?:19|20)\d\d|\d\d)(?!\d|[-/.]\d)"
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?![\d:])"
    r"|(?<![\d.])[1-9]?\d(?:\.\d{1,3}){2,3}(?![\d]|\.\d))"
    r"|(?=[riueg₹$€£¥])(?:\b(?:rs|inr|usd|eur|gbp)\b\.?|[₹$€£¥])\s?\d{1,3}(?:[,. ]?\d{2,3}){0,2}(?:[.,]\d{1,2})?(?![\d]|[ -]\d)",
    re.IGNORECASE,
)

_LONG = re.compile(r"\d{9,}(?:[A-Za-z]\w*)?")
_ROUND = re.compile(r"[1-9]\d{0,2}0{6,}")
_DECIMAL = re.compile(r"\d[.,]\Z")
_LETTERS_BEFORE = re.compile(r"[A-Za-z]{1,8}[-_/]?\Z")
_GROUPED = re.compile(
    r"\d(?<![\d.,]\d)(?:\d+(?:-\d{2,})+(?!\d)|\d{2,}(?:[ -]\d{3,}){2,}(?:[ -]\d{1,4})?(?!\d)|\d{3}(?:[./]\d{4}){2,}(?!\d))"
)
_UUID = re.compile(r"[0-9A-Fa-f](?<![0-9A-Fa-f]{2})[0-9A-Fa-f]{7}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_TAX_ID = re.compile(r"[A-Z](?<![A-Za-z0-9][A-Z])[A-Z]{2}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![A-Za-z0-9])")
_NO_AMOUNT = r"(?!\d|[,.]\d|\s*(?:rs|inr|usd|eur|gbp|dollars?|euros?|rupees?|[₹$€£¥]))"

ACCOUNT_WORDS = (
    "account", "acct", "a/c", "customer", "client", "member", "user", "order", "invoice", "ticket", "case", "complaint", "ref", "policy",
    "transaction", "txn", "utr", "rrn", "booking", "passport", "licen", "aadhaar", "aadhar", "ssn", "social security", "kunde", "bestell",
    "konto", "rechnung", "vertrag", "commande", "facture", "pedido", "cuenta", "factura", "cliente",
)  # fmt: skip
"""Words, in lower case, without one of which no shorter number is announced."""

_CUE_WORD = (
    r"\b(?:account|acct|a/c|customer|client|member(?:ship)?|user|order|invoice|ticket|case|complaint|reference|ref|transaction|txn|utr|rrn"
    r"|policy|booking|passport|licen[cs]e|aadhaar|aadhar|ssn|social security|kunden|bestell|konto|rechnungs|vertrags|commande|facture"
    r"|pedido|cliente|cuenta|factura)[ -]?"
)
_IS = r"(?:[:=#]|\b(?:is|was|ist|est|es)\b)"
_NO = r"(?:id|ids|no|nos|num|numbers?|nr|nummer|numéro|número|n°|nº)\b\.?"
_CUE = rf"{_CUE_WORD}(?:{_NO})?\s*{_IS}?\s*#?"
_NUMBER_CUE = re.compile(rf"{_CUE_WORD}(?:{_NO}\s*{_IS}?|\s*[:=#])\s*#?\Z", re.IGNORECASE)
_CUED = re.compile(
    rf"{_CUE}(?P<value>(?=[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d)[A-Z0-9](?:[A-Z0-9/_-]*[A-Z0-9])?){_NO_AMOUNT}",
    re.IGNORECASE,
)
_MIN_CUED_DIGITS = 5


def without_harmless(text: str) -> str:
    """The text, equally long, with dates, times, versions and amounts blanked out."""
    return _HARMLESS.sub(lambda match: match[0] if _digits(match[0]) >= LONG_DIGITS else "\x00" * len(match[0]), text)


def announces_number(before: str) -> bool:
    """Whether the text before a number says beyond doubt that it is one of this module, not a phone number."""
    return any(map(before.lower().__contains__, ACCOUNT_WORDS)) and bool(_NUMBER_CUE.search(before))


def long_numbers(text: str) -> Iterator[Cued]:
    """Long or grouped digit runs and identity numbers."""
    for match in _LONG.finditer(text):
        if not _ROUND.fullmatch(match[0]) and not _DECIMAL.search(text, max(0, match.start() - 2), match.start()):
            letters = _LETTERS_BEFORE.search(text, max(0, match.start() - 9), match.start())
            start = letters.start() if letters else match.start()
            yield start, start, match.end()
    for pattern in (_UUID, _TAX_ID):
        yield from ((m.start(), *m.span()) for m in pattern.finditer(text))
    yield from ((m.start(), *m.span()) for m in _GROUPED.finditer(text) if _names_somebody(m[0]))


def announced_numbers(text: str) -> Iterator[Cued]:
    """The numbers of four digits and more that a cue word announces."""
    yield from ((m.start(), m.start("value"), m.end("value")) for m in _CUED.finditer(text) if _is_announced(m["value"]))


def _is_announced(value: str) -> bool:
    """Whether a value after a cue word is long enough to name somebody; a letter in it counts as a digit."""
    return _digits(value) + any(map(str.isalpha, value)) >= _MIN_CUED_DIGITS


def _names_somebody(grouped: str) -> bool:
    """Whether grouped digits are one number, neither a row of years nor of round amounts."""
    groups = re.split("[ -]", grouped)
    return _digits(grouped) >= LONG_DIGITS and not all(g.endswith("00") or (len(g) == 4 and g[:2] in ("19", "20")) for g in groups)


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))
