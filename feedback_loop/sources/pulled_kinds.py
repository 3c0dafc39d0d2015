"""The systems that can be asked for what customers say or what happened: by which reader, as whom, and what a company has to say of them.

A new one is a word here, its traits, and a client in `adapters/vendor_pages`. Files of the same systems are landed with `ingest`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback_loop.methods.named_settings import Setting


class PulledKind(StrEnum):
    """How a source is asked."""

    STATUSPAGE = "statuspage"


@dataclass(frozen=True)
class PulledTraits:
    """What holds for every source of a kind: its reader's name in the registry, and whose credentials it needs, if any."""

    reader: str
    vendor: str | None
    settings: Mapping[str, Setting] = field(default_factory=dict)


PULLED: Mapping[PulledKind, PulledTraits] = {
    PulledKind.STATUSPAGE: PulledTraits("statuspage", None),
}
