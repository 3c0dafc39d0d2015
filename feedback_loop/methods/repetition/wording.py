"""The words of a text as a comparison of two texts sees them: what states a fact, what is noise of a forwarding system, what is misspelt.

Here: how a text is taken apart and what each part weighs. Whether two texts say the same is `same_words`. The rule that is easy to break:
everything follows from the text alone, never from how often a word occurs elsewhere, or a duplicate would depend on its batch-mates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.methods.stop_words import STOP_WORDS

_NEGATIVE = """
no not never none nothing nobody nowhere neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt couldnt
shouldnt hasnt havent hadnt aint mustnt neednt unable
nicht nie niemals nichts niemand kein keine keinen keinem keiner keines ohne weder
ne pas jamais rien aucun aucune personne sans ni non
nunca jamás nada nadie ningún ninguno ninguna sin não nao nem nenhum nenhuma ninguém sem tampoco
niet nooit geen niets zonder niente nessuno nessuna senza mai
nahi nahin nai nehi nhi mat bina नहीं नही मत ना बिना нет не ни без никогда nie nic bez brak inte ingen utan ikke ei yok değil hiç tidak bukan
"""
_NUMERALS = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty
forty fifty sixty seventy eighty ninety hundred thousand million first second third fourth fifth sixth seventh eighth ninth tenth once twice
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar
märz juni juli oktober dezember
un deux trois quatre cinq sept huit neuf dix lundi mardi mercredi jeudi vendredi samedi dimanche dos tres cuatro cinco seis siete ocho nueve
diez lunes martes miércoles jueves viernes sábado domingo
"""
_CONTRASTS = """
only before after until since except instead unless but if always more less above below over under on off in out up down
first last old new both either true false yes
what why how when where who which whose can could should must may
was warum wie wann wo wer welche welcher quoi pourquoi comment quand où qui quel quelle qué por cómo cuándo dónde quién cuál
"""
_COURTESY = """
hi hey hello dear sir madam team guys everyone morning thanks thank please pls plz kindly regards cheers sincerely help asap urgent fyi
update edit reminder note fwd fw re sent
hallo danke bitte grüße gruß grüßen bonjour merci cordialement hola gracias saludos favor olá obrigado
obrigada ciao grazie hoi groeten namaste
"""
_BESIDE_COURTESY = """
good day afternoon evening support all you u very much many so best kind warm yours for the in advance from my iphone ipad android
mobile phone your with me us asap again guten tag morgen liebe liebes mit freundlichen vielen por muchas muito le la
"""
_LABELS = "id ids ref reference ticket tkt case request req msg message thread sr inc incident tracking no nr number tag copy"
NEGATIONS = frozenset(_NEGATIVE.split())
NUMERALS = frozenset(_NUMERALS.split())
CONTRASTS = frozenset(_CONTRASTS.split())
COURTESY = frozenset(_COURTESY.split())
BESIDE_COURTESY = frozenset(_BESIDE_COURTESY.split())
LABELS = frozenset(_LABELS.split())
_GRAMMAR = STOP_WORDS | NEGATIONS | CONTRASTS

MAX_CHARS = 20_000
"""Code points above which a text has no wording and so is compared by its fingerprint alone: aligning takes their product in memory."""

CACHED = 65_536

_SIGNS = "$%\u00a2-\u00a5\u20a0-\u20cf"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_FACT = re.compile(rf"[\[\d{_SIGNS}{_SPACELESS}]")
_TOKEN = re.compile(
    rf"{PLACEHOLDER.pattern.casefold()}"
    r"|[^\W\d_]{0,20}\d\w{0,40}(?:[.,:/-]\w{0,40}\d\w{0,40}){0,8}"
    rf"|[{_SIGNS}{_SPACELESS}]"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff]"
    r"|[a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0dff\u10a0-\u177f\u1800-\u1fff"
    r"\u2c00-\u2dff\ua000-\ufdff\ufe70-\ufeff\U00010000-\U0001efff]{1,64}"
)
_ID = rf"(?:{PLACEHOLDER.pattern}|\d{{5,}}|(?=[a-f]*\d[a-f]*\d)[a-f0-9]{{8,}})"
_LABEL = rf"(?:{'|'.join(sorted(LABELS, reverse=True))})"
_MARKED = (
    rf"[\[({{<]\s*(?:#\s?\w{{3,}}|#{PLACEHOLDER.pattern}|{_LABEL}[\s:#.-]*(?:{_LABEL}\b[\s:#.-]*)?(?:\w*\d[\w-]*|{PLACEHOLDER.pattern})"
    rf"|{_ID})\s*[\])}}>]"
)
_LABELLED = rf"#?\s?{_LABEL}\b[\s:#.-]*(?:{_LABEL}\b[\s:#.-]*)?(?:[a-z]{{0,5}}-?\d[\w-]{{2,}}|{PLACEHOLDER.pattern})"
_FORWARDED = r"(?:re|fwd?|fw|aw|wg|tr|rv|enc|antw)\s*(?:\[\d+\])?:"
_BEFORE = re.compile(rf"\s*(?:{_FORWARDED}|{_MARKED}\s*[:-]?|{_LABELLED}\s*(?::|-\s|\n|\|))\s*", re.IGNORECASE)
_AFTER = re.compile(rf"(?:\s*{_MARKED}|(?:\n|[.!?;|]|--?|[–—])\s*[(]?{_LABELLED}[)]?|(?:\n|[.!?;|])\s*#\d{{3,}})\s*\.?\s*\Z", re.IGNORECASE)
_MAY_BE_ID = re.compile(r"[\d\[({<#]")
_RUN = re.compile(r"(.)\1+")
_DROPPED_MARKS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), 0x200D, ord("'"), ord("’")])
_TAIL_CHARS = 120


