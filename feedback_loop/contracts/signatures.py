"""What signs and what verifies, as Protocols; `adapters/signing_key.py` fulfils both, tests use a key of their own."""

from __future__ import annotations

from typing import Protocol


class VerifyingKey(Protocol):
    """The public half of a key: tells what its holder signed, and can sign nothing."""

    @property
    def key_id(self) -> str:
        """The name of the key, which follows from the key itself."""
        ...

    def verifies(self, statement: bytes, signature: str) -> bool:
        """Whether the holder of the private half signed exactly these bytes."""
        ...


class Signer(Protocol):
    """The private half of a key."""

    @property
    def key_id(self) -> str:
        """The name of the key, the same as that of its public half."""
        ...

    def sign(self, statement: bytes) -> str:
        """The signature of exactly these bytes."""
        ...
