"""The data must not be solved by keywords: a rule of obvious words, written without looking at the phrases, stays far from the truth."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sklearn.metrics import f1_score

from feedback_loop.simulation import FAULT_KINDS, Simulation, draw_scenario, simulate
from feedback_loop.simulation.planted import FaultKind

OBVIOUS = {
    "checkout_failure": [
        "checkout",
        "payment",
        "pay",
        "order",
        "bezahlen",
        "zahlung",
        "bestellung",
        "bestellen",
        "pago",
        "pagar",
        "pedido",
    ],
    "code_delay": [
        "login",
        "log in",
        "sign in",
        "code",
        "sms",
        "verification",
        "anmelden",
        "einloggen",
        "código",
        "iniciar sesión",
        "clave",
    ],
    "slow_start": ["slow", "slower", "loading", "lag", "lags", "speed", "langsam", "lädt", "lento", "lenta", "tarda"],
    "double_charge": [
        "charged",
        "twice",
        "refund",
        "billing",
        "invoice",
        "abgebucht",
        "doppelt",
        "rechnung",
        "cobrado",
        "cargo",
        "factura",
    ],
    "lost_in_menus": [
        "menu",
        "find",
        "confusing",
        "navigation",
        "layout",
        "design",
        "menü",
        "unübersichtlich",
        "encuentro",
        "menú",
        "diseño",
    ],
    "wish": [
        "dark mode",
        "feature",
        "please add",
        "would be nice",
        "wish",
        "suggestion",
        "wäre schön",
        "bitte",
        "ojalá",
        "sería",
        "modo oscuro",
    ],
    "upload_crash": [
        "crash",
        "crashes",
        "upload",
        "uploading",
        "closes",
        "freezes",
        "absturz",
        "stürzt",
        "hochladen",
        "se cierra",
        "subir",
    ],
    "praise": ["great", "love", "best", "nice", "thank you", "excellent", "super", "toll", "gut", "excelente", "buena", "gracias"],
    "gateway_declines": [
        "declined",
        "rejected",
        "refused",
        "card",
        "bank",
        "abgelehnt",
        "karte",
        "rechazada",
        "rechazan",
        "tarjeta",
        "banco",
    ],
    "sync_missing": ["paid", "unpaid", "pending", "overdue", "renewed", "bezahlt", "offen", "verbucht", "pagado", "pagué", "pendiente"],
    "locked_feature": [
        "locked",
        "upgrade",
        "premium",
        "plan",
        "unlock",
        "gesperrt",
        "tarif",
        "freischalten",
        "bloqueada",
        "plan",
        "mejorar",
    ],
    "article_misleads": [
        "article",
        "instructions",
        "help page",
        "guide",
        "faq",
        "anleitung",
        "hilfe",
        "artikel",
        "artículo",
        "ayuda",
        "instrucciones",
    ],
    "rumour": ["privacy", "data", "sell", "daten", "verkauft", "datos", "venden"],
}


PATTERNS = {topic: re.compile(rf"\b({'|'.join(words)})") for topic, words in OBVIOUS.items()}


def guess(text: str) -> str:
    hits = {topic: len(set(pattern.findall(text.lower()))) for topic, pattern in PATTERNS.items()}
    best = max(hits, key=lambda topic: hits[topic])
    return best if hits[best] else "other"


def test_a_keyword_rule_stays_far_below_the_truth(lived: Simulation) -> None:
    told = [message for message in lived.messages if message.topics and not message.duplicate_of]
    score = f1_score([message.topics[0] for message in told], [guess(message.text) for message in told], average="macro")
    assert 0.3 < score < 0.65


def test_a_keyword_rule_misses_and_mistakes_each_planted_fault(lived: Simulation) -> None:
    for fault in lived.scenario.faults:
        told = [message for message in lived.messages if message.topics and not message.duplicate_of]
        score = f1_score([message.fault == fault.fault for message in told], [guess(message.text) == fault.topic for message in told])
        assert score < 0.75


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_a_keyword_rule_misses_and_mistakes_each_kind_of_fault(kind: FaultKind) -> None:
    lived = simulate(draw_scenario(kind, 1), 1, date(2026, 3, 2))
    told = [message for message in lived.messages if message.topics and not message.duplicate_of]
    topic = lived.scenario.faults[0].topic
    score = f1_score([message.fault is not None for message in told], [guess(message.text) == topic for message in told])
    assert 0.1 < score < 0.75
