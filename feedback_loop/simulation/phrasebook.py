"""What people say in one language: phrase data read from the package and expanded into sentences.

Here: reading `phrases/*.yaml` and the small grammar of its lines.
Not here: how sentences become a message (composition), how people type (handwriting).
Notation: `[a|b|]` is a choice, possibly of nothing; `{slot}` is a fact of the moment or else a line of the lexicon, expanded too.
The rule that is easy to break: a phrase that needs a fact that is unknown here (an empty string) is not said at all.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
SPACES = re.compile(r" {2,}")


@cache
def read_phrases(name: str) -> dict[str, Any]:
    """The content of one phrase file of the package."""
    text = resources.files("feedback_loop.simulation").joinpath(f"phrases/{name}.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.splitlines() if line.strip())


@dataclass(frozen=True)
class Phrasebook:
    """The phrases of one language: slot fillers, frames of messages, and per topic its plain names, symptoms, contexts and consequences."""

    language: str
    lexicon: Mapping[str, tuple[str, ...]]
    frames: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Mapping[str, tuple[str, ...]]]

    def expand(self, rng: random.Random, phrase: str, facts: Mapping[str, str]) -> str:
        """The phrase with every choice made and every slot filled; KeyError names a slot that nothing fills."""
        text = CHOICE.sub(lambda found: rng.choice(found[1].split("|")), phrase)

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            return facts[name] if name in facts else self.expand(rng, rng.choice(self.lexicon[name]), facts)

        return SPACES.sub(" ", SLOT.sub(fill, text)).strip()

    def _say(self, rng: random.Random, phrases: tuple[str, ...], facts: Mapping[str, str]) -> str:
        sayable = [phrase for phrase in phrases if all(facts.get(slot) != "" for slot in SLOT.findall(phrase))]
        return self.expand(rng, rng.choice(sayable), facts)

    def frame(self, rng: random.Random, name: str, facts: Mapping[str, str]) -> str:
        """One way to say a frame such as a greeting."""
        return self._say(rng, self.frames[name], facts)

    def about(self, rng: random.Random, topic: str, kind: str, facts: Mapping[str, str]) -> str:
        """One way to say something about a topic (`kind`: plain, symptoms, contexts, consequences)."""
        return self._say(rng, self.topics[topic][kind], facts)


@cache
def phrasebook(language: str) -> Phrasebook:
    """The phrasebook of a language (ISO 639-1) that ships with the package."""
    content = read_phrases(language)
    return Phrasebook(
        language,
        {name: _lines(block) for name, block in content["lexicon"].items()},
        {name: _lines(block) for name, block in content["frames"].items()},
        {topic: {kind: _lines(block) for kind, block in kinds.items()} for topic, kinds in content["topics"].items()},
    )
