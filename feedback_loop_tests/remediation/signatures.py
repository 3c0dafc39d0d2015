"""A key for tests of pure code: whoever knows its word can sign, as with a real one only whoever has its private half can."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class FakeKey:
    """Signs and verifies."""

    word: str

    @property
    def key_id(self) -> str:
        return f"key-{self.word}"

    def sign(self, statement: bytes) -> str:
        return hashlib.sha256(self.word.encode() + statement).hexdigest()

    def verifies(self, statement: bytes, signature: str) -> bool:
        return self.sign(statement) == signature


KEY, OTHER = FakeKey("ours"), FakeKey("theirs")
