"""How a company's records are cleaned: normalised, products called by one name, personal data masked with tokens.

Here: the rules that a company sets (`CleaningRules`), the cleaner that follows from them and the key, and the cleaning of one person's
texts. The steps themselves are in `normal_text` and `personal_data`. The law that everything else rests on: cleaning a slice of a raw text
gives what the same slice became within the whole, or the slice is not used; and cleaning what is clean changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_loop.methods.alignment import AlignedText
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.normal_text.product_names import NO_PRODUCT_NAMES, ProductNames
from feedback_loop.methods.personal_data.detectors import Detector, is_harmless
from feedback_loop.methods.personal_data.known_people import ANNOUNCED_NAMES, of_person
from feedback_loop.methods.personal_data.masking import PersonalData, Placeholders, find_personal_data, plain, replaced
from feedback_loop.methods.personal_data.tokens import KeyedPlaceholders

CODE_VERSION = "clean-3"

_MAX_ROUNDS = 8


@dataclass(frozen=True)
class CleaningRules:
    """What a company adds: names of its products and the shapes of its own numbers. `version` follows from the content."""

    products: ProductNames = NO_PRODUCT_NAMES
    patterns: tuple[Detector, ...] = ()
    version: str = "none"


@dataclass(frozen=True)
class Speaker:
    """Whose text it is: the scope of its tokens, and what its source record tells of the person."""

    scope: str
    name: str | None = None
    email: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Cleaning:
    """The cleaning of one person's texts."""

    detectors: tuple[Detector, ...] = (ANNOUNCED_NAMES,)
    placeholder: Placeholders = plain
    products: ProductNames = NO_PRODUCT_NAMES

    def normal(self, raw: str) -> AlignedText:
        """The normalised text with products by one name, aligned with the raw text."""
        normal = normalise(raw)
        return normal.then(self.products.rewrite(normal.text)) if self.products.called else normal

    def find(self, normal_text: str) -> list[PersonalData]:
        """The personal data in a normal text."""
        return find_personal_data(normal_text, self.detectors)

    def stays(self, part: str) -> bool:
        """Whether a part of a normal text, without blanks at its ends, surely is what cleaning it would give. False is no answer."""
        if not is_harmless(part) or (self.products.called and self.products.rewrite(part).text != part):
            return False
        is_normal = part.isascii() or normalise(part).text == part
        return is_normal and not any(True for detector in self.detectors for _ in detector.find(part))

    def mask(self, normal_text: str, found: list[PersonalData] | None = None) -> AlignedText:
        """The normal text with a placeholder for each finding (looked for unless given).

        What is normal beside a value may not be so beside its placeholder (a joiner, a misread letter, a product's name), and may hide
        more: so the rules look again until nothing changes. Each look ends with masking, also the last.
        """
        fresh = self.find(normal_text) if found is None else found
        masked = replaced(normal_text, fresh, self.placeholder)
        for _ in range(_MAX_ROUNDS if fresh else 0):
            again = self.normal(masked.text)
            if again.text == masked.text:
                break
            masked = masked.then(again).then(replaced(again.text, self.find(again.text), self.placeholder))
        return masked

    def clean(self, raw: str) -> AlignedText:
        """The only form of customer text that leaves bronze, aligned with the raw text."""
        normal = self.normal(raw)
        return normal.then(self.mask(normal.text))


PLAIN = Cleaning()
"""Without a key, a company's rules or a known person: placeholders such as `[EMAIL]`."""


@dataclass(frozen=True)
class Cleaner:
    """The rules and the key, from which the cleaning of each person's texts follows. Without a key placeholders carry no token."""

    rules: CleaningRules = field(default_factory=CleaningRules)
    key: bytes | None = field(default=None, repr=False)

    @property
    def version(self) -> str:
        """The code and the rules; the key changes tokens alone and is no part of it."""
        return f"{CODE_VERSION}-{self.rules.version}"

    def for_speaker(self, speaker: Speaker) -> Cleaning:
        """The cleaning of the person's texts."""
        person = of_person(speaker.name, speaker.email, speaker.address)
        placeholder = KeyedPlaceholders(self.key, speaker.scope) if self.key else plain
        return Cleaning((*person, *self.rules.patterns, ANNOUNCED_NAMES), placeholder, self.rules.products)


PERSON = ("record_id", "customer_id", "customer_name", "customer_email", "customer_address")
"""The columns of a bronze row that tell whose it is."""


def speaker_of(row: Mapping[str, str | None]) -> Speaker:
    """Whose a bronze row is: its customer where one is known, otherwise the record itself is the scope."""
    scope = row["customer_id"] or row["record_id"] or ""
    return Speaker(scope, row.get("customer_name"), row.get("customer_email"), row.get("customer_address"))
