"""The Ed25519 key that signs the anchors of the audit trail: its private half in a file that only its owner may read, made at first use.

The public half lies beside it (`.pub`, PEM) and may be given to anybody: it verifies and can sign nothing. The rule that is easy to break:
a private key is never made where anchors were signed by one that is gone, for that would hide that somebody took it away.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from feedback_loop.adapters.secret_key import make_once
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.errors import InputFileMissing, UnreadableFile

_OTHERS, _FOR_EVERYBODY = 0o007, 0o644
_KEY_ID_CHARS = 32
_MOST_BYTES = 10_000
_UNPARSED = (ValueError, TypeError, UnsupportedAlgorithm)


class PublicKey:
    """`ports.VerifyingKey` over Ed25519 (RFC 8032)."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.key_id = f"ed25519-{content_hash(key.public_bytes_raw())[:_KEY_ID_CHARS]}"

    def verifies(self, statement: bytes, signature: str) -> bool:
        """Whether the holder of the private half signed exactly these bytes; the signature is hexadecimal."""
        try:
            self._key.verify(bytes.fromhex(signature), statement)
        except (InvalidSignature, ValueError):
            return False
        return True

    def pem(self) -> bytes:
        """The key as other programs read it (SubjectPublicKeyInfo)."""
        return self._key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class SigningKey:
    """`ports.Signer` over the private key of the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._private: Ed25519PrivateKey | None = None
        self._public: PublicKey | None = None

    @property
    def public_file(self) -> Path:
        """Where the public half lies."""
        return self.file.with_name(f"{self.file.name}.pub")

    @property
    def key_id(self) -> str:
        """The name of the key, which is made where there is none."""
        return self.public().key_id

    def exists(self) -> bool:
        """Whether there is a private key; asking makes none."""
        return self._private is not None or self.file.exists()

    def sign(self, statement: bytes) -> str:
        """The signature in hexadecimal."""
        return self._loaded().sign(statement).hex()

    def public(self) -> PublicKey:
        """The public half of the private key, which is made where there is none."""
        if self._public is None:
            self._public = PublicKey(self._loaded().public_key())
        return self._public

    def known_public(self) -> PublicKey | None:
        """The public half, of the private one or of the file beside it; None where neither is there. Nothing is made."""
        if self.exists():
            return self.public()
        return public_key_of(self.public_file) if self.public_file.exists() else None

    def _loaded(self) -> Ed25519PrivateKey:
        if self._private is None:
            self._private = self._read() if self.file.exists() else self._made()
            self._publish(PublicKey(self._private.public_key()))
        return self._private

    def _publish(self, public: PublicKey) -> None:
        """Puts the public half beside the private one, unless it is there or the folder is closed: whoever has one can make the other."""
        if not self.public_file.exists():
            with suppress(OSError):
                make_once(self.public_file, public.pem, _FOR_EVERYBODY)

    def _made(self) -> Ed25519PrivateKey:
        make_once(self.file, _private_pem)
        return self._read()

    def _read(self) -> Ed25519PrivateKey:
        content = _content(self.file)
        if self.file.stat().st_mode & _OTHERS:
            raise UnreadableFile(self.file, "is a private key that everybody may read. Exchange it, or `chmod 600` it if nobody did")
        try:
            private = serialization.load_pem_private_key(content, password=None)
        except _UNPARSED:
            # What the library says may hold a part of the key.
            raise UnreadableFile(self.file, "is no private key in PEM without a password") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise UnreadableFile(self.file, "is no Ed25519 key. Make one with: openssl genpkey -algorithm ed25519")
        return private


def public_key_of(file: Path) -> PublicKey:
    """The public key of the PEM file; raises InputFileMissing, and UnreadableFile for anything else, a private key too."""
    content = _content(file)
    try:
        key = serialization.load_pem_public_key(content)
    except _UNPARSED:
        raise UnreadableFile(file, "is no public key in PEM; take the file whose name ends with .pub") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UnreadableFile(file, "is no Ed25519 key; take the file whose name ends with .pub")
    return PublicKey(key)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES)
    except OSError as error:
        raise InputFileMissing(file, f"the key can't be read ({type(error).__name__})") from None


def _private_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
