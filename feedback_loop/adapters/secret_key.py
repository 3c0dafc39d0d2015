"""Secret keys, each kept in a file of the home folder that only its owner may read, made at first use.

Here are two: that of the tokens in masked texts, and that of tombstones (`tombstones`); that of signatures is in `signing_key`. Whoever has
a key and a text can tell whether a token or a hash stands for a guessed value, so that keys belong to no backup of the tables. Losing the
masking key loses no data: the next run makes other tokens. One from the environment goes before its file (teams share one by their secret
store).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from feedback_loop.config import Settings
from feedback_loop.errors import BadInput, InputFileMissing

MIN_CHARS = 32
_OWNER_ONLY = 0o600


def masking_key(settings: Settings) -> bytes:
    """The key of the tokens in masked texts: of the secret in the environment, else of the home's file."""
    given = settings.chosen_masking_key
    return _as_key(given, "FEEDBACK_LOOP_MASKING_KEY") if given else secret_key(settings.masking_key_file)


def secret_key(file: Path) -> bytes:
    """32 bytes, of the secret in the file, which is made where it does not exist; raises BadInput for a short secret."""
    return _as_key(_file_content(file), str(file))


def _as_key(secret: str, where: str) -> bytes:
    if len(secret.strip()) < MIN_CHARS:
        raise BadInput(f"{where}: a key needs {MIN_CHARS} characters or more. Make one with: openssl rand -hex 32")
    return hashlib.sha256(secret.strip().encode("utf-8")).digest()


def _file_content(file: Path) -> str:
    if not file.exists():
        make_once(file, lambda: secrets.token_hex(32).encode("ascii"))
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileMissing(file, f"the key can't be read ({type(error).__name__})") from None


def make_once(file: Path, content: Callable[[], bytes], mode: int = _OWNER_ONLY) -> None:
    """Writes a draft that its owner alone may read and links it, so that of two processes one makes the key and nobody reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.write(handle, content())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
