"""The facts that the policy looked at, as plain JSON values of a proposal's evidence, and back.

The round trip follows the type hints of the class, so that it need not know the facts one by one. The rules that are easy to break: ids,
figures and labels only, as everywhere in the evidence; and what an old record lacks is told, never guessed: a fact that came later takes
its default where it has one, and is named where it has none.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from feedback_loop.contracts.canonical import instant_text

POLICY_FACTS = "policy_facts"
"""The name of the facts in the evidence."""

_ORDERED, _UNORDERED = (list, tuple), (set, frozenset)

Record = TypeVar("Record")


class FactsMissing(ValueError):
    """The record lacks facts that the class asks for; `names` are theirs."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"the record lacks {', '.join(self.names)}")


def plain_facts(facts: Any) -> dict[str, Any]:
    """The fields of a dataclass in what JSON knows; sets in order, a number that is none as text."""
    return {one.name: _plain(getattr(facts, one.name)) for one in fields(facts)}


def facts_from(kind: type[Record], values: Mapping[str, Any]) -> Record:
    """The dataclass of the values; raises FactsMissing where some lack, ValueError or TypeError where one is of another kind.

    Values of a name that the class no longer has are left out.
    """
    hints = _hints(kind)
    lacking = [one.name for one in fields(kind) if one.name not in values and not _has_default(one)]  # type: ignore[arg-type]
    if lacking:
        raise FactsMissing(lacking)
    return kind(**{name: _typed(hints[name], values[name]) for name in hints if name in values})


def unknown_facts(kind: type[Any], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the values that the class does not have any more."""
    return tuple(sorted(set(values) - set(_hints(kind))))


def _hints(kind: type[Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind) if one.init}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in names}


def _has_default(one: Field[Any]) -> bool:
    return not one.init or one.default is not MISSING or one.default_factory is not MISSING


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(_plain(name)): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case set() | frozenset():
            return sorted((_plain(part) for part in value), key=str)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain_facts(value)
        case _:
            return _plain_alone(value)


def _plain_alone(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case float() if not math.isfinite(value):
            return str(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            # A fact of a kind that nobody thought of must not keep a proposal from being made; a replay says that it can't read it.
            return str(value)


def _typed(hint: Any, value: Any) -> Any:
    """The value as the hint says; JSON has one kind of number and of list, and knows no enumeration."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _of_union(parts, value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_typed(parts[0], name): _typed(parts[1], part) for name, part in _mapping(value).items()}
    if origin in (*_ORDERED, *_UNORDERED) or (isinstance(origin, type) and issubclass(origin, Iterable)):
        return _collected(origin, parts, value)
    if isinstance(hint, type):
        return _of_class(hint, value)
    return value


def _of_union(parts: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in parts:
        return None
    for part in parts:
        if part is not type(None):
            try:
                return _typed(part, value)
            except (TypeError, ValueError):
                continue
    raise TypeError(f"a value is of none of {len(parts)} kinds")


def _collected(origin: Any, parts: tuple[Any, ...], value: Any) -> Any:
    if not isinstance(value, list):
        raise TypeError("a value is no list")
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        return tuple(_typed(hint, part) for hint, part in zip(parts, value, strict=True))
    made = [_typed(parts[0], part) if parts else part for part in value]
    return origin(made) if origin in (*_ORDERED, *_UNORDERED) else tuple(made)


def _of_class(kind: type[Any], value: Any) -> Any:
    if is_dataclass(kind):
        return facts_from(kind, _mapping(value))
    if issubclass(kind, Enum):
        return kind(value)
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(value)
    if issubclass(kind, timedelta) and isinstance(value, int | float):
        return timedelta(seconds=value)
    if kind is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        return float(value)
    if kind is object or kind is Any or type(value) is kind:
        return value
    raise TypeError(f"a value is no {kind.__name__}")


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("a value is no mapping")
    return value
