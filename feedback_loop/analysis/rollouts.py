"""A version that went out step by step is one cause in stages: dose and response are compared stage by stage.

Tools log each step as a change of its own, to a region or a tier more each time. Each alone explains a part of the rise at most; together
they say that complaints followed whom the version reached. The rule that is easy to break: the same version again for the same customers is
no stage but another try, which keeps its own place among the causes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from feedback_loop.analysis.causes import Cause, Stage
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS
from feedback_loop.analysis.segments import Scope
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.contracts.tables import CANDIDATE_DAYS

_IN_STAGES = (CauseKind.DEPLOY, CauseKind.FLAG, CauseKind.CONFIG)


def in_stages(causes: Sequence[Cause]) -> list[Cause]:
    """The causes, which come by time, but that the steps of one rollout are one cause under the name of the first."""
    found: list[Cause] = []
    for cause in causes:
        place = next((n for n, earlier in enumerate(found) if _goes_on(earlier, cause)), None)
        if place is None:
            found.append(cause)
        else:
            found[place] = _with_stage(found[place], cause)
    return found


def stages_of(cause: Cause) -> tuple[Stage, ...]:
    """The stages of a rollout, or the cause itself as the only one."""
    return cause.stages or (Stage(cause.cause_id, cause.started, cause.scope),)


def _goes_on(earlier: Cause, cause: Cause) -> bool:
    """Whether the cause is a further step of the earlier one: the same version of the same service for somebody more."""
    same = [(one.kind, one.service, one.version) for one in (earlier, cause)]
    if cause.kind not in _IN_STAGES or cause.version is None or same[0] != same[1] or cause.ended is not None or earlier.ended is not None:
        return False
    is_near = earlier.started < cause.started <= earlier.started + CANDIDATE_DAYS * DAY_MICROSECONDS
    return is_near and bool(earlier.scope) and all(_is_new(cause.scope, stage.scope) for stage in stages_of(earlier))


def _is_new(scope: Scope, before: Scope) -> bool:
    """Whether the scope names the same dimensions and values that the earlier one lacks, or nobody in particular."""
    if not scope:
        return True
    return scope.keys() == before.keys() and any(set(scope[name]) - set(before[name]) for name in scope)


def _with_stage(rollout: Cause, step: Cause) -> Cause:
    stages = (*stages_of(rollout), Stage(step.cause_id, step.started, step.scope))
    words = rollout.words if step.words in rollout.words else f"{rollout.words} {step.words}"
    return replace(rollout, scope=dict(_together(rollout.scope, step.scope)), words=words, stages=stages)


def _together(scope: Scope, more: Scope) -> Iterator[tuple[str, list[str]]]:
    for name, values in scope.items():
        if name in more:
            yield name, [*values, *(value for value in more[name] if value not in values)]
