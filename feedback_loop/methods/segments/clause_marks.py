"""Where a clause may begin within a sentence, and how its first words speak: with a subject of their own, or of what was named before.

Here: expressions and closed word lists of the languages that customers write most; what is done with them is `clauses` and `cutting`.
The rule that is easy to break: every expression looks at a bounded number of characters, so that a text costs no more than its length.
"""

from __future__ import annotations

import re


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("/"))


CONTRAST = _phrases("""
but / however / except / except for / unfortunately / sadly / only problem / the only problem / on the other hand / aber / jedoch /
allerdings / leider / nur dass / außer / mais / cependant / par contre / malheureusement / sauf / pero / sin embargo / lamentablemente /
desafortunadamente / excepto / mas / porém / entretanto / infelizmente / ma / però / tuttavia / purtroppo / tranne / maar / echter /
helaas / behalve / lekin / magar / tapi / tetapi / ama / fakat / но / однако / लेकिन / मगर / परन्तु / 但是 / 但 / 不过 / 可是 / 然而 /
しかし / 하지만 / 그런데
""")
CONCESSION = _phrases("""
whereas / although / though / even though / while / yet / obwohl / während / wohingegen / bien que / alors que / tandis que / aunque /
mientras que / embora / enquanto / anche se / mentre / hoewel / terwijl / хотя
""")
ADDITION = _phrases("""
also / and also / plus / moreover / furthermore / besides / additionally / in addition / apart from this / apart from that / on top of
this / on top of that / another issue / another problem / another thing / another bug / another point / one more thing / second issue /
second problem / secondly / thirdly / the other issue / the other problem / the other thing / separately / meanwhile / außerdem / zudem /
zusätzlich / ferner / und außerdem / und auch / des weiteren / ein weiteres problem / noch etwas / de plus / en plus / par ailleurs / et
aussi / un autre problème / autre chose / además / por otro lado / por otra parte / y también / otro problema / otra cosa / além disso / e
também / outro problema / outra coisa / inoltre / per di più / e anche / un altro problema / un'altra cosa / bovendien / daarnaast /
verder / en ook / een ander probleem / кроме того / а также / ayrıca / selain itu / 而且 / 另外 / 还有 / 此外 / また / さらに / 또한
""")
COORDINATION = _phrases("""
and / & / nor / und / et / y / e / en / ed / aur / и / а / ve / dan / और
""")

_AFTER_PAUSE = (CONTRAST | CONCESSION | ADDITION | COORDINATION) - _phrases("mas / ma / en / y")
_WITHOUT_PAUSE = _AFTER_PAUSE - ADDITION - _phrases(
    "while / mientras que / enquanto / mentre / terwijl / yet / ed / dan / ama / nur dass"
) | {phrase for phrase in ADDITION if phrase.split()[0] in {"and", "und", "et", "y", "e", "another", "second", "one", "otro", "outro"}}
"""Connectives that need no comma before them; the others are also other words of the same or another language."""


def _alternatives(words: frozenset[str]) -> str:
    """One expression for all words, longer ones first, gathered by their first letter."""
    letters = sorted({word[0] for word in words})
    rests = {letter: sorted((word[1:] for word in words if word[0] == letter), key=lambda rest: (-len(rest), rest)) for letter in letters}
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(map(re.escape, rests[letter]))})" for letter in letters)


_WIDE = frozenset(word for word in CONTRAST | ADDITION if word[0] > "\u3000")
_BEFORE_SUBJECT = (
    r"y(?=\s)(?!\sa\s)|en(?=\s(?:ik|mijn|het|de|jullie|er|uw|onze|niemand)\s)|ma(?=\s(?:il|la|lo|i|gli|le|non|quando|l['’]))"
    r"|mas(?=\s(?:a|o|os|as|não|nao|eu|quando|minha|meu)\s)"
)
"""Connectives of one language that are other words in another, told by the word behind them."""

BOUNDARY = re.compile(
    rf"(?P<pause>[,;，；、،]\s?|\.{{2,9}}\s?(?=[a-zà-ÿ])|…\s?(?=[a-zà-ÿ])|\s[-–—]{{1,3}}\s|[–—])"
    rf"(?:(?P<after>(?:{_alternatives(_AFTER_PAUSE)})(?!\w)|{_BEFORE_SUBJECT})|(?P<wide>{_alternatives(_WIDE)}))?"
    rf"|\s(?<!\ball\s)(?<!\bnothing\s)(?<!\banything\s)(?P<word>(?:{_alternatives(_WITHOUT_PAUSE)})(?!\w)|{_BEFORE_SUBJECT})"
)
"""A pause, a connective, or both, in a text in lower case; the clause begins with the connective, or after the pause."""

UNMARKED = re.compile(
    r" (?<=[a-zà-ÿ] )(?=[A-Z])(?=(?:The|This|That|These|My|Your|Our|It|They|We|You|There|How|What|Why|Please|Pls|Plz|Also|"
    r"Can|Do|Does|Now|Have|Needs|Makes|Works|Love|Ich|Mein|Meine|Bitte|Les?|Je|Mon|Ma|El|Los|Mi|Os|Meu|"
    r"Minha|Il|Het|De|Ik|Mijn) [a-zà-ÿ])"
)
"""A word that never is a name, written large after one written small: a sentence whose full stop was forgotten; ends before it."""

LAST_CONNECTIVE = re.compile(rf"(?<=\s)({_alternatives(_WITHOUT_PAUSE)})\s\Z")

