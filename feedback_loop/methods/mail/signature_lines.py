"""How people end a mail: sign-offs, names, the lines below a name, and what a phone adds, in the languages of mail clients.

Here: where in lines of own text the signature at their end begins. What follows from it is `replies`. The rule that is easy to break: a
sign-off inside a message is no signature, and neither is a short complaint in capitals: what follows a name must look like a name's
company, not like words of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_loop.methods.mail.lines import is_rule
from feedback_loop.methods.mail.sign_offs import is_formal_sign_off, is_sign_off, is_thanks_alone, named_by_sign_off, sent_from
from feedback_loop.methods.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]\S*")
_NAME = re.compile(
    r"[\s*_~–—-]*(?:(?:[^\W\d_][^\W\d_'’.-]*(?:-[^\W\d_]+)?[.,]?|&)[ \u00a0]{1,2}){0,4}[^\W\d_][^\W\d_'’.-]*(?:-[^\W\d_]+)?[.,]?[\s*_]*\Z"
)
_NAME_PARTICLES = {
    "and",
    "und",
    "et",
    "y",
    "e",
    "i",
    "de",
    "del",
    "der",
    "van",
    "von",
    "la",
    "le",
    "al",
    "bin",
    "da",
    "dos",
    "den",
    "zu",
    "af",
    "av",
}
_ALSO_NAMES = (
    *("an", "bhai", "das", "do", "ha", "hai", "ho", "io", "jo", "kar", "ki", "ko", "le", "may", "mi", "mon", "par", "raha", "sa", "se"),
    *("si", "so", "su", "tu", "un", "will", "ya", "ye"),
)
_GREETINGS = frozenset((
    "hi", "hello", "hey", "dear", "hallo", "guten", "sehr", "liebe", "lieber", "bonjour", "hola", "buenos", "buenas", "estimado",
    "estimada", "ciao", "gentile", "olá", "caro", "cara", "beste", "hej", "cześć", "dzień", "привет", "здравствуйте", "merhaba",
    "team", "support",
))  # fmt: skip
_NOT_IN_NAMES = STOP_WORDS.difference(_ALSO_NAMES) | _GREETINGS
_COMPLAINING = re.compile(
    r"\w{4,}(?:ble|ful|less|ous|tion|tions|sion|ated|ized|ised)|waiting|missing|nothing|everything|anything|working|crashing|pending|"
    r"annoying|"
    r"bad|worst|worse|help|fix|errors?|crash(?:es|ed)?|fail(?:s|ed|ure)?|broken|awful|urgent|scam|fraud|slow|apps?|update|login|log|bugs?|"
    r"refund|money|card|account|payments?|wrong|stuck|blocked|closed|disappointed|annoyed|angry|sad|issues?|problems?|screen|page|"
    r"screenshots?|attached|steps|details|summary|note|question|regards|orders?|ticket|invoice|version|device|test|references|"
    r"schlecht|kaputt|fehler|hilfe|langsam|betrug|konto|karte|geld|unverschämt|enttäuscht"
)
"""Words that end complaints in capitals; kept short on purpose: any other word at the end may be a name."""
_CONTACT = re.compile(
    r"\d{3}[-.\s)/]*\d{3}|\b(?:x|ext)[\s.:#-]{0,3}\d[\d-]{2,}|\S@\S|https?://|www\.|\b(?:tel|phone|mobile|mob|fax|cell|e-?mail|telefon|"
    r"téléphone|"
    r"teléfono|telefone|handy|skype|linkedin)\b|[|•·]|\b\d{5}(?:-\d{4})?\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)\S*")
_MAIL_ADDRESS = re.compile(r"[\w.+-]@\w[\w.-]*\.\w")
_PHONE = re.compile(
    r"\+\d[\d\s().-]{6,}|\b\d{3}[-.\s]\d{4}\b|\b0\d{2,4}[-/\s]{1,3}\d{4,}|"
    r"\(?\b\d{2,5}\)?[-./\s)]{1,3}\d{2,4}(?:[-./\s]?\d{2,5}){1,3}\b|\b(?:x|ext)[\s.:#-]{0,3}\d[\d-]{2,}",
    re.IGNORECASE,
)
_CONTACT_WORD = re.compile(
    r"\W*(?:(?:tel|telefon|phone|mobile|mob|cell|home|work|office|fax|e-?mail|web|direct|main|ext|[pmftwxcoe])\b\W*|\S*@\S*|"
    r"https?:\S*|www\.\S*|[\W\d_]*)\Z",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[^\W\d_]{4}(?<!\bProf)\.\s+[^\W\d_]|[!?]\s+\S|[!?]\s*\Z|[^\W\d_]{3,}(?<!\bInc)(?<!\bLtd)(?<!\bCorp)(?<!\bLlc)\.\s*\Z|[,;:]\s*\Z",
)
_HARD_DELIMITER = re.compile(r"--[ \u00a0]\s*\Z")
_DELIMITER = re.compile(r"\s*(?:--|—|–|__)\s*\Z")
_POSTSCRIPT = re.compile(r"\W{0,3}p\.?\s?s\b", re.IGNORECASE)
_MAX_LINES, _MAX_LINE_CHARS, _MAX_CONTACT_CHARS, _MAX_NAME_WORDS, _MAX_LAST_WORDS, _MAX_CLOSING_LINES = 12, 70, 200, 4, 2, 9
_SHOUTED, _MAX_SMALL_WORDS, _MAX_SIGNER_WORDS = 4, 3, 5
_LOWER_WORDS = 2


def start_of_signature(lines: Sequence[str]) -> int | None:
    """The index of the line with which the signature at the end of these lines begins; None where there is none."""
    filled = [index for index, line in enumerate(lines) if line.strip()][-_MAX_LINES - 1 :]
    cut = _delimited(lines, filled)
    start = cut
    above = [index for index in filled if cut is None or index < cut]
    for position in range(len(above) - 1, -1, -1):
        index, below = above[position], [lines[i] for i in above[position + 1 :]]
        if len(lines[index]) > _MAX_CONTACT_CHARS:
            break
        has_text_above = position > 0 or any(line.strip() for line in lines[:index])
        if _begins_signature(lines, index, below, has_text_above, is_last=cut is None):
            start = index
        elif not _fits_closing(lines[index]):
            break
    return start


def starts_postscript(line: str) -> bool:
    """Whether `PS` begins the line: own words below a signature."""
    return _POSTSCRIPT.match(line) is not None


def _delimited(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    """The index of the last `-- ` with at most a signature's length below it (RFC 3676); a bare one needs lines that fit below."""
    for position in range(len(filled) - 1, -1, -1):
        line, below = lines[filled[position]], [lines[i] for i in filled[position + 1 :]]
        if _HARD_DELIMITER.match(line) or (_DELIMITER.match(line) and all(map(_fits_closing, below[:2])) and _mostly_fit(below)):
            return filled[position]
    return None


