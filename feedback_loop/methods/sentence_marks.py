"""What ends a sentence, joins two clauses, points back or merely exclaims, in the languages that customers write most.

Here: expressions and closed word lists; what is done with them is `segmentation`. The rule that is easy to break: a list holds words of the
language at large, never names or topics of some data at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\ufe0f\u200d\U0001f000-\U0001faff"
_CLOSING = f"\"'”’»)\\]}}*{_EMOJI}"
_WIDE_STOPS = "。！？｡．…‼⁉⁇⁈"
_STOPS = f"!?{_WIDE_STOPS}।॥؟۔።"
_BULLET = r"(?:[-*+•▪◦‣·●○■□➢➤→✓✔]|\(?\d{1,2}[.)](?!\d)|\(?[a-h]\))"

_ABBREVIATIONS = re.findall(
    r"\S+",
    r"mr ms dr st mrs prof no nr vs eg ie e\.g i\.e approx rs inc ltd corp fig ver acc acct z\.b bzw usw ca d\.h u\.a sr sra mme "
    r"p\.ej ex tel min max "
    r"a\.m p\.m u\.s u\.k",
)
_NO_ABBREVIATION = "".join(rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS) + r"(?<![.\s][^\W\d_]\.)(?<!\A[^\W\d_]\.)"

_URL = re.compile(r"(?:https?://|www\.)\S+")
_SENTENCE_END = re.compile(
    rf"[{_STOPS}][.{_STOPS}]*[{_CLOSING}]*"  # stops that need no blank after them
    rf"|\.(?i:{_NO_ABBREVIATION})\.*[{_CLOSING}]*(?=\s|\Z)"  # a full stop before a blank
    rf"|(?<=[a-z\u00df-\u00ff]{{3}})\.(?=[A-Z][a-z])"  # a blank forgotten: `crashes.Please`
    rf"|\.{{2,}}(?=[^\W\d_])"  # dots instead of a blank: `crashes...please`
    rf"|[{_EMOJI}]+(?=\s+[^\W\d_])"  # emoji instead of a full stop
    rf"|(?P<newline>\n+)(?P<bullet>\s*{_BULLET}\s)?"
    rf"|(?P<item>(?<=\s)(?=(?:\(?[1-9]\d?[.)]|[•▪◦‣●➢➤])\s*[^\W\d_]))"  # a list within a line
)
_LIST_NUMBER_BEFORE = re.compile(r"(?:\A|\s)\(?\d{1,2}[.)]+\Z")
_LIST_SIGNS = (re.compile(r"(?:\A|\s)\(?1[.)]"), re.compile(r"\s\(?2[.)]"))
_INLINE_BULLET = re.compile("[•▪◦‣●➢➤]")
_WRAP_CHARS = 50
_LOOK_BACK_CHARS = 6

_CONTRAST = (
    "but|however|whereas|on the other hand|aber|jedoch|allerdings|mais|cependant|par contre|pero|sin embargo|porém|maar|lekin|"
    "magar|tapi|tetapi|"
    "लेकिन|मगर|परन्तु|но|однако"
)
_ADDITION = (
    "also|and also|plus|moreover|furthermore|besides|additionally|in addition|apart from (?:this|that)|on top of (?:this|that)|"
    "another|secondly|thirdly|"
    "the other (?:issue|problem|thing)|meanwhile|außerdem|zudem|zusätzlich|ferner|und (?:auch|außerdem)|ein weiteres|de plus|en "
    "plus|par ailleurs|et aussi|"
    "un autre|además|por otro lado|y también|otro problema|otra cosa|além disso|e também|outro problema|inoltre|bovendien|"
    "daarnaast|aur|кроме того|также|ayrıca|selain itu"
)
_NEW_SUBJECT = "the|my|your|when|there|support|customer|please|die|der|das|mein|le|la|les|mon|ma|el|los|las|mi|tu"
CONNECTIVE = re.compile(
    rf"(?<=\s)(?=(?:(?P<contrast>{_CONTRAST})|and also|another (?:issue|problem|thing|bug|point)|second (?:issue|problem|thing))\b)"
    rf"|(?<=[,;] )(?=(?:{_ADDITION})\b|(?:and|und|et|y|e) (?:{_NEW_SUBJECT})\b)",
    re.IGNORECASE,
)
"""Where a clause begins that contrasts with the one before or adds to it; matches are empty."""

PRAISE = re.compile(
    r"(?<!not )(?<!n['’]t )\b(?:good|great|nice|love|loved|like|excellent|awesome|amazing|best|easy|helpful|friendly|fast|"
    r"perfect|useful|wonderful|fantastic|smooth|works? (?:well|fine)|"
    r"gut|super|toll|schön|freundlich|hilfreich|einfach|bon|bonne|bien|facile|excellente?|bueno|buena|fácil|rápid[oa]|excelente|"
    r"ótimo|bom|boa|accha|achha|अच्छा|अच्छी|хорош\w*|отличн\w*)\b",
    re.IGNORECASE,
)
"""Words of approval: a contrast parts two units where one side approves and the other does not."""

OPENS = re.compile(
    r"(?:help|hi|hello|hey|dear|greetings|hallo|guten (?:tag|morgen)|sehr geehrte|bonjour|hola|ciao|olá|buongiorno|namaste)\b",
    re.IGNORECASE,
)
"""Calls and greetings, which belong to what follows."""

WEAK_BOUNDARY = re.compile(
    r"(?<=[,;:，、；：] )|(?<=[，、；：])|(?<=\s)(?=(?:and|or|then|so|when|because|und|oder|et|ou|y|o|e|aur)\s)|(?<=[\u0e00-\u0eff] )",
    re.IGNORECASE,
)
"""Where an overlong unit may be cut; matches are empty."""

POINTS_BACK = re.compile(
    r"(?:because|since|so|then|hence|therefore|thus|otherwise|instead|it|its|it['’]s|this|that|these|those|they|he|she|which|who|"
    r"until|till|even|still|for example|"
    r"weil|denn|deshalb|daher|dann|das|dies(?:es|er)?|es|sie|parce que|car|donc|ensuite|cela|ça|c['’]est|ils?|elles?|porque|así "
    r"que|entonces|eso|esto|perché|quindi|"
    r"потому|поэтому|это)\b",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SPACELESS_CHARS_PER_WORD = 2
_FILLERS = frozenset(
    re.findall(
        r"\S+",
        "a an the this that it its is are was be so very too really just ever never always all i me my you your u we us our and or "
        "of for to in on with at as by "
        "app apps application software product service thing one worst best bad good great nice super awesome excellent amazing poor "
        "terrible horrible pathetic useless "
        "rubbish trash garbage love loved hate like liked ok okay wow omg lol fine perfect cool happy sad angry disappointed "
        "disappointing frustrating annoying waste fake scam fraud "
        "please pls plz kindly fix solve help do something it's asap soon now urgent urgently immediately sir madam mam team dear hi "
        "hello hey thanks thank thankyou thx regards "
        "sorry bro guys stars star rating review download install uninstall dont don't not no yes wtf hell fuck fucking shit damn "
        "die der das ein eine ist sehr so gut schlecht toll super bitte danke hallo schlechteste beste nie wieder app le la les un "
        "une est très bon bonne mauvais nul merci "
        "bonjour svp el los una es muy bueno buena malo mala gracias hola por favor peor mejor o os um uma é muito bom boa ruim "
        "obrigado ola il molto buono grazie ciao "
        "bahut accha acha bekar bakwas hai",
    )
)


def sentence_ends(text: str) -> Iterator[int]:
    """The offsets after which a new sentence, line or list item begins."""
    links = [match.span() for match in _URL.finditer(text)] if "http" in text or "www." in text else []
    is_list = bool(_INLINE_BULLET.search(text)) or all(sign.search(text) for sign in _LIST_SIGNS)
    for match in _SENTENCE_END.finditer(text):
        cut = match.end("newline") if match["newline"] else match.end()
        if any(start < match.start() and cut < end for start, end in links):
            continue
        if match["newline"] and not match["bullet"] and _is_wrapped(text, match):
            continue
        if match["item"] is not None and not is_list:
            continue
        if _LIST_NUMBER_BEFORE.search(text[max(0, cut - _LOOK_BACK_CHARS) : cut]) and match["newline"] is None and match["item"] is None:
            continue
        yield cut


def word_count(text: str) -> int:
    """Words; where a script writes none apart, two characters count as one."""
    spaceless = len(_SPACELESS.findall(text)) if not text.isascii() else 0
    if not spaceless:
        return len(_WORD.findall(text))
    return len(_WORD.findall(_SPACELESS.sub(" ", text))) + -(-spaceless // _SPACELESS_CHARS_PER_WORD)


def content_words(text: str) -> int:
    """Words that say something: neither grammar, praise, blame, greeting nor plea."""
    return word_count(text) - sum(word.lower() in _FILLERS for word in _WORD.findall(text))


def is_heading(text: str) -> bool:
    """Whether the text announces what follows."""
    return text.endswith((":", "："))


def _is_wrapped(text: str, newline: re.Match[str]) -> bool:
    """Whether a line only ran full: it is long, does not end a sentence, and the next goes on in lower case."""
    start = text.rfind("\n", 0, newline.start()) + 1
    before, after = text[newline.start() - 1 : newline.start()], text[newline.end() : newline.end() + 1]
    return newline["newline"] == "\n" and newline.start() - start >= _WRAP_CHARS and before not in set(f".:{_STOPS}") and after.islower()
