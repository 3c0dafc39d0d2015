"""`feedback-loop demo`: sixty days of a simulated company with the loop in it, told step by step.

The scenes stand here in their order; what each of them prints is in `demo_scenes`. The rule that is easy to break: a scene calls the real
functions over the real home, and prints what they returned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from feedback_loop.cli import demo_scenes as scenes
from feedback_loop.cli.places import open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json
from feedback_loop.cli.run import Done, run_days
from feedback_loop.config import Settings
from feedback_loop.errors import ChecksFailed, DecisionRefused

if TYPE_CHECKING:
    from pathlib import Path

    from feedback_loop.adapters.case_api.client import CaseApiClient
    from feedback_loop.adapters.state_store.store import SqlStateStore
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.workflows.demo import Company, DemoClock
    from feedback_loop.workflows.execute import ExecuteReport
    from feedback_loop.workflows.touched import Landed


_MOST_QUIET_HOURS = 24


def demo(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Watch a made-up company close its feedback loop: a bad release, its cause, a rollback, and whether it helped.

    Example: `feedback-loop demo`
    """
    from feedback_loop.adapters.case_api.case_desk import CaseDesk
    from feedback_loop.adapters.case_api.client import CaseApiClient
    from feedback_loop.adapters.case_api.loopback_server import running_case_system
    from feedback_loop.workflows import demo as story
    from feedback_loop.workflows.people import DEMO_PEOPLE, write_people

    settings = replace(settings_of(context), chosen_state_url=None)
    told = scenes.Teller(is_silent=as_json)
    clock = story.DemoClock(story.at_hour(0, 0))
    with running_case_system(CaseDesk(clock.now)) as url, CaseApiClient(url) as system:
        stage = _Stage(settings, story.Company(open_store(settings)), _open_state(settings, clock), system, clock, told)
        write_people(settings.people_file, DEMO_PEOPLE)
        outcome = stage.play()
    if as_json:
        print_json(outcome)


def _open_state(settings: Settings, clock: DemoClock) -> SqlStateStore:
    from feedback_loop.adapters.state_store.anchor_file import open_anchor
    from feedback_loop.adapters.state_store.store import SqlStateStore

    return SqlStateStore(settings.state_url, open_anchor(settings, clock), clock)


