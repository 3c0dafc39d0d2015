"""Outcomes as assets: computed from what the store holds, each with its contract check, also where nothing was decided yet."""

from __future__ import annotations

import dagster as dg
import polars as pl

from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs import outcomes_assets
from feedback_loop.outcomes.sla_policy_text import seed_text
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.one_fault import DecidedHome
from feedback_loop_tests.outcomes import one_loop
from feedback_loop_tests.outcomes.spoken import around_the_fix, feedback_of

OUTCOMES = (
    "outcomes_lifecycle_event", "outcomes_sla_event", "outcomes_sla_stage", "outcomes_effect", "outcomes_roi", "outcomes_roi_comparison",
    "outcomes_metric",
)  # fmt: skip


def computed(home: Home) -> dict[str, pl.DataFrame]:
    """The outcome tables after their assets and checks ran."""
    assets = [a for a in dg.load_assets_from_modules([outcomes_assets]) if isinstance(a, dg.AssetsDefinition)]
    checks = dg.load_asset_checks_from_modules([outcomes_assets])
    resources = home.resources()
    done = dg.materialize([*assets, *checks], resources={name: resources[name] for name in ("store", "io_manager")})
    evaluated = [e for e in done.get_asset_check_evaluations() if e.check_name == "fulfils_its_contract"]
    assert sorted(e.asset_key.to_user_string() for e in evaluated if e.passed) == sorted(OUTCOMES)
    return {name: home.store.read(TABLES[name]) for name in OUTCOMES}


def fill(home: Home) -> None:
    """One alert whose cause was rolled back, and what customers said around that."""
    said = feedback_of(around_the_fix(before=30, after=3))
    shown = one_loop.alert(sample_fragment_ids=["f100", "f101"])
    frames = {
        "analysis_alert": one_loop.table("analysis_alert", shown),
        "analysis_triage": one_loop.table("analysis_triage", {"fragment_id": "f100", "urgency": "urgent"}),
        "analysis_cohort": one_loop.table("analysis_cohort", one_loop.cohort()),
        "analysis_hypothesis": one_loop.table("analysis_hypothesis", one_loop.hypothesis()),
        "remediation_proposal": one_loop.table("remediation_proposal", one_loop.proposal()),
        "remediation_action": one_loop.table("remediation_action", one_loop.action()),
        "remediation_message": one_loop.table("remediation_message", one_loop.message()),
        "silver_message": said.messages,
        "silver_fragment": said.fragments,
        "analysis_classification": said.classifications,
    }
    for name, frame in frames.items():
        home.store.replace_all(TABLES[name], frame)


def test_before_anything_was_decided_the_tables_are_empty(home: Home) -> None:
    assert all(frame.is_empty() for frame in computed(home).values())


def test_one_fix_is_followed_from_its_first_complaint_to_its_worth(home: Home) -> None:
    fill(home)
    found = computed(home)
    assert found["outcomes_lifecycle_event"].sort("occurred_at")["lifecycle_stage"].to_list()[-1] == "confirmed"
    assert found["outcomes_sla_event"].height == 5
    assert set(found["outcomes_sla_stage"].select("promised_stage", "sla_rule_applied").rows()) == {
        (str(stage), "urgent") for stage in SlaStage
    }
    assert found["outcomes_effect"]["effect_verdict"].to_list() == ["fixed"]
    assert set(found["outcomes_roi"]["missing_inputs"].explode()) >= {"a_longer_symptom_before_the_fix", "monthly_revenue_usd"}


def test_the_policy_of_the_home_counts(home: Home) -> None:
    fill(home)
    text = seed_text().replace("rule_id: urgent", "rule_id: our-urgent")
    (home.folder / "sla.yaml").write_text(text, encoding="utf-8")
    assert computed(home)["outcomes_sla_stage"]["sla_rule_applied"].unique().to_list() == ["our-urgent"]


def test_computing_again_changes_nothing(home: Home) -> None:
    fill(home)
    first = computed(home)
    assert all(frame.equals(first[name]) for name, frame in computed(home).items())


def test_what_the_loop_carried_out_is_judged_and_its_steps_are_told(decided: DecidedHome) -> None:
    action_id = decided.home.table("remediation_action").filter(proposal_id=decided.proposal_id)["action_id"].item()
    assert decided.home.table("outcomes_effect")["action_id"].to_list() == [action_id]
    steps = decided.home.table("outcomes_lifecycle_event").filter(lifecycle_proposal_id=decided.proposal_id)
    assert {"proposed", "approved", "executed"} <= set(steps["lifecycle_stage"])
