"""The baseline that a loop must beat: a few obvious words counted by day, and the latest change blamed for whatever rises.

Here: what a team does without any of this, told as `Found`, so that the same code scores both.
The rule that is easy to break: it knows what had arrived by the end of each day and no more, and its words are its own: none is taken
from the phrases of the simulation or from the stages that are measured.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from feedback_loop.contracts.loop_vocab import HypothesisVerdict
from feedback_loop.simulation.changes import change_statements
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.scoring import Found, FoundAlert, FoundCause
from feedback_loop.simulation.statements import Statement, instant

HISTORY_DAYS = 14
LEAST_HISTORY_DAYS = 7
SIGMAS = 3.0
LEAST_COUNT = 5
BLAME = (1.0, 0.4, 0.3)
"""The scores of the latest changes, the latest first."""

WORDS = {
    "payment": r"checkout|payment|pay\b|order\b|bezahl|zahlung|bestell|pago|pagar|pedido",
    "sign-in": r"log ?in|sign ?in|password|code\b|sms|anmeld|einlogg|passwort|contraseña|código|sesión",
    "speed": r"slow|loading|lag\b|langsam|lädt|lent[oa]|tarda",
    "billing": r"charged|twice|refund|invoice|billing|abgebucht|doppelt|rechnung|cobrad|factura|reembolso",
    "plan": r"subscription|premium|upgrade|plan\b|member|abo\b|mitglied|suscripción|plus\b",
    "help": r"article|instructions|guide|help page|anleitung|hilfe|artículo|instrucciones|ayuda",
    "crash": r"crash|freez|close[sd]|upload|absturz|stürzt|hochlad|cierra|subir",
    "delivery": r"deliver|shipping|parcel|tracking|liefer|versand|paket|envío|entrega|paquete",
    "privacy": r"privacy|spy|data\b|datenschutz|daten\b|privacidad|datos",
}
PATTERNS = {subject: re.compile(rf"\b(?:{words})", re.IGNORECASE) for subject, words in WORDS.items()}


def _by_day(simulation: Simulation) -> dict[str, dict[int, list[Message]]]:
    """The messages that hold a word of each subject, by the day on which they arrived."""
    found: dict[str, dict[int, list[Message]]] = {subject: defaultdict(list) for subject in PATTERNS}
    for message in simulation.messages:
        day = (message.delivered_at.date() - simulation.start_day).days
        for subject, pattern in PATTERNS.items():
            if pattern.search(message.text):
                found[subject][day].append(message)
    return found


def rises(count: int, history: Sequence[int]) -> bool:
    """Whether a day's count lies three Poisson deviations above the mean of the days before."""
    mean = sum(history) / len(history)
    return count >= LEAST_COUNT and count > mean + SIGMAS * math.sqrt(mean)


def latest_changes(log: Sequence[Statement], by: datetime) -> tuple[FoundCause, ...]:
    """The latest changes that had been stated by an instant, the latest first, each once."""
    known = [told.row for told in log if told.delivered_at <= by]
    ordered = sorted(known, key=lambda row: str(row["started_at"]), reverse=True)
    names = list(dict.fromkeys(str(row["change_id"]) for row in ordered))
    return tuple(FoundCause(name, blame, HypothesisVerdict.LIKELY) for name, blame in zip(names, BLAME, strict=False))


def _alerts(simulation: Simulation) -> Iterator[FoundAlert]:
    log = change_statements(simulation)
    for subject, days in _by_day(simulation).items():
        for day in range(LEAST_HISTORY_DAYS, simulation.scenario.days):
            history = [len(days.get(past, ())) for past in range(max(day - HISTORY_DAYS, 0), day)]
            told = days.get(day, [])
            if rises(len(told), history):
                raised_at = instant(simulation.start_day, 0) + timedelta(days=day + 1)
                yield FoundAlert(raised_at, subject, frozenset(each.message_id for each in told), {}, latest_changes(log, raised_at))


def baseline(simulation: Simulation) -> Found:
    """What the baseline finds, in order of time; it does nothing about it."""
    return Found(sorted(_alerts(simulation), key=lambda alert: (alert.raised_at, alert.subject)))
