"""Typed settings, read when asked and never at import: what people chose, and where everything of a home lies."""

from __future__ import annotations

from feedback_loop.config.settings import (
    DEFAULT_HOME,
    ClusteringChoice,
    EmbedderChoice,
    LanguageModelSettings,
    Settings,
    load_settings,
)

__all__ = ["DEFAULT_HOME", "ClusteringChoice", "EmbedderChoice", "LanguageModelSettings", "Settings", "load_settings"]
