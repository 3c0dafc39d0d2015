"""Homes with decisions in their state store, made through the same doors as the commands use."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.cli.places import open_state
from feedback_loop.config import Settings
from feedback_loop.ports import StateStore


def state_of(home: Path) -> StateStore:
    """The state store of the home, made where there is none."""
    return open_state(Settings(home=home))
