"""Words that an alert's complaints share with the description of a change, more often than the other records of the time do.

Only words of the description are ever given back, never a customer's own. The rule that is easy to break: a word counts where complaints
use it more than the other records beside them; a word that everybody uses says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.methods.group_terms import terms
from feedback_loop.methods.statistics.count_models import higher_share_p_value

SIGNIFICANCE = 0.01
"""Highest p-value of a word, after Bonferroni over the words of its description."""

FEWEST_RECORDS = 3
"""Complaints that have to use a word."""

_SHOWN = 3


@dataclass(frozen=True)
class _Used:
    """How many complaints and how many other records use each word."""

    by_complaints: Counter[str]
    by_others: Counter[str]
    complaints: int
    others: int


@dataclass
class SharedWords:
    """The texts of all records; the words of a record are computed when first asked for."""

    texts: dict[str, str]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, fragments: pl.DataFrame) -> SharedWords:
        """The masked texts of the fragments, joined by record."""
        joined = fragments.sort("fragment_id").group_by("record_id").agg(pl.col("masked_text").str.join("\n"))
        return cls(dict(joined.iter_rows()))

    def shared(self, symptom: Symptom, descriptions: Sequence[str]) -> list[list[str]]:
        """For each description up to three of its words, ascending, that the complaints since the onset use more than the other records."""
        used = self._used(symptom)
        return [_shared(sorted(w for w in terms(text.replace("-", " ")) if " " not in w), used) for text in descriptions]

    def _used(self, symptom: Symptom) -> _Used:
        history = symptom.alert.history
        records = history.between(symptom.onset, symptom.end)
        complains = symptom.alert.complains(records)
        by_complaints, by_others = (
            Counter(word for n in part for word in self._words(history.record_ids[n])) for part in (records[complains], records[~complains])
        )
        return _Used(by_complaints, by_others, int(complains.sum()), int((~complains).sum()))

    def _words(self, record_id: str) -> frozenset[str]:
        if record_id not in self.known:
            self.known[record_id] = frozenset(terms(self.texts.get(record_id, "")))
        return self.known[record_id]


def _shared(wanted: list[str], used: _Used) -> list[str]:
    found = []
    for word in wanted:
        count = used.by_complaints[word]
        if count >= FEWEST_RECORDS:
            p_value = higher_share_p_value(count, used.complaints, used.by_others[word], used.others)
            if p_value * len(wanted) <= SIGNIFICANCE:
                found.append((p_value, word))
    return sorted(word for _, word in sorted(found)[:_SHOWN])
