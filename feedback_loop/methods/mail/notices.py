"""What nobody wrote for this mail: legal notices, list and ticket footers, the marks of virus scanners.

Here: whether a paragraph is one, or where in it one begins. The rule that is easy to break: customers complain about confidential data,
disclosure and `unsubscribe` in the same words, so a notice has to speak of the mail itself, and a footer of where to click.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OF_THIS_MAIL = re.compile(
    r"\b(?:this|the|any) (?:e-?mail|message|communication|transmission|electronic mail)\b|\battachments?\b|\bintended (?:solely|only|"
    r"recipients?|for the)|"
    r"\b(?:diese|dieser|die) (?:e-?mail|nachricht)\b|\bce (?:message|courriel|mail|courrier)\b|\beste (?:mensaje|correo|e-?mail)\b|"
    r"\besta (?:mensagem|comunicación)\b|\bquest[ao] (?:e-?mail|messaggio|comunicazione)\b|\bdeze? (?:e-?mail|bericht)\b|"
    r"\bdette (?:e-?mail|besked)|\bdetta (?:e-?post|meddelande|mail)|\b(?:ta|niniejsza) wiadomość\b|\bданное (?:сообщение|письмо)|"
    r"\bэто (?:сообщение|письмо)",
)
_CUE = re.compile(
    r"confidential|privileged|intended|received (?:this|it) .{0,40}in error|by mistake|unauthori[sz]ed|disclos|disseminat|distribut|"
    r"prohibited|"
    r"attachments?\b|\bvirus|legally|liab(?:le|ility)|registered (?:office|in)|notify the sender|recipient|"
    r"vertraulich|unbefugt|irrtümlich|adressat|empfänger|absender|untersagt|handelsregister|"
    r"confidenti?el|destinat[aá]ri?[oe]|destinataire|par erreur|expéditeur|interdit|"
    r"confidencia(?:l|is)|por error|remitente|prohibid|por engano|proibid|riservat|mittente|per errore|vietat|"
    r"vertrouwelijk|geadresseerde|afzender|fortrolig|konfidentiell|mottagare|poufn|adresat|конфиденциальн|получател|отправител",
)
_MIN_CUES = 3
_TELLING = re.compile(
    r"consider the environment before|before printing this|denken sie an die umwelt|pensez à l['’]environnement|"
    r"piense en el medio ?ambiente|"
    r"not the (?:intended|named) (?:recipient|addressee)|intended (?:solely|only) for the|nicht der (?:richtige|"
    r"beabsichtigte) (?:adressat|empfänger)|"
    r"n['’]êtes pas le destinataire|si no es (?:usted )?el destinatario|se não é o destinatário|non è il destinatario|"
    r"^\W{0,3}(?:caution|warning|achtung|vorsicht|attention|external)\W{1,3}.{0,40}\b(?:e-?mail|mail|message|sender|absender|"
    r"nachricht)\b.{0,40}\b(?:extern|outside)|(?:scanned|checked) (?:by|for) .{0,30}virus|"
    r"\bvirus-free\. |virenfrei\. |auf viren geprüft|\bfree of viruses",
)
_STEMS = (
    "mail",
    "messag",
    "nachricht",
    "intended",
    "attachm",
    "communicat",
    "mensaje",
    "mensagem",
    "messaggio",
    "comunicac",
    "courri",
    "correo",
    "bericht",
    "besked",
    "meddeland",
    "wiadomo",
    "сообщ",
    "письм",
    "virus",
    "viren",
    "umwelt",
    "environ",
    "ambiente",
    "recipient",
    "addressee",
    "destinat",
    "adressat",
    "empfänger",
)
"""One of them stands in every notice: what is looked for first, since most texts hold none."""
_FOOTER = re.compile(
    r"\W{0,3}(?:reply to this e-?mail directly|you(?:['’]re| are) (?:receiving|subscribed)\b|you received this (?:e-?mail|"
    r"message) because|"
    r"to unsubscribe\b.{0,60}\b(?:click|visit|reply|send|go to|use|e-?mail|follow)\b|"
    r"(?:unsubscribe|abmelden|se désabonner|darse de baja|manage (?:your )?(?:preferences|subscriptions?))(?:\s?[|<(:•]|\s*\Z| here\b|"
    r" from (?:this|these|our)\b)|"
    r"view (?:it|this (?:e-?mail|message)) (?:on|in)\b|view online\b|diese e-?mail wurde\b.{0,40}(?:automatisch|gesendet|versandt)|"
    r"this (?:is an automat|message was sent (?:to|by|from)|e-?mail (?:is a service from|was sent (?:to|by|from)))|"
    r"(?:powered|delivered) by (?:zendesk|intercom|freshdesk|help ?scout|zoho|front|kayako|hubspot)|ref:_?\w{6,40}(?:\.\w{1,40})?:ref|"
    r"\{#HS:[\d-]+#\}|\[[0-9A-Z]{6}-[0-9A-Z]{4}\]|ticket[- ]?id\s?[:#])",
    re.IGNORECASE,
)
_RULE_OF_LIST = re.compile(r"\s*[_=-]{20,}\s*\Z")
_LIST_WORDS = re.compile(
    r"mailing[- ]?list|listinfo|[\w.-]+@lists?\.|-(?:request|unsubscribe)@|\bunsubscribe\b|groups\.google", re.IGNORECASE
)
_MAX_FOOTER_CHARS, _LIST_LINES = 400, 5


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph reads like a legal notice: one telling phrase, or several words of that language about the mail itself."""
    lowered = paragraph.lower()
    if not any(map(lowered.__contains__, _STEMS)):
        return False
    if _TELLING.search(lowered):
        return True
    if not _OF_THIS_MAIL.search(lowered):
        return False
    return len(set(_CUE.findall(lowered))) >= _MIN_CUES


def starts_footer(lines: Sequence[str], index: int) -> bool:
    """Whether the footer of a mailing list, a ticket system or a notification begins with the line."""
    line = lines[index][:_MAX_FOOTER_CHARS]
    if _RULE_OF_LIST.match(line):
        return any(_LIST_WORDS.search(below[:_MAX_FOOTER_CHARS]) for below in lines[index + 1 : index + 1 + _LIST_LINES])
    return _FOOTER.match(line) is not None
