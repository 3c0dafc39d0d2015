"""YAML that people write by hand, read as plain values, or refused with one kind of error.

What the values mean is decided by whoever reads them. The rules that are easy to break: a key that stands twice in one mapping is refused,
because YAML would keep the last one and drop the other in silence, be it a person's roles or that a class is sensitive; and whatever a
tag makes PyYAML trip over is a `yaml.YAMLError` here.
"""

from __future__ import annotations

from typing import Any

import yaml

_MERGE = "tag:yaml.org,2002:merge"
_TRIPPED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What PyYAML raises of its own accord for `!!bool maybe`, `!!int ""`, `!!timestamp x` and a thousand opened brackets."""


def yaml_content(text: str) -> Any:
    """The plain values of the one document in the text, None of an empty one; raises yaml.YAMLError and nothing else."""
    try:
        return _Loader(text).get_single_data()
    except _TRIPPED as error:
        raise yaml.YAMLError(f"the text can't be read ({type(error).__name__})") from error


def why_no_yaml(error: yaml.YAMLError) -> str:
    """That a text is no YAML, and for whoever mends it the line and what is wrong there, as far as that is known."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"is no YAML (line {mark.line + 1}: {problem})" if mark is not None and problem else "is no YAML"


class _Loader(yaml.SafeLoader):
    """Builds plain values only, of mappings whose keys differ."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """The mapping as it is written; merge keys are filled in later, and what they bring may be said anew."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE else None
            if name in seen:
                raise yaml.composer.ComposerError(None, None, "a key stands twice in its mapping", key.start_mark)
            seen |= {name} if name else set()
        return node
