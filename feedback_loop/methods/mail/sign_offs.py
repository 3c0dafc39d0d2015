"""The words that people and their phones end a mail with, by language.

Here: the words alone. Where in a mail they may stand is `signature_lines`. The rule that is easy to break: the short ones (`best`, `love`,
`thanks`) are words of sentences too: they count only where the line ends, or where a mark or a name follows.
"""

from __future__ import annotations

import re

_FORMAL = (
    r"(?:(?:with|my) )?(?:(?:best|kind|kindest|warm|warmest|many|very best|friendly) )?(?:regards|wishes|greetings)|sincerely(?: yours)?|"
    r"yours(?: (?:truly|sincerely|faithfully|ever))?|all the best|respectfully(?: yours)?|cordially|rgds|kr|brgds|"
    r"mit (?:(?:freundlich|best|herzlich|lieb|sonnig)(?:en|em) )?gr(?:ü|ue)(?:ß|ss)en|mit freundlichem gru(?:ß|ss)|"
    r"(?:(?:mit )?(?:freundliche|beste|viele|liebe|herzliche|schöne) )?gr(?:ü|ue)(?:ß|ss)e(?: aus .{1,30})?|(?:(?:lieben|schönen|"
    r"besten) )?gru(?:ß|ss)|"
    r"hochachtungsvoll|mfg|lg|vg|"
    r"(?:bien |très )?cordialement|bien à vous|(?:sincères |cordiales )?salutations(?: distinguées)?|amicalement|cdlt|"
    r"bonne (?:journée|soirée)|"
    r"(?:un |muchos |reciba un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|atte|un abrazo|"
    r"(?:cordiali |distinti |un )?salut[io]|cordialmente|atenciosamente|att|abraços?|cumprimentos|com os melhores cumprimentos|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|"
    r"(?:med )?(?:vänlig(?:a)?|venlig|vennlig|bästa|bedste|beste) (?:hälsning(?:ar)?|hilsen(?:er)?)|(?:hälsningar|hilsen)|mvh|vh|"
    r"(?:ystävällisin )?terveisin|terv|(?:z |serdecznie )?(?:poważaniem|pozdrawiam|pozdrowieniami)|s (?:pozdravem|přáním)|"
    r"с уважением|с наилучшими пожеланиями|з повагою|saygılarımla|saygılar|iyi (?:günler|çalışmalar)|üdvözlettel|cu (?:stimă|respect)|"
    r"με εκτίμηση|hormat (?:saya|kami)|salam|trân trọng|此致|敬具|祝好|敬上|以上"
)
_CASUAL = r"best|cheers|love|take care|br|ciao|bye|xoxo"
_THANKS = (
    r"(?:many |best |kind )?thanks(?: (?:again|so much|a lot|a million|in advance|you|and (?:best |kind )?regards|(?:&amp;|&) regards|"
    r"for (?:your|the|all your) (?:help|time|support|assistance)))?|"
    r"thank ?you(?: (?:so much|very much|again|in advance|kindly))?|thx|ty|vielen (?:lieben )?dank(?: (?:im voraus|und .{1,30}))?|"
    r"danke(?: (?:schön|im voraus))?|(?:un grand )?merci(?: (?:beaucoup|d['’]avance|par avance))?|(?:muchas |"
    r"mil )?gracias(?: (?:de antemano|por todo))?|"
    r"(?:mille )?grazie(?: (?:mille|in anticipo))?|(?:muito )?obrigad[oa](?: desde já)?|(?:hartelijk )?dank(?: je| u)? ?(?:wel|"
    r"alvast)?|bedankt|"
    r"tack(?: så mycket| på förhand)?|(?:på forhånd )?tak|takk|kiitos|dziękuję|děkuji|спасибо|заранее спасибо|дякую|teşekkürler|"
    r"köszönöm|mulțumesc|"
    r"ευχαριστώ|terima kasih|cảm ơn|谢谢|よろしくお願いします|よろしくお願いいたします|감사합니다"
)
_SIGN_OFF = re.compile(
    rf"\W{{0,5}}(?:(?P<formal>{_FORMAL})|(?P<thanks>{_THANKS})|"
    rf"(?P<casual>{_CASUAL}))(?![^\W_])(?P<mark>[\s,.!:;–—*-]*)(?P<name>[^\n]{{0,60}})\Z",
    re.IGNORECASE,
)

