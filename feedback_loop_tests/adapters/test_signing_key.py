"""The signing key: made once, for its owner alone; its public half verifies, and nothing of the private one shows."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from feedback_loop.adapters.signing_key import SigningKey, public_key_of
from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey(tmp_path / "secrets" / "signing.key")


def pem_of(private: Ed25519PrivateKey | X25519PrivateKey, protection: serialization.KeySerializationEncryption | None = None) -> bytes:
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection or serialization.NoEncryption())


def test_a_key_is_made_at_first_use_and_is_the_same_ever_after(key: SigningKey) -> None:
    assert not key.exists()
    assert key.known_public() is None
    assert not key.file.parent.exists()
    signature = key.sign(b"a statement")
    again = SigningKey(key.file)
    assert again.key_id == key.key_id
    assert again.sign(b"a statement") == signature
    assert stat.S_IMODE(key.file.stat().st_mode) == 0o600


def test_the_public_half_verifies_exactly_what_was_signed(key: SigningKey) -> None:
    signature = key.sign(b"a statement")
    public = public_key_of(key.public_file) if key.public_file.exists() else None
    assert public is not None
    assert public.key_id == key.key_id
    assert public.verifies(b"a statement", signature)
    assert not public.verifies(b"a statement!", signature)
    assert not public.verifies(b"a statement", signature[:-2] + ("00" if signature[-2:] != "00" else "01"))
    assert not public.verifies(b"a statement", "no hexadecimal")
    assert not public.verifies(b"a statement", "")


def test_another_key_has_another_name_and_verifies_nothing_of_this_one(key: SigningKey, tmp_path: Path) -> None:
    other = SigningKey(tmp_path / "other.key")
    assert other.key_id != key.key_id
    assert not other.public().verifies(b"a statement", key.sign(b"a statement"))


def test_the_known_public_key_is_that_of_the_private_one_or_of_the_file_beside_it(key: SigningKey) -> None:
    made = key.key_id
    key.file.unlink()
    left = SigningKey(key.file)
    assert not left.exists()
    found = left.known_public()
    assert found is not None
    assert found.key_id == made


def test_of_two_that_make_the_key_at_once_both_sign_with_the_same(tmp_path: Path) -> None:
    file = tmp_path / "signing.key"
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: SigningKey(file).key_id, range(16)))
    assert len(names) == 1


def test_a_key_made_by_another_program_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "signing.key"
    private = Ed25519PrivateKey.generate()
    file.write_bytes(pem_of(private))
    file.chmod(0o600)
    assert SigningKey(file).sign(b"a") == private.sign(b"a").hex()


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"no key", 0o600, "is no private key in PEM"),
        (b"", 0o600, "is no private key in PEM"),
        (pem_of(X25519PrivateKey.generate()), 0o600, "is no Ed25519 key"),
        (pem_of(Ed25519PrivateKey.generate(), serialization.BestAvailableEncryption(b"word")), 0o600, "without a password"),
        (pem_of(Ed25519PrivateKey.generate()), 0o604, "everybody may read"),
    ],
)
def test_a_file_that_is_no_safe_key_is_refused_without_showing_it(tmp_path: Path, content: bytes, mode: int, says: str) -> None:
    file = tmp_path / "signing.key"
    file.write_bytes(content)
    file.chmod(mode)
    with pytest.raises(UnreadableFile, match=says) as caught:
        SigningKey(file).sign(b"a")
    lines = [line for line in content.decode().splitlines() if len(line) > 8 and "-----" not in line]
    assert not any(line in str(caught.value) for line in lines)
    assert caught.value.__cause__ is None


def test_a_public_key_is_asked_for_and_nothing_else_is_taken(key: SigningKey, tmp_path: Path) -> None:
    key.sign(b"a")
    with pytest.raises(UnreadableFile, match=r"ends with \.pub") as caught:
        public_key_of(key.file)
    assert key.file.read_text().splitlines()[1] not in str(caught.value)
    of_another_kind = tmp_path / "x25519.pub"
    of_another_kind.write_bytes(
        X25519PrivateKey.generate().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(UnreadableFile, match="no Ed25519"):
        public_key_of(of_another_kind)
    with pytest.raises(InputFileMissing):
        public_key_of(tmp_path / "none.pub")
    with pytest.raises(BadInput):
        public_key_of(tmp_path)
