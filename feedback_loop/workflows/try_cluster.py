"""`try cluster`: groups among a user's own texts, each answer with its text's id.

The method is `analysis/cluster_texts`. The rule that is easy to break: texts are masked before they are embedded and before labels are made
of them, as in the pipeline.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedback_loop.analysis.cluster_texts import clustered_texts
from feedback_loop.methods.cleaning import PLAIN
from feedback_loop.methods.grouping import Method
from feedback_loop.ports import Embedder
from feedback_loop.workflows.try_files import Answer, TextRow

__all__ = ["COLUMNS", "Method", "cluster_answers"]

COLUMNS = ("text_id", "cluster_id", "cluster_label", "is_noise")


def cluster_answers(rows: Sequence[TextRow], embedder: Embedder, method: Method = Method.COMMUNITIES) -> list[Answer]:
    """One answer per row, in order; `is_noise` is `true` or `false`."""
    masked = [PLAIN.clean(row.text).text for row in rows]
    found = clustered_texts(masked, embedder.embed(masked), method).to_dicts()
    return [{"text_id": row.text_id, **one, "is_noise": str(one["is_noise"]).lower()} for row, one in zip(rows, found, strict=True)]
