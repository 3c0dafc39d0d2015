"""What the loop and its people did, week by week: each figure on a few proposals whose answer can be counted by hand."""

from __future__ import annotations

from typing import Any

from feedback_loop.contracts.outcome_vocab import OutcomeMetric
from feedback_loop.outcomes.loop_metrics import Handled, loop_figures
from feedback_loop_tests.outcomes.one_loop import APPROVED, HOUR, RAISED, Row, proposal, table


def step(stage: str, hours: float, proposal_id: str | None = None, alert_id: str = "a1") -> Row:
    """One step of the alert's life, so many hours after the alert was raised."""
    at = RAISED + hours * HOUR
    row = {"lifecycle_event_id": f"{alert_id}-{proposal_id}-{stage}", "alerted_id": alert_id, "product": "shop", "lifecycle_stage": stage}
    return row | {"lifecycle_proposal_id": proposal_id, "occurred_at": at, "event_date": at.date()}


def fix(number: int, verdict: str | None, *, people: int = 0, is_back: bool = False, **changes: Any) -> dict[str, list[Row]]:
    """A fix that was carried out, its effect where it was judged, and whether the same alerted again."""
    name = f"p{number}"
    done = proposal(proposal_id=name, alert_id=f"a{number}", approvals_required_count=people, **changes)
    life = [step("executed", 3, name, f"a{number}"), *([step("reopened", 9, name, f"a{number}")] if is_back else [])]
    effect = {"effect_id": f"e{number}", "proposal_id": name, "action_id": f"x{number}", "product": "shop", "effect_verdict": verdict}
    return {"proposals": [done], "lifecycle": life, "effects": [effect] if verdict else []}


def figures(*fixes: dict[str, list[Row]], **rows: list[Row]) -> dict[OutcomeMetric, list[tuple[float | None, float]]]:
    """Value and denominator of each week by figure."""
    every = {name: [row for part in (*fixes, rows) for row in part.get(name, [])] for name in ("proposals", "lifecycle", "effects")}
    handled = Handled(
        table("outcomes_lifecycle_event", *every["lifecycle"]),
        table("outcomes_sla_stage", *rows.get("stages", [])),
        table("remediation_proposal", *every["proposals"]),
        table("outcomes_effect", *every["effects"]),
        table("state_label", *rows.get("labels", [])),
        table("silver_fragment", *rows.get("fragments", [])),
        table("analysis_classification", *rows.get("classes", [])),
    )
    return {one.metric: one.rows.sort("event_date").select("value", "denominator").rows() for one in loop_figures(handled)}


def test_hours_run_from_the_first_complaint_or_from_its_landing() -> None:
    life = [step("occurred", -4), step("landed", -3), step("alerted", 0), step("cause_ranked", 2), step("proposed", 2), step("executed", 5)]
    found = figures(lifecycle=[*life, step("occurred", -1, alert_id="a2"), step("alerted", 1, alert_id="a2")])
    assert found[OutcomeMetric.DETECTION_HOURS] == [(3.0, 2.0)]
    assert found[OutcomeMetric.INSIGHT_HOURS] == [(6.0, 1.0)]
    assert found[OutcomeMetric.TRIAGE_HOURS] == [(5.0, 1.0)]
    assert found[OutcomeMetric.MITIGATION_HOURS] == [(8.0, 1.0)]
    assert found[OutcomeMetric.REMEDIATION_HOURS] == found[OutcomeMetric.CONFIRMATION_HOURS] == []


def test_a_promise_counts_when_it_is_over() -> None:
    def stage(number: int, verdict: str) -> Row:
        told = {"sla_stage_id": f"s{number}", "product": "shop", "promised_stage": "triage", "sla_verdict": verdict}
        return told | {"due_at": RAISED, "done_at": RAISED if verdict == "met" else None}

    found = figures(stages=[stage(n, verdict) for n, verdict in enumerate(("met", "met", "breached", "running", "not_asked"))])
    assert found[OutcomeMetric.TRIAGE_KEPT] == [(2 / 3, 3.0)]
    assert found[OutcomeMetric.MITIGATION_KEPT] == []


