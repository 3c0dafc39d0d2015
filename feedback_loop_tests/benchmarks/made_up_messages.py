"""Made-up messages in any number, one day after the other, for benchmarks that need more than anybody publishes.

Reviews and chats of one to three sentences (real reviews of the public exports have 64 characters on average, these some 70), tickets and
mails of one to five, in five languages; one in six tells personal data, mails carry quotes and signatures, some texts are HTML, some
customers repeat themselves. The same seed gives the same messages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

FIRST_DAY = date(2026, 1, 5)
_CHANNELS = ("app_review",) * 12 + ("ticket",) * 4 + ("email",) * 3 + ("chat",)
_LANGUAGES = ("en",) * 14 + ("de", "es", "fr", "hi")

_THINGS = {
    "en": "app|checkout|login page|photo book|upload|invoice|subscription|search|delivery date|discount code|crop tool|password reset",
    "de": "App|Kasse|Anmeldung|Rechnung|Suche|Lieferung|Bestellung|Vorschau|Gutschein|Bildauswahl",
    "es": "aplicación|factura|búsqueda|entrega|suscripción|página de pago|contraseña|descarga",
    "fr": "application|facture|recherche|livraison|page de paiement|commande|mise à jour|photo",
    "hi": "ऐप|भुगतान|लॉगिन|ऑर्डर|डिलीवरी|रिफंड|खाता",
}
_SAY = {
    "en": (
        "The {0} crashes every time I open the {1}.|I was charged twice for the {0}.|Since the update the {0} is very slow.|"
        "The {0} shows a blank page every evening.|Please add a dark mode to the {0}.|I love the {0}, best one so far!|"
        "The {0} does not load the {1} on my phone.|Why is the {0} gone from the {1}?|My {0} never arrived, {2} days late.|"
        "The {0} is easy to use.|It asks for the {1} again and again.|"
        "Worst {0} ever, I am so angry.|It worked last week but now the {0} fails with error {2}.|Nobody answers about the {0}."
    ),
    "de": (
        "Die {0} stürzt beim Öffnen ab.|Seit dem Update ist die {0} sehr langsam.|Die {0} lädt nicht, seit {2} Tagen.|"
        "Ich wurde für die {0} doppelt belastet.|Warum fehlt die {0} in der {1}?|Tolle {0}, vielen Dank!"
    ),
    "es": (
        "La {0} se cierra sola.|Me cobraron dos veces por la {0}.|Desde la actualización la {0} va muy lenta.|"
        "No puedo abrir la {0} desde hace {2} días."
    ),
    "fr": (
        "La {0} plante à chaque ouverture.|J'ai été débité deux fois pour la {0}.|Depuis la mise à jour la {0} est lente.|"
        "Impossible d'ouvrir la {0} depuis {2} jours."
    ),
    "hi": "{0} बार बार बंद हो जाता है।|{0} के लिए दो बार पैसे कट गए।|अपडेट के बाद {0} बहुत धीमा है।|{2} दिन से {0} नहीं खुल रहा है।",
}
_PERSONAL = (
    "Write to {name}.{n}@example.org.",
    "Call me at +49 30 {n}{n}.",
    "My order number is {n}{n}.",
    "IBAN DE89370400440532013000.",
    "My card 4111 1111 1111 1111 was declined.",
    "See https://shop.example.org/orders?token=a{n}b{n}.",
)
_NAMES = ("Anna Maier", "John Smith", "Priya Sharma", "Luis Ortega", "Marie Dubois", "Tom Baker", "Chen Li", "Sofia Rossi")


def messages(count: int, days: int, seed: int = 1) -> Iterator[tuple[date, list[dict[str, Any]]]]:
    """For each day its records, as rows of `bronze_feedback_record`'s own columns of content."""
    chance = random.Random(seed)
    customers = max(1, count // 3)
    held: dict[int, str] = {}
    number = 0
    for index in range(days):
        day = FIRST_DAY + timedelta(days=index)
        rows = []
        for _ in range(count // days + (index < count % days)):
            rows.append(_record(chance, number, day, chance.randrange(customers), held))
            number += 1
        yield day, rows


def _record(chance: random.Random, number: int, day: date, customer: int, held: dict[int, str]) -> dict[str, Any]:
    channel = chance.choice(_CHANNELS)
    repeats = customer in held and chance.random() < 0.2
    text = held[customer] if repeats else _text(chance, channel)
    held[customer] = text
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=chance.randrange(86_400))
    return {
        "source_record_id": f"m{number}",
        "channel": channel,
        "customer_id": f"c{customer}" if chance.random() < 0.8 else None,
        "customer_name": chance.choice(_NAMES) if channel == "email" else None,
        "rating": float(chance.randrange(1, 6)) if channel == "app_review" else None,
        "occurred_at": at,
        "text": text,
    }


def _text(chance: random.Random, channel: str) -> str:
    language = chance.choice(_LANGUAGES)
    counts = (1, 2, 2, 3, 5) if channel in ("email", "ticket") else (1, 1, 1, 1, 2, 2, 3)
    said = [_sentence(chance, language) for _ in range(chance.choice(counts))]
    if chance.random() < 1 / 6:
        said.append(chance.choice(_PERSONAL).format(name=chance.choice(("anna", "john", "li")), n=chance.randrange(10_000, 99_999)))
    body = " ".join(said)
    if channel == "email":
        return _mail(chance, body, language)
    return f"<p>{body.replace('. ', '.</p><p>')}</p>" if chance.random() < 0.02 else body


def _sentence(chance: random.Random, language: str) -> str:
    things = _THINGS[language].split("|")
    return chance.choice(_SAY[language].split("|")).format(chance.choice(things), chance.choice(things), chance.randrange(2, 60))


def _mail(chance: random.Random, body: str, language: str) -> str:
    name = chance.choice(_NAMES)
    quoted = f"\n\nOn Mon, Jan 5, 2026 at 9:12 AM Support <support@example.org> wrote:\n> {_sentence(chance, language)}\n> Regards, Support"
    return (
        f"Hello,\n\n{body}\n\nBest regards,\n{name}\nPhone: +49 30 {chance.randrange(100_000, 999_999)}{quoted * (chance.random() < 0.5)}\n"
    )
