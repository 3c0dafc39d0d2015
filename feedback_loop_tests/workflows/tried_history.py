"""The made-up past with rules that let a rollback go alone, and all that became known of it afterwards, in a state store and in tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, HypothesisLabel, RiskLevel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.sla_policy_text import seed_sla_policy
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.autonomy import EVERYTHING, Autonomy
from feedback_loop.remediation.limits import seed_limits
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.backtest import BacktestDay, backtest
from feedback_loop.workflows.backtest_report import BacktestReport, report_of
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.contracts.rows import frame_of, valid_row
from feedback_loop_tests.workflows.made_up_history import CHANGE, LAST, SPIKE, analysed, days, instant

DAYS = days(SPIKE - 1, SPIKE + 1)


def _alone(playbook: Playbook) -> Playbook:
    return playbook.model_copy(update={"risk": RiskLevel.LOW, "maturity": "automated"})


def daring_rules() -> Rules:
    """Rules under which a rollback of a release goes alone as soon as a gate certifies what is complained of."""
    playbooks = tuple(_alone(p) if p.action_kind is ActionKind.ROLL_BACK_RELEASE else p for p in seed_playbooks())
    return Rules(playbooks, autonomy=Autonomy({EVERYTHING: MaturityPhase.AUTOMATED}))


def state_with_gate(folder: Path, hours: float = 0) -> StateStore:
    """A state store in which the gate of crashes was put in force so many hours into the day of the rise."""
    state, table = open_state(folder), TABLES["state_gate"]
    version = analysed().classifier.classifier_version
    row = valid_row(
        table, gate_id="g", classifier_version=version, gate_class="crash", gate_verdict="open", gate_score=0.0,
        gated_at=instant(SPIKE, hours), gated_by="ada", target_precision_share=0.9,
    )  # fmt: skip
    state.record(table, [row], "ada", instant(SPIKE, hours))
    return state


def replayed(tables: TableStore, state: StateStore | None, rules: Rules | None = None, **options: object) -> list[BacktestDay]:
    return backtest(tables, state, DAYS, analysed(), rules or daring_rules(), **options)  # type: ignore[arg-type]


def rollback(told: list[BacktestDay]) -> Proposal:
    """The rollback of the change that would have been let through, of which there is one."""
    made = [p for of_day in told for p in of_day.proposals if p.refusal_reason is None]
    (found,) = [p for p in made if p.action_kind is ActionKind.ROLL_BACK_RELEASE]
    return found


def report(told: list[BacktestDay], tables: TableStore, state: StateStore | None) -> BacktestReport:
    handed = seed_limits().hands_to_people
    return report_of(told, "policy", handed, tables, state, seed_taxonomy(), seed_sla_policy())


def label_of(proposal: Proposal, word: HypothesisLabel) -> dict[str, object]:
    """A person's word on the cause of the proposal, long afterwards."""
    return valid_row(
        TABLES["state_hypothesis_label"], label_id="l", hypothesis_id=str(proposal.proposed_hypothesis_id), alert_id=proposal.alert_id,
        product=proposal.product, cause_id=CHANGE, hypothesis_label=str(word), labelled_by="ada", labelled_at=instant(LAST + 30),
    )  # fmt: skip


def know(state: StateStore, proposal: Proposal, word: HypothesisLabel = HypothesisLabel.REJECTED) -> None:
    """Afterwards a person has judged the cause, and the same was proposed for real."""
    state.record(TABLES["state_hypothesis_label"], [label_of(proposal, word)], "ada", instant(LAST + 30))
    real = replace(proposal, proposal_id="real", proposed_at=instant(SPIKE, 20), is_executable=True)
    state.record_proposals([real])


def fill_outcomes(tables: MemoryTableStore, proposal: Proposal) -> None:
    """Afterwards the tables of outcomes hold that the same action did not help."""
    told = {"proposal_id": "real", "action_id": "x", "product": proposal.product, "effect_verdict": "not_fixed"}
    tables.append(TABLES["outcomes_effect"], frame_of(TABLES["outcomes_effect"], told))


def bytes_of(told: list[BacktestDay]) -> bytes:
    """Everything that a replay told, to be compared byte by byte."""
    rows = [[str(of_day.day), of_day.alert_count, [vars(p) for p in of_day.proposals]] for of_day in told]
    return json.dumps(rows, default=str, sort_keys=True).encode()
