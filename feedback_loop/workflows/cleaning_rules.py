"""What a company adds to the cleaning of its texts: a YAML file of product names and of the shapes of its own numbers.

    products:
      - name: InstaPay
        aliases: [insta pay, the payments app]
        skus: [IP-100, IP-200]
    patterns:
      - name: order
        pattern: "PRW-[0-9]{6}"

A file that is missing means no rules; one that can't be used is refused as a whole, because half of the rules would leave numbers bare.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.config import Settings
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.cleaning import Cleaner, CleaningRules
from feedback_loop.methods.normal_text.product_names import ProductNames
from feedback_loop.methods.personal_data.custom_patterns import custom_detectors
from feedback_loop.methods.yaml_texts import yaml_content
from feedback_loop.workflows.home_files import home_text

Word = Annotated[str, Field(min_length=2, max_length=100)]
_VERSION_DIGITS = 12


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Product(_Strict):
    name: Word
    aliases: tuple[Word, ...] = ()
    skus: tuple[Word, ...] = ()


class _Pattern(_Strict):
    name: Word
    pattern: Annotated[str, Field(min_length=3, max_length=200)]


class _Rules(_Strict):
    products: tuple[_Product, ...] = ()
    patterns: tuple[_Pattern, ...] = ()


def open_cleaner(settings: Settings, key: bytes) -> Cleaner:
    """The cleaner of the home: its company's rules, and the key of its tokens."""
    return Cleaner(read_cleaning_rules(settings.cleaning_file), key)


def read_cleaning_rules(path: Path) -> CleaningRules:
    """The rules of the file; none where there is no file; raises UnreadableFile, whose message says what to mend."""
    text = home_text(path)
    if text is None:
        return CleaningRules()
    try:
        rules = _Rules.model_validate(yaml_content(text) or {})
    except yaml.YAMLError as error:
        raise UnreadableFile(path, f"is no YAML that can be read ({type(error).__name__})") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UnreadableFile(path, f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}") from None
    names = ProductNames(_called(path, rules.products))
    return CleaningRules(names, custom_detectors([(p.name, p.pattern) for p in rules.patterns]), content_hash(text)[:_VERSION_DIGITS])


def _called(path: Path, products: Sequence[_Product]) -> dict[str, str]:
    """Each alias and SKU with its product's name; raises where one stands for two products."""
    called: dict[str, str] = {}
    own = {product.name.casefold(): product.name for product in products}
    for product in products:
        for alias in (*product.aliases, *product.skus):
            taken = called.get(alias.casefold(), own.get(alias.casefold(), product.name))
            if taken != product.name:
                raise UnreadableFile(path, f"'{alias}' stands for two products, {taken} and {product.name}; keep one")
            called[alias.casefold()] = product.name
        called.setdefault(product.name.casefold(), product.name)
    return called