def _mostly_fit(lines: Sequence[str]) -> bool:
    return 2 * sum(map(_fits_closing, lines)) >= len(lines)


def _begins_signature(lines: Sequence[str], index: int, below: Sequence[str], has_text_above: bool, is_last: bool) -> bool:
    """Whether a signature begins with the line, given that each line below it fits one."""
    line = lines[index].strip()
    if sent_from(line):
        return True
    if not has_text_above:
        return False
    stands_apart = not lines[index - 1].strip()
    if is_sign_off(line):
        follows = index + 1 < len(lines) and bool(lines[index + 1].strip())
        is_mere_thanks = is_thanks_alone(line) and ((not below and is_last) or not (stands_apart or follows))
        return not is_mere_thanks and len(below) <= _MAX_CLOSING_LINES and _is_signed(line, below)
    if not all(map(_fits_block, below)):
        return False
    if is_rule(line):
        return bool(below) and (_is_name(below[0].strip()) or any(map(_is_personal, below)))
    if stands_apart:
        return _heads_block(line, below) or _is_card(line) or _is_contact_block([line, *below])
    is_last_word = not below and is_last and lines[index - 1].rstrip()[-1:] in ".!?" and len(line.split()) <= _MAX_LAST_WORDS
    return _is_name(line) and (line[:1] in "-–—~" or (is_last_word and not _is_shouted(line)))


