"""Which connector names a channel: one that is switched on, and only one."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.slack.named_channel import rule_with
from feedback_loop.errors import BadInput
from feedback_loop.remediation.connectors import Connector
from feedback_loop_tests.adapters.slack.running import rule_at

ON = rule_at("https://slack.com")
OFF = Connector(**{**ON.model_dump(), "switched_on": False})


def test_only_a_connector_that_is_switched_on_and_has_the_setting_names_a_channel() -> None:
    assert rule_with({"a": OFF, "b": ON}, "approvals_channel") == ("b", ON)
    assert rule_with({"a": OFF, "b": ON}, "promises_channel") is None


def test_several_that_name_one_are_refused() -> None:
    with pytest.raises(BadInput, match="a, b name an approvals_channel each"):
        rule_with({"a": ON, "b": ON}, "approvals_channel")
