"""The playbooks that count here: the package's own, and those of the home's folder, which go before them where they bear the same id.

What a playbook must say is decided in `remediation/playbooks`. The rule that is easy to break: the folder is read anew by each run, and one
bad file stops the run; without it the package's playbook of the same id would be followed, which somebody meant to replace.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.errors import PlaybookRefused, UnreadableFile
from feedback_loop.remediation.playbooks import Playbook, load_playbooks, parse_playbook, seed_playbooks
from feedback_loop.workflows.home_files import home_text

_MOST_BYTES = 100_000


def read_playbooks(folder: Path) -> tuple[Playbook, ...]:
    """The playbooks by id; raises PlaybookRefused, which names the file, and UnreadableFile."""
    own = own_playbooks(folder)
    kept = [playbook for playbook in seed_playbooks() if playbook.playbook_id not in own]
    return load_playbooks([*kept, *own.values()])


def own_playbooks(folder: Path) -> dict[str, Playbook]:
    """The playbooks of the folder by id; empty where there is no folder."""
    found: dict[str, Playbook] = {}
    for file in _files(folder):
        playbook = _read(file)
        if playbook.playbook_id in found:
            raise PlaybookRefused(f"{playbook.playbook_id} of {file}", ["another file of the folder bears this id; rename or remove one"])
        found[playbook.playbook_id] = playbook
    return found


def playbook_texts(folder: Path) -> dict[str, str]:
    """The texts of the folder's playbooks by id."""
    return {_read(file).playbook_id: home_text(file, _MOST_BYTES) or "" for file in _files(folder)}


def _files(folder: Path) -> list[Path]:
    if not folder.is_symlink() and not folder.exists():
        return []
    if not folder.is_dir():
        raise UnreadableFile(folder, "is no folder. Make it one that holds a file for each playbook, or remove it")
    files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    stray = next((file for file in files if file.suffix != ".yaml"), None)
    if stray is not None:
        raise UnreadableFile(stray, "is no playbook. Name playbooks *.yaml, and keep nothing else in this folder")
    return files


def _read(file: Path) -> Playbook:
    text = home_text(file, _MOST_BYTES)
    if text is None:
        raise UnreadableFile(file, "was removed while it was read. Run the command again")
    try:
        return parse_playbook(text)
    except PlaybookRefused as error:
        raise PlaybookRefused(f"{error.playbook} of {file}", error.problems) from error
