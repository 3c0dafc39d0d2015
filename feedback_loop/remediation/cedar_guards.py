"""The guards of the policy, in Cedar: which of them stand in the way of one request. What is asked, and what follows, is `policy`'s part.

Evaluated by cedarpy, always with the schema: without it a guard that fails is passed over, and the answer would be yes. The rule that is
easy to break: allowed means that Cedar says so and no guard failed; a request that does not fit the schema is an error, and errors deny.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import cedarpy

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.errors import PolicyRefused

COMPANY = "company_guard"
"""The reason that stands for every guard that a company added."""

_DEEPEST, _MOST_OPERATORS = 50, 1_000
_WORDS, _COMMENT, _OPERATOR = re.compile(r'"(?:[^"\\]|\\.)*"'), re.compile(r"//.*"), re.compile(r"&&|\|\||[-!+*.]")


@dataclass(frozen=True)
class Verdict:
    """Whether nothing stands in the way; the ids of the guards that do, ascending; whether the question could not be answered at all."""

    is_allowed: bool
    guards: tuple[str, ...] = ()
    is_error: bool = False


@dataclass(frozen=True)
class Guards:
    """A parsed set of guards with its schema; `guards_version` is the hash of their texts."""

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    guards_version: str
    ids: frozenset[str]

    def remedies(self, attributes: Mapping[str, Mapping[str, Any]]) -> cedarpy.Entities:
        """The kinds of action with what the limits say of each, read once for many questions."""
        entities = [{"uid": {"type": "Remedy", "id": name}, "attrs": dict(said), "parents": []} for name, said in attributes.items()]
        return cedarpy.Entities.from_json_str(json.dumps(entities), self.schema)

    def ask(self, action: str, remedy: str, facts: Mapping[str, Any], remedies: cedarpy.Entities) -> Verdict:
        """What the guards say of the action (propose, act_alone or execute) with the kind of remedy, on the facts."""
        request = {
            "principal": 'Loop::"feedback_loop"',
            "action": f'Action::"{action}"',
            "resource": f'Remedy::"{remedy}"',
            "context": dict(facts),
        }
        try:
            answer = cedarpy.is_authorized(request, self.policies, remedies, self.schema)
        except Exception:
            # Whatever goes wrong while a guard is asked must not let anything through.
            return Verdict(False, (), True)
        if answer.diagnostics.errors:
            return Verdict(False, (), True)
        named = sorted(_named(answer.diagnostics))
        return Verdict(True) if answer.allowed else Verdict(False, tuple(named), not named)


def _named(diagnostics: cedarpy.Diagnostics) -> list[str]:
    ids = diagnostics.id_annotations_by_reason
    return [ids.get(reason) or COMPANY for reason in diagnostics.reasons]


@cache
def policy_text(name: str) -> str:
    """One of the texts that come with the package."""
    return (files("feedback_loop.remediation") / "policy_texts" / name).read_text("utf-8")


@cache
def seed_guards() -> Guards:
    """The guards that come with the package."""
    return parse_guards("")


def parse_guards(company_text: str, package_text: str | None = None) -> Guards:
    """The package's guards with those of a company's text, which may only forbid; raises PolicyRefused where they can't be followed."""
    package = policy_text("guards.cedar") if package_text is None else package_text
    problems = list(_company_problems(company_text))
    if problems:
        raise PolicyRefused(problems)
    text = f"{package}\n{company_text}"
    result = cedarpy.validate_policies(text, policy_text("schema.cedarschema"))
    if not result:
        raise PolicyRefused([_line(str(error)) for error in result.errors])
    version = content_hash(json.dumps([text, policy_text("schema.cedarschema")]))
    return Guards(cedarpy.PolicySet.from_str(text), cedarpy.Schema.from_str(policy_text("schema.cedarschema")), version, _ids(text))


def _company_problems(text: str) -> Iterator[str]:
    """What is wrong with a company's guards by themselves: only such that forbid, each with an id of its own."""
    if _is_deep(_COMMENT.sub("", _WORDS.sub("", text))):
        # Its parser goes as deep as the text does, and beyond its stack ends the whole process.
        yield "is nested too deeply. Write several guards, or fewer parts in each"
        return
    try:
        policies = _policies(text)
    except RecursionError:
        yield "is nested too deeply. Write several guards, or fewer parts in each"
        return
    except ValueError as error:
        yield f"is no Cedar ({_line(str(error))})"
        return
    if any(policy["effect"] != "forbid" for policy in policies):
        yield "holds a permit; a company's guards may only forbid"
    names = [policy.get("annotations", {}).get("id") for policy in policies]
    if not all(names):
        yield 'holds a guard without a name; write @id("…") before it, for people are told by it why something was refused'
    taken = set(names) & _ids(policy_text("guards.cedar")) | {name for name in names if names.count(name) > 1}
    if taken - {None}:
        yield f"has two guards called {', '.join(sorted(map(str, taken - {None})))}"


def _is_deep(text: str) -> bool:
    """Whether brackets stand within each other too deeply, or so many operators stand in one guard as make it so."""
    deepest = depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or any(len(_OPERATOR.findall(guard)) > _MOST_OPERATORS for guard in text.split(";"))


def _policies(text: str) -> list[dict[str, Any]]:
    if not text.strip():
        return []
    content = json.loads(cedarpy.policies_to_json_str(text))
    if content.get("templates"):
        raise ValueError("templates are not used here")
    return list(content["staticPolicies"].values())


def _ids(text: str) -> frozenset[str]:
    return frozenset(str(policy.get("annotations", {}).get("id")) for policy in _policies(text))


def _line(text: str) -> str:
    return " ".join(text.split())
