"""What opens a quoted mail: `On … wrote:`, a drawn line with a title, or a block of mail headers, in the languages of mail clients.

Here: where such an opening ends and how sure it is. What is removed because of it is `replies`. The rule that is easy to break: customers
write `from`, `to` and `on Monday … wrote` too, so an opening that only looks like one counts where quote marks follow, and not otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from feedback_loop.methods.mail.lines import MAX_MARK_CHARS, is_quoted
from feedback_loop.methods.stop_words import STOP_WORDS


class Opening(NamedTuple):
    """Lines that say that a quoted mail follows."""

    end: int
    """The index after the last of them."""
    is_certain: bool
    """Whether they open a quoted mail even where no quote marks follow."""


_WROTE = (
    r"wrote|writes|schrieb(?: am)?|schreef|geschreven|a écrit|escribió|ha scritto|escreveu|skrev|kirjoitti|napisał(?:\(a\))?|"
    r"napsal(?:\(a\))?|"
    r"написал(?:\(а\)|а)?|пишет|написав|yazdı|scris|írta|έγραψε|menulis|đã viết|写道|寫道|書きました|작성|כתב|كتب"
)
_VERB = re.compile(rf"(?:\b|(?<=[\s\d>]))(?:{_WROTE})", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}\b")
_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\b(?:19|20)\d\d\b|\d{1,4}\s?[年년]")
_ADDRESS = re.compile(r"[^\s<>(]@[^\s<>)]")
_CLOSED = re.compile(r"(?:[:：]|-{2,})\s*\Z")
_CLOSING = ":：-"
_ADDRESS_CLOSED = re.compile(r"@[^\s@]{2,80}\s?[:：]\s*\Z")
_DATED_START = re.compile(
    r"\W{0,8}(?:(?:On|Am|Le|El|Em|Il|Op|Den|Dnia|W dniu|Dne|Pe|På|Pada|Vào|Στις|В|Kl)\b|[^\W\d_]{1,12}[.,]{0,2} \d|"
    r"\d{1,4}[-./年년\s]\s?\d{1,2}|\d{1,2}[. ])"
)
_NAMED_START = re.compile(r"\W{0,3}(?:[^\W\d_][^\s:]{0,40},? ){0,5}(?:<|\(|\[|\"|«|\S{1,60}@)|\W{0,3}(?:[^\W\d_][^\s:]{0,40} ){1,4}\Z")
_FIRST_WORD = re.compile(r"\W{0,3}([^\W\d_]+)")
_MAX_OPENING_LINES = 4
_INLINE_VERBS = ("wrote", "schrieb", "écrit", "escribió", "escreveu", "scritto", "schreef")
_INLINE_VERB = re.compile(rf"\b(?:{'|'.join(_INLINE_VERBS)})[^:\n]{{0,60}}:")
_INLINE_START = re.compile(r"(?<=[\s.!?])(?:On|Am|Le|El|Em|Il|Op) (?=[^\n]{0,40}\d)")
_INLINE_REACH, _INLINE_TRIES = 250, 3

_MESSAGE = (
    r"messages?|nachricht|mensaje|messaggio|mensagem|bericht|meddelande|meddelelse|melding|besked|viesti|wiadomość|сообщение|повідомлення|"
    r"zpráva|správa|üzenet|mesaj|ileti|邮件|郵件|メッセージ|메시지|pesan|thư|μήνυμα|appointment|e-?mail"
)
_FRAME = r"[-‐–—_=*#~]{2,}"
_FRAMED = re.compile(rf"\W{{0,3}}{_FRAME}")
_TITLE = re.compile(
    rf"\W{{0,3}}{_FRAME}\s?(?:(?:[^\W\d_]\S{{0,20}} ){{0,3}}(?:[^\W\d_]{{0,20}})(?:{_MESSAGE})(?:[ .'’][^\W\d_][\w'’]{{0,20}}){{0,3}}|"
    rf"Urspr\. Nachricht)"
    rf"\s?{_FRAME}\W*\Z",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(rf"\W{{0,3}}{_FRAME}\s?(?:original (?:message|appointment)|forwarded by \S.{{1,80}})", re.IGNORECASE)
_ABOVE = r"above|oberhalb|über|au[- ]dessus|encima|arriba|acima|sopra|boven|ovanför|ovenfor|over|выше"
_LINE_WORDS = r"line|zeile|ligne|línea|linha|riga|lijn|regel|linje|raden|строки|линии"
_ASKED = (
    r"please|reply|replies|in repl|type|write|respond|add your|enter|bitte|antwort|schreiben|geben|veuillez|répond|saisiss|écri|"
    r"por favor|respond|escrib|"
    r"responda|escreva|rispond|scriv|si prega|antwoord|typ|reageer|svara|skriv|ответ|пожалуйста"
)
_ABOVE_LINE = re.compile(
    rf"(?:\W{{0,80}}(?:{_ASKED})|[^\w\s]{{2,80}}\s?\w)[^\n]{{0,80}}?\b(?:{_ABOVE})\b.{{1,30}}?\b(?:{_LINE_WORDS})\b[^\n]{{0,80}}\s*\Z|"
    rf"##-.{{4,200}}-##\s*\Z",
    re.IGNORECASE,
)
_BEGIN = re.compile(
    rf"\W{{0,3}}(?:begin|anfang|début|inicio|início|inizio|start)\b.{{0,30}}\b(?:{_MESSAGE})\b.{{0,20}}:\s*\Z", re.IGNORECASE
)
_FORWARDED = re.compile(
    r"forward|weitergeleitet|transféré|reenviad|inoltrat|encaminhad|doorgestuurd|vidarebefordra|videresend|przekaz|пересыла|転送|转发",
    re.IGNORECASE,
)

_HEADER_WORDS = {
    "from": "From|Von|De|Da|Van|От|Від|Fra|Från|Od|Lähettäjä|Kimden|Gönderen|Expéditeur|Remitente|Afzender|Feladó|Från|Dari|Từ|Από|"
    "发件人|寄件者|"
    "差出人|보낸 사람|보낸사람",
    "sent": "Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el| em)?|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|Dato|Wysłano|Odesláno|"
    "Lähetetty|"
    "Päivämäärä|Gönderilen|Tarih|Отправлено|Дата|Elküldve|Dátum|Dikirim|Tanggal|Đã gửi|发送时间|日期|送信日時|日付|보낸 날짜|날짜",
    "to": "To|An|À|Para|A|Aan|Till|Til|Do|Komu|Vastaanottaja|Kime|Кому|Címzett|Kepada|Đến|Προς|收件人|宛先|받는 사람|받는사람",
    "copy": "Cc|Bcc|Kopie|Copie|Kopia|Kopi|Копия|抄送|Reply-To|Importance|Wichtigkeit|Attachments",
    "subject": "Subject|Betreff|Objet|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Temat|Předmět|Aihe|Konu|Тема|Tárgy|Subjek|Perihal|Chủ đề|"
    "Θέμα|主题|主旨|件名|제목",
}
_HEADER = re.compile(
    r"[\s>*_]{0,6}(?:" + "|".join(f"(?P<{role}>{words})" for role, words in _HEADER_WORDS.items()) + r")\*{0,2}\s?[:：]", re.IGNORECASE
)
_MAX_HEADER_CHARS, _MAX_BLOCK_LINES, _MIN_ROLES, _MAX_STAMP_CHARS = 32, 14, 3, 100


def opening(lines: Sequence[str], index: int) -> Opening | None:
    """The opening of a quoted mail that begins with this line; None where none does."""
    line = lines[index][:MAX_MARK_CHARS]
    if _is_title(line):
        return Opening(_end_of_headers(lines, index + 1), is_certain=True)
    return _headers(lines, index, line) or _stamp(lines, index, line) or _introduction(lines, index, line)


def is_forward(line: str) -> bool:
    """Whether a title says that the mail below is forwarded, not answered."""
    return _is_title(line[:MAX_MARK_CHARS]) and _FORWARDED.search(line[:MAX_MARK_CHARS]) is not None


def may_hold_introduction(text: str) -> bool:
    """Whether any line may hold an introduction that other words precede; cheap, for texts that have none."""
    return any(verb in text for verb in _INLINE_VERBS) and _INLINE_VERB.search(text) is not None


def cut_at_introduction(line: str) -> list[str]:
    """The line; in two or three where `On … wrote:` stands in it behind other words, or before the quoted ones."""
    for tried, verb in enumerate(_INLINE_VERB.finditer(line)):
        before = max(0, verb.start() - _INLINE_REACH)
        for start in _INLINE_START.finditer(line, before, verb.start()):
            if _TIME.search(line, start.start(), verb.end()) and line[: start.start()].strip():
                return [part for part in (line[: start.start()], line[start.start() : verb.end()], line[verb.end() :]) if part]
        if tried + 1 >= _INLINE_TRIES:
            break
    return [line]


def _is_title(line: str) -> bool:
    """Whether a program drew the line between the new mail and the old one."""
    if _FRAMED.match(line):
        return any(pattern.match(line) for pattern in (_TITLE, _ORIGINAL, _ABOVE_LINE))
    return (_BEGIN if line.rstrip().endswith(":") else _ABOVE_LINE).match(line) is not None


def _is_header(line: str) -> bool:
    return any(colon in line[:_MAX_HEADER_CHARS] for colon in ":：") and _HEADER.match(line) is not None


def _headers(lines: Sequence[str], index: int, line: str) -> Opening | None:
    """A block of mail headers that names a sender and at least two things more, an address or a subject among them."""
    if not _is_header(line):
        return None
    roles, end = _roles(lines, index)
    is_mail = "subject" in roles or any("@" in other for other in lines[index:end])
    return Opening(end, is_certain=True) if "from" in roles and len(roles) >= _MIN_ROLES and is_mail else None


def _stamp(lines: Sequence[str], index: int, line: str) -> Opening | None:
    """A sender and a time in a line or two, then `To:` and `Subject:`, as Lotus Notes writes it."""
    if len(line) > _MAX_STAMP_CHARS or not any(_is_header(below) for below in lines[index + 1 : index + 3]) or _is_header(line):
        return None
    for after in (index + 1, index + 2):
        stamp = "".join(lines[index:after])
        if (
            after < len(lines)
            and _is_header(lines[after])
            and len(stamp) <= 2 * _MAX_STAMP_CHARS
            and _TIME.search(stamp)
            and _DAY.search(stamp)
        ):
            roles, end = _roles(lines, after)
            if {"to", "subject"} <= roles:
                return Opening(end, is_certain=True)
    return None


def _end_of_headers(lines: Sequence[str], index: int) -> int:
    """The index after the headers that stand here, blank lines before them skipped; else the index itself."""
    first = next((i for i in range(index, min(index + 3, len(lines))) if lines[i].strip()), index)
    return _roles(lines, first)[1] if first < len(lines) and _is_header(lines[first]) and not is_quoted(lines[first]) else index


def _roles(lines: Sequence[str], index: int) -> tuple[set[str], int]:
    """The kinds of headers that stand together from the index on, and the index after the last of them."""
    roles: set[str] = set()
    end = index
    for position in range(index, min(index + _MAX_BLOCK_LINES, len(lines))):
        line = lines[position]
        if header := _HEADER.match(line):
            roles.add(str(header.lastgroup))
            end = position + 1
        elif not line.strip():
            if end < position:
                break
        elif end == position and (line[0].isspace() or ("@" in line and ("," in line or ";" in line))):
            end = position + 1
        else:
            break
    return roles, end


def _introduction(lines: Sequence[str], index: int, first: str) -> Opening | None:
    """`On … wrote:`, which may run over four lines."""
    if not any(line.rstrip()[-1:] in _CLOSING for line in lines[index : index + _MAX_OPENING_LINES] if line.strip()):
        return None
    is_dated = _DATED_START.match(first) is not None
    if not is_dated and not _may_name(first):
        return None
    joined = ""
    for count, line in enumerate(lines[index : index + _MAX_OPENING_LINES], start=1):
        if count > 1 and (not line.strip() or is_quoted(line)):
            return None
        joined += line
        if len(joined) > MAX_MARK_CHARS:
            return None
        if _CLOSED.search(line[-12:]):
            return _judged(joined, index + count, is_dated)
    return None


def _may_name(line: str) -> bool:
    """Whether a line may begin with a person who wrote, and not with a sentence about one."""
    first_word = _FIRST_WORD.match(line)
    if first_word and (first_word[1].lower() in STOP_WORDS or not (first_word[1][0].isupper() or "@" in line)):
        return False
    head = _VERB.split(line, maxsplit=1)[0] if _VERB.search(line) else line
    return _NAMED_START.match(head) is not None


def _judged(said: str, end: int, is_dated: bool) -> Opening | None:
    has_verb = _VERB.search(said) is not None
    has_place = _TIME.search(said) is not None or _ADDRESS.search(said) is not None
    if has_verb:
        return Opening(end, is_certain=has_place) if has_place or not is_dated or _DAY.search(said) else None
    if _ADDRESS_CLOSED.search(said.replace(">", "").replace(")", "")) and (_TIME.search(said) or _DAY.search(said)):
        return Opening(end, is_certain=True)
    return Opening(end, is_certain=False) if has_place and (is_dated or _DAY.search(said)) else None
