"""Back-test, the report: which way each proposal would have gone, whether it was right, and what would have been gained by it.

Everything that is known by now is read here, once the replay (`backtest`) is over, and for judging alone. The rules that are easy to
break: nothing of it ever reaches the replay; and a queue for review is no automation, for people decide there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from feedback_loop.analysis.gold_labels import counting, in_words_of
from feedback_loop.analysis.hypothesis_labels import HOW_TO_JUDGE
from feedback_loop.analysis.hypothesis_labels import counting as counting_hypotheses
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.backtest_gains import Breaches, Done, Saved, breaches, first_of_each, saved
from feedback_loop.outcomes.backtest_later import Later, Tried, Way
from feedback_loop.outcomes.backtest_verdicts import Judged, Precision, Verdict, judged, precisions
from feedback_loop.outcomes.effect import Decided, fix_windows
from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.backtest import BacktestDay, goes_alone
from feedback_loop.workflows.sla import happened_by_now
from feedback_loop.workflows.snapshots import snapshot_of

NOTHING_AUTOMATIC = "Nothing would have been automatic, so there is no precision of it."
NOTHING_JUDGED = "Nothing of what would have been done is judged yet"
NO_AUTOMATIC_JUDGED = "Nothing of what would have been automatic is judged yet"
HOW_TO_LABEL = (
    "nobody labelled it, and no outcome is known. Run the days, label complaints (`labels queue`, `labels correct`) and causes, and ask "
    "again. " + HOW_TO_JUDGE
)


@dataclass(frozen=True)
class BacktestReport:
    """What a back-test found; counts are of proposals."""

    days: DayRange
    policy_version: str
    alert_count: int
    tried: tuple[Tried, ...]
    judged: tuple[Judged, ...]
    precisions: tuple[Precision, ...]
    """By way and playbook, and last of all that would have been automatic."""
    saved: tuple[Saved, ...]
    breaches: Breaches

    @property
    def ways(self) -> Mapping[Way, int]:
        """How many would have gone which way."""
        counts = Counter(one.way for one in self.tried)
        return {way: counts[way] for way in Way}

    @property
    def wrong(self) -> tuple[Judged, ...]:
        """What would have been done by itself and is known to be wrong."""
        return tuple(one for one in self.judged if one.tried.way is Way.AUTOMATIC and one.verdict is Verdict.WRONG)

    @property
    def advice(self) -> str | None:
        """What to do where there is no precision; None where there is one."""
        of_all = self.precisions[-1]
        if of_all.judged_count:
            return None
        if of_all.unjudged_count:
            return f"{NO_AUTOMATIC_JUDGED}: {HOW_TO_LABEL}"
        needs_labels = bool(self.judged) and all(one.verdict is Verdict.UNJUDGED for one in self.judged)
        return f"{NOTHING_AUTOMATIC} {NOTHING_JUDGED}: {HOW_TO_LABEL}" if needs_labels else NOTHING_AUTOMATIC

    @property
    def counted(self) -> tuple[Saved, ...]:
        """The right ones of which it is told what they saved: those that repeat another are left out."""
        return tuple(first_of_each(self.saved))

    @property
    def repeated_count(self) -> int:
        """How many right ones repeat one that is counted."""
        return len(self.saved) - len(self.counted)

    @property
    def late_count(self) -> int:
        """How many of the counted ones would have come after the real action; they add nothing to what was saved."""
        return sum(one.is_late for one in self.counted)

    @property
    def minutes_saved(self) -> float | None:
        """The minutes of the counted ones of which it is known when it was really done; None where of none, 0 where all come late."""
        # What comes too late is needless, not harmful: its minutes below 0 would eat up what others saved.
        return _total([0.0 if one.is_late else one.minutes for one in self.counted])

    @property
    def agent_minutes_saved(self) -> float | None:
        """The same of agents' minutes."""
        return _total([one.agent_minutes for one in self.counted])

    @property
    def missing(self) -> Mapping[str, int]:
        """Of how many right ones an input is missing, by its name."""
        return dict(sorted(Counter(name for one in self.saved for name in one.missing).items()))


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def report_of(
    told: Sequence[BacktestDay],
    policy_version: str,
    hands_to_people: Collection[ActionKind],
    tables: TableStore,
    state: StateStore | None,
    taxonomy: Taxonomy,
    sla_policy: SlaPolicy,
) -> BacktestReport:
    """The report on the days of a replay that is over."""
    tried = tried_of(told, hands_to_people)
    later = _later(tables, state, taxonomy)
    found = judged(tried, later)
    happened, stages = happened_by_now(tables, state), tables.read(TABLES["outcomes_sla_stage"])
    return BacktestReport(
        DayRange(told[0].day, told[-1].day),
        policy_version,
        sum(of_day.alert_count for of_day in told),
        tuple(tried),
        tuple(found),
        tuple(precisions(found)),
        tuple(saved(found, later, _done(tables, state))),
        breaches(found, happened, stages, sla_policy),
    )


def tried_of(told: Sequence[BacktestDay], hands_to_people: Collection[ActionKind]) -> list[Tried]:
    """The proposals of the days, each with the way that it would have gone."""
    return [Tried(of_day.day, _way(one, hands_to_people), one) for of_day in told for one in of_day.proposals]


def _way(proposal: Proposal, hands_to_people: Collection[ActionKind]) -> Way:
    if proposal.refusal_reason is not None:
        return Way.REFUSED
    if not goes_alone(proposal):
        return Way.APPROVED
    return Way.HANDED_OVER if proposal.action_kind in hands_to_people else Way.AUTOMATIC


def _later(tables: TableStore, state: StateStore | None, taxonomy: Taxonomy) -> Later:
    labels, _ = in_words_of(taxonomy, counting(snapshot_of(state, "state_label")))
    platform = {str(one.name): str(one.platform_class) for one in taxonomy.classes}
    class_of = {name: platform[word] for name, word in labels.select("fragment_id", "labelled_class").iter_rows()}
    return Later(
        snapshot_of(state, "remediation_proposal"),
        tables.read(TABLES["outcomes_effect"]),
        tables.read(TABLES["outcomes_lifecycle_event"]),
        tables.read(TABLES["gold_issue_event"]),
        counting_hypotheses(snapshot_of(state, "state_hypothesis_label")),
        class_of,
    )


def _done(tables: TableStore, state: StateStore | None) -> Done:
    alerts, cohorts, causes = (tables.read(TABLES[name]) for name in ("analysis_alert", "analysis_cohort", "analysis_hypothesis"))
    actions = snapshot_of(state, "remediation_action")
    decided = Decided(alerts, cohorts, causes, snapshot_of(state, "remediation_proposal"), actions)
    return Done(actions, fix_windows(decided), tables.read(TABLES["context_business_event"]))
