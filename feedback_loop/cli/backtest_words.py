"""A back-test told: what would have been proposed, which way it would have gone, how much of it was right, and what it would have gained.

Figures come from `workflows/backtest_report`. The rule that is easy to break: what is not known has no figure here, and its name is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from feedback_loop.cli.printing import print_table, say

if TYPE_CHECKING:
    from feedback_loop.outcomes.backtest_later import Tried
    from feedback_loop.outcomes.backtest_verdicts import Judged, Precision
    from feedback_loop.workflows.backtest_report import BacktestReport

_PROPOSALS = ("day", "playbook", "action", "confidence", "people", "would be", "known by now")
_PRECISION = ("playbook", "would be", "actions", "right", "wrong", "unjudged", "precision", "at least", "at most")
_WRONG = ("day", "playbook", "action", "target", "cause", "wrong because of")
_JSON_FIELDS = (
    "alert_id", "playbook_id", "action_kind", "action_target", "confidence_score", "approvals_required_count", "proposal_status",
    "refusal_reason", "is_executable",
)  # fmt: skip


def tell(report: BacktestReport) -> None:
    """The report for people."""
    verdicts = {id(one.tried): one for one in report.judged}
    if report.tried:
        print_table(_PROPOSALS, [_row(one, verdicts.get(id(one))) for one in report.tried])
    made = f"{report.days}: {report.alert_count} alerts, {len(report.tried)} proposals would have been made"
    say(f"{made}; nothing was stored or carried out.")
    say(", ".join(f"{count} {way}" for way, count in report.ways.items() if count) or "no proposal")
    if report.tried:
        _tell_what_is_known(report)


def _tell_what_is_known(report: BacktestReport) -> None:
    if report.judged:
        say()
        print_table(_PRECISION, [_precision_row(one) for one in report.precisions])
    if report.advice:
        say(report.advice)
    if report.wrong:
        say("\nWrong, had it been done:")
        print_table(_WRONG, [tuple(_wrong(one).values()) for one in report.wrong])
    if report.saved:
        say(_minutes(report))
    say(_promises(report))


def _row(tried: Tried, judged: Judged | None) -> tuple[object, ...]:
    proposal = tried.proposal
    action = f"{proposal.action_kind} of {proposal.action_target}"
    confidence, people = round(proposal.confidence_score, 2), proposal.approvals_required_count
    way = str(tried.way)
    if proposal.refusal_reason:
        way = "refused: " + str(proposal.refusal_reason).replace("_", " ")
    return (tried.day, proposal.playbook_id, action, confidence, people, way, judged and str(judged.verdict))


def _precision_row(one: Precision) -> tuple[object, ...]:
    low, high = one.interval if one.judged_count else (None, None)
    counts = (one.right_count + one.wrong_count + one.unjudged_count, one.right_count, one.wrong_count, one.unjudged_count)
    return (one.playbook_id or "all", str(one.way), *counts, one.share, low, high)


def _wrong(one: Judged) -> dict[str, object]:
    proposal = one.tried.proposal
    return {
        "day": one.tried.day,
        "playbook_id": proposal.playbook_id,
        "action_kind": str(proposal.action_kind),
        "action_target": proposal.action_target,
        "cause_id": one.tried.cause_id,
        "because": str(one.grounds[0][0]),
    }


def _minutes(report: BacktestReport) -> str:
    missing = ", ".join(f"{name} ({count})" for name, count in report.missing.items())
    told = [
        f"{what}: " + ("not known" if value is None else f"{value:,.0f}")
        for what, value in (
            ("Minutes saved until something was done", report.minutes_saved),
            ("agents' minutes", report.agent_minutes_saved),
        )
    ]
    return f"{'; '.join(told)}; of {len(report.saved)} right automatic actions{_left_out(report)}." + (
        f" Missing: {missing}." if missing else ""
    )


def _left_out(report: BacktestReport) -> str:
    whys = ((report.repeated_count, "as repeats"), (report.late_count, "as later than the real action"))
    told = ", ".join(f"{count} {why}" for count, why in whys if count)
    return f" (left out: {told})" if told else ""


def _promises(report: BacktestReport) -> str:
    found = report.breaches
    if found.avoided is None:
        return f"Breaches avoided: not known. Missing: {', '.join(found.missing)} (run the days with `feedback-loop run`)."
    other = f"; {found.other_policy_count} were measured under another policy and are not looked at" if found.other_policy_count else ""
    return f"Breaches avoided: {len(found.avoided)} of {found.breached_count} breached promises to mitigate{other}."


def content_of(report: BacktestReport) -> dict[str, Any]:
    """The report for programs: everything that is told, and the figures of each proposal."""
    verdicts, gains = {id(one.tried): one for one in report.judged}, {id(one.judged.tried): one for one in report.saved}
    return {
        "from": report.days.first,
        "to": report.days.last,
        "policy_version": report.policy_version,
        "alert_count": report.alert_count,
        "ways": {str(way): count for way, count in report.ways.items()},
        "proposals": [_proposal(one, verdicts.get(id(one)), vars(gains[id(one)]) if id(one) in gains else {}) for one in report.tried],
        "precision": [_precision(one) for one in report.precisions],
        "advice": report.advice,
        "wrong": [_wrong(one) for one in report.wrong],
        "minutes_saved": report.minutes_saved,
        "agent_minutes_saved": report.agent_minutes_saved,
        "late_count": report.late_count,
        "repeated_count": report.repeated_count,
        "missing_inputs": dict(report.missing),
        "breaches": {
            "avoided_count": None if report.breaches.avoided is None else len(report.breaches.avoided),
            "avoided_alert_ids": report.breaches.avoided,
            "breached_count": report.breaches.breached_count,
            "other_policy_count": report.breaches.other_policy_count,
            "missing_inputs": list(report.breaches.missing),
        },
    }


def _proposal(tried: Tried, judged: Judged | None, gains: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: getattr(tried.proposal, name) for name in _JSON_FIELDS}
    grounds = judged.grounds if judged else ()
    return {
        "day": tried.day,
        "proposed_at": tried.proposal.proposed_at,
        **told,
        "cause_id": tried.cause_id,
        "would_be": str(tried.way),
        "verdict": None if judged is None else str(judged.verdict),
        "grounds": [{"ground": str(ground), "verdict": str(verdict)} for ground, verdict in grounds],
        "acted_at": gains.get("acted_at"),
        "minutes_saved": gains.get("minutes"),
        "agent_minutes_saved": gains.get("agent_minutes"),
        "missing_inputs": list(gains.get("missing", ())),
    }


def _precision(one: Precision) -> dict[str, Any]:
    low, high = one.interval if one.judged_count else (None, None)
    return {
        "playbook_id": one.playbook_id,
        "would_be": str(one.way),
        "right_count": one.right_count,
        "wrong_count": one.wrong_count,
        "unjudged_count": one.unjudged_count,
        "precision_share": one.share,
        "precision_low_share": low,
        "precision_high_share": high,
    }
