"""The sources of a home under its settings: who asks comes from them, and where pages are kept."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.adapters.pulling import Pulling
from feedback_loop.config import load_settings
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.workflows.test_pulled_sources import rule


def test_pages_are_kept_in_the_home_and_sources_opened_as_the_settings_say(tmp_path: Path) -> None:
    pulling = Pulling(load_settings(tmp_path, {}), FakeClock())
    assert pulling.spool_of("status").file == tmp_path / "pulled" / "status.page"
    with pulling.opened("status", rule()) as client:
        assert client is not None
