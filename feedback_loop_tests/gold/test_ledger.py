from dataclasses import replace

import numpy as np
import pytest

from feedback_loop.gold.ledger import TERMS_KEPT, Issue
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.gold.made_up_ledger import Found, said_of, said_on, table
from feedback_loop_tests.gold.test_matching import cluster, issue


def test_the_class_of_an_issue_is_that_of_most_fragments_of_all_days() -> None:
    one = issue("i", "a")
    one.hear("crash", "words", 3)
    one.hear("billing", "words", 5)
    one.hear("crash", "words", 1)
    assert one.issue_class == "billing"


def test_a_label_takes_no_word_twice_and_at_most_four() -> None:
    one = issue("i", "a")
    one.hear("crash", "late refund, refund, missing, order never arrived", 1)
    assert one.label == "late refund, missing"


def test_an_issue_remembers_the_terms_with_most_votes() -> None:
    one = issue("i", "a")
    for n in range(TERMS_KEPT + 5):
        one.hear("crash", f"first, term{n}", 1)
    assert (len(one.term_votes), one.term_votes["first"]) == (TERMS_KEPT, TERMS_KEPT + 5)


@pytest.mark.parametrize(
    ("resolved", "reopened", "is_resolved"), [(None, None, False), (3, None, True), (3, 5, False), (7, 5, True), (5, 5, True)]
)
def test_an_issue_is_resolved_until_it_comes_back(resolved: int | None, reopened: int | None, is_resolved: bool) -> None:
    one: Issue = issue("i", "a")
    one.resolved_on, one.reopened_on = (None if n is None else day(n) for n in (resolved, reopened))
    assert one.is_resolved is is_resolved


def test_a_window_tells_the_age_and_the_middle_of_fragments() -> None:
    members = [*said_on("a", 0, 2), *said_on("b", 1, 2)]
    clusters = table([Found(2, "a", members)])
    window = said_of(clusters).window([replace(cluster("c", ""), members=frozenset(members))])
    assert window.by_age(["b02-0", "a00-1", "b01-1"]) == ["a00-1", "b01-1", "b02-0"]
    assert window.count(members, day(1), day(2)) == 8
    assert window.span(["a00-0", "a02-1"])[0].date() == day(0)
    assert float(window.anchor(said_on("a", 0, 2)) @ window.anchor(said_on("b", 1, 2))) < -0.5
    assert np.linalg.norm(window.centroid(members)) == pytest.approx(1.0)
    assert window.label(frozenset(said_on("a", 0, 2))) == "atext words"
