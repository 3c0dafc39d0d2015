"""What the demo does without Dagster: a simulated company that is delivered hour by hour, and what was planted beside what was found.

The company itself is `simulation/`; landing, running, proposing and carrying out are the real functions. The rule that is easy to break:
the truth is read for the comparison at the end only; nothing that is landed, decided or told may come from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, EffectVerdict, ProposalStatus
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import ActionSystem, Clock, StateStore, TableStore
from feedback_loop.simulation import Intervention, Simulation, deliveries, load_scenario, simulate, truth_files
from feedback_loop.simulation.deliveries import Delivery
from feedback_loop.simulation.documents import documents
from feedback_loop.simulation.scoring import NAMED_SCORE, alerts_about, ranking
from feedback_loop.simulation.statements import iso
from feedback_loop.workflows.deliveries import land_deliveries
from feedback_loop.workflows.execute import ExecuteReport, execute
from feedback_loop.workflows.found import found_in
from feedback_loop.workflows.grounds import read_grounds
from feedback_loop.workflows.people import read_people

SCENARIO, SEED, START_DAY = "printwren", 7, date(2026, 3, 2)
TRUTH_FOLDER = "truth"

WATCHED_DAY, FIRST_HOUR = 42, 6
"""The day that is watched as it goes on, and the hour until which everything before counts as history."""

TICK_HOURS = (12, 15, 18, 21, 24, 30, 36)
"""Hours of the watched day at which the loop looks."""

ENGINEER, MANAGER, SUPPORT = "bo", "ada", "ada"
MISROUTED, EDITED = 200, 5
ASKED, QUEUE, RUNBOOK, REWRITTEN = "queue-routing", "billing-team", "runbook-review", "From today on no case leaves its queue on a Monday."
"""What is asked for and approved, the document that governs it, and what is new in it before it is sent."""


@dataclass
class DemoClock:
    """The company's time, which goes on only as the story does."""

    instant: datetime

    def now(self) -> datetime:
        """The present instant of the story."""
        return self.instant

    def set_to(self, instant: datetime) -> datetime:
        """The instant, which is the present from now on; the story never goes back."""
        self.instant = max(self.instant, instant)
        return self.instant


@dataclass
class Company:
    """The simulated company and how far its deliveries have landed."""

    store: TableStore
    simulation: Simulation = field(default_factory=lambda: simulate(load_scenario(SCENARIO), SEED, START_DAY))
    landed_until: datetime | None = None

    @property
    def product(self) -> str:
        """Its product."""
        return self.simulation.scenario.product

    @property
    def days(self) -> DayRange:
        """The days that it lives through."""
        return DayRange(START_DAY, START_DAY + timedelta(days=self.simulation.scenario.days - 1))

    @property
    def end(self) -> datetime:
        """The end of the last of them."""
        return at_hour(self.simulation.scenario.days, 0)

    def land_until(self, until: datetime) -> LandingReport:
        """What became of the rows that were delivered since the last call; each lands at the instant of its delivery."""
        report = land_deliveries(deliveries(self.simulation, self.landed_until, until, telemetry_hours=3), self.store)
        self.landed_until = until
        return report

    def rewrite(self, document_id: str, sentence: str, at: datetime) -> None:
        """A new version of one of its documents lands, with one sentence more; it counts from then on."""
        old = next(one for one in documents(self.simulation) if one.document_id == document_id)
        text = old.text.replace(f"valid_from: '{iso(old.valid_from)}'", f"valid_from: '{iso(at)}'") + f"\n{sentence}\n"
        land_deliveries([Delivery("documents", f"documents/{document_id}.rewritten.md", text.encode(), None, at)], self.store)

    def intervene(self, actions: Iterable[Intervention], told: Mapping[str, datetime]) -> None:
        """From the first of the actions on the company goes another way; what came before stays as it was."""
        self.simulation = simulate(load_scenario(SCENARIO), SEED, START_DAY, interventions=tuple(actions), told=dict(told))


@dataclass(frozen=True)
class PlantedFault:
    """One planted fault with what the loop found of it and did about it; nulls where there was nothing.

    `found_cause` is null where no cause reached .5 ("insufficient evidence"); `message_count_without_loop` is the same seed without it.
    """

    fault: str
    kind: str
    first_day: date
    true_cause: str | None
    innocent: str | None
    found_cause: str | None
    found_score: float | None
    first_alert_at: datetime | None
    mended_by: str | None
    message_count: int
    message_count_without_loop: int

    @property
    def is_right(self) -> bool:
        """Whether the loop noticed it and named the true cause, or none where there is none."""
        return self.first_alert_at is not None and self.found_cause == self.true_cause