@dataclass(frozen=True, slots=True)
class Wording:
    """`words` are casefolded tokens in order, without marked ids at either end; `facts` are those that may differ in no two copies."""

    words: tuple[str, ...]
    facts: tuple[str, ...]
    distinct: frozenset[str]


def wording(masked_text: str) -> Wording:
    """The wording of a masked text; without words where the text is longer than `MAX_CHARS`."""
    if len(masked_text) > MAX_CHARS:
        return Wording((), (), frozenset())
    words = tuple(_TOKEN.findall(_folded(without_affixes(masked_text))))
    distinct = frozenset(words)
    facts = [word for word in words if states_fact(word) and not looks_like_id(word)] if _may_state_facts(distinct, masked_text) else []
    return Wording(words, tuple(sorted(facts)), distinct)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower().replace("'", "")
    return unicodedata.normalize("NFC", text).casefold().translate(_DROPPED_MARKS)


def _may_state_facts(distinct: frozenset[str], text: str) -> bool:
    """A cheap look that spares most texts a look at each word."""
    return _FACT.search(text) is not None or not NUMERALS.isdisjoint(distinct)


def without_affixes(text: str) -> str:
    """The text without the forwarding prefixes and marked ids at its ends; the text itself where nothing else is in it."""
    start = 0
    while match := _BEFORE.match(text, start):
        start = match.end()
    body = text[start:]
    while _MAY_BE_ID.search(body, max(0, len(body) - _TAIL_CHARS)) and (match := _AFTER.search(body, max(0, len(body) - _TAIL_CHARS))):
        body = body[: match.start()]
    return body if any(map(str.isalpha, body)) else text


@lru_cache(maxsize=CACHED)
def states_fact(word: str) -> bool:
    """Whether copies of a text can't differ in it: numbers and what bears one, currency, masked values, letters of spaceless scripts."""
    return word in NUMERALS or _FACT.search(word) is not None


def looks_like_id(word: str) -> bool:
    """Whether it may be an id that a system appended: five digits or more, eight signs of letters and digits, a masked value."""
    if word[0] == "[":
        return True
    digits = sum(map(str.isdigit, word))
    return word.isalnum() and (digits >= 5 or (len(word) >= 8 and 2 <= digits < len(word)))


def are_noise(words: Iterable[str]) -> bool:
    """Whether the words say nothing at the end or the beginning of a text: courtesies, ids with their labels."""
    kinds = [_noise(word) for word in words]
    return None not in kinds and any(kinds)


def _noise(word: str) -> bool | None:
    """True for what is noise by itself, False for what is noise beside it, None for all else."""
    if word in COURTESY or looks_like_id(word):
        return True
    return False if word in BESIDE_COURTESY or word in LABELS else None


@lru_cache(maxsize=CACHED)
def weight(word: str) -> float:
    """What it costs to leave the word out: nothing for emoji, little for words that name nothing."""
    if not any(map(str.isalnum, word)):
        return 0.0
    return 0.25 if word in STOP_WORDS else 1.0


def may_be_left_out(word: str) -> bool:
    """Whether a text without it still says the same."""
    return not (word in NEGATIONS or word in CONTRASTS or states_fact(word))


@lru_cache(maxsize=CACHED)
def is_misspelt(one: str, other: str) -> bool:
    """Whether the two are one word with a slip of the fingers: doubled or swapped letters, one letter off, two in a long word."""
    if not (one.isalpha() and other.isalpha()) or states_fact(one) or states_fact(other):
        return False
    shorter = min(len(one), len(other))
    distance = OSA.distance(one, other, score_cutoff=2 if shorter >= 8 else 1)
    is_swap = distance == 1 and sorted(one) == sorted(other)
    grammar = [word for word in (one, other) if word in _GRAMMAR]
    if len(grammar) == 2:
        return False
    if shorter >= 2 and _RUN.sub(r"\1", one) == _RUN.sub(r"\1", other):
        return True
    if grammar:
        return distance == 1 and _is_slip_of_grammar(grammar[0], len(one) == len(other) and not is_swap)
    if distance == 1:
        return is_swap or _is_slip(one, other, shorter)
    return distance == 2 and shorter >= 8 and one[0] == other[0]


def _is_slip_of_grammar(word: str, is_exchange: bool) -> bool:
    """Whether a word next to it that is none itself is a slip of it; an exchanged letter could undo a short negation."""
    return not is_exchange or word not in NEGATIONS or len(word) >= 5


def _is_slip(one: str, other: str, shorter: int) -> bool:
    """A letter more, less or another: not the first of a short word, which is more often another word."""
    if len(one) == len(other):
        return shorter >= (4 if one[0] == other[0] else 6)
    return shorter >= (3 if one[0] == other[0] else 4)
