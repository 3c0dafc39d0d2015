"""How far the loop may go by itself: the phase of each class, what is stopped, and the pilot outside of which nothing is done.

What people said of it stands in `state_autonomy`, the pilot in the home's `pilot.yaml`; what follows is decided by `policy`. The rule that
is easy to break: a class goes further only by a person's word, and back by anybody's, the loop's own among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import EffectVerdict, ProposalStatus
from feedback_loop.contracts.tables import TABLES

EVERYTHING = "*"
"""The scope of a word that holds for all classes."""

FIRST_PHASE = MaturityPhase.ASSISTED
"""Where a class stands that nobody spoke of: actions are proposed, people decide."""

TARGET_PRECISION, FEWEST_JUDGED = 0.8, 3
"""Share of the fixes without a person that have to have helped, and how many of them have to be judged, for a class to stay automated."""

AUTONOMY = TABLES["state_autonomy"]
LAST_INSTANT = datetime(9999, 12, 31, tzinfo=UTC)
"""As of which every word is known."""

_PHASES = {AutonomyWord(phase.name.lower()): phase for phase in MaturityPhase}


@dataclass(frozen=True)
class Autonomy:
    """The phases by scope, and the scopes that are stopped."""

    phases: Mapping[str, MaturityPhase] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    said_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each scope's phase was said last."""

    def phase_of(self, complaint_class: str | None) -> MaturityPhase:
        """The phase of the class, or of everything where nobody spoke of it; of an alert about no single class that of everything."""
        return self.phases.get(complaint_class or EVERYTHING, self.phases.get(EVERYTHING, FIRST_PHASE))

    def is_stopped(self, complaint_class: str | None) -> bool:
        """Whether nothing of it may be sent; what is about no single class may be about a stopped one."""
        return bool(self.stopped) if complaint_class is None else bool(self.stopped & {EVERYTHING, complaint_class})


def autonomy_at(rows: pl.DataFrame, at: datetime) -> Autonomy:
    """What holds at the instant, from rows of state_autonomy: the last word on each scope."""
    phases: dict[str, MaturityPhase] = {}
    said_at: dict[str, datetime] = {}
    stopped: set[str] = set()
    for row in rows.filter(pl.col("changed_at") <= at).sort("changed_at", "autonomy_id").iter_rows(named=True):
        scope, word = row["autonomy_scope"], AutonomyWord(row["autonomy_word"])
        if word is AutonomyWord.STOP:
            stopped.add(scope)
        elif word is AutonomyWord.RESUME:
            stopped.discard(scope)
        else:
            if scope == EVERYTHING:
                # What was said of one class before holds no further than what is said of everything now.
                phases = {name: min(phase, _PHASES[word]) for name, phase in phases.items()}
            phases[scope] = _PHASES[word]
            said_at[scope] = row["changed_at"]
    return Autonomy(phases, frozenset(stopped), said_at)


def autonomy_row(scope: str, word: AutonomyWord, why: str, person: str, at: datetime) -> dict[str, Any]:
    """One word on one scope, as a row of state_autonomy."""
    return {
        "autonomy_id": stable_id("autonomy", scope, word, person, at),
        "autonomy_scope": scope,
        "autonomy_word": str(word),
        "autonomy_why": why,
        "changed_by": person,
        "changed_at": at,
    }


def demotions(
    proposals: pl.DataFrame, effects: pl.DataFrame, held: Autonomy, classes: Collection[str], at: datetime
) -> Iterator[dict[str, Any]]:
    """Rows of state_autonomy that take automated classes back whose fixes without a person helped too seldom.

    `proposals` are rows of remediation_proposal with the alerted_class of their alert; those from before the class was let go don't count.
    """
    alone = proposals.filter(pl.col("approvals_required_count").eq(0) & pl.col("proposal_status").eq(str(ProposalStatus.DONE)))
    judged = effects.filter(pl.col("effect_verdict") != str(EffectVerdict.INSUFFICIENT_EVIDENCE)).join(alone, on="proposal_id")
    for name in sorted(classes):
        since = held.said_at.get(name, held.said_at.get(EVERYTHING))
        rows = judged.filter((pl.col("alerted_class") == name) & (pl.lit(since is None) | (pl.col("proposed_at") >= pl.lit(since))))
        if held.phase_of(name) is not MaturityPhase.AUTOMATED or rows.height < FEWEST_JUDGED:
            continue
        helped = (rows["effect_verdict"] == str(EffectVerdict.FIXED)).sum()
        if helped / rows.height < TARGET_PRECISION:
            yield autonomy_row(name, AutonomyWord.ASSISTED, f"{helped} of {rows.height} fixes without a person helped", LOOP, at)


@dataclass(frozen=True)
class Pilot:
    """What the loop is tried on; an empty part restricts nothing."""

    products: frozenset[str] = frozenset()
    complaint_classes: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()

    def holds(self, product: str, complaint_class: str | None, tiers: Collection[str]) -> bool:
        """Whether the case lies within; what is not known of it lies outside of a part that restricts."""
        is_product = not self.products or product in self.products
        is_class = not self.complaint_classes or complaint_class in self.complaint_classes
        return is_product and is_class and (not self.tiers or (bool(tiers) and set(tiers) <= self.tiers))
