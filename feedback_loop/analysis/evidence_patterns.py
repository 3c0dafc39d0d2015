"""What error codes, quoted errors, versions and devices look like in a customer's words.

Here: the patterns and the contexts that make an ambiguous match count. Verifying and storing spans is in `evidence`, free phrases are in
`key_phrases`. The rule that is easy to break: a number alone is never evidence; something beside it must say what it is. Masked stretches
arrive as NUL characters, which no pattern may match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from feedback_loop.contracts.vocab import EvidenceKind


class Span(NamedTuple):
    """A stretch of a text, end exclusive, in code points."""

    kind: EvidenceKind
    start: int
    end: int


_ERROR_WORD = (
    r"(?:error|err|exception|fault|failure|fehler(?:code)?|fehlermeldung|erreur|erro|errore|fallo|código|codigo|status|stop)"
    r"(?:[ -]?(?:code|kode|codes?|no\.?|number|nummer|nr\.?|message))?"
)
_NOT_A_CODE = (
    r"(?!\s*(?:times?|x\b|days?|min(?:ute)?s?|hours?|hrs?|sec(?:ond)?s?|weeks?|months?|stars?|%|percent"
    r"|mal\b|veces|tage?|stunden|bar\b|baar\b))"
)

_CODES = (
    re.compile(r"\b0x[0-9a-fA-F]{3,16}\b"),
    re.compile(r"\bHTTPS?(?:/\d(?:\.\d)?)?[ -]?(?:status[ -]?)?(?:error[ -]?)?(?:code[ -]?)?[1-5]\d\d\b", re.IGNORECASE),
    re.compile(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b"),
    re.compile(r"\b[A-Z][A-Za-z0-9]{2,60}(?:Exception|Error)\b"),
    re.compile(
        r"\b(?:E(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|NOENT|ACCES|PIPE|PERM|NOTFOUND|ADDRINUSE"
        r"|HOSTUNREACH)|SIG(?:SEGV|ABRT|KILL|BUS))\b"
    ),
    re.compile(r"\b(?:E|ERR|ERROR|EC|ORA|SQLSTATE|TLS|SSL|DNS|KB|NW)-\d{2,8}(?:-\d{1,6})*\b", re.IGNORECASE),
    re.compile(r"\b(?:E|ERR|EC)\d{3,6}\b"),
    re.compile(rf"\b{_ERROR_WORD}\s*[:=#(\"'“„«-]{{0,2}}\s*(?P<code>#?[A-Z]{{1,8}}[-_ ]?\d{{1,8}}[A-Z]?)\b{_NOT_A_CODE}"),
    re.compile(
        rf"\b{_ERROR_WORD}\s*(?:(?:is|was|of|ist|es)\s+)?[:=#(\"'“„«-]{{0,2}}\s*-?\d{{2,8}}\b(?![.,]\d){_NOT_A_CODE}", re.IGNORECASE
    ),
    re.compile(
        r"(?<!otp )(?<!pin )(?<!zip )(?<!area )(?<!promo )(?<!postal )(?<!coupon )(?<!referral )(?<!verification )"
        rf"\bcode[: ]+[1-5]\d\d\b(?!\d){_NOT_A_CODE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[45]\d\d (?:error|fehler|bad gateway|not found|forbidden|unauthori[sz]ed|internal server error|service unavailable)\b",
        re.IGNORECASE,
    ),
)

_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "‚": "‘’", "‘": "’", "‹": "›", "「": "」", "『": "』", "`": "`"}
_QUOTED = re.compile(
    "|".join(rf"{opening}([^{opening}{closing}\n\x00]{{2,120}})[{closing}]" for opening, closing in _CLOSING.items())
    + r"|(?<![\w'])'([^'\n\x00](?:[^'\n\x00]|(?<=\w)'(?=\w)){1,118}[^'\s\x00])'(?!\w)"
)
_TELLS = re.compile(
    r"(?:\b(?:says?|said|saying|shows?|showed|showing|displays?|displayed|appears?|error|errors|message"
    r"|messages|popup|pop up|alert|prompt|reads|"
    r"getting|gets?|got|reports?|throws?|fails? with|failed with|sagt|steht|zeigt|meldung|fehlermeldung"
    r"|fehler|kommt|dice|aparece|sale|mensaje|muestra|"
    r"affiche|dit|erreur|diz|mensagem|dikha|bolta|likha)\b|लिखा|エラー)[^.!?\n\x00]{0,30}$",
    re.IGNORECASE,
)
_SOUNDS_WRONG = re.compile(
    r"\b(?:errors?|fail(?:s|ed|ure)?|wrong|invalid|unable|cannot|can ?not|can['’]t|could ?n[o'’]t|not"
    r"|denied|time(?:d)? ?out|try again|retry|expired|"
    r"unavailable|unexpected|unknown|oops|sorry|blocked|declined|rejected|forbidden|missing|fehler"
    r"|ungültig|fehlgeschlagen|nicht|erneut|abgelaufen|"
    r"inválid[oa]|falló|intenta|intente|no se|erreur|impossible|réessayer|erro|tente|falha)\b|エラー|失敗|错误",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:error(?: message| msg)?\s*[:=]|error message (?:is|says|saying|that says)|message (?:that )?(?:says|saying|is)\s*:?|"
    r"(?:it|app|page|screen|site|system|which|and) (?:just |always |only |still |then |now |keeps? "
    r"|kept )?(?:says?|said|saying)(?: that)?\s*:?|fail(?:s|ed|ing) with(?: the)?(?: error| message)*\s*:?|"
    r"(?:show|get|give|display|throw)(?:s|ing|ed|ting)?(?: me)?(?: an?| the)? (?:error|message)\s*(?:that says|saying|as|that|like|:)|"
    r"(?:fehlermeldung|meldung|fehler)\s*:|es kommt (?:immer |dann )?die (?:fehler)?meldung|da steht"
    r"|mensaje(?: de error)?\s*:|error que dice|me dice(?: que)?|"
    r"(?:sale|aparece)(?: el)?(?: error| mensaje)+\s*:?|message d['’]erreur\s*:|erreur\s*:|ça dit"
    r"|mensagem(?: de erro)?\s*:|erro\s*:|aparece a mensagem)\s+"
    r"(?P<told>[^\s\"“„«.!?,;\n\x00][^\"“„«.!?;\n\x00]{2,90})",
    re.IGNORECASE,
)
_TOLD_ENDS = re.compile(
    r",|\s+(?:when(?:ever)?|and|but|while|although|though|even|every ?time|each time|after|before|since"
    r"|so|please|pls|because|then|whenever|if|wenn|"
    r"und|aber|obwohl|sobald|weil|cuando|pero|aunque|y|quand|mais|et|quando|mas|e)\s|\s[-–—]\s|\s\(",
    re.IGNORECASE,
)

_PRERELEASE = r"(?:-?(?:alpha|beta|rc)\.?\d*)?"
_VERSIONS = (
    re.compile(
        r"\b(?:v|ver\.?|versions?|versión|versão|versione|build|firmware|rev\.?)[ :.]{0,2}"
        rf"\d{{1,5}}(?:\.\d{{1,6}}){{0,3}}{_PRERELEASE}\b(?![./]\d)(?!-\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\d.,/:-])\d{{1,4}}\.\d{{1,4}}\.\d{{1,6}}(?:\.\d{{1,6}})?{_PRERELEASE}\b(?![./-]?\d)", re.IGNORECASE),
    re.compile(
        r"\b(?:updat(?:e|ed|ing)|upgrad(?:e|ed|ing)|release|patch|aktualisierung|actualización|atualização)(?: to| auf| a| para)? "
        r"(?P<code>\d{1,4}(?:\.\d{1,4}){1,3})\b(?!\s*(?:gb|mb|%|stars?))",
        re.IGNORECASE,
    ),
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)?\d\d|(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])"
)

_NUMBER = r"(?:\s?\d{1,2}(?:\.\d{1,2}){0,2})"


@cache
def _device_patterns() -> tuple[re.Pattern[str], ...]:
    content = yaml.safe_load((files("feedback_loop.analysis") / "device_names.yaml").read_text("utf-8"))
    flags = {"any_case": re.IGNORECASE, "as_written": re.NOFLAG}
    alternatives = {case: "|".join(names.splitlines()).replace("<number>", _NUMBER) for case, names in content.items()}
    return tuple(re.compile(rf"\b(?:{alternatives[case]})\b", flags[case]) for case in flags)


def error_codes(text: str) -> Iterator[Span]:
    """Codes that a machine gave: with letters as they stand, bare numbers together with the word that makes them a code."""
    for pattern in _CODES:
        for match in pattern.finditer(text):
            group: int | str = "code" if "code" in pattern.groupindex else 0
            yield _trimmed(text, EvidenceKind.ERROR_CODE, *match.span(group))


def quoted_errors(text: str) -> Iterator[Span]:
    """What a machine said, in quotation marks or announced in words; a quoted word that merely stresses is left out."""
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastindex or 0)
        if _SOUNDS_WRONG.search(text, start, end) or _TELLS.search(text[max(0, match.start() - 60) : match.start()]):
            yield _trimmed(text, EvidenceKind.QUOTED_ERROR, start, end)
    for match in _ANNOUNCED.finditer(text):
        start, end = match.span("told")
        stop = _TOLD_ENDS.search(text, start, end)
        yield _trimmed(text, EvidenceKind.QUOTED_ERROR, start, stop.start() if stop else end)


def versions(text: str) -> Iterator[Span]:
    """Versions of software; dates of the same shape are left out."""
    for pattern in _VERSIONS:
        for match in pattern.finditer(text):
            group: int | str = "code" if "code" in pattern.groupindex else 0
            if not _DATE.fullmatch(match[group]):
                yield _trimmed(text, EvidenceKind.VERSION, *match.span(group))


def devices(text: str) -> Iterator[Span]:
    """Devices, operating systems and browsers, with their number where one follows."""
    for pattern in _device_patterns():
        for match in pattern.finditer(text):
            yield _trimmed(text, EvidenceKind.DEVICE, *match.span())


def _trimmed(text: str, kind: EvidenceKind, start: int, end: int) -> Span:
    """The span without blanks and stray punctuation at its edges."""
    while start < end and text[start] in " \t,;:-–(":
        start += 1
    while start < end and text[end - 1] in " \t,;:-–(":
        end -= 1
    return Span(kind, start, end)
