"""Which environments have customers: all but those whose names say the opposite."""

from __future__ import annotations

import pytest

from feedback_loop.sources.environments import has_customers


@pytest.mark.parametrize("name", ["production", "Prod", "live", "eu-1", "*", "", "latest", "contest", "prod-test-group", "deviceshop"])
def test_a_name_that_says_nothing_else_has_customers(name: str) -> None:
    assert has_customers(name)


@pytest.mark.parametrize("name", ["dev", "Staging", "test-eu", "my_sandbox", "pre/preprod", "QA 2", "ci.local"])
def test_a_name_that_says_so_has_none(name: str) -> None:
    assert not has_customers(name)
