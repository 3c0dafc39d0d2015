"""How a person types a sentence: slips of the keyboard, shorthand, casing, punctuation and emoji.

Here: what happens to finished sentences. Their words come from `phrasebook`.
The rule that is easy to break: a word with a digit, an @ or another sign inside gets no slip, so that codes and addresses stay whole.
"""

from __future__ import annotations

import random
import re
from functools import cache

from feedback_loop.simulation.phrasebook import read_phrases
from feedback_loop.simulation.population import Habits

LETTERS = re.compile(r"(?<![\w@./#{-])[^\W\d_]{4,}(?![\w@/]|[.-]\w)")
ENDS = (".", "!", "?", "…", ":")


@cache
def neighbours(language: str) -> dict[str, str]:
    """The keys left and right of each key, and those above and below it."""
    rows = read_phrases("handwriting")["rows"][language]
    near: dict[str, str] = {}
    for depth, row in enumerate(rows):
        for place, key in enumerate(row):
            beside = [row[at] for at in (place - 1, place + 1) if 0 <= at < len(row)]
            around = [rows[other][place] for other in (depth - 1, depth + 1) if 0 <= other < len(rows) and place < len(rows[other])]
            near[key] = "".join(beside + around)
    return near


def slip(rng: random.Random, word: str, language: str) -> str:
    """The word with one slip after its first letter: a neighbouring key, a swap, a letter lost or doubled."""
    at = rng.randrange(1, len(word) - 1)
    letter, following = word[at], word[at + 1]
    wrong = rng.choice(neighbours(language).get(letter.lower(), letter))
    swapped = word[:at] + following + letter + word[at + 2 :]
    return rng.choice([swapped, *(word[:at] + typed + word[at + 1 :] for typed in (wrong, wrong, "", letter * 2))])


def _shorten(rng: random.Random, text: str, language: str) -> str:
    short = read_phrases("handwriting")["shorthand"][language]
    return " ".join(short[word] if word in short and rng.random() < 0.6 else word for word in text.split(" "))


def _bare(text: str, language: str) -> str:
    return text.translate(str.maketrans(read_phrases("handwriting")["bare"][language]))


def _cased(rng: random.Random, text: str, casing: str) -> str:
    if casing == "lower":
        return text.lower()
    if casing == "shouting":
        return text.upper()
    text = text[:1].upper() + text[1:]
    if casing == "random_shouting":
        return LETTERS.sub(lambda found: found[0].upper() if rng.random() < 0.12 else found[0], text)
    return text


def _ended(rng: random.Random, text: str, habits: Habits, upset: bool) -> str:
    if text.endswith(ENDS):
        return text if habits.ends_sentences or rng.random() < 0.5 else text.rstrip(".?")
    if not habits.ends_sentences:
        return text
    return text + rng.choices([".", "!", "...", "!!!"], weights=[70, 22 if upset else 8, 6, 4 if upset else 1])[0]


def write_down(rng: random.Random, sentence: str, language: str, habits: Habits, upset: bool) -> str:
    """The sentence as this person would type it."""
    text = _shorten(rng, sentence, language) if habits.shortens else sentence
    text = LETTERS.sub(lambda found: slip(rng, found[0], language) if rng.random() < habits.typo_rate else found[0], text)
    text = _bare(text, language) if habits.drops_accents else text
    return _ended(rng, _cased(rng, text, habits.casing), habits, upset)


def emoji(rng: random.Random, mood: str, habits: Habits) -> str:
    """An emoji or two for the end of a message, or nothing."""
    if rng.random() >= habits.emoji_rate:
        return ""
    sign: str = rng.choice(read_phrases("handwriting")["emoji"][mood])
    return " " * rng.randrange(2) + sign * rng.choice([1, 1, 1, 2, 3])