def at_hour(day: int, hour: float) -> datetime:
    """The instant so many hours into a day of the company, days counted from 0."""
    return datetime.combine(START_DAY, time(), UTC) + timedelta(days=day, hours=hour)


def write_truth(simulation: Simulation, folder: Path) -> None:
    """The truth tables, written beside the home's data for whoever wants to check the comparison; they are never landed."""
    (folder / TRUTH_FOLDER).mkdir(parents=True, exist_ok=True)
    for name, content in truth_files(simulation).items():
        (folder / TRUTH_FOLDER / name).write_bytes(content)


def rollback_of(state: StateStore, *statuses: ProposalStatus) -> Proposal | None:
    """The proposal to roll a release back that stands at one of these statuses, the first made first; None where there is none."""
    rows = state.snapshot(TABLES["remediation_proposal"]).filter(
        (pl.col("action_kind") == str(ActionKind.ROLL_BACK_RELEASE)) & pl.col("proposal_status").is_in([str(s) for s in statuses])
    )
    ids = rows.sort("proposed_at")["proposal_id"].to_list()
    return state.proposal(ids[0]) if ids else None


def issue_to_route(store: TableStore, day: date, now: datetime) -> str | None:
    """The issue of the day with the highest alert; None where no alert speaks of one."""
    cases = read_grounds(store, DayRange(day, day), now).all_cases()
    return next((case.issue_id for case in cases if case.issue_id is not None), None)


def planted_and_found(company: Company, state: StateStore) -> list[PlantedFault]:
    """The planted faults in the order of the scenario, each with what the home's tables and its state say of it."""
    simulation, by_hand = company.simulation, simulate(load_scenario(SCENARIO), SEED, START_DAY)
    found = found_in(company.store, state, company.days, company.end)
    done = {action.target: str(action.action_kind) for action in found.actions}
    planted = []
    for fault in simulation.scenario.faults:
        about = alerts_about(simulation, fault, found)
        named = [cause for cause in ranking(about)[:1] if cause.cause_id is not None and cause.score >= NAMED_SCORE]
        planted.append(
            PlantedFault(
                fault=fault.fault,
                kind=str(fault.kind),
                first_day=at_hour(0, fault.onset_hour).date(),
                true_cause=fault.cause.reference,
                innocent=fault.innocent,
                found_cause=named[0].cause_id if named else None,
                found_score=named[0].score if named else None,
                first_alert_at=about[0].raised_at if about else None,
                mended_by=done.get(fault.cause.reference or ""),
                message_count=sum(message.fault == fault.fault for message in simulation.messages),
                message_count_without_loop=sum(message.fault == fault.fault for message in by_hand.messages),
            )
        )
    return planted


def case_ids(count: int = MISROUTED) -> list[str]:
    """Names of the cases that are misrouted on purpose."""
    return [f"case-{number:04d}" for number in range(1, count + 1)]


def confirmations(company: Company, messages: pl.DataFrame) -> dict[datetime, list[str]]:
    """The drafts whose recipients confirmed, by the instant at which they did, up to the end of the story."""
    drafts = dict(messages.filter(message_status="sent").select("recipient_customer_id", "message_draft_id").iter_rows())
    found: dict[datetime, list[str]] = {}
    for confirmation in company.simulation.confirmed:
        if confirmation.customer_id in drafts:
            found.setdefault(confirmation.at, []).append(drafts[confirmation.customer_id])
    return found


def verdicts(store: TableStore) -> list[dict[str, object]]:
    """The judged fixes with `executed_at`, the surest first."""
    done = store.read(TABLES["remediation_action"], columns=["action_id", "executed_at"])
    judged = store.read(TABLES["outcomes_effect"]).join(done, on="action_id", how="left")
    return judged.sort(pl.col("effect_verdict") != str(EffectVerdict.FIXED), "effect_high", nulls_last=True).to_dicts()


def carried_out(tables: TableStore, state: StateStore, system: ActionSystem, people_file: Path, clock: Clock) -> ExecuteReport:
    """What came of everything that waits in the outbox, judged by the complaints of the last days."""
    now = clock.now()
    grounds = read_grounds(tables, DayRange(day_of(now) - timedelta(days=2), day_of(now)), now)
    return execute(state, system, grounds, read_people(people_file), clock)
