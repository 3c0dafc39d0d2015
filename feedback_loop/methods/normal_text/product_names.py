"""One name for each product: what customers call it, its SKUs, and the name that counts.

Here: a table of names as data, and the rewriting of a text by it. Where the table comes from is `workflows.cleaning_rules`. The rule that
is easy to break: the names that count are looked for along with the others and stay as they are, so that an alias which is part of its own
product's name is not replaced within it, and a text that was rewritten is not rewritten again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from feedback_loop.methods.alignment import AlignedText, Replacement, rewrite, unchanged

_BETWEEN = r"[ _-]?"


@dataclass(frozen=True)
class ProductNames:
    """What each product is called: `called` maps an alias or SKU to the name that counts."""

    called: Mapping[str, str]

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = sorted({*self.called, *self.called.values()}, key=lambda name: (-len(name), name))
        alternatives = "|".join(_BETWEEN.join(re.escape(word) for word in re.split(r"[ _-]+", name) if word) for name in names)
        return re.compile(rf"(?<![\w@])(?:{alternatives})(?![\w@])", re.IGNORECASE) if alternatives else None

    @cached_property
    def _by_key(self) -> dict[str, str]:
        own = {_key(name): name for name in self.called.values()}
        return {_key(alias): name for alias, name in self.called.items()} | own

    def name_of(self, product: str) -> str:
        """The name that counts; the given one where the table does not know it."""
        return self._by_key.get(_key(product), product)

    def rewrite(self, text: str) -> AlignedText:
        """The text with each alias and SKU replaced by the name that counts, aligned with it."""
        if self._pattern is None:
            return unchanged(text)
        replacements = list(self._replacements(text, self._pattern))
        return rewrite(text, replacements) if replacements else unchanged(text)

    def _replacements(self, text: str, pattern: re.Pattern[str]) -> Iterator[Replacement]:
        for match in pattern.finditer(text):
            name = self.name_of(match[0])
            if name != match[0]:
                yield Replacement(match.start(), match.end(), name)


NO_PRODUCT_NAMES = ProductNames({})


def _key(name: str) -> str:
    return re.sub(r"[ _-]+", "", name).casefold()
