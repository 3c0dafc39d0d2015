"""Whether what a back-test would have done was right: what decides, in which order, and what proves nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.outcome_vocab import LifecycleStage
from feedback_loop.outcomes.backtest_later import Later, Tried, Way
from feedback_loop.outcomes.backtest_verdicts import Ground, Judged, Precision, Verdict, judged, precisions
from feedback_loop_tests.outcomes.one_loop import HOUR
from feedback_loop_tests.outcomes.tried_actions import LOOKED, effect, label, later, really, tried

REOPENED = {"lifecycle_event_id": "l1", "lifecycle_proposal_id": "p1", "lifecycle_stage": str(LifecycleStage.REOPENED)}
APPROVED_BY_TWO = {"approvals_given_count": 2, "approvals_required_count": 2}
REJECTED = {"proposal_status": "refused", "refusal_reason": "rejected_by_person"}


def verdict(known: Later, one: Tried | None = None) -> tuple[Verdict, list[Ground]]:
    (found,) = judged([one or tried()], known)
    return found.verdict, [ground for ground, _ in found.grounds]


def test_what_nothing_speaks_about_is_unjudged() -> None:
    assert verdict(later()) == (Verdict.UNJUDGED, [])
    assert judged([tried()], later())[0].why is None


def test_what_would_have_been_refused_is_not_judged() -> None:
    assert judged([tried(Way.REFUSED)], later(labels=[label("confirmed")])) == []


@pytest.mark.parametrize(
    ("known", "expected", "ground"),
    [
        (later(labels=[label("confirmed")]), Verdict.RIGHT, Ground.CAUSE_LABEL),
        (later(labels=[label("rejected")]), Verdict.WRONG, Ground.CAUSE_LABEL),
        (later([really()], [effect("fixed")]), Verdict.RIGHT, Ground.EFFECT),
        (later([really()], [effect("not_fixed")]), Verdict.WRONG, Ground.EFFECT),
        (later([really()], lifecycle=[REOPENED]), Verdict.WRONG, Ground.REOPENED),
        (later([really(proposal_status="rolled_back")]), Verdict.WRONG, Ground.TAKEN_BACK),
        (later([really(**APPROVED_BY_TWO)]), Verdict.RIGHT, Ground.DECISION),
        (later([really(**REJECTED)]), Verdict.WRONG, Ground.DECISION),
        (later(class_of={"f1": "crash", "f2": "billing"}), Verdict.WRONG, Ground.CLASS_LABELS),
    ],
)
def test_labels_and_outcomes_decide_about_an_action_on_a_cause(known: Later, expected: Verdict, ground: Ground) -> None:
    assert verdict(known) == (expected, [ground])
    assert judged([tried()], known)[0].why == f"{ground}: {expected}"


@pytest.mark.parametrize(
    "known",
    [
        later([really()]),
        later([really()], [effect("insufficient_evidence")]),
        later([really(approvals_given_count=1, proposal_status="expired")]),
        later([really(proposal_status="refused", refusal_reason="low_confidence")]),
        later(labels=[label("confirmed", product="bank")]),
        later(labels=[label("confirmed", cause_id="chg-2")]),
        later(class_of={"f1": "billing", "f2": "billing"}),
        later(class_of={"f9": "crash"}),
    ],
)
def test_what_proves_nothing_leaves_it_unjudged(known: Later) -> None:
    assert verdict(known) == (Verdict.UNJUDGED, [])


def test_what_happened_counts_more_than_what_people_thought() -> None:
    everything = later([really(**APPROVED_BY_TWO)], [effect("fixed")], [REOPENED], labels=[label("confirmed")])
    assert verdict(everything) == (Verdict.WRONG, [Ground.REOPENED, Ground.EFFECT, Ground.CAUSE_LABEL, Ground.DECISION])
    helped_not = later([really(**APPROVED_BY_TWO)], [effect("not_fixed")], labels=[label("confirmed")])
    assert verdict(helped_not)[0] is Verdict.WRONG


def test_of_several_the_last_that_says_something_counts() -> None:
    twice = [really(), really(proposal_id="p2", proposed_at=LOOKED + HOUR), really(proposal_id="p3", proposed_at=LOOKED + 2 * HOUR)]
    told = [effect("not_fixed"), effect("fixed", "p2"), effect("insufficient_evidence", "p3")]
    assert verdict(later(twice, told))[0] is Verdict.RIGHT
    changed_mind = [really(**APPROVED_BY_TWO), really(**REJECTED, proposal_id="p2", proposed_at=LOOKED + HOUR)]
    assert verdict(later(changed_mind))[0] is Verdict.WRONG


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (later(class_of={"f1": "billing"}), Verdict.RIGHT),
        (later(class_of={"f1": "billing", "f2": "praise"}), Verdict.WRONG),
        (later(labels=[label("confirmed")]), Verdict.RIGHT),
        (later([really()], [effect("fixed")]), Verdict.RIGHT),
        (later(labels=[label("rejected")]), Verdict.UNJUDGED),
        (later([really(action_kind="open_incident", **REJECTED)], class_of={"f1": "billing"}), Verdict.WRONG),
    ],
)
def test_what_rests_on_the_alert_alone_is_right_where_the_alert_was(known: Later, expected: Verdict) -> None:
    assert verdict(known, tried(cause_id=None))[0] is expected


def test_an_alert_is_right_where_the_cause_that_it_blames_was_confirmed_on_another_alert() -> None:
    elsewhere = later([really(alert_id="a9")], [effect("fixed")])
    assert verdict(elsewhere, tried(cause_id=None, blames="chg-1")) == (Verdict.RIGHT, [Ground.CONFIRMED_ALERT])
    assert verdict(elsewhere, tried(cause_id=None, blames="chg-2"))[0] is Verdict.UNJUDGED


def test_an_alert_about_no_single_class_was_right_where_most_complain_of_something() -> None:
    of_all = tried(cause_id=None, alerted_class=None)
    assert verdict(later(class_of={"f1": "crash", "f2": "billing"}), of_all)[0] is Verdict.RIGHT
    assert verdict(later(class_of={"f1": "praise", "f2": "other"}), of_all)[0] is Verdict.WRONG


def test_precision_is_told_by_way_and_playbook_and_last_of_all_that_is_automatic() -> None:
    found = [
        Judged(tried(), Verdict.RIGHT),
        Judged(tried(), Verdict.WRONG),
        Judged(tried(playbook_id="billing-sync-retry"), Verdict.RIGHT),
        Judged(tried(Way.APPROVED), Verdict.UNJUDGED),
    ]
    assert precisions(found) == [
        Precision("billing-sync-retry", Way.AUTOMATIC, 1, 0, 0),
        Precision("config-rollback", Way.AUTOMATIC, 1, 1, 0),
        Precision("config-rollback", Way.APPROVED, 0, 0, 1),
        Precision(None, Way.AUTOMATIC, 2, 1, 0),
    ]


def test_where_nothing_is_judged_there_is_no_share_and_anything_is_possible() -> None:
    nothing = precisions([])[-1]
    assert (nothing.share, nothing.judged_count, nothing.interval) == (None, 0, (0.0, 1.0))


def test_the_interval_is_that_of_the_judged_ones() -> None:
    low, high = Precision(None, Way.AUTOMATIC, 9, 1, 90).interval
    assert (round(low, 4), round(high, 4)) == (0.5550, 0.9975)  # Clopper and Pearson, 9 of 10


@given(st.lists(st.tuples(st.sampled_from(Way), st.sampled_from(Verdict), st.sampled_from(("one", "two")))))
def test_every_action_is_counted_once(drawn: list[tuple[Way, Verdict, str]]) -> None:
    told = precisions([Judged(tried(way, playbook_id=playbook), verdict) for way, verdict, playbook in drawn])
    counts = [one.right_count + one.wrong_count + one.unjudged_count for one in told]
    assert (sum(counts[:-1]), counts[-1]) == (len(drawn), sum(way is Way.AUTOMATIC for way, _, _ in drawn))
    assert all(one.interval[0] <= one.share <= one.interval[1] for one in told if one.share is not None)
