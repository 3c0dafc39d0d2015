"""What an audit record used, what it generated, and on whose behalf, in the terms of PROV-DM (W3C): entities, activities, agents.

Derived from the record and its content alone, so that an export can be compared with what it is made from. The rule that is easy to break:
entities are named by kind and id, with a version where the record holds one; what was erased names nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from feedback_loop.contracts.audit_trail import AuditRecord, Content
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.remediation.attested import RESTATED

Entity = dict[str, str]

_RECORDED = "_recorded"


def provenance(record: AuditRecord, content: Content | None) -> dict[str, Any]:
    """`used` and `generated`, lists of entities, and the `agent`; the activity is the record itself."""
    used, generated = _ENTITIES.get(record.event, _of_others)(record, content or {})
    kind = "SoftwareAgent" if record.actor == LOOP else "Person"
    return {"used": used, "generated": generated, "agent": {"type": kind, "id": record.actor}}


def _entity(kind: str, name: object, version: object = None) -> Entity:
    return {"type": kind, "id": str(name)} | ({} if version is None else {"version": str(version)})


def _of_proposal(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    evidence = _part(content, "evidence")
    alert, causes = _part(evidence, "alert"), evidence.get("hypotheses")
    used = [_entity("alert", alert["alert_id"], alert.get("detector_version"))] if "alert_id" in alert else []
    used += [_entity("fragment", name) for name in alert.get("sample_fragment_ids") or ()]
    used += [
        _entity("hypothesis", cause["hypothesis_id"], cause.get("hypothesis_version"))
        for cause in (causes if isinstance(causes, list) else ())
        if isinstance(cause, Mapping) and "hypothesis_id" in cause
    ]
    used += [_entity("document", name, version) for name, version in _part(evidence, "documents").items()]
    if "playbook_id" in content:
        used.append(_entity("playbook", content["playbook_id"], content.get("playbook_version")))
    if "policy_version" in content:
        used.append(_entity("policy", "policy", content["policy_version"]))
    return used, [_entity("proposal", record.subject_id)]


def _of_approval(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    return [_entity("proposal", record.subject_id)], [_entity("approval", f"{record.subject_id}/{record.actor}")]


def _of_move(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    return [_entity("proposal", record.subject_id)], [_entity("proposal_status", content["to"])] if "to" in content else []


def _of_queued(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    used = [_entity("proposal", content["proposal_id"])] if "proposal_id" in content else []
    return used, [_entity("action", record.subject_id)]


def _of_finished(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    receipt = content.get("receipt_id")
    return [_entity("action", record.subject_id)], [] if receipt is None else [_entity("receipt", receipt)]


def _of_others(record: AuditRecord, content: Content) -> tuple[list[Entity], list[Entity]]:
    if record.event.endswith(_RECORDED):
        ids = content.get("ids")
        names = ids if isinstance(ids, list) else [record.subject_id]
        return [], [_entity(record.event.removesuffix(_RECORDED), name) for name in names]
    return [_entity("subject", record.subject_id)], []


def _part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The part, where it is one with names; anything else, which only somebody who altered it can have written, names nothing."""
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}


_ENTITIES: Mapping[str, Callable[[AuditRecord, Content], tuple[list[Entity], list[Entity]]]] = {
    "proposed": _of_proposal,
    RESTATED: _of_proposal,
    "approval_given": _of_approval,
    "proposal_moved": _of_move,
    "action_queued": _of_queued,
    "action_finished": _of_finished,
}