_SENT = (
    r"sent|gesendet|verschickt|envoyé|expédié|enviado|enviada|inviato|verzonden|verstuurd|skickat|skickades|sendt|lähetetty|wysłan[eoy]|"
    r"отправлено|надіслано|odesláno|odoslané|trimis|elküldve|dikirim|στάλθηκε|poslano|poslato"
)
_FROM = (
    r"from|via|with|using|by|on|von|vom|aus|mit|de|depuis|desde|à partir de|avec|con|da|dal|dai|do|van|vanaf|met|från|fra|"
    r"z|ze|с|з|из|pe|dari|από"
)
_MINE = (
    r"(?:my|mein(?:em|er)?|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|mojego|mého|моего|мого|saya|το|τη|a|an)\b|"
    r"(?:the|der|dem|die|la|le|el|il|los|l['’]) ?(?=\S*(?-i:[A-Z]))"
)
_SENT_FROM = re.compile(
    rf"\W{{0,3}}(?i:{_SENT})(?i: (?:{_FROM})){{1,2}}(?: (?i:{_MINE})| (?=[A-Z0-9]|i[PO]|"
    rf"[A-Z]?\S*[A-Z]))[^,!?;\n]{{0,90}}(?:, an? [^,!?;\n]{{0,40}}|, (?:please )?(?:excuse|forgive|pardon) [^\n]{{0,40}}|"
    rf"https?://[^\s,]{{1,90}})?\Z|"
    rf"\W{{0,3}}(?i:von mein\w{{1,2}} .{{2,50}} (?:gesendet|verschickt))\W*\Z|"
    r"\W{0,3}(?i:get outlook for|outlook für .{1,20} beziehen|obtenez outlook|obtener outlook|télécharger outlook|scarica outlook|"
    r"diese nachricht wurde von mein\w{1,2} .{2,60} gesendet|this (?:message|email) was sent from my|sent securely (?:from|with|via)|"
    r"(?:please )?(?:excuse|forgive|pardon) (?:my |the |any )?(?:brevity|typos|short)|bitte entschuldigen sie (?:die kürze|"
    r"meine kürze))[^\n]{0,90}\Z|"
    r"\W{0,3}(?i:lähetetty [^\n]{2,40}(?:sta|stä|lta|ltä))\W*\Z|"
    r"\W{0,3}[^\s]{2,20}(?:['’][^\s]{1,8})? ?(?:umdan|ımdan|imdan|dan|den|cihazımdan)? ?gönderildi\W*\Z|"
    r"\W{0,3}(?:发自|發自|从我的|從我的|寄自)[^\n]{1,30}\Z|\W{0,3}[^\n。]{1,30}(?:から送信|에서 보냄|에서 보낸|מה-?iPhone שלי)\W*\Z",
)
_MAX_CHARS = 160


def is_sign_off(line: str) -> bool:
    """Whether the line is a sign-off, with or without a name behind it."""
    found = _SIGN_OFF.match(line) if len(line) <= _MAX_CHARS else None
    return found is not None and (not found["casual"] or not found["name"] or bool(found["mark"].strip()))


def is_formal_sign_off(line: str) -> bool:
    """Whether the line sends regards, which only the end of a letter does."""
    found = _SIGN_OFF.match(line)
    return found is not None and found["formal"] is not None


def named_by_sign_off(line: str) -> str:
    """What stands behind the sign-off on its line; a single small word behind a comma is taken for the name that it is."""
    found = _SIGN_OFF.match(line)
    name = found["name"].strip() if found else ""
    return name.title() if found and "," in found["mark"] and name.isalpha() and not found["casual"] else name


def is_thanks_alone(line: str) -> bool:
    """Whether the line gives thanks and no name."""
    found = _SIGN_OFF.match(line)
    return found is not None and bool(found["thanks"]) and not found["name"].strip()


def sent_from(line: str) -> bool:
    """Whether a phone or a mail program added the line."""
    return len(line) <= _MAX_CHARS and _SENT_FROM.match(line) is not None
