"""Which environments of a deployment or a flag have customers in them, by the words of their names.

A change where no customer is can be no cause of a complaint, so the readers of deployments and flags pass it over. The rule that is easy to
break: a name that is not known is one with customers (a company may call its own `eu-1`); only the words here say the opposite.
"""

from __future__ import annotations

import re

WITHOUT_CUSTOMERS = frozenset(
    {
        "ci", "dev", "development", "e2e", "integration", "int", "local", "localhost", "nonprod", "perf", "preprod", "preview", "qa", "qs",
        "sandbox", "stage", "staging", "stg", "test", "testing", "uat",
    }
)  # fmt: skip
WITH_CUSTOMERS = frozenset({"live", "prod", "production"})
"""A name with one of these has customers, whatever its other words say (`production-test-group`)."""

_WORD = re.compile(r"[a-z0-9]+")


def has_customers(name: str) -> bool:
    """Whether customers may be in the environment of the name."""
    found = set(_WORD.findall(name.lower()))
    return bool(found & WITH_CUSTOMERS) or not found & WITHOUT_CUSTOMERS