@dataclass
class _Stage:
    """The home, the company, the state store, the team's case system and the story's clock."""

    settings: Settings
    company: Company
    state: SqlStateStore
    system: CaseApiClient
    clock: DemoClock
    told: scenes.Teller
    handled: Landed | None = None
    """How far landing had come when the history was computed; None where this home has lived the story before."""

    def play(self) -> dict[str, object]:
        """The scenes in their order; what the last of them compares."""
        from feedback_loop.contracts.loop_vocab import ProposalStatus
        from feedback_loop.workflows.demo import rollback_of, write_truth

        self.told.introduce(self.company)
        lived, recorded = rollback_of(self.state, ProposalStatus.DONE), len(self.state.records())
        if lived is None:
            self.history()
            proposal = self.watch()
            if proposal is not None:
                self.decide(proposal)
        else:
            self.told.lived_before()
            self._go_on_after(lived)
        write_truth(self.company.simulation, self.settings.home / "demo")
        done = self.rest()
        undone = self.undo()
        outcome = self.compare(done, undone)
        if lived is not None:
            self.told.unchanged(recorded, len(self.state.records()))
        self.told.reported(self.report())
        self.told.next_steps()
        return outcome

    def history(self) -> None:
        """Everything up to the morning of the day that is watched."""
        from feedback_loop.contracts.days import DayRange
        from feedback_loop.workflows.demo import FIRST_HOUR, WATCHED_DAY, at_hour
        from feedback_loop.workflows.touched import landed_now

        until = self.clock.set_to(at_hour(WATCHED_DAY, FIRST_HOUR))
        self.told.landed(self.company.land_until(until), until)
        self.handled = landed_now(self.company.store)
        before = DayRange(self.company.days.first, (until - timedelta(days=1)).date())
        self.told.ran(self._run(before, with_marts=False))

    def watch(self) -> Proposal | None:
        """The day as it goes on, until a rollback waits for approval; None where none ever does."""
        from feedback_loop.contracts.days import DayRange
        from feedback_loop.contracts.loop_vocab import ProposalStatus
        from feedback_loop.workflows.demo import TICK_HOURS, WATCHED_DAY, at_hour, rollback_of

        for hour in TICK_HOURS:
            now = self.clock.set_to(at_hour(WATCHED_DAY, hour))
            self.company.land_until(now)
            first = at_hour(WATCHED_DAY, 0).date()
            self._run(DayRange(first, max(first, (now - timedelta(minutes=1)).date())), with_marts=False)
            self.told.looked(now, self.company.store, first)
            self.told.carried_out(self._execute(), self.state)
            proposal = rollback_of(self.state, ProposalStatus.AWAITING_APPROVAL)
            if proposal is not None:
                return proposal
        return None

    def decide(self, proposal: Proposal) -> None:
        """Two people approve, one of them twice in vain; the rollback is carried out and the customers are told."""
        from feedback_loop.contracts.loop_vocab import MessageKind
        from feedback_loop.workflows.demo import ENGINEER, MANAGER, SUPPORT
        from feedback_loop.workflows.people import read_people
        from feedback_loop.workflows.tell import draft_messages, send_messages

        self.told.proposed(proposal)
        self._approve(proposal, ENGINEER, minutes=12)
        self._approve(proposal, ENGINEER, minutes=1)
        self._approve(proposal, MANAGER, minutes=17)
        self._wait(minutes=2)
        report = self._execute()
        self.told.carried_out(report, self.state)
        if not report.done:
            return
        self._wait(minutes=180)
        settled = self.state.proposal(proposal.proposal_id) or proposal
        draft_messages(settled, self.company.store, self.state, MessageKind.FIXED, self.clock.now())
        people, now = read_people(self.settings.people_file), self.clock.now()
        sent = send_messages(proposal.proposal_id, SUPPORT, people, self.company.store, self.state, self.system, now)
        self.told.customers(sent, SUPPORT, self._messages())
        self.overtake()
        if sent.held:
            self.morning(proposal)
        self._go_on_after(proposal)

    def morning(self, proposal: Proposal) -> None:
        """Who slept when the message was approved gets it once their quiet hours are over."""
        from feedback_loop.workflows.tell import send_approved

        for _ in range(_MOST_QUIET_HOURS):
            now = self._wait(minutes=60)
            sent = send_approved(self.company.store, self.state, self.system, now, proposal_id=proposal.proposal_id)
            if sent.sent_count:
                self.told.later_customers(now, sent)
            if not sent.held:
                return

    def overtake(self) -> None:
        """Another queue is asked for and approved; its runbook is rewritten before it is sent, so that it stops by itself."""
        from feedback_loop.contracts.days import DayRange
        from feedback_loop.workflows.demo import ASKED, ENGINEER, MANAGER, QUEUE, REWRITTEN, RUNBOOK, WATCHED_DAY, at_hour, issue_to_route
        from feedback_loop.workflows.owners import read_ownership
        from feedback_loop.workflows.people import read_people
        from feedback_loop.workflows.request_action import request_action
        from feedback_loop.workflows.rules_in_force import read_rules

        day, people = at_hour(WATCHED_DAY, 0).date(), read_people(self.settings.people_file)
        store, now = self.company.store, self._wait(minutes=5)
        issue_id = issue_to_route(store, day, now)
        if issue_id is None:
            return
        rules, owners = read_rules(self.settings, self.state, now), read_ownership(self.settings.owners_file)
        asked = request_action(ASKED, issue_id, QUEUE, "they can help", ENGINEER, people, store, self.state, rules, owners, now)
        self.told.asked(asked)
        self._approve(asked, MANAGER, minutes=10)
        self.company.rewrite(RUNBOOK, REWRITTEN, self._wait(minutes=5))
        self._run(DayRange(day, day), with_marts=False)
        self.told.overtaken(RUNBOOK, self._execute())

    def rest(self) -> Done:
        """The remaining days, with the confirmations of customers; every table, check and mart of the whole story."""
        from feedback_loop.contracts.days import DayRange
        from feedback_loop.contracts.loop_vocab import MessageStatus
        from feedback_loop.workflows.demo import confirmations
        from feedback_loop.workflows.feed_back import feed_back
        from feedback_loop.workflows.touched import touched_days

        if self.company.landed_until is not None:
            self.company.land_until(self.company.end)
            for at, drafts in sorted(confirmations(self.company, self._messages()).items()):
                self.state.move_messages(drafts, MessageStatus.CONFIRMED, "customer", at, dict.fromkeys(drafts, "reply"))
        self.clock.set_to(self.company.end)
        feed_back(self.company.store, self.state, self.clock.now())
        touched = [] if self.handled is None else touched_days(self.company.store, self.handled)
        first = min(touched, default=self.company.days.first)
        done = self._run(DayRange(max(first, self.company.days.first), self.company.days.last), with_marts=True)
        feed_back(self.company.store, self.state, self.clock.now())
        self.told.rest(done, self.company.store)
        return done

    def undo(self) -> dict[str, object]:
        """Two hundred cases are routed wrongly on purpose, five of them are edited, and one command puts the others back."""
        from feedback_loop.workflows.demo import EDITED, SUPPORT, case_ids
        from feedback_loop.workflows.reroute import Desk, reroute, restore

        batch, ids = f"batch_{self.clock.now():%Y%m%d}", case_ids()
        for case_id in ids:
            self.system.open_case("orders", "orders-team", f"{batch}/open/{case_id}", case_id)
        desk = Desk(self.system, self.state, self.state, self.state.note, self.clock, SUPPORT)
        moved = reroute(batch, ids, "sales", desk)
        for case in self.system.cases(list(moved.moved)[:EDITED]):
            self.system.move_case(case.case_id, "vip", case.version, f"{batch}/edit/{case.case_id}")
        self._wait(minutes=30)
        undone = restore(batch, desk)
        self.told.undone(moved, undone)
        return {"moved": len(moved.moved), "restored": len(undone.restored), "reported": len(undone.skipped)}

    def report(self) -> Path:
        """The report of the pilot over the whole story."""
        from feedback_loop.cli.report import make_report, write_report

        made = make_report(self.settings, "pilot", None, self.company.product, None)
        return write_report(made, self.settings.reports_folder / f"pilot-{made.days.last}.html")

    def compare(self, done: Done, undone: dict[str, object]) -> dict[str, object]:
        """What was planted beside what was found, whether the fix helped, and whether the audit trail is whole."""
        from feedback_loop.workflows.audit import verified
        from feedback_loop.workflows.demo import planted_and_found, verdicts

        planted, effects = planted_and_found(self.company, self.state), verdicts(self.company.store)
        report = verified(self.state, self.state)
        self.told.compared(self.settings, planted, effects, report)
        return {
            "run": done.as_json(),
            "planted_faults": planted,
            "effects": effects,
            "undone": undone,
            "audit": {"record_count": report.record_count, "is_whole": not report.breaks},
        }

    def _go_on_after(self, proposal: Proposal) -> None:
        """From the carried-out action on the company goes another way, also where it was carried out in an earlier telling."""
        from feedback_loop.contracts.loop_vocab import ActionStatus
        from feedback_loop.simulation import Intervention

        actions = [
            Intervention(action.executed_at, str(action.action_kind), action.action_target)
            for action in self.state.actions(ActionStatus.DONE)
            if action.proposal_id == proposal.proposal_id and action.executed_at is not None
        ]
        reached = self._messages().drop_nulls("sent_at").select("recipient_customer_id", "sent_at")
        self.company.intervene(actions, dict(reached.iter_rows()))

    def _run(self, days: DayRange, *, with_marts: bool) -> Done:
        done = run_days(self.settings, days, self.clock.now(), with_marts=with_marts)
        if done.summary.failed_checks:
            raise ChecksFailed(done.summary.failed_checks)
        return done

    def _execute(self) -> ExecuteReport:
        from feedback_loop.workflows.demo import carried_out

        return carried_out(self.company.store, self.state, self.system, self.settings.people_file, self.clock)

    def _approve(self, proposal: Proposal, person: str, minutes: int) -> None:
        from feedback_loop.contracts.loop_vocab import ApprovalVerdict
        from feedback_loop.workflows.approve import decide
        from feedback_loop.workflows.people import read_people

        now = self._wait(minutes)
        try:
            decided = decide(
                proposal.proposal_id, ApprovalVerdict.APPROVE, person, read_people(self.settings.people_file), self.state, self.clock
            )
        except DecisionRefused as refusal:
            self.told.refused(now, person, refusal)
        else:
            self.told.approved(now, person, decided)

    def _wait(self, minutes: int) -> datetime:
        return self.clock.set_to(self.clock.now() + timedelta(minutes=minutes))

    def _messages(self) -> scenes.Frame:
        return self.state.snapshot(scenes.table_named("remediation_message"))
