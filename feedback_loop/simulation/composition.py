"""From reasons to write to the text of one message, with the truth of which part is about what.

Here: which sentences a message holds, in which order and how they are joined. What stands around them in mails and chats is in `letters`.
The rule that is easy to break: sentences are typed (slips, casing) before they are joined, so that the spans of the truth stay exact.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_loop.simulation.handwriting import emoji, write_down
from feedback_loop.simulation.phrasebook import Phrasebook
from feedback_loop.simulation.population import Customer
from feedback_loop.simulation.scenario import Scenario

# How much people say per channel: a factor on the chance of each optional sentence.
WORDINESS = {"app_review": 0.75, "survey": 0.6, "chat": 0.8, "ticket": 1.15, "email": 1.5, "call": 1.7}
# How often people name the matter in so many words, alone or before they go into it.
PLAIN_RATE = 0.4
PERSONAL_RATE = {"app_review": 0.02, "survey": 0.02, "chat": 0.25, "ticket": 0.42, "email": 0.4, "call": 0.5}
# How often a new line stands between two sentences; the transcript of a call has one per line.
LINE_BREAKS = {"call": 1.0, "chat": 0.55, "email": 0.12, "ticket": 0.08, "app_review": 0.03, "survey": 0.02}
# Where nobody is asked for anything.
ASKS_NOTHING = ("app_review", "survey")


@dataclass(frozen=True)
class Span:
    """Where a topic is spoken of: code points [start, end) of the message's text."""

    start: int
    end: int
    topic: str


@dataclass
class Draft:
    """A message being written: its text so far and the spans of its topics."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def add(self, piece: str, topic: str | None = None, gap: str = " ") -> None:
        """Append a piece; neighbouring pieces about one topic make one span."""
        if not piece:
            return
        written = len(self.text)
        start = written + (len(gap) if self.text else 0)
        self.text += (gap if self.text else "") + piece
        if topic is None:
            return
        if self.spans and self.spans[-1].topic == topic and self.spans[-1].end == written:
            start = self.spans.pop().start
        self.spans.append(Span(start, len(self.text), topic))


@dataclass(frozen=True)
class Voice:
    """Who speaks, in which language and channel, with which facts to fill in."""

    rng: random.Random
    book: Phrasebook
    facts: Mapping[str, str]
    person: Customer
    channel: str

    def typed(self, sentence: str, upset: bool = False) -> str:
        """The sentence as this person types it."""
        return write_down(self.rng, sentence, self.book.language, self.person.habits, upset)

    def chance(self, rate: float) -> bool:
        """Whether an optional sentence is said, more often where people say more."""
        return self.rng.random() < rate * WORDINESS[self.channel]

    def gap(self) -> str:
        """What stands between two sentences: chats and long messages break lines; who ends no sentence separates them otherwise."""
        if self.rng.random() < LINE_BREAKS[self.channel]:
            return "\n"
        return " " if self.person.habits.ends_sentences else self.rng.choice(["\n", "\n", " ", ", ", " - ", "  "])


def _sentences(voice: Voice, topic: str, details: list[str]) -> list[str]:
    said = [voice.book.about(voice.rng, topic, "symptoms", voice.facts)]
    if voice.rng.random() < PLAIN_RATE:
        headline = voice.book.about(voice.rng, topic, "plain", voice.facts)
        said = [headline, *said] if voice.chance(0.5) else [headline]
    elif voice.chance(0.16):
        said.append(voice.book.about(voice.rng, topic, "symptoms", voice.facts))
    if voice.chance(0.26):
        said.insert(voice.rng.randrange(2), voice.book.about(voice.rng, topic, "contexts", voice.facts))
    if details and voice.chance(0.27):
        said.append(voice.book.frame(voice.rng, voice.rng.choice(details), voice.facts))
    if voice.chance(0.33):
        said.append(voice.book.about(voice.rng, topic, "consequences", voice.facts))
    return list(dict.fromkeys(said))


def _joined(voice: Voice, sentences: list[str]) -> list[str]:
    """Now and then two sentences run into one another, as people write them."""
    if len(sentences) > 1 and not sentences[0].endswith("?") and voice.rng.random() < 0.3:
        return [sentences[0] + voice.rng.choice([", ", " - ", "... ", ", ", "; "]) + sentences[1], *sentences[2:]]
    return sentences


def _prefixed(voice: Voice, frame: str, sentence: str) -> str:
    opener = voice.book.frame(voice.rng, frame, voice.facts)
    return opener + (" " if opener.endswith("?") else voice.rng.choice([", ", ": ", " - ", ", ", "... "])) + sentence


def _turn(before: str, mood: str) -> str:
    """The frame that leads from one mood to another."""
    if (before == "good") == (mood == "good"):
        return "joiner"
    return "praise_joiner" if mood == "good" else "contrast_joiner"


def _speak(voice: Voice, draft: Draft, scenario: Scenario, topics: list[str]) -> None:
    moods = [scenario.topics[topic].mood for topic in topics]
    for place, (topic, mood) in enumerate(zip(topics, moods, strict=True)):
        sentences = _joined(voice, _sentences(voice, topic, scenario.topics[topic].details if place == 0 else []))
        if place == 0 and mood == "bad" and voice.chance(0.24):
            sentences[0] = _prefixed(voice, "opener", sentences[0])
        if place > 0 and voice.rng.random() < 0.7:
            sentences[0] = _prefixed(voice, _turn(moods[place - 1], mood), sentences[0])
        for sentence in sentences:
            draft.add(voice.typed(sentence, upset=mood == "bad"), topic, voice.gap())


def compose_body(voice: Voice, scenario: Scenario, topics: list[str]) -> Draft:
    """The words about the topics, feelings, personal details and a request, without what the channel puts around them."""
    draft = Draft()
    _speak(voice, draft, scenario, topics)
    mood = scenario.topics[topics[0]].mood
    if mood == "bad" and voice.chance(0.3):
        draft.add(voice.typed(voice.book.frame(voice.rng, "feeling", voice.facts), upset=True), None, voice.gap())
    if voice.rng.random() < PERSONAL_RATE[voice.channel] * (0.3 if mood == "good" else 1.0):
        draft.add(voice.typed(voice.book.frame(voice.rng, "personal", voice.facts)), None, voice.gap())
    if mood != "good" and voice.channel not in ASKS_NOTHING and voice.chance(0.35):
        draft.add(voice.typed(voice.book.frame(voice.rng, "ask", voice.facts)), None, voice.gap())
    draft.add(emoji(voice.rng, mood, voice.person.habits), None, "")
    return draft
