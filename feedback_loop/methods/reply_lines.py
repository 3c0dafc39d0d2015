"""How quoted mail, signatures and legal notices look, line by line, in English, German, French and Spanish (and parts of more).

Here: shapes and word lists. What follows from them for a whole mail is `replies`. The rule that is easy to break: a sign-off inside a
message is not a signature: what follows it up to the end must be short lines that are no sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;)")
_RULE = re.compile(r"[\s*]*[-_=─—*]{3,}[\s*]*\Z")

_INTRODUCTION = re.compile(
    r"\W{0,3}(?:On\b.{4,}\bwrote|Am\b.{4,}\bschrieb\b.*|Le\b.{4,}\ba écrit|El\b.{4,}\bescribió|Em\b.{4,}\bescreveu|Il\b.{4,}\bha scritto|"
    r"Op\b.{4,}\bschreef\b.*|Den\b.{4,}\bskrev\b.*|.{4,}\b(?:schrieb|wrote|a écrit|escribió|написал)\b.{0,60}|"
    r".{6,}[<(]?\S+@\S+[>)]?)\s?:\s*\Z",
    re.DOTALL,
)
_DATED = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|@")
_INTRODUCTION_START = re.compile(
    r"\W{0,3}(?:On|Am|Le|El|Em|Il|Op|Den|\d{1,4}[-./]\d{1,2})\b|.{0,120}@.{0,120}:\s*\Z|.{1,120} "
    r"wrote:\s*\Z"
)
_MAX_INTRODUCTION_LINES, _MAX_INTRODUCTION_CHARS = 4, 400

_SEPARATOR = re.compile(
    r"\W*-{2,}\s*(?:Original(?:[ -]Message| Appointment)|Forwarded (?:message|by .{1,80})|Ursprüngliche Nachricht|"
    r"Originalnachricht|Weitergeleitete Nachricht|"
    r"Message d['’]origine|Message original|Message transféré|Mensaje original|Mensaje reenviado|Messaggio originale|Mensagem original|"
    r"Oorspronkelijk bericht|Reply message|Urspr\. Nachricht)\s*-{0,}\W*\Z|\W*Begin forwarded message:\s*\Z|##-.*reply above "
    r"this line.*-##.*\Z",
    re.IGNORECASE,
)
_HEADER = r"[\s>*]*(?:{})\s?:\*?\s?\S?"
_FROM = re.compile(_HEADER.format("From|Von|De|Da|Van|От"), re.IGNORECASE)
_OTHER_HEADER = re.compile(
    _HEADER.format(
        "Sent|Gesendet|Envoyé|Enviado(?: el)?|Inviato|Verzonden|Date|Datum|Fecha|Data|To|An|À|Para|A|Aan|Cc|Kopie|Subject|"
        "Betreff|Objet|Asunto|Oggetto|"
        "Assunto|Onderwerp|Reply-To|Importance"
    ),
    re.IGNORECASE,
)
_HEADER_LINES = 8

_SENT_FROM = re.compile(
    r"\W*(?:(?:Sent|Gesendet|Envoyé|Enviado|Inviato|Verzonden|Von meinem|Skickat)\b(?: (?:from|via|with|using|by|on|von|vom|mit|"
    r"de|depuis|desde|da|dal|van|vanaf|från))?|"
    r"Get Outlook for|Outlook für .{1,20} beziehen|Obtenez Outlook|Obtener Outlook)\b[^,!?;\n]{0,90}\Z",
    re.IGNORECASE,
)
_SENT_WORDS = re.compile(r"\b(?:from|via|with|using|von|vom|meinem|mit|de|depuis|desde|da|dal|van|vanaf|från|outlook)\b", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"\W*(?:(?:(?:with|my) )?(?:(?:best|kind|kindest|warm|warmest|many|very best) )?(?:regards|wishes)|(?:many |best )?thanks(?: "
    r"(?:again|so much|a lot|in advance|you|and regards|&amp; regards|& regards|"
    r"for (?:your|the) (?:help|time|support)))?|thank ?you(?: (?:so much|very much|again|in advance))?|thx|cheers|best|all the "
    r"best|sincerely(?: yours)?|yours(?: (?:truly|sincerely|faithfully))?|"
    r"respectfully|cordially|take care|rgds|br|love|mit (?:freundlichen|besten|herzlichen|lieben) gr(?:ü|ue)(?:ß|ss)en|"
    r"(?:freundliche|beste|viele|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e(?: aus .{1,30})?|"
    r"mfg|lg|vg|vielen dank|danke(?: (?:schön|im voraus))?|gru(?:ß|ss)|(?:bien |très )?cordialement|bien à vous|salutations(?: "
    r"distinguées)?|merci(?: (?:beaucoup|d['’]avance))?|"
    r"(?:un |muchos )?saludos?(?: cordial(?:es)?)?|atentamente|(?:muchas )?gracias|un abrazo|cordiali saluti|grazie|"
    r"atenciosamente|obrigad[oa]|met vriendelijke groet(?:en)?|mvg)\b"
    r"(?P<rest>[\s,.!:;–—-]*(?P<name>[^\n]{0,60}))\Z",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\s*_~–—-]*(?:(?:[^\W\d_][^\W\d_'’.-]*[.,]?|&)[ \u00a0]{1,2}){0,4}[^\W\d_][^\W\d_'’.-]*[.,]?[\s*_]*\Z")
_CONTACT = re.compile(
    r"\d{3}[-.\s)/]*\d{3}|\bx-?\d{3,}|\S+@\S+|https?://|www\.|\b(?:tel|phone|mobile|fax|cell|e-?mail)\b|[|•]", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.!?]\s+\S.*[.!?]?\s*\Z|[!?]\s*\Z|[^\W\d_]{3,}(?<!\bInc)(?<!\bLtd)(?<!\bCorp)\.\s*\Z|[,;:]\s*\Z")
_CONTACT_ONLY = re.compile(
    r"[\W\d]*(?:(?:(?:tel|phone|mobile|cell|home|work|office|fax|e-?mail|web|[pmftx])\b\W*|\S+@\S+|https?://\S+|www\.\S+)[\W\d]*)*\Z",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\d{3}[-.\s)/]*\d{3}")
_NAME_PARTICLES = {"and", "und", "et", "y", "de", "del", "der", "van", "von", "la", "le", "al", "bin", "da", "dos"}
_DELIMITER = re.compile(r"\s*(?:--|—|__|-{2,}\s|_{3,}|\*{3,}|={3,})\s*\Z")
_MAX_SIGNATURE_LINES, _MAX_SIGNATURE_LINE_CHARS, _MAX_NAME_WORDS, _MAX_LAST_WORDS = 12, 70, 4, 2

_NOTICE = re.compile(
    r"confidential|privileged|intended (?:solely|only|recipient|for the)|(?:not|un)[- ]?(?:the |authori[sz]ed )?intended|"
    r"received (?:this|it) .{0,40}in error|unauthori[sz]ed|"
    r"disclos|disseminat|e-?mail (?:and any|transmission)|attachments?\b|virus|vertraulich|unbefugt|irrtümlich|adressat|"
    r"confidentiel|destinataire|par erreur|"
    r"confidencial|destinatario|por error|legally|registered (?:office|in)|handelsregister",
    re.IGNORECASE,
)
_STRONG_NOTICE = re.compile(
    r"consider the environment|before printing this|denken sie an die umwelt|pensez à l['’]environnement|not the intended "
    r"recipient|intended solely for|nicht der richtige adressat|"
    r"n['’]êtes pas le destinataire|si no es (?:usted )?el destinatario|^\W{0,3}(?:caution|warning|"
    r"achtung)\W{1,3}.{0,20}(?:external|extern)|scanned (?:by|for) .{0,30}virus|virus-free|virenfrei",
    re.IGNORECASE,
)
_MIN_NOTICE_CUES = 3
_FOOTER = re.compile(
    r"\W{0,3}(?:reply to this e-?mail directly|you (?:are receiving|received) this (?:e-?mail|message)|to unsubscribe|"
    r"unsubscribe\b|abmelden\b|se désabonner|manage (?:your )?(?:preferences|subscription)|"
    r"view (?:it|this (?:email|message)) (?:on|in)|diese e-?mail wurde|this (?:is an automated|message was sent)|_{20,}\s*\Z)",
    re.IGNORECASE,
)


def split_lines(text: str) -> list[str]:
    """The lines with their ends; joined they are the text."""
    return [match[0] for match in _LINE.finditer(text) if match[0]]


def is_quoted(line: str) -> bool:
    """Whether the line carries a quote mark."""
    return bool(_QUOTED.match(line))


def is_rule(line: str) -> bool:
    """Whether the line is drawn, not written."""
    return bool(_RULE.match(line))


def end_of_introduction(lines: Sequence[str], index: int) -> int | None:
    """The index after `On … wrote:`, which may run over four lines; None where none starts here."""
    if not _INTRODUCTION_START.match(lines[index][:_MAX_INTRODUCTION_CHARS]):
        return None
    joined = ""
    for count, line in enumerate(lines[index : index + _MAX_INTRODUCTION_LINES], start=1):
        if count > 1 and (not line.strip() or is_quoted(line)):
            return None
        joined += line
        if len(joined) > _MAX_INTRODUCTION_CHARS:
            return None
        if line.rstrip().endswith(":") and _INTRODUCTION.match(joined) and _DATED.search(joined):
            return index + count
    return None


def starts_quoted_mail(lines: Sequence[str], index: int) -> bool:
    """Whether a mail client's separator, or a block of mail headers, begins here."""
    line = lines[index][:_MAX_INTRODUCTION_CHARS]
    if _SEPARATOR.match(line):
        return True
    following = [other for other in lines[index + 1 : index + _HEADER_LINES] if other.strip()]
    return bool(_FROM.match(line)) and sum(bool(_OTHER_HEADER.match(other)) for other in following) >= 2


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph reads like a legal notice: one telling phrase, or several words of that language."""
    if _STRONG_NOTICE.search(paragraph):
        return True
    return len({match[0].lower() for match in _NOTICE.finditer(paragraph)}) >= _MIN_NOTICE_CUES


def starts_footer(line: str) -> bool:
    """Whether a mailing list's or notification's footer begins with the line."""
    return bool(_FOOTER.match(line))


def start_of_signature(lines: Sequence[str]) -> int | None:
    """The index of the line with which the signature at the end of these lines begins; None where there is none."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    start: int | None = None
    for position in range(len(filled) - 1, max(-1, len(filled) - 1 - _MAX_SIGNATURE_LINES), -1):
        index, below = filled[position], [lines[i] for i in filled[position + 1 :]]
        if _begins_signature(lines, index, below, has_text_above=position > 0):
            start = index
        elif not _fits_signature(lines[index]):
            break
    return start


