"""The ownership table that counts here: the home's own file where there is one, otherwise that of the package.

What a table says and what is wrong with it is decided in `analysis/ownership`; here it is read and compared with the playbooks, whose
owners must be teams of the table. The file is read anew by each run; each row of `analysis_triage` says which version it was judged by.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.analysis.ownership import Ownership, parse_ownership, seed_ownership
from feedback_loop.errors import OwnershipRefused, UnreadableFile
from feedback_loop.remediation.playbooks import seed_playbooks


def read_ownership(owners_file: Path) -> Ownership:
    """The table of the file, the seed where there is none; raises OwnershipRefused and UnreadableFile."""
    if not owners_file.exists():
        return seed_ownership()
    try:
        text = owners_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(owners_file, "is no text that this user can read") from error
    try:
        return parse_ownership(text)
    except OwnershipRefused as error:
        raise OwnershipRefused(error.problems, str(owners_file)) from error


def strangers(table: Ownership) -> list[str]:
    """A problem for each playbook whose owner is no team of the table, ascending by playbook."""
    return [
        f"playbook {p.playbook_id}: its owner '{p.owner}' is no team of the table; declare it under teams"
        for p in seed_playbooks()
        if p.owner not in table.teams
    ]
