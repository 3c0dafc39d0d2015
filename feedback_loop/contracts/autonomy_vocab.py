"""How far a class may go by itself: the words for it. The other vocabularies of the loop stand in `loop_vocab`."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class MaturityPhase(IntEnum):
    """How far people have let a class go: visibility only shows, assisted asks people, automated does not where the policy lets it."""

    VISIBILITY = 1
    ASSISTED = 2
    AUTOMATED = 3


class AutonomyWord(StrEnum):
    """What is said of a class, or of everything: how far it may go, or that nothing of it is sent until somebody lets it go on."""

    VISIBILITY = "visibility"
    ASSISTED = "assisted"
    AUTOMATED = "automated"
    STOP = "stop"
    RESUME = "resume"
