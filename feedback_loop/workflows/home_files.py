"""The files of the home that people write by hand and that may be missing: rules, owners, classes, cleaning, retention.

What a text means is decided by whoever asks for it. The rule that is easy to break: only where nothing of the name lies there does the
package's own count; a link that leads nowhere is a file that somebody relies on, and must not be passed over in silence.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.errors import UnreadableFile


def home_text(file: Path, most_bytes: int | None = None) -> str | None:
    """The text of the file, None where there is none; raises UnreadableFile where something else lies there, or more than so many bytes."""
    if not file.is_symlink() and not file.exists():
        return None
    if not file.is_file():
        raise UnreadableFile(file, "is a folder, a device, or a link that leads to no file. Make it a plain file, or remove it")
    try:
        if most_bytes is not None and file.stat().st_size > most_bytes:
            raise UnreadableFile(file, f"is larger than {most_bytes:,} bytes. Shorten it")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(file, "is no text that this user can read. Save it as UTF-8, and look at its permissions") from error