def _is_signed(sign_off: str, below: Sequence[str]) -> bool:
    """Whether a name follows a sign-off, on its line or on the next; mere thanks need a name, regards do with any short line."""
    name, is_formal = named_by_sign_off(sign_off), is_formal_sign_off(sign_off)
    if name:
        return _is_name(name) and (is_formal or all(map(_fits_block, below)))
    if not below:
        return True
    is_block = all(map(_fits_block, below[1:]))
    is_full_name = len(below[0].split()) > 1
    return (_is_signer(below[0]) and (is_formal or is_block or is_full_name)) or (
        is_formal and is_block and (_fits_block(below[0]) or _ends_in_name(below[0]))
    )


def _heads_block(line: str, below: Sequence[str]) -> bool:
    """Whether a line that stands apart is the name of whom the lines below tell more; a single word needs a way of contact below."""
    if not _is_name(line):
        return False
    if all(is_rule(other) or sent_from(other.strip()) for other in below):
        return not _is_shouted(line)
    return len(line.split()) > 1 or any(map(_is_personal, below))


def _is_card(line: str) -> bool:
    """Whether one line tells a name, and behind marks a way of contact."""
    name, *rest = re.split(r"\s*[|•·]\s*", line[:_MAX_CONTACT_CHARS])
    return bool(rest) and _is_name(name) and _is_personal(line)


def _is_contact_block(block: Sequence[str]) -> bool:
    """Whether lines hold nothing but addresses, at least one of them a person's and no mere link."""
    words = (word for line in block for word in line.split())
    return any(map(_is_personal, block)) and all(_CONTACT_WORD.match(word) is not None for word in words)


def _is_personal(line: str) -> bool:
    """Whether a line tells a phone or an address of a person; a link and a bare number are none."""
    said = _LINK.sub(" ", line)
    return _MAIL_ADDRESS.search(said) is not None or _PHONE.search(said) is not None


def _fits_closing(line: str) -> bool:
    """Whether a line may stand below a sign-off: short, and no sentence."""
    said = line.strip()
    if len(said) > _MAX_LINE_CHARS:
        is_list = len(said) <= _MAX_CONTACT_CHARS and len(_CONTACT.findall(said)) > 1
        return is_list and sum(word[0].islower() for word in _WORD.findall(said)) <= _MAX_SMALL_WORDS
    return bool(_CONTACT.search(said)) or is_rule(said) or not _SENTENCE.search(said)


def _fits_block(line: str) -> bool:
    """Whether a line may stand below a mere name: it holds a way of contact, or is written like a title or a company."""
    said = line.strip()
    if not said or not _fits_closing(line):
        return not said
    if _CONTACT.search(said) or sent_from(said) or is_rule(said):
        return True
    words = [word for word in _WORD.findall(said) if word.lower() not in _NAME_PARTICLES]
    small = sum(1 for word in words if word[0].islower())
    return small <= _LOWER_WORDS and (2 * small <= len(words) or not any(map(_is_ordinary, words)))


def _is_signer(line: str) -> bool:
    """Whether a line below a sign-off is a name, however it is written: one small word will do."""
    said = line.strip()
    return _is_name(said) or (said.isalpha() and not _is_ordinary(said))


def _ends_in_name(line: str) -> bool:
    """Whether a short line ends like `your customer Anna`."""
    words = line.split()
    return len(words) <= _MAX_SIGNER_WORDS and words[-1][0].isupper() and not _is_ordinary(words[-1])


def _is_name(said: str) -> bool:
    """Whether every word is written like a part of a name, and none is an ordinary word."""
    words = [word for word in _WORD.findall(said) if word not in _NAME_PARTICLES]
    if not (0 < len(words) <= _MAX_NAME_WORDS and all(word[0].isupper() for word in words) and _NAME.match(said) is not None):
        return False
    return not any(map(_is_ordinary, words))


def _is_ordinary(word: str) -> bool:
    """Whether a word of mere grammar, of greeting or of complaint; a single letter is an initial."""
    plain = word.strip(".,*-_").lower()
    return len(plain) > 1 and (plain in _NOT_IN_NAMES or _COMPLAINING.fullmatch(plain) is not None)


def _is_shouted(said: str) -> bool:
    """Whether a word in capitals is too long to be initials."""
    return any(word.isupper() and len(word) >= _SHOUTED for word in re.findall(r"[^\W\d_]+", said))