SUBORDINATE = re.compile(
    r"(?:when(?:ever)?|if|once|after|before|as soon as|as|because|since|every ?time|each time|until|unless|while|despite|due to|"
    r"upon|in order to|to|instead of|wenn|falls|sobald|nachdem|bevor|seit|weil|da|quand|lorsque|si|après|avant|depuis|dès que|cuando|"
    r"después|antes|desde|porque|quando|se|depois|dopo|prima|da quando|als|wanneer|nadat|voordat|sinds|omdat|когда|если|после|जब|अगर)\b",
    re.IGNORECASE,
)
"""A sentence that begins so has its main clause after the first pause: no cut there."""

CONCESSIVE = re.compile(rf"(?:{_alternatives(CONCESSION)})\b", re.IGNORECASE)
"""A sentence that begins so contrasts its two clauses at the first pause."""

POINTS_BACK = re.compile(
    r"(?:(?:and|but|also|und|aber|et|mais|y|pero|e|mas|ma|en|maar)\s)?(?:"
    r"(?:because|then|hence|therefore|thus|otherwise|instead|it|it['’]s|its|they|they['’]re|he|she|which|"
    r"until|till|still|for example|as a result|"
    r"weil|denn|deshalb|daher|dann|(?:das|dies) (?:ist|war|geht|hat|wird|kann|passiert)|sonst|es|sie|"
    r"parce que|car|donc|ensuite|cela|ça|c['’]est|sinon|ils?|elles?|"
    r"así que|entonces|eso|esto|por eso|isso|então|por isso|ele|ela|perché|quindi|questo|anders|daarom|dus|het is|"
    r"потому|поэтому|это|因为|所以|だから)\b"
    r"|so\s(?!many|much|far|slow|bad|good)"
    r"|(?:this|that|these|those)\s(?:is|was|are|were|has|have|had|does|did|will|would|can|could|keeps?|happen\w*|makes?|made|means?|"
    r"only|also|really|issue|problem|error|bug|thing|happens|occurs?|needs?|should|time|way)\b(?!\s(?:app|application)\b))",
    re.IGNORECASE,
)
"""A clause that begins so speaks of what was named before."""

SPEAKER = re.compile(r"(?:i|i['’]\w{1,2}|we|we['’]\w{1,2}|you|ich|wir|man|je|nous|yo|eu|io|ik|wij|я)\s|j['’]", re.IGNORECASE)
"""A clause that begins so goes on about the one who writes."""

NEW_SUBJECT = re.compile(
    r"(?:(?:the|my|our|your|their|his|her|a|an|some|all|no|every|each|these|those|this|there|nobody|no one|everyone|"
    r"how|what|why|when|where|who|(?:is|are|was|can|could|do|does|did|will|would|has|have|should)\s"
    r"(?:i|we|you|there|it|this|that|the|my|your|any)|please|plz|pls|customer|support|"
    r"der|die|das|den|mein\w{0,2}|unser\w{0,2}|ihr\w{0,2}|ein\w{0,2}|kein\w{0,2}|niemand|wie|warum|wann|bitte|"
    r"le|la|les|un|une|mon|ma|mes|votre|vos|notre|on|il y a|personne|comment|pourquoi|"
    r"el|los|las|una|mi|mis|su|sus|tu|nadie|cómo|por qué|os|o|um|uma|meu|minha|meus|minhas|ninguém|como|"
    r"il|lo|gli|uno|mio|mia|nessuno|de|het|een|mijn|onze|uw|jullie|niemand|hoe|waarom|"
    r"mera|meri|mujhe|мой|моя|мне|मेरा|मेरी|मुझे)\s|l['’]|un['’]|c['’]era)",
    re.IGNORECASE,
)
"""A clause that begins so names its own subject, or asks or asks for something."""

UNSAID_SUBJECT = re.compile(
    r"(?:me|se|nos|mi (?:ha|hanno|avete)|ci|fui|foi|fue|está|están|no|não|non|ne|ho|tengo|tenho|han|ha|hay|há|c['’]è)\s", re.IGNORECASE
)
"""A clause that begins so needs no word for its subject, in languages that may leave it out."""

NAMED_AGAIN = re.compile(
    r"(?:the|this|that|these|those|der|die|das|dies\w{1,2}|le|la|les|cet|cette|ce|ces|el|los|las|est[eao]s?|il|lo|o|a|het|dat|deze)\s"
    r"(?P<thing>\w{3,30})",
    re.IGNORECASE,
)
"""A sentence that begins with a known thing: `the parcel`, where a parcel was named before."""

OPENS = re.compile(
    r"(?:help|hi|hello|hey|dear|greetings|good (?:morning|evening|afternoon|day)|hallo|guten (?:tag|morgen)|sehr geehrte|bonjour|"
    r"bonsoir|hola|buenos|buenas|ciao|olá|oi|bom dia|boa tarde|buongiorno|beste|geachte|namaste|здравствуйте|merhaba)\b",
    re.IGNORECASE,
)
"""Calls and greetings, which belong to what follows."""

WEAK_BOUNDARY = re.compile(
    r"(?<=[,;:，、；：] )|(?<=[，、；：])|(?<=\s)(?=(?:and|or|then|so|when|because|und|oder|et|ou|y|o|e|aur)\s)|(?<=[\u0e00-\u0eff] )",
    re.IGNORECASE,
)
"""Where an overlong unit may be cut; matches are empty."""
