"""The data must not be solved by keywords: a rule of obvious words, written without looking at the phrases, stays far from the truth."""

from __future__ import annotations

import re

from sklearn.metrics import f1_score

from feedback_loop.simulation import Simulation

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