def _begins_signature(lines: Sequence[str], index: int, below: Sequence[str], has_text_above: bool) -> bool:
    line = lines[index]
    if _DELIMITER.match(line):
        return True
    if _SENT_FROM.match(line.rstrip()) and _SENT_WORDS.search(line):
        return not below or all(map(_fits_signature, below))
    if sign_off := _SIGN_OFF.match(line.rstrip()):
        return has_text_above and (not sign_off["name"].strip() or _is_name(sign_off["name"]))
    if not has_text_above:
        return False
    if not all(map(_fits_signature, below)):
        return False
    if not lines[index - 1].strip():
        return _is_name(line) or _is_contact_block([line, *below])
    is_last_word = not below and lines[index - 1].rstrip()[-1:] in ".!?" and len(line.split()) <= _MAX_LAST_WORDS
    return _is_name(line) and (is_last_word or line.lstrip()[:1] in "-–—~")


def _is_contact_block(block: Sequence[str]) -> bool:
    """Whether lines hold nothing but addresses, at least one of them a person's and no mere link."""
    return all(_CONTACT_ONLY.match(line.rstrip()) for line in block) and any("@" in line or _PHONE.search(line) for line in block)


def _fits_signature(line: str) -> bool:
    """Whether a line may stand below a name: short, and no sentence."""
    return len(line.strip()) <= _MAX_SIGNATURE_LINE_CHARS and (bool(_CONTACT.search(line)) or not _SENTENCE.search(line.rstrip()))


def _is_name(line: str) -> bool:
    """Whether every word is written like a part of a name."""
    words = [word for word in re.findall(r"[^\W\d_]\S*", line) if word not in _NAME_PARTICLES]
    return bool(_NAME.match(line.rstrip())) and 0 < len(words) <= _MAX_NAME_WORDS and all(word[0].isupper() for word in words)
