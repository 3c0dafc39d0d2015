"""Copies of texts as systems and people make them, and texts that look like copies but say something else, at a pinned seed.

Here: the generators and the public texts that they start from. What is measured with them is `near_duplicates`.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

from feedback_loop_tests.real_reviews import FOLDER

DATA: Path = FOLDER.parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Change = Callable[[str, random.Random], str]


def reviews() -> list[str]:
    """The distinct review texts of all products."""
    return _distinct([row["content"] for path in sorted(FOLDER.glob("*.csv")) for row in _rows(path)])


def questions() -> list[str]:
    """The distinct customer questions of banking77."""
    return _distinct([row["text"] for row in _rows(DATA / "banking77" / "train.csv")])


def bug_reports() -> list[dict[str, str]]:
    """The Hadoop bug reports with their columns."""
    return _rows(DATA / "bug_duplicates" / "hadoop_bugs.csv")


def annotated_pairs() -> set[frozenset[str]]:
    """The ids of two reports that people called duplicates."""
    rows = _rows(DATA / "bug_duplicates" / "hadoop_duplicate_pairs.csv")
    return {frozenset((row["Issue id"], row["Duplicate id"])) for row in rows}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _distinct(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def with_typos(text: str, rng: random.Random) -> str:
    """A slip (swapped, lost, other or doubled letter) for every forty signs, one at least."""
    signs = list(text)
    for _ in range(max(1, len(text) // 40)):
        places = [n for n, sign in enumerate(signs) if sign.isalpha()]
        place = rng.choice(places)
        kind = rng.randrange(4)
        if kind == 0 and place + 1 < len(signs):
            signs[place], signs[place + 1] = signs[place + 1], signs[place]
        elif kind == 1:
            del signs[place]
        elif kind == 2:
            signs[place] = rng.choice(LETTERS)
        else:
            signs.insert(place, signs[place])
    return "".join(signs)


def with_affix(text: str, rng: random.Random) -> str:
    """What mail programs and polite people put around it."""
    affixes = ("Fwd: {}", "RE: {}", "Hi team, {}", "Hello, {} Regards", "{}\nSent from my iPhone", "{} Thanks!", "{} please help")
    return rng.choice(affixes).replace("{}", text)


def with_id(text: str, rng: random.Random) -> str:
    """What ticket systems append to it."""
    number, sign = rng.randrange(10_000, 999_999), f"{rng.randrange(16**8):08x}"
    forms = (
        f"{{}} [#{number}]",
        f"[Ticket {number}] {{}}",
        f"{{}} (ref {number})",
        f"{{}} {number}",
        f"{{}}\nCase ID: {sign}",
        f"{{}} - ref:{number}",
    )
    return rng.choice(forms).replace("{}", text)


def with_words_dropped(text: str, rng: random.Random) -> str:
    """One word in ten lost, one at least, whatever it says."""
    words = text.split()
    for _ in range(max(1, len(words) // 10)):
        del words[rng.randrange(len(words))]
    return " ".join(words)


def with_all(text: str, rng: random.Random) -> str:
    """Slips within, courtesies around it and an id behind."""
    return with_id(with_affix(with_typos(text, rng), rng), rng)


COPIES: dict[str, Change] = {
    "typos": with_typos, "affixes": with_affix, "ids": with_id, "drops": with_words_dropped, "typos, affix and id": with_all,
}  # fmt: skip


def of_other_number(text: str, rng: random.Random) -> str:
    """The same with another digit; a template with one where it has no number."""
    digits = [match.start() for match in re.finditer(r"\d", text)]
    if not digits:
        return text
    place = rng.choice(digits)
    return f"{text[:place]}{(int(text[place]) + rng.randrange(1, 10)) % 10}{text[place + 1 :]}"


def negated(text: str, rng: random.Random) -> str:
    """The same with "not" in it, or without the one that it has."""
    if re.search(r"\bnot\b", text):
        return re.sub(r"\s*\bnot\b", "", text, count=1)
    words = text.split()
    words.insert(rng.randrange(1, len(words)), "not")
    return " ".join(words)


def of_other_word(text: str, rng: random.Random) -> str:
    """The same about another thing: one of its longer words is that of another text."""
    words = text.split()
    places = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return text
    place = rng.choice(places)
    words[place] = rng.choice([thing for thing in THINGS if thing != words[place].lower()])
    return " ".join(words)


THINGS = ("checkout", "login", "refund", "invoice", "search", "wallet", "settings", "delivery", "voucher", "camera", "printer", "calendar")

TEMPLATES = (
    "order {n} is late and nobody answers my mails about it",
    "since version {d}.{e} the app closes when i open my account",
    "payment fails with error E{n} whenever i try to check out",
    "i was charged ${n}.{e} for something that i never ordered",
    "the statement of {e}/0{d}/2024 is missing from my account page",
    "my train ticket {n} was never refunded though you promised it",
)


def of_templates(count: int, rng: random.Random) -> list[str]:
    """Distinct texts of one shape that name other orders, versions, errors, amounts and dates."""
    made: dict[str, None] = {}
    while len(made) < count:
        made[rng.choice(TEMPLATES).format(n=rng.randrange(100, 99_999), d=rng.randrange(1, 10), e=rng.randrange(10, 28))] = None
    return list(made)


OTHERS: dict[str, Change] = {"another number": of_other_number, "negation": negated, "another word": of_other_word}
