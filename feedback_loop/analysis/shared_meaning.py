"""How near an alert's complaints are to the description of a change in meaning, beside the other records of the time.

Words that both use are `shared_words`; few customers use the words of a change log. The rule that is easy to break: nearness counts beside
that of other records, for some descriptions are near to everything that customers write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from feedback_loop.analysis.segments import Codes
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.ports import Embedder, Vectors

FEWEST_COMPLAINTS, FEWEST_OTHERS = 3, 10
"""Complaints, and other records, below which nothing is said."""

_MOST_OTHERS = 400
_WORTH_OF_NOTHING = 4.0
"""Complaints that say "no nearer than the others", so that three alone say little."""


@dataclass
class SharedMeaning:
    """Vectors of the records' fragments, float32 [n, d] of unit length; a description is embedded when it is first asked for."""

    fragments: dict[str, list[int]]
    """Rows of each record."""
    vectors: Vectors
    embedder: Embedder
    known: dict[str, Vectors] = field(default_factory=dict)

    @classmethod
    def of(cls, fragments: pl.DataFrame, embeddings: pl.DataFrame, embedder: Embedder) -> SharedMeaning:
        """Read: fragment_id, record_id · fragment_id, embedding_model_version, vector; vectors of another model are left out."""
        comparable = embeddings.filter(pl.col("embedding_model_version") == embedder.model_version).select("fragment_id", "vector")
        rows = fragments.select("fragment_id", "record_id").join(comparable, on="fragment_id")
        rows = rows.sort("fragment_id")
        places: dict[str, list[int]] = {}
        for place, record_id in enumerate(rows["record_id"]):
            places.setdefault(record_id, []).append(place)
        flat = rows["vector"].explode().to_numpy().astype(np.float32)
        return cls(places, flat.reshape(rows.height, -1) if rows.height else np.zeros((0, 1), np.float32), embedder)

    def nearness(self, symptom: Symptom, descriptions: Sequence[str]) -> list[float | None]:
        """Of each description the standardised mean difference (Cohen's d) of its cosines with the complaints since the onset and with the
        other records, shrunk where complaints are few; None where the description is empty or there are too few records.
        """
        said, others = self._records(symptom)
        if len(said) < FEWEST_COMPLAINTS or len(others) < FEWEST_OTHERS:
            return [None] * len(descriptions)
        self._embed(descriptions)
        return [self._difference(self.known[text], said, others) if text else None for text in descriptions]

    def _records(self, symptom: Symptom) -> tuple[list[list[int]], list[list[int]]]:
        """Rows of the complaints since the onset, and of the other records since then and of usual days, the latest first."""
        alert = symptom.alert
        recent = alert.history.between(symptom.onset, symptom.end)
        complains = alert.complains(recent)
        usual = alert.usual[~alert.complains(alert.usual)]
        latest = usual[np.argsort(-alert.history.instants[usual], kind="stable")]
        others = np.concatenate([recent[~complains], latest])[:_MOST_OTHERS]
        return self._rows(symptom, recent[complains]), self._rows(symptom, others)

    def _rows(self, symptom: Symptom, records: Codes) -> list[list[int]]:
        ids = symptom.alert.history.record_ids
        return [self.fragments[ids[n]] for n in records.tolist() if ids[n] in self.fragments]

    def _embed(self, descriptions: Sequence[str]) -> None:
        fresh = [text for text in dict.fromkeys(descriptions) if text and text not in self.known]
        if fresh:
            self.known |= dict(zip(fresh, np.asarray(self.embedder.embed(fresh)), strict=True))

    def _difference(self, description: Vectors, said: list[list[int]], others: list[list[int]]) -> float:
        near, usual = (np.array([float((self.vectors[rows] @ description).max()) for rows in part]) for part in (said, others))
        within = (near.var() * len(near) + usual.var() * len(usual)) / (len(near) + len(usual))
        spread = float(np.sqrt(within)) or 1.0
        return float((near.mean() - usual.mean()) / spread * len(said) / (len(said) + _WORTH_OF_NOTHING))
