"""What must hold of a model's wording of a message before a person is asked to approve it, and the facts that are filled in afterwards.

A model is shown lines with names in brackets and never a fact; the facts are put in here, so that each of them stands verbatim. The rule
that is easy to break: everything that is not letters, plain punctuation and our own names in brackets is refused, whatever it means. A
promise in a few plain words of a language that nobody listed would pass: that is what the approval by a person is for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from feedback_loop.contracts.loop_vocab import MessageKind
from feedback_loop.remediation.messages import FALLBACK, IssueFacts, lines_of, slots_of

MOST_GROWTH, ROOM_CHARS = 2, 40
"""A line may be so many times as long as ours, and a few characters on top; a promise beside the message does not fit."""

_VERBATIM = ("product", "version", "browser")
_DATES = {"began_on": "began_at", "fixed_on": "fixed_at"}
_NAME = re.compile(r"\[([a-z_]+)\]")
_PUNCTUATION = frozenset(".,;:!?¡¿'’\"„“”«»()-–、。，：；！？「」・ \u00a0\u202f")
_ADDRESS = re.compile(r"\w\.\w|www|http", re.IGNORECASE)
_PROMISES = re.compile(
    r"refund|compensat|guarant|promis|free of charge|discount|voucher|credit|reembols|descuento|garant|erstatt|gutschein|rabatt|rembours|"
    r"rimbors|sconto|buono|terugbeta|korting|vergoed|zwrot|rabat|återbetal|ersätt|refusjon|hyvity|vrácen|slev|возврат|компенсац|скидк|"
    r"гарант|返金|補償|退款|赔偿|환불|보상",
    re.IGNORECASE,
)


def lines_to_word(kind: MessageKind, facts: IssueFacts) -> list[str]:
    """The English lines of the message, with names in brackets for product, version, browser and dates."""
    known = slots_of(facts, FALLBACK)
    return lines_of(kind, {name: f"[{name}]" if name in _VERBATIM or name in _DATES else said for name, said in known.items()}, FALLBACK)


def worded_text(lines: Sequence[str], ours: Sequence[str], facts: IssueFacts, other_products: Sequence[str] = ()) -> str | None:
    """The model's lines with the facts filled in; None where a line adds, drops or changes anything that code can tell."""
    if len(lines) != len(ours) or not all(_is_faithful(line, own, other_products) for line, own in zip(lines, ours, strict=True)):
        return None
    values = _values(facts)
    return "\n".join(_NAME.sub(lambda name: values[name[1]], " ".join(line.split())) for line in lines)


def _values(facts: IssueFacts) -> Mapping[str, str]:
    """What stands for each name; days in the one form that is read alike in every language."""
    known = slots_of(facts, FALLBACK)
    days = {name: f"{getattr(facts, field):%Y-%m-%d}" for name, field in _DATES.items() if getattr(facts, field) is not None}
    return {name: known[name] for name in _VERBATIM if name in known} | days


def _is_faithful(line: str, ours: str, other_products: Sequence[str]) -> bool:
    plain, own = _NAME.sub("", line), _NAME.sub("", ours)
    return (
        Counter(_NAME.findall(line)) == Counter(_NAME.findall(ours))
        and all(_may_stand(sign) for sign in plain)
        and len(line) <= MOST_GROWTH * len(ours) + ROOM_CHARS
        and not _ADDRESS.search(plain)
        and (not _PROMISES.search(plain) or bool(_PROMISES.search(own)))
        and not any(name.casefold() in plain.casefold() for name in other_products if name)
    )


def _may_stand(sign: str) -> bool:
    """Letters and the marks that belong to them, and plain punctuation: no digit, no currency, no bracket, nothing invisible."""
    return sign in _PUNCTUATION or unicodedata.category(sign)[0] in "LM"
