"""To audit and to administer are no reasons to approve."""

from __future__ import annotations

from itertools import combinations

from feedback_loop.contracts.roles import NEVER_APPROVE, Role, approver_of, roles_that_decide


def test_an_approver_of_a_class_is_called_after_it() -> None:
    assert approver_of("billing") == "approver:billing"


def test_no_role_of_an_auditor_decides_and_an_administrator_decides_by_the_others_alone() -> None:
    for pair in combinations(map(str, Role), 2):
        decides = roles_that_decide(pair)
        assert decides == (frozenset() if Role.AUDITOR in pair else frozenset(pair) - NEVER_APPROVE)
    assert roles_that_decide([Role.ADMINISTRATOR]) == frozenset()
