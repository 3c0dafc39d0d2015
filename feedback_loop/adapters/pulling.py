"""How the sources of a home are opened, and where the last page of each is kept; the command line and Dagster ask here alike."""

from __future__ import annotations

from feedback_loop.adapters.page_spool import FilePageSpool
from feedback_loop.adapters.sources import Opened, open_source
from feedback_loop.config import Settings
from feedback_loop.ports import Clock
from feedback_loop.sources.pulled_rules import PulledRule


class Pulling:
    """The sources under some settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock

    def opened(self, name: str, rule: PulledRule) -> Opened:
        """A client of the source, to be closed; raises BadInput where nobody says who asks."""
        return open_source(name, rule, self._settings.credentials, self._clock)

    def spool_of(self, name: str) -> FilePageSpool:
        """Where the last page of the source is kept."""
        return FilePageSpool(self._settings.pulled_folder, name)
