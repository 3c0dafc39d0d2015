"""Whom to ask about which fragment next, by what an answer is worth.

    value = uncertainty x urgency x reach

- uncertainty: the chance that the present class is wrong, 1 - p(best) ("least confident", Lewis and Gale 1994), the expected loss of
  deciding now; of a label, the chance that a second person says otherwise.
- urgency: what a wrong decision costs, doubled from level to level, as `analysis_triage` judged it (decision-theoretic selection weighs an
  answer by the cost of the error that it prevents: Kapoor, Horvitz and Basu 2007).
- reach: the square root of the size of the fragment's cluster, since an answer tells about its neighbours too ("information density",
  Settles and Craven 2008, with its exponent at one half, so that one large cluster does not fill the queue).

A queue by value alone holds hard cases only, on which no precision can be measured. So each fifth place is for a fragment of the hold-out,
drawn at random (by hash) whatever its value. The rule that is easy to break: the order is a function of the rows, never of their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from feedback_loop.analysis.gold_labels import agreement, counting, is_held_out, said_of, sample_place, wants_second_reading
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import AbstentionReason, LabelKind, QueueReason, Urgency

SAMPLE_EVERY = 5
"""Each so many places one is for a fragment of the hold-out."""

_URGENCY_COST = {str(level): 2.0**step for step, level in enumerate(Urgency)}
_REACH_EXPONENT = 0.5
_DISPUTED = 0.5
"""Of two people who said different things one is wrong, and nobody knows which."""

_DECIMALS = 6


@dataclass(frozen=True)
class Doubt:
    """A label that contradicts what the others teach, and the class that is likelier."""

    likelier: str
    margin: float


@dataclass(frozen=True)
class Asked:
    """One place of the queue."""

    fragment_id: str
    reason: QueueReason
    value: float
    owner: str
    assigned_to: str | None
    best_class: str | None
    uncertainty: float


def review_queue(
    candidates: pl.DataFrame, labels: pl.DataFrame, people: Sequence[str] = (), doubts: Mapping[str, Doubt] | None = None
) -> list[Asked]:
    """The whole queue, the first place first, of rows from `queue_candidates` and of `state_label`.

    A fragment is assigned to one of the people by the hash of both, so that nobody's share moves when another joins; never to somebody who
    labelled it already. Its owner is the team of `analysis_triage`.
    """
    judge = _Judge(labels, doubts or {})
    asked = [place for row in candidates.iter_rows(named=True) if (place := judge.place(row, people)) is not None]
    sample = sorted((one for one in asked if one.reason is QueueReason.HELD_OUT_SAMPLE), key=lambda one: sample_place(one.fragment_id))
    others = sorted((one for one in asked if one.reason is not QueueReason.HELD_OUT_SAMPLE), key=lambda one: (-one.value, one.fragment_id))
    return list(_interleaved(others, sample))


def queue_candidates(fragments: pl.DataFrame, classifications: pl.DataFrame, triage: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """What the queue asks of each fragment: fragment_id, taxonomy_class, class_score, is_abstained, urgency, owner, cluster_size.

    A repetition of an earlier fragment is left out, and one without words, which nobody can label.
    """
    sizes = clusters.select(pl.col("member_fragment_ids").list.len().alias("cluster_size"), fragment_id="member_fragment_ids")
    reach = sizes.explode("fragment_id").group_by("fragment_id")
    return (
        fragments.filter(pl.col("duplicate_of").is_null())
        .select("fragment_id")
        .join(classifications.filter(pl.col("abstention_reason").ne_missing(str(AbstentionReason.NO_WORDS))), on="fragment_id")
        .join(triage.select("fragment_id", "urgency", "owner"), on="fragment_id")
        .join(reach.agg(pl.col("cluster_size").max()), on="fragment_id", how="left")
        .select(
            "fragment_id", pl.coalesce("taxonomy_class", "best_class").alias("taxonomy_class"), "class_score", "is_abstained",
            "urgency", "owner", pl.col("cluster_size").fill_null(1).cast(pl.Int64),
        )
        .sort("fragment_id")
    )  # fmt: skip


class _Judge:
    """Whether and why to ask about a fragment, by what people said so far."""

    def __init__(self, labels: pl.DataFrame, doubts: Mapping[str, Doubt]) -> None:
        self._said, self._doubts, found = said_of(labels), doubts, agreement(labels)
        self._counting = dict(counting(labels).select("fragment_id", "labelled_by").iter_rows())
        self._label_doubt = found.doubt
        # A correction that came after both of two different readings settles them: it is a third opinion, or one of them thought again.
        self._disputed = {name for name in found.disputed if not _is_settled(labels, name)}

    def place(self, row: Mapping[str, object], people: Sequence[str]) -> Asked | None:
        fragment_id, score = str(row["fragment_id"]), float(row["class_score"])  # type: ignore[arg-type]
        found = self._why(fragment_id, score, bool(row["is_abstained"]))
        if found is None:
            return None
        reason, uncertainty = found
        value = uncertainty * _URGENCY_COST[str(row["urgency"])] * int(row["cluster_size"]) ** _REACH_EXPONENT  # type: ignore[call-overload]
        reader = _reader(fragment_id, [person for person in people if person not in self._said.get(fragment_id, {})])
        best = str(row["taxonomy_class"]) if reason is QueueReason.UNSURE else None
        return Asked(fragment_id, reason, round(value, _DECIMALS), str(row["owner"]), reader, best, round(uncertainty, _DECIMALS))

    def _why(self, fragment_id: str, score: float, is_abstained: bool) -> tuple[QueueReason, float] | None:
        if fragment_id in self._disputed:
            return QueueReason.DISPUTED, _DISPUTED
        if fragment_id in self._counting:
            if fragment_id in self._doubts:
                return QueueReason.DOUBTFUL_LABEL, self._doubts[fragment_id].margin
            is_due = wants_second_reading(fragment_id) and len(self._said[fragment_id]) < 2
            return (QueueReason.SECOND_READING, self._label_doubt) if is_due else None
        if is_held_out(fragment_id):
            return QueueReason.HELD_OUT_SAMPLE, 1 - score
        return (QueueReason.UNSURE, 1 - score) if is_abstained else None


def _is_settled(labels: pl.DataFrame, fragment_id: str) -> bool:
    """Whether the latest word on the fragment is a correction by somebody who saw that people disagreed before it."""
    said = labels.filter(pl.col("fragment_id") == fragment_id).sort("labelled_at", "label_id")
    return said["label_kind"][-1] == LabelKind.CORRECTION and bool(agreement(said.head(-1)).disputed)


def _reader(fragment_id: str, people: Iterable[str]) -> str | None:
    """Rendezvous hashing: whoever leaves or joins moves only their own share."""
    return max(people, key=lambda person: content_hash(f"{person}\n{fragment_id}"), default=None)


def _interleaved(others: Sequence[Asked], sample: Sequence[Asked]) -> Iterable[Asked]:
    by_value, drawn = iter(others), iter(sample)
    while part := [*islice(by_value, SAMPLE_EVERY - 1), *islice(drawn, 1)]:
        yield from part
