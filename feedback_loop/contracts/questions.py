"""What a language model is asked and what it gives back, as plain values: a question, and the reply to it.

Here: the shapes that prompts, the port `TextModel` and workflows share. How a question is worded is `analysis/prompts`; who answers is in
`adapters/llm`. The rule that is easy to break: a question names the hashes of every text in it, so that its answer can be forgotten with
any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import ModelStage, UnansweredReason


@dataclass(frozen=True)
class Question:
    """One prompt with the form that its answer must have; `text_hashes` are those of its masked texts, as `silver_fragment` has them."""

    stage: ModelStage
    prompt_version: str
    instructions: str
    content: str
    answer_type: type[BaseModel] = field(compare=False)
    most_answer_tokens: int
    text_hashes: tuple[str, ...]

    @property
    def request_hash(self) -> str:
        """A hash of all that the model is told: the same words to the same model need no second answer."""
        return content_hash("\0".join((self.prompt_version, self.instructions, self.content)))


@dataclass(frozen=True)
class Reply:
    """Either an answer of the question's type, or the reason why there is none that can be used."""

    answer: BaseModel | None
    reason: UnansweredReason | None = None
    is_remembered: bool = False
    """Whether it was known before, so that nothing was asked and nothing paid."""


def unanswered(reason: UnansweredReason) -> Reply:
    """The reply that there is no answer."""
    return Reply(None, reason)
