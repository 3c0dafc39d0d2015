"""Who of several speakers is the customer, by the names of roles that vendors and teams use.

Here: a role's word. Whose words become text is decided by `calls` and `chats`. The rule that is easy to break: nothing is guessed from
what is said or from who speaks first; a name that is no role is nobody's role, and `Customer service` is no customer.
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_NAME_CHARS = 200

_WORD = re.compile(r"[^\W\d_]+")
_CUSTOMER_WORDS = """
customer caller client clients consumer user enduser visitor guest shopper buyer subscriber lead contact requester patient member kunde
kundin anrufer anruferin cliente client appelant utilisateur usuario utilizador klant klient klientka
"""
_CUSTOMER = frozenset(_CUSTOMER_WORDS.split())
_OTHERS_WORDS = """
agent agents desk helpdesk center centre sales
admin administrator operator representative rep advisor adviser consultant assistant associate bot chatbot ivr system support
service care success staff employee teammate team supervisor manager host automation workflow developer engineer vendor company mitarbeiter
mitarbeiterin berater beraterin agente conseiller asesor operatore medewerker
"""
_OTHERS = frozenset(_OTHERS_WORDS.split())
_ENDUSER = re.compile(r"\bend[ _-]?user\b", re.IGNORECASE)


class Side(StrEnum):
    """On which side of a conversation somebody speaks."""

    CUSTOMER = "customer"
    COMPANY = "company"


def side_of(role: str | None) -> Side | None:
    """The side that the role names; None where it names none, as a person's name or a number does."""
    if not role:
        return None
    shown = role[:MAX_NAME_CHARS]
    words = set(_WORD.findall(_ENDUSER.sub(" enduser ", shown).replace("_", " ").lower()))
    if words & _OTHERS:
        return Side.COMPANY
    return Side.CUSTOMER if words & _CUSTOMER else None
