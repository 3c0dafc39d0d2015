"""Cards and bank accounts: the numbers whose check digits tell what they are.

Here: ISO 7812 (Luhn) and ISO 13616 (mod 97) with the lengths of issuers and countries. Numbers without check digits are in `accounts`. The
rule that is easy to break: digits before or after a number may belong to the text, so each candidate is tried from each group of digits
and to each later one, never more than `_MAX_DIGITS` digits on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback_loop.methods.personal_data.cued import Cued

_BETWEEN = r"[ .\-/_]"
_CARD = re.compile(rf"\d(?<![\d+]\d)(?<!\d[.,]\d)(?=(?P<rest>\d{{3}}(?:{_BETWEEN}{{0,2}}\d){{8,15}}(?!\d)))")
_GROUP_END = re.compile(r"\d(?!\d)")
_MIN_DIGITS, _MAX_DIGITS = 12, 19
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-59]|[689]\d)\d{11,16}|35\d{14,17}|(?:2131|1800)\d{11}"
    r"|6\d{11,18}|5[06-9]\d{10,17}|8[12]\d{14}|9792\d{12}"
)
_FOURS = re.compile(rf"\d{{4}}({_BETWEEN}{{1,2}})\d{{4}}\1\d{{4}}\1\d{{4}}")

_IBAN_LENGTHS = {
    code: int(length)
    for code, length in re.findall(
        r"([A-Z]{2})(\d{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 "
        "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 "
        "ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 "
        "ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30",
    )
}
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?=(?P<run>[A-Za-z]{2}[ .\-]?\d{2}(?:[ .\-]{0,2}[A-Za-z0-9]){11,29}))(?P<word>[A-Za-z0-9]{1,40})", re.ASCII
)
_IBAN_CUE = re.compile(r"\biban(?: (?:no|nr|number|is|ist|est|es))*[ .:=#]*\Z", re.IGNORECASE)
_CUE_CHARS = 24


def cards(text: str) -> Iterator[Cued]:
    """The numbers of a card issuer's length, or in four groups of four, whose Luhn sum holds."""
    end = 0
    for match in _CARD.finditer(text):
        length = _card_chars(match[0] + match["rest"]) if match.start() >= end else 0
        if length:
            end = match.start() + length
            yield match.start(), match.start(), end


def _card_chars(run: str) -> int:
    """Up to which character the run is a card number, its groups of digits kept whole; 0 if it is none."""
    for match in reversed(list(_GROUP_END.finditer(run))):
        digits = re.sub(r"\D", "", run[: match.end()])
        if len(digits) < _MIN_DIGITS:
            return 0
        if (_ISSUED.fullmatch(digits) or _FOURS.fullmatch(run[: match.end()])) and _is_luhn([int(digit) for digit in digits]):
            return match.end()
    return 0


def _is_luhn(digits: list[int]) -> bool:
    """ISO 7812-1, Annex B; zeros alone are no number."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return any(digits) and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def ibans(text: str) -> Iterator[Cued]:
    """The IBANs whose check digits hold, or that the word IBAN announces; one with blanks must have its country's length."""
    for match in _IBAN.finditer(text):
        start, end = match.span("word")
        cue = None
        if not _is_iban(match["word"]):
            end = start + _iban_chars(match["run"])
            if end == start or text[end : end + 1].isalnum():
                continue
            cue = _IBAN_CUE.search(text, max(0, start - _CUE_CHARS), start)
            if not _is_iban(re.sub(r"[ .\-]", "", text[start:end])) and not cue:
                continue
        yield cue.start() if cue else start, start, end


def _iban_chars(run: str) -> int:
    """The character at which the country's number of letters and digits is reached in the run; 0 if it is not."""
    wanted = _IBAN_LENGTHS.get(re.sub(r"[ .\-]", "", run[:3])[:2].upper(), 0)
    for offset, char in enumerate(run):
        wanted -= char not in " .-"
        if wanted == 0:
            return offset + 1
    return 0


def _is_iban(compact: str) -> bool:
    """ISO 13616: 15 to 34 characters that, rearranged and read as one number, leave 1 when divided by 97."""
    return (
        15 <= len(compact) <= 34
        and compact[2:4].isdecimal()
        and int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1
    )
