"""Steps of one version are one cause in stages; another version, another service or the same customers again are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.rollouts import in_stages, stages_of
from feedback_loop.contracts.loop_vocab import CauseKind

FIRST = Cause("web-7-dach", CauseKind.DEPLOY, "web", 0, None, {"region": ["dach"]}, "Faster search", "7.0")
SECOND = replace(FIRST, cause_id="web-7-uk", started=4 * HOUR_MICROSECONDS, scope={"region": ["uk"]})


def test_steps_to_more_customers_are_one_cause_under_the_name_of_the_first() -> None:
    [rollout] = in_stages([FIRST, SECOND, replace(SECOND, cause_id="web-7-all", started=9 * HOUR_MICROSECONDS, scope={})])
    assert (rollout.cause_id, rollout.started, rollout.scope, rollout.words) == ("web-7-dach", 0, {}, "Faster search")
    assert [(stage.cause_id, stage.scope) for stage in stages_of(rollout)] == [
        ("web-7-dach", {"region": ["dach"]}), ("web-7-uk", {"region": ["uk"]}), ("web-7-all", {}),
    ]  # fmt: skip


def test_scope_of_a_rollout_is_that_of_all_its_stages() -> None:
    [rollout] = in_stages([FIRST, SECOND])
    assert rollout.scope == {"region": ["dach", "uk"]}


@pytest.mark.parametrize(
    "other",
    [
        replace(SECOND, version="7.1"),
        replace(SECOND, version=None),
        replace(SECOND, service="api"),
        replace(SECOND, kind=CauseKind.FLAG),
        replace(SECOND, scope={"region": ["dach"]}),
        replace(SECOND, scope={"tier": ["pro"]}),
        replace(SECOND, started=8 * DAY_MICROSECONDS),
        replace(SECOND, ended=5 * HOUR_MICROSECONDS),
    ],
    ids=["version", "no version", "service", "kind", "the same customers", "another dimension", "long after", "taken back"],
)
def test_whatever_is_no_further_step_stays_a_cause_of_its_own(other: Cause) -> None:
    assert in_stages([FIRST, other]) == [FIRST, other]


def test_change_alone_is_its_only_stage() -> None:
    [stage] = stages_of(FIRST)
    assert (stage.cause_id, stage.started, stage.scope) == (FIRST.cause_id, FIRST.started, FIRST.scope)
