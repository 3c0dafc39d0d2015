"""One decision as a page that somebody understands who was not there: its sections, for the terminal and as one HTML file.

What is gathered stands in `decision_story`, how a page is written in `page`. The rule that is easy to break: a section is never left
out; what is not known, was erased or has not happened is said in a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from feedback_loop.contracts.audit_trail import AuditRecord
from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.remediation.decision_record import POLICY_FACTS
from feedback_loop.workflows.decision_story import DecisionStory
from feedback_loop.workflows.page import Page, Section

_ALERT = (
    "alert_kind", "alerted_class", "observed_count", "expected_count", "exposure_count", "rate_ratio", "p_value", "alert_score",
    "window_minutes", "raised_at", "event_date",
)  # fmt: skip
_HASH_SHOWN = 16
_NOTHING = "–"

REPLAYS: Mapping[ReplayVerdict, str] = {
    ReplayVerdict.SAME: "Made again from the record alone, the decision is the same.",
    ReplayVerdict.DIFFERENT: "Made again from the record alone, the decision differs.",
    ReplayVerdict.ERASED: "It can't be made again: what was recorded of it was erased.",
    ReplayVerdict.NOT_RECORDED: "It can't be made again: its record is from before the facts of the policy were kept.",
    ReplayVerdict.VERSION_MISSING: "It can't be made again whole: what was in force then is not at hand any more.",
}


def decision_page(story: DecisionStory) -> Page:
    """The whole record of the decision."""
    made = (_short, _seen, _causes, _documents, _confidence, _versions, _policy, _people, _done, _helped, _records)
    return Page(f"Decision {story.proposal.proposal_id}", [section(story) for section in made])


def _short(story: DecisionStory) -> Section:
    proposal, report = story.proposal, story.report
    what = f"{_words(proposal.action_kind)} of {proposal.action_target} for {proposal.product}: {_words(proposal.proposal_status)}"
    why = f", because of {_words(proposal.refusal_reason)}" if proposal.refusal_reason else ""
    when = f"Proposed by {proposal.requested_by} at {_at(proposal.proposed_at)}, to be decided by {_at(proposal.expires_at)}."
    trail = "The audit trail is whole." if not report.breaks else f"THE AUDIT TRAIL IS BROKEN: {report.breaks[0]}."
    signed = f"Its anchors are signed by {report.key_id}." if report.key_id else "Its anchors are not signed yet."
    lines = [f"{what}{why}.", when, f"{trail} {signed}", _outcome(story)]
    if story.told is None:
        lines.append("What the trail was told of it was erased; what is shown is what its row still holds.")
    return Section("In short", lines)


def _seen(story: DecisionStory) -> Section:
    alert, cohort = _part(story, "alert"), _part(story, "cohort")
    shown = [f"The alert {story.proposal.alert_id} showed {_listed(alert.get('sample_fragment_ids'))}."]
    if cohort:
        share = f"{cohort.get('observed_count')} of {cohort.get('cohort_exposure_count')} records"
        shown.append(f"It stands out for {cohort.get('cohort_attributes')}: {share}, {cohort.get('rise_verdict')}.")
    else:
        shown.append("It stands out for no segment of customers.")
    shown.append(f"Issue: {story.proposal.proposed_issue_id or 'none'}.")
    return Section("What was seen", shown, ("fact", "value"), [(_words(name), _value(alert.get(name))) for name in _ALERT])


def _causes(story: DecisionStory) -> Section:
    causes = _rows(story, "hypotheses")
    acted = story.proposal.proposed_hypothesis_id
    line = f"It acts on hypothesis {acted}." if acted else "It rests on the alert itself and on no cause."
    columns = ("rank", "cause", "kind", "service", "score", "verdict", "for it", "against it", "would decide")
    rows = [
        (
            cause.get("hypothesis_rank"), cause.get("cause_id") or "no known cause", cause.get("cause_kind"), cause.get("cause_service"),
            cause.get("hypothesis_score"), _words(cause.get("hypothesis_verdict")), _listed(cause.get("evidence_for")),
            _listed(cause.get("evidence_against")), _listed(cause.get("deciding_observations")),
        )
        for cause in causes
    ]  # fmt: skip
    return Section("Causes, with what speaks for and against", [line] if rows else ["No cause was ranked."], columns, rows)


def _documents(story: DecisionStory) -> Section:
    governing, reading = _part(story, "documents"), _rows(story, "reading")
    rows: list[tuple[object, ...]] = [(name, version, "governs the action", None) for name, version in sorted(governing.items())]
    rows += [(one.get("document_id"), one.get("document_version"), "retrieved to be read", one.get("title")) for one in reading]
    lines = [] if rows else ["No valid document governs the action, and none was retrieved."]
    return Section("Documents", lines, ("document", "version", "role", "title"), rows)


def _confidence(story: DecisionStory) -> Section:
    proposal, facts = story.proposal, _part(story, POLICY_FACTS)
    lines = [f"Confidence {proposal.confidence_score:.3f}, threshold {proposal.proposal_threshold_score:.3f}."]
    if "evidence_count" in facts:
        lines.append(f"{facts['evidence_count']} complaints, {facts.get('required_evidence_count')} were asked for.")
    certified = proposal.evidence.get("certified_count")
    lines.append(_NOTHING if certified is None else f"{certified} of the complaints that show it have a class that a gate certifies.")
    return Section("Confidence and thresholds", lines)


def _versions(story: DecisionStory) -> Section:
    proposal, alert = story.proposal, _part(story, "alert")
    versions = {str(one.get("hypothesis_version")) for one in _rows(story, "hypotheses")}
    rows: list[tuple[object, ...]] = [
        ("playbook", proposal.playbook_id, proposal.playbook_version),
        ("policy", None, proposal.policy_version),
        ("detector", None, alert.get("detector_version")),
        ("hypotheses", None, ", ".join(sorted(versions)) or None),
        ("classifier promoted by then", None, story.promoted_model or "none: that of the seed taxonomy"),
    ]
    rows += [
        (f"{one['fragment_count']} complaints, as classified now", f"taxonomy {one['taxonomy_version']}", one["classifier_version"])
        for one in story.classified
    ]
    rows += [
        (
            f"language model, {_words(one['model_stage'])}",
            f"prompt {one['prompt_version']}, {one['call_count']} calls",
            one["model_version"],
        )
        for one in story.asked
    ]
    lines = [] if story.asked else ["No language model was asked on the alert's day before it was proposed."]
    return Section("Versions", lines, ("part", "name", "version"), rows)


def _policy(story: DecisionStory) -> Section:
    evidence, facts = story.evidence, _part(story, POLICY_FACTS)
    refusals, needed = evidence.get("refusals"), story.proposal.approvals_required_count
    found = f"Refused because of {_listed(refusals)}." if refusals else "Nothing refused it."
    lines = [
        "Refusals are not recorded." if refusals is None else found,
        f"It needs {needed} approvals, by {_listed(story.proposal.approver_roles)}.",
    ]
    if evidence.get("person_because"):
        lines.append(f"People decide because of {_words(evidence['person_because'])}.")
    lines.append(REPLAYS[story.replay.verdict])
    lines += [f"Differs: {one}." for one in story.replay.differences]
    lines += [f"Lacks: {one}." for one in story.replay.lacks]
    return Section("Policy checks", lines, ("fact that it looked at", "value"), [(_words(name), _value(facts[name])) for name in facts])


def _people(story: DecisionStory) -> Section:
    sent = story.proposal.arguments_hash
    said: list[tuple[object, ...]] = [
        (_at(one.given_at), one.person, str(one.approval_verdict), one.why or None, _same(one.arguments_hash == sent))
        for one in story.approvals
    ]
    said += [
        (_at(line.record.recorded_at), line.record.actor, f"did not count: {_words((line.content or {}).get('verdict'))}",
         _words((line.content or {}).get("reason")), None)
        for line in story.lines
        if line.record.event == "decision_refused"
    ]  # fmt: skip
    nobody = "Nobody has decided on it." if story.proposal.approvals_required_count else "It needs no approval, and nobody spoke on it."
    return Section("Who decided", [] if said else [nobody], ("when", "who", "said", "why", "about what is sent"), sorted(said, key=_first))


def _done(story: DecisionStory) -> Section:
    columns = ("action", "status", "connector", "receipt", "attempts", "queued", "executed", "key")
    rows = [
        (
            one["action_id"], _words(one["action_status"]), one["connector"], one["receipt_id"], one["attempt_count"],
            _at(one["queued_at"]), _at(one["executed_at"]), one["idempotency_key"],
        )
        for one in story.actions
    ]  # fmt: skip
    proposal = story.proposal
    lines = [f"What was to be sent: {_words(proposal.action_kind)} of {proposal.action_target}, {proposal.action_arguments}"]
    lines += [
        f"{_at(line.record.recorded_at)}, {_words(line.content['action_status'])}: {line.content['why']}"
        for line in story.lines
        if line.record.event == "action_finished" and line.content is not None and line.content.get("why")
    ]
    return Section("What was done", lines if rows else [*lines, "Nothing was sent."], columns, rows)


def _helped(story: DecisionStory) -> Section:
    told = ", ".join(f"{count} {_words(status)}" for status, count in sorted(story.messages.items()))
    columns = ("measured", "verdict", "ratio", "from", "to", "before", "after", "control before", "control after", "version")
    names = (
        "effect_ratio", "effect_low", "effect_high", "treated_before_count", "treated_after_count", "control_before_count",
        "control_after_count", "effect_version",
    )  # fmt: skip
    rows = [(_at(one["measured_at"]), _words(one["effect_verdict"]), *(one[name] for name in names)) for one in story.effects]
    return Section("Did it help", [_outcome(story), f"Messages to customers: {told or 'none'}."], columns, rows)


def _records(story: DecisionStory) -> Section:
    columns = ("record", "at", "event", "by", "about", "record hash", "content")
    rows = [(*_record(line.record), "erased" if line.content is None else "kept") for line in story.lines]
    return Section(
        "Records of the audit trail", ["`feedback-loop audit verify` checks them; each hash covers all before it."], columns, rows
    )


def _record(record: AuditRecord) -> tuple[object, ...]:
    about = f"{record.subject_id[:_HASH_SHOWN]}…" if len(record.subject_id) > _HASH_SHOWN else record.subject_id
    return (record.sequence, _at(record.recorded_at), _words(record.event), record.actor, about, f"{record.record_hash[:_HASH_SHOWN]}…")


def _outcome(story: DecisionStory) -> str:
    if story.effects:
        last = story.effects[-1]
        return f"Judged {_words(last['effect_verdict'])} at {_at(last['measured_at'])}."
    if any(one["executed_at"] for one in story.actions):
        return "It was carried out; whether it helped was not measured yet."
    return "It was not carried out, so there is nothing to measure."


def _part(story: DecisionStory, name: str) -> Mapping[str, Any]:
    found = story.evidence.get(name)
    return found if isinstance(found, Mapping) else {}


def _rows(story: DecisionStory, name: str) -> list[Mapping[str, Any]]:
    found = story.evidence.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _first(row: Sequence[object]) -> str:
    return str(row[0])


def _words(name: object) -> str:
    return _NOTHING if name is None else str(name).replace("_", " ")


def _listed(values: object) -> str:
    named = values if isinstance(values, list | tuple) else ()
    return "; ".join(str(value) for value in named) or "nothing"


def _value(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _same(is_same: bool) -> str:
    return "yes" if is_same else "about something else"


def _at(instant: Any) -> str:
    return _NOTHING if instant is None else f"{instant:%Y-%m-%d %H:%M:%S} UTC"
