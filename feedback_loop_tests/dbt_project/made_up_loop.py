"""The part of a made-up home that closes the loop: for each alert causes, and for every second one a proposal and what became of it.

As in `made_up_home`, the figures are chosen so that each rule of the marts has rows on both sides of it: alerts with and without a segment,
proposals carried out, tried twice, refused and waiting, customers told twice and not at all, fixes judged and returns with missing inputs.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

Row = dict[str, Any]

TABLES_OF_THE_LOOP = (
    "analysis_cohort", "analysis_hypothesis", "remediation_proposal", "remediation_action", "remediation_message", "state_issue_status",
    "outcomes_effect", "outcomes_roi", "outcomes_sla_stage", "outcomes_sla_event", "outcomes_lifecycle_event", "outcomes_metric",
    "outcomes_roi_comparison",
)  # fmt: skip
_HOUR = timedelta(hours=1)


def add_loop(rows: dict[str, list[Row]]) -> None:
    """Adds the rows of the loop about the alerts that the rows hold already."""
    issue_of = {alert: (issue["issue_id"], issue["product"]) for issue in rows["gold_issue"] for alert in issue["alert_ids"]}
    for number, alert in enumerate(rows["analysis_alert"]):
        _add_causes(number, alert, rows)
        _add_promise(number, alert, rows)
        _add_life(number, alert, rows)
        if number % 2 == 0:
            _add_proposal(number, alert, issue_of.get(alert["alert_id"], (None, ""))[0], rows)
    _add_metrics(rows)


def _add_promise(number: int, alert: Row, rows: dict[str, list[Row]]) -> None:
    began = alert["raised_at"] - _HOUR
    said = {"alerted_id": alert["alert_id"], "product": alert["product"], "event_date": alert["event_date"], "urgency_applied": "urgent"}
    when = {"clock_started_at": began, "at_risk_at": began + _HOUR, "due_at": began + 2 * _HOUR, "measured_at": began + 48 * _HOUR}
    rule = {"sla_rule_applied": "vip-outage", "calendar_applied": "around-the-clock", "sla_policy_version": "v"}
    figures = {"target_minutes": 120.0, "worked_minutes": 60.0, "sla_verdict": "met", "done_at": alert["raised_at"]}
    ids = {"sla_stage_id": f"s{number}", "sla_clock_id": f"c{number}", "promised_stage": "triage", "class_applied": alert["alerted_class"]}
    rows["outcomes_sla_stage"].append({"tier_applied": "vip", **said, **when, **rule, **figures, **ids})


def _add_life(number: int, alert: Row, rows: dict[str, list[Row]]) -> None:
    said = {"alerted_id": alert["alert_id"], "product": alert["product"]}
    start = alert["raised_at"] - _HOUR
    steps = (("occurred", start), ("landed", start + _HOUR / 2), ("alerted", alert["raised_at"]))
    further = [("classified", alert["raised_at"])]
    if any(alert["alert_id"] in issue["alert_ids"] for issue in rows["gold_issue"] if issue["event_date"] == alert["event_date"]):
        further.append(("issue_assigned", alert["raised_at"] + _HOUR))
    for stage, at in (*steps, *further):
        step = {"lifecycle_event_id": f"l{number}-{stage}", "lifecycle_stage": stage, "occurred_at": at, "event_date": at.date()}
        rows["outcomes_lifecycle_event"].append(said | step)
    for stage, result, began, ended in (("intake", None, *steps[:2]), ("classification", "met", *steps[1:])):
        span = {
            "stage_started_at": began[1],
            "stage_ended_at": ended[1],
            "elapsed_minutes": 30.0,
            "sla_result": result,
            "event_date": ended[1].date(),
        }
        rows["outcomes_sla_event"].append(said | span | {"sla_event_id": f"v{number}-{stage}", "latency_stage": stage})


def _add_metrics(rows: dict[str, list[Row]]) -> None:
    fixes = Counter(step["product"] for step in rows["outcomes_lifecycle_event"] if step["lifecycle_stage"] == "executed")
    for product, count in fixes.items():
        said = {"product": product, "event_date": date(2024, 1, 1), "metric_meaning": "as the tests need it", "metric_unit": "share"}
        came_back = {"metric_name": "reopened", "metric_value": 0.0, "metric_numerator": 0.0, "metric_denominator": float(count)}
        unknown = {"metric_name": "refunded", "missing_inputs": ["order_events"]}
        rows["outcomes_metric"] += [said | came_back | {"missing_inputs": []}, said | unknown]
        days = {"before_from_date": date(2023, 10, 2), "before_to_date": date(2023, 12, 31), "loop_from_date": date(2024, 1, 1)}
        quarter = {"product": product, "compared_per": "orders", "loop_to_date": date(2024, 3, 31), "event_date": date(2024, 3, 31)} | days
        saved = {"compared_figure": "fewer_cases", "roi_quantity": 12.0, "roi_unit": "hours", "amount_usd": 360.0, "missing_inputs": []}
        unpriced = {"compared_figure": "multiple", "roi_unit": "times", "missing_inputs": ["infrastructure"]}
        for line in (saved, unpriced):
            rows["outcomes_roi_comparison"].append(quarter | line | {"comparison_id": f"k-{product}-{line['compared_figure']}"})


def _add_causes(number: int, alert: Row, rows: dict[str, list[Row]]) -> None:
    of_alert = {"alert_id": alert["alert_id"], "product": alert["product"], "event_date": alert["event_date"]}
    for rank in range(1, 2 + number % 3):
        cause = {"hypothesis_id": f"h{number}-{rank}", "hypothesis_rank": rank, "cause_kind": "deploy", "hypothesis_verdict": "possible"}
        rows["analysis_hypothesis"].append(of_alert | cause | {"hypothesis_score": 0.9 / rank, "cause_id": f"chg-{number}-{rank}"})
    for rank in range(1, 1 + number % 3):
        segment = {"cohort_id": f"g{number}-{rank}", "cohort_rank": rank, "cohort_attributes": f'{{"browser":"Safari {rank}"}}'}
        rows["analysis_cohort"].append(of_alert | segment | {"rise_verdict": "localised"})


def _add_proposal(number: int, alert: Row, issue_id: str | None, rows: dict[str, list[Row]]) -> None:
    proposed_at = datetime.combine(alert["event_date"], time(10), UTC)
    is_done = number % 4 == 0
    proposal = {
        "proposal_id": f"p{number}", "alert_id": alert["alert_id"], "product": alert["product"], "proposed_issue_id": issue_id,
        "proposed_hypothesis_id": f"h{number}-1", "action_kind": "roll_back_release", "risk_level": "high", "confidence_score": 0.9,
        "approvals_required_count": 2, "approvals_given_count": 2 if is_done else 0, "is_executable": True,
        "proposal_status": "done" if is_done else "refused" if number % 3 else "awaiting_approval", "proposed_at": proposed_at,
        "refusal_reason": "low_confidence" if not is_done and number % 3 else None,
        "decided_at": proposed_at + _HOUR if is_done else None, "event_date": alert["event_date"],
    }  # fmt: skip
    rows["remediation_proposal"].append(proposal)
    if issue_id is not None:
        _add_statuses(number, issue_id, is_done, proposed_at, rows)
    if is_done:
        _add_execution(number, proposal, rows)


def _add_statuses(number: int, issue_id: str, is_done: bool, at: datetime, rows: dict[str, list[Row]]) -> None:
    for step, status in enumerate(("fix_proposed", *(("fix_executed",) if is_done else ()))):
        changed_at = at + 2 * step * _HOUR
        rows["state_issue_status"].append(
            {
                "status_id": f"s{number}-{step}",
                "issue_id": issue_id,
                "issue_status": status,
                "changed_at": changed_at,
                "event_date": at.date(),
            }
        )


def _add_execution(number: int, proposal: Row, rows: dict[str, list[Row]]) -> None:
    of_proposal = {name: proposal[name] for name in ("proposal_id", "product", "action_kind", "event_date")}
    at = proposal["proposed_at"] + 2 * _HOUR
    failed = of_proposal | {"action_id": f"x{number}-0", "action_status": "failed", "queued_at": at - _HOUR / 2}
    done = of_proposal | {
        "action_id": f"x{number}-1",
        "action_status": "done",
        "queued_at": at,
        "executed_at": at,
        "receipt_id": f"rc{number}",
    }
    rows["remediation_action"] += [failed, done] if number % 8 == 0 else [done]
    for n in range(number % 3 + 1):
        told = {"message_kind": "fixed", "message_status": "sent", "recipient_customer_id": f"c{n % 2}", "sent_at": at if n else None}
        rows["remediation_message"].append(of_proposal | told | {"message_draft_id": f"m{number}-{n}"})
    life = {"lifecycle_proposal_id": proposal["proposal_id"], "lifecycle_stage": "executed", "occurred_at": at, "event_date": at.date()}
    of_alert = {"alerted_id": proposal["alert_id"], "product": proposal["product"]}
    rows["outcomes_lifecycle_event"].append(of_alert | life | {"lifecycle_event_id": f"l{number}-executed"})
    _add_outcomes(number, of_proposal | {"action_id": done["action_id"]}, at, rows)


def _add_outcomes(number: int, of_action: Row, at: datetime, rows: dict[str, list[Row]]) -> None:
    is_fixed = number % 8 == 0
    counts = {"treated_before_count": 40, "treated_after_count": 8, "control_before_count": 100, "control_after_count": 100}
    figures = {"effect_ratio": 0.2, "effect_low": 0.1, "effect_high": 0.4, "effect_verdict": "fixed"}
    unknown = dict.fromkeys(("effect_ratio", "effect_low", "effect_high")) | {"effect_verdict": "insufficient_evidence"}
    effect = of_action | counts | (figures if is_fixed else unknown)
    rows["outcomes_effect"].append(effect | {"effect_id": f"e{number}", "measured_at": at + 48 * _HOUR})
    amount = {"roi_quantity": 16.0, "amount_usd": 480.0, "amount_low_usd": 360.0, "amount_high_usd": 540.0, "missing_inputs": []}
    missing = {"missing_inputs": ["effect_ratio"]}
    component = of_action | {"roi_id": f"o{number}", "roi_component": "agent_hours", "roi_unit": "hours"}
    rows["outcomes_roi"].append(component | (amount if is_fixed else missing))
