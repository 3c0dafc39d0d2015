"""Which sources are opened, and what stands against it before any is asked."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.sources import _OPENERS, open_source, unopenable_sources
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import BadInput
from feedback_loop.sources.pulled_kinds import PULLED, PulledKind
from feedback_loop.sources.pulled_rules import PulledRule
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.workflows.test_pulled_sources import rule


def test_every_kind_can_be_opened() -> None:
    assert set(_OPENERS) == set(PulledKind)


def test_a_source_is_opened_under_its_name() -> None:
    with open_source("status", rule(), {}, FakeClock()) as client:
        assert client is not None


@pytest.mark.parametrize("kind", [kind for kind, traits in PULLED.items() if traits.vendor is not None])
def test_a_source_that_needs_credentials_is_not_opened_without(kind: PulledKind) -> None:
    unknown = PulledRule.model_construct(**rule().model_dump() | {"kind": kind})
    with pytest.raises(BadInput, match="nobody says who asks"):
        open_source("desk", unknown, {"jira": Credentials("jira", {"BEARER_TOKEN": "t"})}, FakeClock())
    assert "nobody says who asks" in unopenable_sources({"desk": unknown}, {})[-1]


def test_an_address_that_could_be_read_on_the_way_is_told_even_of_what_is_switched_off() -> None:
    (problem,) = unopenable_sources({"status": rule(address="http://s.example.com", switched_on=False)}, {})
    assert problem.startswith("status.address: s.example.com would be asked without encryption")
    assert unopenable_sources({"status": rule()}, {}) == []
