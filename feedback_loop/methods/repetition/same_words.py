"""Whether two texts are copies of one another: the same words in the same order but for slips, a few words left out, and noise at the ends.

Here: the comparison of two wordings. What their words weigh is `wording`, which texts are compared at all is `near_duplicates`. The rule
that is easy to break: another word in the place of a word is another fact ("login" for "checkout"), however alike the rest is; so the
share of common words alone never decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rapidfuzz.distance import LCSseq

from feedback_loop.methods.repetition.wording import Wording, are_noise, is_misspelt, looks_like_id, may_be_left_out, weight

MAX_GAP = 400
"""Pairs of words above which a stretch without a common word is another text, not a slip."""

MAX_LEFT_OUT = 0.2
"""What one text may lack of the other, as a share of the weight that both have."""

MAX_MISSPELT = 0.34
"""Words that are misspelt, as a share of those that both have."""

FEWEST_BESIDE_NOISE, FEWEST_LETTERS, FEWEST_LETTERS_OF_A_CUT = 8, 16, 28
"""Letters in common from which noise at the ends, slips and lost words are looked over: of two shorter texts that are nearly alike most
are two people's own words."""

Words = tuple[str, ...]
Gap = tuple[Words, Words]


def say_the_same(one: Wording, other: Wording) -> bool:
    """Whether the two are copies; the same whichever comes first."""
    if not _may_be_copies(one, other):
        return False
    shorter, longer = sorted((one.words, other.words), key=lambda words: (len(words), words))
    if shorter == longer:
        return True
    gaps = _aligned(shorter, longer)
    difference = _Difference()
    last = len(gaps) - 1
    return all(difference.takes(gap, n == 0, n == last) for n, gap in enumerate(gaps)) and difference.is_small(shorter, gaps)


def _may_be_copies(one: Wording, other: Wording) -> bool:
    """A cheap look at their facts and their sets of words, which no pair of copies fails."""
    if one.facts != other.facts:
        return False
    fewest = min(len(one.distinct), len(other.distinct))
    return 2 * len(one.distinct & other.distinct) >= fewest > 0


def _aligned(shorter: Words, longer: Words) -> list[Gap]:
    """What stands before, between and after the longest common run of words; neighbouring common words leave no gap but at the ends."""
    blocks = LCSseq.opcodes(shorter, longer)
    same = [op for op in blocks if op.tag == "equal"]
    ends = [(0, 0), *((op.src_end, op.dest_end) for op in same)]
    starts = [*((op.src_start, op.dest_start) for op in same), (len(shorter), len(longer))]
    return [(shorter[i:k], longer[j:m]) for (i, j), (k, m) in zip(ends, starts, strict=True)]


@dataclass(slots=True)
class _Difference:
    """What two texts differ in, as far as they were compared."""

    left_out: float = 0.0
    sides: set[bool] = field(default_factory=set)
    misspelt: int = 0
    slipped: float = 0.0
    letters: int = 0

    def takes(self, gap: Gap, is_first: bool, is_last: bool) -> bool:
        """Whether the two may still be copies with this gap between them, which is counted."""
        if not gap[0] and not gap[1]:
            return True
        if "".join(gap[0]) == "".join(gap[1]):
            self.misspelt += 1
            self.letters += sum(map(len, gap[0]))
            return True
        slips, rest = _slips(*gap)
        self.letters += sum(map(len, slips))
        self.misspelt += len(slips)
        self.slipped += sum(weight(word) for word in slips)
        last = len(rest) - 1
        return all(self._takes_rest(*part, (is_first and n == 0) or (is_last and n == last)) for n, part in enumerate(rest))

    def _takes_rest(self, one: Words, other: Words, at_end: bool) -> bool:
        if one and other:
            if at_end and are_noise(one) and are_noise(other) and not (any(map(looks_like_id, one)) and any(map(looks_like_id, other))):
                return True
            self.misspelt += 1
            return is_misspelt("".join(one), "".join(other)) or "".join(one) == "".join(other)
        words = one or other
        if not words or (at_end and are_noise(words)):
            return True
        self.left_out += sum(map(weight, words))
        self.sides.add(bool(one))
        return all(map(may_be_left_out, words))

    def is_small(self, shorter: Words, gaps: list[Gap]) -> bool:
        """Whether enough is the same for what differs."""
        missing = [word for gap in gaps for word in gap[0]]
        letters, words = sum(map(len, shorter)) - sum(map(len, missing)) + self.letters, len(shorter) - len(missing)
        if not self.sides and not self.misspelt:
            return words >= 2 and letters >= FEWEST_BESIDE_NOISE
        common = sum(map(weight, shorter)) - sum(map(weight, missing)) + self.slipped
        return (
            letters >= (FEWEST_LETTERS_OF_A_CUT if self.sides else FEWEST_LETTERS)
            and len(self.sides) < 2
            and self.left_out <= MAX_LEFT_OUT * common
            and self.misspelt <= MAX_MISSPELT * (words + self.misspelt)
        )


def _slips(one: Words, other: Words) -> tuple[Words, list[Gap]]:
    """The words of `one` that `other` has misspelt, in order, and what stands before, between and after them."""
    if not one or not other:
        return (), [(one, other)]
    if len(one) * len(other) > MAX_GAP:
        return (), [(one, other)]
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    alike = [[is_misspelt(a, b) for b in other] for a in one]
    for i in range(len(one) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + 1 if alike[i][j] else 0)
    return _walked(one, other, best, alike)


def _walked(one: Words, other: Words, best: list[list[int]], alike: list[list[bool]]) -> tuple[Words, list[Gap]]:
    i = j = start_i = start_j = 0
    slips: list[str] = []
    rest: list[Gap] = []
    while i < len(one) and j < len(other):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + 1:
            slips.append(one[i])
            rest.append((one[start_i:i], other[start_j:j]))
            i, j = i + 1, j + 1
            start_i, start_j = i, j
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return tuple(slips), [*rest, (one[start_i:], other[start_j:])]
