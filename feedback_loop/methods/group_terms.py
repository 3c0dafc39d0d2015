"""Terms of groups: the words and word pairs that tell one group of texts from the others beside it.

Here: terms of a masked text, their class-based TF-IDF, the choice of two to four words. Phrases within one fragment are found in
`analysis/key_phrases`. The rule that is easy to break: scores are compared between groups of one call only, and ties are broken by the
alphabet, so a label never depends on the order of the texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.methods.stop_words import NEGATIONS, STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?;:,()\n]+")
_LONGEST = 24
_WORDS_PER_LABEL = 4
_TERMS_PER_LABEL = 3
_PAIR_BONUS = 1.5
_LEAST_SHARE = 0.08


def terms(masked_text: str) -> list[str]:
    """The distinct words and pairs of neighbouring words of the text, ascending, in lower case, without masks, numbers and stop words."""
    words = [w.replace("’", "'") for w in _WORD.findall(PLACEHOLDER.sub(".", masked_text).lower())]
    single = {w for w in words if _is_content(w)}
    pairs = {f"{a} {b}" for a, b in pairwise(words) if (_is_content(a) or a in NEGATIONS) and _is_content(b) and a != b}
    return sorted(single | pairs)


def _is_content(word: str) -> bool:
    return 2 < len(word) <= _LONGEST and word[0].isalpha() and word not in STOP_WORDS


def labels(texts_terms: Sequence[Iterable[str]], groups: Sequence[int] | npt.NDArray[np.int64], count: int) -> list[str]:
    """For each group 0..count-1 the two to four words that tell it from the rest; empty where its texts have no words of their own.

    Texts of group -1 belong to no group and only say what is common. Score: class-based TF-IDF (Grootendorst, BERTopic, arXiv 2203.05794)
    over the share of texts that use a term, so that one long text does not decide.
    """
    used: list[Counter[str]] = [Counter() for _ in range(count)]
    everywhere: Counter[str] = Counter()
    sizes = [0] * count
    for found, number in zip(texts_terms, groups, strict=True):
        everywhere.update(found)
        if number >= 0:
            used[number].update(found)
            sizes[number] += 1
    total = len(texts_terms)
    # Words that two texts share come first; where no two texts share any, words of single texts still tell the group from the others.
    return [
        _label(_scores(used[g], sizes[g], everywhere, total, least=max(2, _LEAST_SHARE * sizes[g])))
        or _label(_scores(used[g], sizes[g], everywhere, total, least=1))
        for g in range(count)
    ]


def _scores(used: Counter[str], size: int, everywhere: Counter[str], total: int, least: float) -> list[tuple[float, str]]:
    scored = (
        (-n / size * np.log1p(total / everywhere[term]) * np.sqrt(n / everywhere[term]) * (_PAIR_BONUS if " " in term else 1.0), term)
        for term, n in used.items()
        if n >= least
    )
    return sorted((round(float(score), 9), term) for score, term in scored)


def _label(ranked: list[tuple[float, str]]) -> str:
    chosen: list[str] = []
    for _, term in ranked:
        fresh = set(term.split()) - {w for t in chosen for w in t.split()}
        if len(fresh) == len(term.split()) and sum(len(t.split()) for t in chosen) + len(fresh) <= _WORDS_PER_LABEL:
            chosen.append(term)
        if len(chosen) == _TERMS_PER_LABEL:
            break
    return ", ".join(chosen)
