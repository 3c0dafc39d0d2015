"""How good a version of the classifier is on labels that it never saw, and whether it is worse than the present one there.

Here: figures with exact intervals, and the verdict. Which labels are held out is in `gold_labels`, the tests are in
`methods/statistics/paired_counts`. The rule that is easy to break: both versions answer the same fragments, and a version is refused on
either count, that it is right less often or that it decides wrongly more often; being right more often buys no wrong decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from feedback_loop.methods.statistics.calibration import Flags
from feedback_loop.methods.statistics.paired_counts import PairedCounts, paired_counts
from feedback_loop.methods.statistics.share_bounds import share_interval

FEWEST_HELD_OUT = 30
"""Held-out labels below which nobody can tell whether a version is worse."""

WORSE_BELOW = 0.1
"""A version is worse where chance alone would make it look so bad less often than this (one-sided, exact)."""

_DECIMALS = 4


@dataclass(frozen=True)
class Answers:
    """What a version said of the held-out fragments, in the order of their ids: whether it was right, and whether it decided."""

    truth: tuple[str, ...]
    is_right: Flags
    is_decided: Flags

    @property
    def counts(self) -> dict[str, int]:
        """The four figures that the history keeps."""
        return {
            "held_out_count": len(self.truth),
            "held_out_right_count": int(self.is_right.sum()),
            "held_out_decided_count": int(self.is_decided.sum()),
            "held_out_decided_right_count": int((self.is_right & self.is_decided).sum()),
        }

    @property
    def metrics(self) -> dict[str, Any]:
        """Shares with their exact 95 % intervals, and counts by class."""
        counts, right = self.counts, self.is_right & self.is_decided
        by_class = {name: np.asarray(self.truth) == name for name in sorted(set(self.truth))}
        return {
            "accuracy": _share(counts["held_out_right_count"], counts["held_out_count"]),
            "decided_precision": _share(counts["held_out_decided_right_count"], counts["held_out_decided_count"]),
            "decided_share": _share(counts["held_out_decided_count"], counts["held_out_count"]),
            "by_class": {
                name: {"labels": int(of.sum()), "right": int(self.is_right[of].sum()), "decided_right": int(right[of].sum())}
                for name, of in by_class.items()
            },
        }


def answers(classified: pl.DataFrame, truth: Mapping[str, str], word: str = "taxonomy_class") -> Answers:
    """The answers of rows of `analysis_classification` to the true class by fragment_id, both in words of the named column."""
    asked = classified.filter(pl.col("fragment_id").is_in(sorted(truth))).sort("fragment_id")
    wanted = [truth[fragment_id] for fragment_id in asked["fragment_id"]]
    is_right = np.asarray([said == true for said, true in zip(asked[word], wanted, strict=True)], bool)
    return Answers(tuple(wanted), is_right, ~asked["is_abstained"].to_numpy().astype(bool))


@dataclass(frozen=True)
class Comparison:
    """Two versions on the same fragments: which were right, and which did not decide wrongly."""

    right: PairedCounts
    not_wrongly_decided: PairedCounts
    word: str

    @property
    def missing_count(self) -> int:
        """How many more held-out labels are needed before anybody can tell; 0 where they are enough."""
        return max(0, FEWEST_HELD_OUT - self.right.total)

    @property
    def problems(self) -> list[str]:
        """Why the candidate must not be promoted; empty where nothing speaks against it."""
        total = self.right.total
        if self.missing_count:
            return [f"only {total} held-out labels, {self.missing_count} more are needed to tell whether it is worse"]
        found = []
        for counts, what in ((self.right, "right"), (self.not_wrongly_decided, "free of wrong decisions")):
            if counts.p_worse <= WORSE_BELOW:
                lost, won = counts.only_present, counts.only_candidate
                found.append(f"{what} on {won} of {total} where the present version is not, and the other way round on {lost}"
                             f" (exact McNemar test, p = {counts.p_worse:.3f})")  # fmt: skip
        return found

    @property
    def metrics(self) -> dict[str, Any]:
        """The counts as plain figures."""
        tests = {"right": self.right, "not_wrongly_decided": self.not_wrongly_decided}
        return {"in_words_of": self.word} | {
            name: {"only_present": c.only_present, "only_candidate": c.only_candidate, "p_worse": round(c.p_worse, _DECIMALS)}
            for name, c in tests.items()
        }


def compared(present: Answers, candidate: Answers, word: str) -> Comparison:
    """The comparison of the answers of both to the same fragments."""
    calm = [~(one.is_decided & ~one.is_right) for one in (present, candidate)]
    return Comparison(paired_counts(present.is_right, candidate.is_right), paired_counts(*calm), word)


def _share(hits: int, trials: int) -> dict[str, float | None]:
    low, high = share_interval(hits, trials)
    return {"share": round(hits / trials, _DECIMALS) if trials else None, "low": round(low, _DECIMALS), "high": round(high, _DECIMALS)}
