"""The clocks of alerts: what starts and ends them, whose tier counts, and that what nobody acts on is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.lifecycle import lifecycle_events
from feedback_loop.outcomes.sla_policy_text import seed_sla_policy
from feedback_loop.outcomes.sla_stages import Happened, left_waiting, sla_stages
from feedback_loop_tests.outcomes import one_loop
from feedback_loop_tests.outcomes.one_loop import CONFIRMED, DAY, EXECUTED, HOUR, RAISED, SENT, Row, table

LANDED = RAISED - 4.5 * HOUR
LATER = RAISED + 30 * DAY


def happened(
    *alerts: Row, acted: bool = True, tiers: dict[str, str] | None = None, statuses: Sequence[Row] = (), **action: Any
) -> Happened:
    """The alerts with what was done about the first of them; by default one alert of an urgent and an ordinary complaint."""
    shown = table("analysis_alert", *(alerts or (one_loop.alert(),)))
    fragments = one_loop.fragments().with_columns(
        tier=pl.col("fragment_id").replace_strict(tiers or {}, default="free", return_dtype=pl.String)
    )
    triage = table("analysis_triage", *({"fragment_id": f, "urgency": u} for f, u in (("f1", "urgent"), ("f2", "normal"))))
    proposals = table("remediation_proposal", *([one_loop.proposal()] if acted else []))
    actions = table("remediation_action", *([one_loop.action(**action)] if acted else []))
    messages = table("remediation_message", *([one_loop.message()] if acted else []))
    issues = table("gold_issue", one_loop.issue())
    life = lifecycle_events(one_loop.recorded(alerts=shown, fragments=fragments, proposals=proposals, actions=actions, told=messages))
    return Happened(shown, fragments, triage, life, actions, issues, table("state_issue_status", *statuses))


def frames_of(what: Happened) -> list[pl.DataFrame]:
    return [getattr(what, one.name) for one in fields(Happened)]


def said(status: str, at: datetime, person: str = "ada") -> Row:
    row = {"status_id": f"{status}-{at}", "issue_id": "i1", "issue_status": status, "changed_at": at, "changed_by": person}
    return row | {"event_date": at.date()}


def rows(what: Happened) -> pl.DataFrame:
    found = sla_stages(what, seed_sla_policy())
    assert violations(found, TABLES["outcomes_sla_stage"]) == []
    return found


def column(name: str, what: Happened) -> dict[str, Any]:
    return dict(rows(what).select("promised_stage", name).iter_rows())


def test_a_clock_starts_with_the_first_record_and_is_ended_by_what_was_done() -> None:
    found = rows(happened())
    assert found["clock_started_at"].unique().to_list() == [LANDED]
    done = {SlaStage.TRIAGE: RAISED, SlaStage.MITIGATE: EXECUTED, SlaStage.REMEDIATE: SENT, SlaStage.CONFIRM: CONFIRMED}
    assert column("done_at", happened()) == done
    assert column("worked_minutes", happened())["triage"] == 270
    assert found["sla_rule_applied"].unique().to_list() == ["urgent"]
    assert column("sla_verdict", happened()) == {"triage": "breached", "mitigate": "breached", "remediate": "met", "confirm": "met"}


def test_the_customer_to_whom_most_is_promised_counts() -> None:
    found = rows(happened(tiers={"f2": "enterprise"}))
    assert found.select("urgency_applied", "tier_applied", "sla_rule_applied").unique().rows() == [("urgent", "free", "urgent")]
    vip = rows(happened(tiers={"f1": "enterprise"}))
    assert vip.select("tier_applied", "sla_rule_applied", "class_applied").unique().rows() == [("enterprise", "vip-urgent", "billing")]
    assert column("target_minutes", happened(tiers={"f1": "enterprise"}))["triage"] == 15


def test_an_alert_that_nobody_acts_on_is_late() -> None:
    late = one_loop.alert(alert_id="a2", raised_at=LATER, sample_fragment_ids=[])
    found = rows(happened(one_loop.alert(), late, acted=False)).filter(alerted_id="a1")
    verdicts = dict(found.select("promised_stage", "sla_verdict").iter_rows())
    assert verdicts == {"triage": "breached", "mitigate": "breached", "remediate": "breached", "confirm": "breached"}
    assert found["done_at"].null_count() == 3


def test_an_alert_of_no_known_fragment_starts_when_it_was_raised_and_is_promised_by_its_class() -> None:
    found = rows(happened(one_loop.alert(sample_fragment_ids=["gone"], alerted_class="praise"), acted=False))
    assert found["clock_started_at"].unique().to_list() == [RAISED]
    assert found["sla_rule_applied"].unique().to_list() == ["wishes-and-praise"]


def test_alerts_of_one_story_have_one_clock_while_it_runs() -> None:
    story = [one_loop.alert(story_id="s"), one_loop.alert(alert_id="a2", story_id="s", raised_at=RAISED + HOUR)]
    assert rows(happened(*story))["alerted_id"].to_list() == ["a1"] * 4
    apart = [one_loop.alert(story_id=None), one_loop.alert(alert_id="a2", story_id=None)]
    assert rows(happened(*apart))["sla_clock_id"].n_unique() == 2


def test_a_story_that_goes_on_after_the_customers_were_told_starts_a_new_clock() -> None:
    again = one_loop.alert(alert_id="a2", story_id="s", raised_at=RAISED + DAY, sample_fragment_ids=[])
    found = rows(happened(one_loop.alert(story_id="s"), again))
    assert found["clock_started_at"].unique(maintain_order=True).to_list() == [LANDED, RAISED + DAY]
    assert found["alerted_id"].unique().to_list() == ["a1"]


def test_a_story_is_named_by_its_first_alert_whatever_their_ids() -> None:
    story = [one_loop.alert(alert_id="a0", story_id="s", raised_at=RAISED + HOUR), one_loop.alert(story_id="s")]
    assert rows(happened(*story))["alerted_id"].unique().to_list() == ["a1"]


def test_no_alert_triages_before_its_records_have_landed() -> None:
    assert column("done_at", happened(one_loop.alert(raised_at=LANDED - HOUR)))["triage"] == LANDED


def test_a_customer_whose_complaint_was_not_triaged_counts_too() -> None:
    what = happened(tiers={"f1": "enterprise"})
    found = rows(replace(what, triage=what.triage.clear()))
    assert found.select("urgency_applied", "tier_applied", "sla_rule_applied").unique().rows() == [(None, "enterprise", "vip")]


def test_what_was_taken_back_or_mends_nothing_mitigates_nothing() -> None:
    for undone in (happened(action_status="rolled_back"), happened(action_kind="annotate_status_page")):
        assert column("done_at", undone)["mitigate"] == SENT


def test_rows_are_the_same_in_any_order_of_what_happened() -> None:
    one = happened(one_loop.alert(), one_loop.alert(alert_id="a2", product="other", raised_at=LATER, story_id="t"))
    turned = Happened(*(frame.reverse() for frame in frames_of(one)))
    assert rows(turned).equals(rows(one))
    assert dict(rows(one).select("alerted_id", "product").iter_rows()) == {"a1": "shop", "a2": "other"}


def test_before_anything_landed_there_is_no_clock() -> None:
    one = happened()
    assert rows(Happened(*(frame.clear() for frame in frames_of(one)))).is_empty()


def test_it_is_measured_with_the_last_record_and_says_by_which_policy() -> None:
    found = rows(happened())
    assert found["measured_at"].unique().to_list() == [CONFIRMED]
    assert found["sla_policy_version"].unique().to_list() == [seed_sla_policy().policy_version]
    late = one_loop.alert(alert_id="a2", raised_at=LATER, story_id="t", sample_fragment_ids=[])
    two = rows(happened(one_loop.alert(), late))
    assert dict(two.select("alerted_id", "event_date").iter_rows()) == {"a1": LANDED.date(), "a2": LATER.date()}
    assert (found["at_risk_at"] - found["clock_started_at"]).to_list()[0] == timedelta(minutes=45)


def test_a_person_who_closes_the_issue_ends_its_clock() -> None:
    at = RAISED + HOUR / 2
    verdicts = column("sla_verdict", happened(acted=False, statuses=[said("resolved", at)]))
    assert {verdicts[stage] for stage in ("remediate", "confirm")} == {"not_asked"}


def test_that_the_loop_calls_it_resolved_closes_nothing() -> None:
    at = RAISED + HOUR / 2
    verdicts = column("sla_verdict", happened(acted=False, statuses=[said("resolved", at, "feedback_loop"), said("customers_told", at)]))
    assert "not_asked" not in {verdicts[stage] for stage in ("remediate", "confirm")}


def test_an_issue_that_is_opened_again_has_another_clock() -> None:
    statuses = [said("resolved", RAISED + HOUR), said("reopened", RAISED + DAY)]
    found = rows(happened(acted=False, statuses=statuses))
    assert found["clock_started_at"].unique().sort().to_list() == [LANDED, RAISED + DAY]


def test_the_status_of_another_issue_or_of_before_the_alert_says_nothing_of_it() -> None:
    plain = rows(happened(acted=False))["sla_verdict"].to_list()
    other = said("resolved", RAISED + HOUR) | {"issue_id": "i2"}
    assert "not_asked" not in rows(happened(acted=False, statuses=[other, said("resolved", RAISED - DAY)]))["sla_verdict"].to_list()
    assert "not_asked" not in plain


def test_what_is_left_waiting_is_at_risk_or_broken_and_not_kept_the_first_due_in_front() -> None:
    at = RAISED + 30 * DAY
    found = left_waiting(sla_stages(happened(acted=False), seed_sla_policy(), at))
    assert found["promised_stage"].to_list() == ["mitigate", "remediate", "confirm"]
    assert found["measured_at"].unique().to_list() == [at]
    assert left_waiting(rows(happened())).is_empty()
