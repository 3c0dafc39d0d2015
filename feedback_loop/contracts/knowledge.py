"""What retrieval from governed documents is asked and what it gives back, as plain values: passages, who reads, what was found and why.

Here: the shapes that the pure rules, the port `PassageIndex` and workflows share. Which documents may ground anything is
`methods/retrieval/governed.py`. The rule that is easy to break: a passage's text is data for people and models, never an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from feedback_loop.contracts.loop_vocab import DocumentKind

Numbers = npt.NDArray[np.int64]

NEAR_ENOUGH = 0.25
"""Cosine from which on two texts are taken to be about one thing; set by hand, and measured by benchmarks/retrieval.py."""

PUBLIC, STAFF = "public", "staff"
"""Audiences that are no roles: everybody, customers too; and whoever may read this platform's tables."""


class DocumentStatus(StrEnum):
    """What the owner of a document says of it."""

    APPROVED = "approved"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


class DocumentStanding(StrEnum):
    """Whether one version of a document may ground anything at an instant, and why not; the first that holds is named."""

    IN_FORCE = "in_force"
    OLDER_VERSION = "older_version"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"
    SUPERSEDED = "superseded"
    NOT_YET_VALID = "not_yet_valid"
    UNDATED = "undated"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Passage:
    """A part of one version of one document: what stands below one heading, or some paragraphs of it."""

    passage_id: str
    document_id: str
    document_version: str
    title: str
    heading: str
    """The headings above it, outermost first, joined by ` › `; empty at the top of a document."""
    text: str

    @property
    def indexed_text(self) -> str:
        """What a search looks at: a passage is found by the title and headings above it, too."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)


class Occurrences(NamedTuple):
    """Where one term of a question stands: numbers of passages, ascending and without repetition, and how often it stands in each."""

    word: str
    """The word of the question from which the term comes."""
    numbers: Numbers
    counts: Numbers


@dataclass(frozen=True)
class IndexedPassages:
    """Passages as an index holds them, by ascending number: lengths in terms, and vectors of unit length, float32 [n, d]."""

    numbers: Numbers
    passages: tuple[Passage, ...]
    content_keys: tuple[str, ...]
    lengths: Numbers
    vectors: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Reader:
    """For whom and as of when something is looked for; without a product in the documents of all products."""

    as_of: datetime
    roles: frozenset[str] = field(default_factory=frozenset)
    product: str | None = None

    @property
    def audiences(self) -> frozenset[str]:
        """Every audience that the reader belongs to."""
        return self.roles | {PUBLIC, STAFF}


@dataclass(frozen=True)
class IssueWords:
    """What is known of an issue and its likely causes, in words to look documents up by; quotations of customers may be among them."""

    product: str
    issue_class: str | None = None
    symptoms: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def facets(self) -> tuple[str, ...]:
        """The class, each symptom and each cause as a text of its own."""
        named = "" if self.issue_class is None else self.issue_class.replace("_", " ")
        return tuple(text for text in (named, *self.symptoms, *self.causes) if text.strip())


@dataclass(frozen=True)
class FoundPassage:
    """A passage that a reader may see, and why it was found; ranks begin with 1 and are None where that list does not hold it."""

    passage: Passage
    document_kind: DocumentKind
    owner: str
    valid_until_at: datetime
    fused_score: float
    word_rank: int | None
    meaning_rank: int | None
    matched_words: tuple[str, ...]
    """Words of the question that the passage holds, as the question spells them, the rarest first."""
    nearness_score: float = 0.0
    """The cosine of the passage with the nearest part of the question, 0 to 1; 0 also where no vectors were compared."""

    @property
    def speaks_of_it(self) -> bool:
        """Whether it is near enough in meaning, or holds two words of the question: one is mostly chance. Otherwise it is only a result."""
        return self.nearness_score >= NEAR_ENOUGH or len(self.matched_words) > 1

    @property
    def why(self) -> str:
        """Why it was found, in one line for people."""
        parts = [f"holds {', '.join(self.matched_words)}"] if self.matched_words else []
        parts += [f"place {self.word_rank} by words"] if self.word_rank else []
        parts += [f"place {self.meaning_rank} by meaning"] if self.meaning_rank else []
        return " · ".join(parts)
