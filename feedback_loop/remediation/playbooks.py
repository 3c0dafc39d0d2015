"""Playbooks: what may be done about which kind of cause, who answers for it, who approves it, and how it is undone.

They live as data in `playbook_texts/`, one YAML file each; the version of a playbook is the hash of its text. Whether one may be followed
in a given case is asked of `policy`; what it proposes is written by `proposals`. The rule that is easy to break: a playbook without owner,
rollback or governing document is refused when it is loaded, together with its whole set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, MessageKind, RiskLevel
from feedback_loop.contracts.message_vocab import CustomerStep
from feedback_loop.contracts.vocab import AlertKind, ComplaintClass
from feedback_loop.errors import PlaybookRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

FACTS = frozenset(
    {
        "alert_id", "alert_kind", "product", "complaint_class", "issue_id", "subject", "raised_at", "observed_count", "window_minutes",
        "cohort_attributes", "hypothesis_id", "cause_kind", "cause_id", "cause_step_ids", "cause_service", "cause_scope",
        "cause_started_at", "sample_fragment_ids", "requested_for",
    }
)  # fmt: skip
"""What a template may name: ids, figures and labels from the evidence; nothing that a customer wrote."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
Named = Annotated[str, Field(pattern=r"\S")]
Maturity = Literal["visibility", "assisted", "automated"]
RequestedFor = Literal["customer", "queue", "issue"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trigger(_Strict):
    """When a playbook applies; an empty part restricts nothing. One without cause kinds does not depend on the cause."""

    cause_kinds: tuple[CauseKind, ...] = ()
    services: tuple[str, ...] = ()
    complaint_classes: tuple[ComplaintClass, ...] = ()
    alert_kinds: tuple[AlertKind, ...] = ()
    on_request: RequestedFor | None = None
    """Never by itself: a person asks for it, for one customer or queue of the issue, or for the issue itself."""

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Trigger:
        if self.on_request and (self.cause_kinds or self.services or self.complaint_classes or self.alert_kinds):
            raise ValueError("what is only done on request has no other trigger; remove one of them")
        return self


class Rollback(_Strict):
    """How the action is undone, and the document that governs it; what is not reversible can only be made good."""

    is_reversible: bool = True
    steps: Annotated[tuple[Named, ...], Field(min_length=1)]
    document_id: Named


class BlastRadiusRule(_Strict):
    """How much it may do: customers and share of the volume at once, actions within a window, and of which tiers (none: of all)."""

    customers: Annotated[int, Field(ge=1)]
    share: Annotated[float, Field(gt=0, le=1)]
    actions: Annotated[int, Field(ge=1)]
    window_hours: Annotated[int, Field(ge=1, le=24 * 7)]
    tiers: tuple[Named, ...] = ()


class Playbook(_Strict):
    """One approved procedure."""

    playbook_id: Annotated[str, Field(pattern=r"^[a-z][a-z-]+$")]
    title: Named
    trigger: Trigger
    owner: Named
    approver_roles: Annotated[tuple[Named, ...], Field(min_length=1)]
    action_kind: ActionKind
    risk: RiskLevel
    maturity: Maturity = "assisted"
    """The furthest that it may be let go, whatever holds for the class."""
    blast_radius: BlastRadiusRule | None = None
    target: Named
    arguments: Mapping[str, str]
    required_evidence_count: Annotated[int, Field(ge=0)]
    threshold_score: Annotated[float, Field(ge=0, le=1)]
    rollback: Rollback
    acceptance_criteria: Annotated[tuple[Named, ...], Field(min_length=1)]
    """What has to be seen before the problem counts as mended."""
    customer_message: MessageKind | None = None
    customer_step: CustomerStep = CustomerStep.NOTHING
    """What the fix asks of customers; messages say it."""
    expires_hours: Annotated[int, Field(ge=1, le=24 * 14)]
    documents: Annotated[tuple[Named, ...], Field(min_length=1)]
    playbook_version: str = ""

    @field_validator("target", "arguments")
    @classmethod
    def _knows_its_facts(cls, value: Any) -> Any:
        texts = [value] if isinstance(value, str) else list(value.values())
        unknown = sorted({name for text in texts for name in _PLACEHOLDER.findall(text)} - FACTS)
        if unknown:
            raise ValueError(f"no fact is called {', '.join(unknown)}; the facts are {', '.join(sorted(FACTS))}")
        return value

    @model_validator(mode="after")
    def _is_bounded_where_nobody_looks(self) -> Playbook:
        is_safe = self.blast_radius is not None and self.risk is RiskLevel.LOW and self.rollback.is_reversible
        if self.maturity == "automated" and not is_safe:
            raise ValueError("maturity automated takes a blast_radius, a low risk and a rollback that is reversible")
        return self

    @property
    def phase(self) -> MaturityPhase:
        """The furthest phase that it may be in."""
        return MaturityPhase[self.maturity.upper()]

    @property
    def governing_documents(self) -> tuple[str, ...]:
        """The documents that have to be valid, that of the rollback among them, ascending."""
        return tuple(sorted({*self.documents, self.rollback.document_id}))

    @property
    def is_notice(self) -> bool:
        """Whether it is triggered by the alert itself, whatever the cause."""
        return not self.trigger.cause_kinds and not self.is_on_request

    @property
    def is_on_request(self) -> bool:
        """Whether only a person's request triggers it."""
        return self.trigger.on_request is not None

    @property
    def is_review(self) -> bool:
        """Whether it hands the case to people."""
        return self.action_kind is ActionKind.QUEUE_FOR_REVIEW


@dataclass(frozen=True)
class TriggerFacts:
    """What of an alert and its leading cause decides which playbook applies."""

    alert_kind: AlertKind
    complaint_class: ComplaintClass | None
    cause_kind: CauseKind
    cause_service: str | None


@cache
def seed_playbooks() -> tuple[Playbook, ...]:
    """The playbooks that come with the package."""
    folder = files("feedback_loop.remediation") / "playbook_texts"
    files_of_it = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return load_playbooks([parse_playbook(file.read_text("utf-8")) for file in files_of_it])


def load_playbooks(loaded: Sequence[Playbook]) -> tuple[Playbook, ...]:
    """The playbooks as one set, by id; raises PlaybookRefused where two bear one id, or none takes the rest."""
    playbooks = sorted(loaded, key=lambda p: p.playbook_id)
    ids = [p.playbook_id for p in playbooks]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise PlaybookRefused(twice[0], ["two of the set bear this id; rename or remove one"])
    if not any(_takes_the_rest(p) for p in playbooks):
        problem = "no playbook of the set queues for review whatever the cause; add one with every cause kind as its only trigger"
        raise PlaybookRefused("human-review", [problem])
    return tuple(playbooks)


def review_playbook(playbooks: Sequence[Playbook]) -> Playbook:
    """The playbook that takes what no other does."""
    return next(p for p in playbooks if _takes_the_rest(p))


def matching_playbook(playbooks: Sequence[Playbook], facts: TriggerFacts) -> Playbook:
    """The playbook for the cause: the one with the most restrictions among those that apply, the first by id where two are alike."""
    fitting = [p for p in playbooks if not p.is_notice and not p.is_on_request and _applies(p.trigger, facts)]
    return min(fitting, key=lambda p: (-_specificity(p.trigger), len(p.trigger.cause_kinds), p.playbook_id))


def matching_notices(playbooks: Sequence[Playbook], facts: TriggerFacts) -> tuple[Playbook, ...]:
    """The playbooks that the alert itself triggers, beside that for its cause."""
    return tuple(p for p in playbooks if p.is_notice and _applies(p.trigger, facts))


def filled(template: str, facts: Mapping[str, Any]) -> Any:
    """The template with its facts; one that is nothing but a fact keeps the fact's type."""
    whole = _PLACEHOLDER.fullmatch(template)
    if whole:
        return facts[whole[1]]
    return _PLACEHOLDER.sub(lambda found: str(facts[found[1]]), template)


def parse_playbook(text: str) -> Playbook:
    """The playbook of the YAML text; raises PlaybookRefused where it is unsafe to follow or can't be read."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise PlaybookRefused("(unreadable)", [f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise PlaybookRefused("(unnamed)", ["the text holds no fields"])
    try:
        return Playbook.model_validate({**content, "playbook_version": content_hash(text)})
    except ValidationError as error:
        raise PlaybookRefused(
            str(content.get("playbook_id", "(unnamed)")), list(field_problems(error, {"missing": "add it, for no playbook goes without"}))
        ) from error


def _applies(trigger: Trigger, facts: TriggerFacts) -> bool:
    parts: tuple[tuple[Sequence[str], str | None], ...] = (
        (trigger.cause_kinds, facts.cause_kind),
        (trigger.services, facts.cause_service),
        (trigger.complaint_classes, facts.complaint_class),
        (trigger.alert_kinds, facts.alert_kind),
    )
    return all(not allowed or value in allowed for allowed, value in parts)


def _specificity(trigger: Trigger) -> int:
    return sum(bool(part) for part in (trigger.services, trigger.complaint_classes, trigger.alert_kinds))


def _takes_the_rest(playbook: Playbook) -> bool:
    return playbook.is_review and set(playbook.trigger.cause_kinds) == set(CauseKind) and not _specificity(playbook.trigger)
