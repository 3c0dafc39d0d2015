"""Roles: a word of a role names a side, a person's name never does."""

from __future__ import annotations

import pytest

from feedback_loop.sources.speakers import Side, side_of


@pytest.mark.parametrize("role", ["Customer", "CALLER", "end-user", "end_user", "Ann (Customer)", "customer 1", "Kundin", "visitor"])
def test_a_customers_role_is_the_customers_side(role: str) -> None:
    assert side_of(role) is Side.CUSTOMER


@pytest.mark.parametrize("role", ["Agent", "AGENT", "Customer service", "Contact center", "bot", "support_agent", "Client success manager"])
def test_a_role_of_the_company_is_its_side_even_where_it_names_customers(role: str) -> None:
    assert side_of(role) is Side.COMPANY


@pytest.mark.parametrize("role", [None, "", "Ann Lee", "spk_0", "speaker 1", "1", "Customerella"])
def test_what_names_no_role_is_on_no_side(role: str | None) -> None:
    assert side_of(role) is None
