"""Who may decide: a YAML file that names each person's roles, `{person: [role, …]}`.

It is read anew for each decision, so that a role that was taken away is gone at once. Nobody has a role by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

People = Mapping[str, tuple[str, ...]]


DEMO_PEOPLE: People = {
    "ada": ("release_manager", "support_lead"),
    "bo": ("incident_commander", "billing_owner"),
    "cleo": ("content_owner", "entitlements_owner"),
}
"""Who decides in the made-up company: for every playbook of the seed somebody, and for each of high risk two."""


LONGEST_WHY = 4_000
"""Characters of a reason that somebody gives."""

_HOW_TO_WRITE = "Write it, with a line for each person such as `ada: [labeller, support_lead]`."


def write_people(path: Path, people: People) -> None:
    """Makes the file, where there is none; one that exists stays as it is."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({person: list(roles) for person, roles in people.items()}, sort_keys=True), encoding="utf-8")


def read_people(path: Path) -> People:
    """The roles of each person; raises BadInput where the file is missing or says something else."""
    if not path.is_file():
        raise InputFileMissing(path, "no such file; it names who may decide", _HOW_TO_WRITE)
    try:
        content = yaml_content(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UnreadableFile(path, why_no_yaml(error)) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, "is no YAML") from error
    if not isinstance(content, dict) or not all(isinstance(roles, list) for roles in content.values()):
        raise UnreadableFile(path, "must name each person with a list of roles, as `person: [role, …]`")
    return {str(person): tuple(str(role) for role in roles) for person, roles in content.items()}


def reason_of(why: str) -> str:
    """What the person said as a reason, without blanks around it; raises BadInput where it says nothing, is endless or no text.

    What can't be written into the audit trail is refused here, before anything else was written.
    """
    reason = why.strip()
    if not reason.isascii() and reason.encode(errors="replace").decode() != reason:
        raise BadInput("the reason is no UTF-8 text. Write it in UTF-8 with --why.")
    if not 0 < len(reason) <= LONGEST_WHY:
        raise BadInput(f"say why with --why, in up to {LONGEST_WHY:,} characters.")
    return reason


def roles_of(person: str, people: People) -> tuple[str, ...]:
    """The roles of the person; raises BadInput where nobody of that name is known."""
    if person not in people:
        known = ", ".join(sorted(people)) or "nobody"
        raise BadInput(f"nobody called '{person}' may decide. Known are: {known}. Who may stands in people.yaml of the home.")
    return people[person]
