"""In which languages a classifier has shown that it can decide: counted on examples that it had not seen, never assumed.

Here: the count per language and the bound that follows. Which examples there are is in `taxonomy`; what happens to a language without
evidence is in `classify` (people get it, with the reason `language_unsupported`). The rule that is easy to break: a language with few
examples is not a good one because all few were right; the bound says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feedback_loop.methods.statistics.calibration import Flags
from feedback_loop.methods.statistics.share_bounds import lower_bound


@dataclass(frozen=True)
class LanguageEvidence:
    """What held-out examples of one language show: how many there were, how many would have been decided, and how many of those rightly."""

    language: str
    example_count: int
    decided_count: int
    right_count: int

    def precision_lower_bound(self, delta: float) -> float:
        """The share of right decisions that is undercut with probability `delta` at most; 0 where nothing would be decided."""
        return lower_bound(self.right_count, self.decided_count, delta)


def count_by_language(languages: Sequence[str], is_decided: Flags, is_correct: Flags) -> tuple[LanguageEvidence, ...]:
    """One count per language of the held-out examples, in alphabetical order."""
    rows = list(zip(languages, is_decided.tolist(), is_correct.tolist(), strict=True))
    return tuple(
        LanguageEvidence(
            language,
            sum(of == language for of, _, _ in rows),
            sum(of == language and decided for of, decided, _ in rows),
            sum(of == language and decided and correct for of, decided, correct in rows),
        )
        for language in sorted(set(languages))
    )


def shown(evidence: Collection[LanguageEvidence], least_precision: float, delta: float) -> frozenset[str]:
    """The languages whose decisions reach the least precision, but for a chance of `delta` each."""
    return frozenset(one.language for one in evidence if one.precision_lower_bound(delta) >= least_precision)
