"""The figures and lists of the policy: which classes are sensitive, how much is enough, how many people. Guards: `cedar_guards`.

They stand in `policy_texts/limits.yaml`; a company writes its own in its home's `policy.yaml`. The rule that is easy to break: a company
may ask for more than the package does, never for less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RiskLevel
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import PolicyRefused
from feedback_loop.methods.yaml_texts import yaml_content

_MOST = 1_000
"""People or complaints that anybody may ask for."""


@dataclass(frozen=True)
class Limits:
    """What the guards compare the facts of a case with."""

    sensitive_classes: frozenset[ComplaintClass]
    sensitive_services: frozenset[str]
    approvals: Mapping[RiskLevel, int]
    person_approvals: int
    strong_indicators: int
    automatic_precision: float
    needs_person: frozenset[ActionKind]
    on_request: frozenset[ActionKind]
    hands_to_people: frozenset[ActionKind]
    tells_people: frozenset[ActionKind]
    allowed_causes: Mapping[ActionKind, frozenset[CauseKind]]


@cache
def limits_text() -> str:
    """The limits that come with the package."""
    return (files("feedback_loop.remediation") / "policy_texts" / "limits.yaml").read_text("utf-8")


@cache
def seed_limits() -> Limits:
    """The same, read."""
    return _parsed(yaml_content(limits_text()))


def parse_limits(text: str) -> Limits:
    """The limits of the YAML text; raises PolicyRefused where a part is missing, is no word of ours, or is laxer than the package's."""
    try:
        found = _parsed(yaml_content(text))
    except KeyError as error:
        raise PolicyRefused([f"{error.args[0]} is missing; the package's limits.yaml shows every part"]) from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise PolicyRefused([f"a value can't be read ({error})"]) from error
    problems = [*_laxer(found, seed_limits()), *_out_of_reach(found)]
    if problems:
        raise PolicyRefused(problems)
    return found


def _parsed(content: Any) -> Limits:
    if not isinstance(content, dict):
        raise PolicyRefused(["the text holds no fields; start from the package's limits.yaml"])
    return Limits(
        sensitive_classes=frozenset(map(ComplaintClass, content["sensitive_classes"])),
        sensitive_services=frozenset(map(str, content["sensitive_services"])),
        approvals={risk: int(content["approvals"][risk]) for risk in RiskLevel},
        person_approvals=int(content["person_approvals"]),
        strong_indicators=int(content["strong_indicators"]),
        automatic_precision=float(content["automatic_precision"]),
        needs_person=frozenset(map(ActionKind, content["needs_person"])),
        on_request=frozenset(map(ActionKind, content["on_request"])),
        hands_to_people=frozenset(map(ActionKind, content["hands_to_people"])),
        tells_people=frozenset(map(ActionKind, content["tells_people"])),
        allowed_causes={ActionKind(kind): frozenset(map(CauseKind, causes)) for kind, causes in content["allowed_causes"].items()},
    )


def _out_of_reach(found: Limits) -> Iterator[str]:
    counts = {"person_approvals": found.person_approvals, "strong_indicators": found.strong_indicators}
    counts |= {f"approvals of {risk} risk": count for risk, count in found.approvals.items()}
    for name, count in counts.items():
        if count > _MOST:
            yield f"{name} must be at most {_MOST:,}"
    if not found.automatic_precision <= 1:
        yield "automatic_precision must be at most 1"


def _laxer(found: Limits, seed: Limits) -> Iterator[str]:
    for name in ("sensitive_classes", "sensitive_services", "needs_person"):
        if missing := _words(getattr(seed, name) - getattr(found, name)):
            yield f"{name} lacks {missing}, which a company can't take away"
    for name in ("on_request", "hands_to_people", "tells_people"):
        if added := _words(getattr(found, name) - getattr(seed, name)):
            yield f"{name} must not hold {added}: it would be let through where others are stopped"
    yield from _lower(found, seed)


def _lower(found: Limits, seed: Limits) -> Iterator[str]:
    for name in ("person_approvals", "strong_indicators", "automatic_precision"):
        if not getattr(found, name) >= getattr(seed, name):
            yield f"{name} must be at least {getattr(seed, name)}"
    for risk, count in seed.approvals.items():
        if found.approvals[risk] < count:
            yield f"approvals of {risk} risk must be at least {count}"
    for kind, causes in found.allowed_causes.items():
        if added := _words(causes - seed.allowed_causes.get(kind, frozenset())):
            yield f"allowed_causes of {kind} must not hold {added}"


def _words(values: frozenset[Any]) -> str:
    return ", ".join(sorted(map(str, values)))