def test_accuracy_is_told_of_what_was_decided_and_labelled() -> None:
    names = ("right", "wrong", "abstained", "unlabelled")
    fragments = [{"fragment_id": name, "product": "shop"} for name in names]
    classes = [{"fragment_id": n, "taxonomy_class": "crash", "best_class": "crash", "is_abstained": n == "abstained"} for n in names]
    said = {"right": "crash", "wrong": "billing", "abstained": "crash"}
    labels = [{"label_id": n, "fragment_id": n, "labelled_class": word, "labelled_at": RAISED} for n, word in said.items()]
    assert figures(fragments=fragments, classes=classes, labels=labels)[OutcomeMetric.CLASSIFICATION_ACCURACY] == [(0.5, 2.0)]


def test_an_alert_that_is_put_before_people_is_escalated_once() -> None:
    review = {"action_kind": "queue_for_review", "approvals_required_count": 0}
    made = [proposal(), proposal(proposal_id="p2", **review), proposal(proposal_id="p3", alert_id="a2")]
    assert figures(proposals=made)[OutcomeMetric.ESCALATED] == [(0.5, 2.0)]


def test_people_accept_or_override_and_what_they_left_undecided_counts_in_neither() -> None:
    rejected = {"proposal_status": "refused", "refusal_reason": "rejected_by_person", "decided_at": APPROVED}
    made = [
        *(proposal(proposal_id=f"p{n}", approvals_required_count=2) for n in range(3)),
        proposal(proposal_id="p3", approvals_required_count=1, **rejected),
        proposal(proposal_id="p4", approvals_required_count=1, proposal_status="expired", refusal_reason="expired"),
        proposal(proposal_id="p5", approvals_required_count=0),
    ]
    found = figures(proposals=made)
    assert (found[OutcomeMetric.ACCEPTED], found[OutcomeMetric.OVERRIDDEN]) == ([(0.75, 4.0)], [(0.25, 4.0)])


def test_what_was_taken_back_was_corrected() -> None:
    made = [proposal(), proposal(proposal_id="p2", proposal_status="rolled_back"), proposal(proposal_id="p3", action_kind="reverse_action")]
    assert figures(proposals=made)[OutcomeMetric.CORRECTED] == [(0.5, 2.0)]


def test_automation_was_false_where_it_did_not_help_came_back_or_was_taken_back() -> None:
    found = figures(
        fix(1, "fixed"),
        fix(2, "fixed", is_back=True),
        fix(3, "not_fixed"),
        fix(4, None, proposal_status="rolled_back"),
        fix(5, "insufficient_evidence"),
        fix(6, "not_fixed", people=2),
    )
    assert found[OutcomeMetric.FALSE_AUTOMATION] == [(0.75, 4.0)]


def test_a_fix_that_comes_back_within_a_day_is_not_closed() -> None:
    found = figures(fix(1, "fixed"), fix(2, "fixed", is_back=True), fix(3, "insufficient_evidence"), fix(4, "not_fixed"))
    assert (found[OutcomeMetric.CLOSED], found[OutcomeMetric.REOPENED]) == ([(0.25, 4.0)], [(0.25, 4.0)])


def test_a_note_on_the_status_page_is_no_fix() -> None:
    assert figures(fix(1, None, action_kind="annotate_status_page"))[OutcomeMetric.CLOSED] == []


def test_of_two_verdicts_on_one_fix_the_later_counts_whatever_their_order() -> None:
    judged = fix(1, "not_fixed")
    (first,) = judged["effects"]
    later = first | {"effect_id": "e0", "effect_verdict": "fixed", "measured_at": RAISED + 90 * HOUR}
    rows = [first | {"measured_at": RAISED + 50 * HOUR}, later]
    for effects in (rows, rows[::-1]):
        assert figures(judged | {"effects": effects})[OutcomeMetric.CLOSED] == [(1.0, 1.0)]
