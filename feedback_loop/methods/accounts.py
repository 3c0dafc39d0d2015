"""Numbers that name a customer: cards, IBANs, account, order and identity numbers, and what looks like one but is harmless.

Here: checksums (ISO 7812 Luhn, ISO 13616 mod 97) and digit shapes. Phone numbers are in `phones`. The rule that is easy to break: every
run of nine digits or more is hidden whether or not a checksum holds, because a typing error makes a number no less personal; what is
harmless (dates, times, versions, amounts) is therefore blanked out first, and only below nine digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Cued = tuple[int, int, int]

LONG_DIGITS = 9
"""Digits from which a number is taken to name somebody."""

_MONTH_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_HARMLESS = re.compile(
    rf"(?<![\d.])(?:19|20)\d\d(?P<s>[-/.]){_MONTH_DAY}(?P=s){_MONTH_DAY}(?![\d-])"
    rf"|(?<![\d./-]){_MONTH_DAY}(?P<t>[-/.]){_MONTH_DAY}(?P=t)(?:(?:19|20)\d\d|\d\d)(?!\d|[-/.]\d)"
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?![\d:])"
    r"|(?<![\d.])[1-9]?\d(?:\.\d{1,3}){2,3}(?![\d]|\.\d)"
    r"|(?:\b(?:rs|inr|usd|eur|gbp)\b\.?|[₹$€£¥])\s?\d{1,3}(?:[,. ]?\d{2,3}){0,2}(?:[.,]\d{1,2})?(?![\d]|[ -]\d)",
    re.IGNORECASE,
)

_IBAN_LENGTHS = {
    code: int(length)
    for code, length in re.findall(
        r"([A-Z]{2})(\d{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 "
        "GB22 GE22 GI23 "
        "GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 "
        "MR27 MT31 MU30 "
        "NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20",
    )
}
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,}")

_CARD = re.compile(r"(?<![\d.])[2-6]\d{3}(?:[ -]?\d){8,15}(?!\d)")

_LONG = re.compile(r"(?<!\d)(?<!\d[.,])(?:[A-Za-z]{1,8}[-_/]?)?\d{9,}(?:[A-Za-z]\w*)?")
_GROUPED = re.compile(r"(?<![\d.,])\d{2,}(?:-\d{2,})+(?!\d)|(?<![\d.,])\d{3,}(?:[ -]\d{3,}){2,}(?:[ -]\d{1,4})?(?!\d)")
_UUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_TAX_ID = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![A-Za-z0-9])")
_CURRENCY = r"(?!\d|[,.]\d|\s*(?:rs|inr|usd|eur|gbp|dollars?|euros?|rupees?|[₹$€£¥]))"
_CUED = re.compile(
    r"\b(?:account|acct|a/c|customer|client|member(?:ship)?|user|order|invoice|ticket|case|complaint|reference|ref|transaction|"
    r"txn|utr|rrn|policy|"
    r"booking|passport|licen[cs]e|aadhaar|aadhar|ssn|social security|kunden|bestell|konto|rechnungs|vertrags|commande|client|"
    r"facture|pedido|"
    r"cliente|cuenta|factura)[ -]?(?:(?:id|ids|no|nos|num|numbers?|nr|nummer|numéro|número|n°|nº)\b\.?)?\s*(?:[:=#]|\b(?:is|was|"
    r"ist|est|es)\b)?\s*#?"
    rf"(?P<value>(?=[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d[A-Z0-9/_-]*\d)[A-Z0-9](?:[A-Z0-9/_-]*[A-Z0-9])?){_CURRENCY}",
    re.IGNORECASE,
)
_MIN_CUED_DIGITS = 5


def without_harmless(text: str) -> str:
    """The text, equally long, with dates, times, versions and amounts blanked out."""
    return _HARMLESS.sub(lambda match: match[0] if _digits(match[0]) >= LONG_DIGITS else "\x00" * len(match[0]), text)


def ibans(text: str) -> Iterator[Cued]:
    """The IBANs whose length fits their country and whose check digits hold."""
    for match in _IBAN_START.finditer(text):
        end = _iban_end(match)
        if end and _is_iban(re.sub("[ -]", "", text[match.start() : end])):
            yield match.start(), match.start(), end


def _iban_end(match: re.Match[str]) -> int | None:
    """Where the country's number of characters is reached."""
    wanted = _IBAN_LENGTHS.get(match[0][:2].upper(), 0)
    for offset, char in enumerate(match[0]):
        wanted -= char not in " -"
        if wanted == 0:
            return match.start() + offset + 1
    return None


def _is_iban(compact: str) -> bool:
    """ISO 13616: the rearranged number leaves 1 when divided by 97."""
    if not compact.isascii():
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def cards(text: str) -> Iterator[Cued]:
    """The runs of 12 to 19 digits, single blanks and hyphens among them, whose Luhn sum holds."""
    for match in _CARD.finditer(text):
        if _is_luhn([int(char) for char in match[0] if char.isdecimal()]):
            yield match.start(), match.start(), match.end()


def _is_luhn(digits: list[int]) -> bool:
    """ISO 7812-1, Annex B."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def numbers(text: str) -> Iterator[Cued]:
    """Long or grouped digit runs, identity numbers, and shorter ones that a cue word announces."""
    for pattern in (_LONG, _UUID, _TAX_ID):
        yield from ((m.start(), m.start(), m.end()) for m in pattern.finditer(text))
    yield from ((m.start(), m.start(), m.end()) for m in _GROUPED.finditer(text) if _names_somebody(m[0]))
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
