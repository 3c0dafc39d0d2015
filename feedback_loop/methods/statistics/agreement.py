"""How far people who label the same things agree, beyond what chance would let them.

Krippendorff's alpha for nominal data with any number of people and any gaps (Krippendorff 2011, "Computing Krippendorff's
Alpha-Reliability"), our own because the package of that name is GPL. The rule that is easy to break: what only one person labelled says
nothing about agreement and is left out, also of the expected disagreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def nominal_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """1 for perfect agreement, 0 for that of chance, below for less; each unit is what people said of one thing, gaps left out.

    None where it is not defined: no values that can be paired, or one value alone.
    """
    pairable = [Counter(said) for said in units if len(said) > 1]
    totals = sum(pairable, Counter[Hashable]())
    count = totals.total()
    expected = count * count - sum(n * n for n in totals.values())
    if not expected:
        return None
    observed = sum((said.total() ** 2 - sum(n * n for n in said.values())) / (said.total() - 1) for said in pairable)
    return 1 - (count - 1) * observed / expected
