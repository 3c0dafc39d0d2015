"""Proposals, actions and messages as tables: proposed once on a live day, and shown as the state store has them."""

from __future__ import annotations

import shutil
from datetime import datetime

import dagster as dg
import polars as pl
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs import remediation_assets
from feedback_loop.defs.run_days import unpartitioned_tags
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import days, instant
from feedback_loop_tests.defs.one_fault import FAULT, NOW, DecidedHome, approve, land_all

REMEDIATION = ("remediation_proposal", "remediation_action", "remediation_message")


def rows_of(home: Home) -> dict[str, pl.DataFrame]:
    return {name: home.table(name).sort(TABLES[name].key) for name in REMEDIATION}


NEEDED = ("home", "store", "state", "clock", "knowledge", "embedder", "io_manager")


def new_proposals(home: Home, over: DayRange | None, now: datetime) -> object:
    """How many proposals the assets of this layer add in a run of their own over the days, or over none."""
    assets = [a for a in dg.load_assets_from_modules([remediation_assets]) if isinstance(a, dg.AssetsDefinition)]
    needed = {name: given for name, given in home.resources(now).items() if name in NEEDED}
    done = dg.materialize(assets, resources=needed, tags=unpartitioned_tags(over) if over else None)
    [made] = done.asset_materializations_for_node("remediation_proposal")
    return made.metadata["new_proposals"].value


@pytest.fixture(scope="module")
def proposed(new_home: NewHome) -> Home:
    """A home whose live run found the fault."""
    home = land_all(new_home())
    assert home.run(days(0, FAULT), now=NOW).failed_checks == []
    return home


def test_alerts_of_a_live_day_lead_to_proposals_with_a_cause_and_a_risk(proposed: Home) -> None:
    found = proposed.table("remediation_proposal")
    rollback = found.filter(action_kind="roll_back_release").row(0, named=True)
    assert (rollback["risk_level"], rollback["approvals_required_count"], rollback["proposal_status"]) == ("high", 2, "awaiting_approval")
    assert rollback["is_executable"]
    made = proposed.state(NOW).proposal(rollback["proposal_id"])
    assert made is not None
    assert made.evidence["reading"][0].keys() >= {"document_id", "document_version", "playbook_ids"}
    told = proposed.table("analysis_alert").filter((pl.col("alert_kind") != "urgent") & pl.col("is_story_head"))
    assert set(found["alert_id"]) == set(told["alert_id"])


def test_what_needs_nobody_alone_waits_in_the_outbox_and_is_not_carried_out_by_any_asset(proposed: Home) -> None:
    needs_nobody = proposed.table("remediation_proposal").filter(pl.col("approvals_required_count") == 0, pl.col("is_executable"))
    actions = proposed.table("remediation_action")
    assert set(actions["proposal_id"]) == set(needs_nobody["proposal_id"])
    assert set(actions["action_status"]) <= {"queued"}
    assert set(actions["is_dry_run"]) <= {True}


def test_same_live_day_again_proposes_nothing_more(proposed: Home, new_home: NewHome) -> None:
    home = proposed.copied_to(new_home())
    before, trail = rows_of(home), home.state(NOW).records()
    assert new_proposals(home, days(0, FAULT), instant(FAULT, 15)) == 0
    assert all(after.equals(before[name]) for name, after in rows_of(home).items())
    assert home.state(NOW).records() == trail


def test_tables_show_what_was_approved_and_carried_out_since(decided: DecidedHome) -> None:
    shown = rows_of(decided.home)
    assert set(shown["remediation_proposal"]["proposal_status"]) == {"done"}
    assert set(shown["remediation_action"]["action_status"]) == {"done"}
    rollback = shown["remediation_proposal"].filter(proposal_id=decided.proposal_id)
    assert rollback["approvals_given_count"].to_list() == [2]


@pytest.mark.parametrize(
    ("over", "hours", "is_live"),
    [
        (days(FAULT, FAULT), 14, True),
        (days(FAULT, FAULT), 47, True),
        (days(FAULT, FAULT), 48, False),
        (days(FAULT - 2, FAULT - 1), 14, False),
        (days(0, FAULT + 9), 47, True),
        (None, 14, False),
    ],
    ids=["its day", "the day after", "two days after", "the days before it alone", "a range that holds it", "no day"],
)
def test_alert_is_proposed_for_on_its_day_and_the_next_and_never_later(
    proposed: Home, new_home: NewHome, over: DayRange | None, hours: float, is_live: bool
) -> None:
    home = proposed.copied_to(new_home())
    shutil.rmtree(home.folder / "state")
    shutil.rmtree(home.folder / "audit")
    assert bool(new_proposals(home, over, instant(FAULT, hours))) is is_live
    assert bool(home.table("remediation_proposal").height) is is_live


def test_run_that_names_no_day_shows_what_was_decided_since(proposed: Home, new_home: NewHome) -> None:
    home = proposed.copied_to(new_home())
    (proposal_id,) = home.table("remediation_proposal").filter(action_kind="roll_back_release")["proposal_id"]
    approve(home, proposal_id)
    assert new_proposals(home, None, NOW) == 0
    assert home.table("remediation_action").filter(proposal_id=proposal_id)["action_status"].to_list() == ["queued"]
