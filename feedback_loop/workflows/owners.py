"""The ownership table that counts here: the home's own file where there is one, otherwise that of the package.

What a table says and what is wrong with it is decided in `analysis/ownership`; here it is read, joined by the owners that the taxonomy
names for its classes, and compared with those and with the playbooks: all of them must be teams of the table. The file is read anew by
each run; each row of `analysis_triage` says which version it was judged by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from feedback_loop.analysis.ownership import Duties, Owners, Ownership, parse_ownership, seed_ownership
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.config import Settings
from feedback_loop.errors import OwnershipRefused
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.taxonomies import read_taxonomy


def read_ownership(owners_file: Path) -> Ownership:
    """The table of the file, the seed where there is none; raises OwnershipRefused and UnreadableFile."""
    text = home_text(owners_file)
    if text is None:
        return seed_ownership()
    try:
        return parse_ownership(text)
    except OwnershipRefused as error:
        raise OwnershipRefused(error.problems, str(owners_file)) from error


def read_owners(settings: Settings) -> Owners:
    """The table of the home with the owners of its taxonomy's classes; raises as `read_ownership` and `read_taxonomy` do."""
    taxonomy = read_taxonomy(settings.taxonomy_file)
    return Owners(read_ownership(settings.owners_file), class_owners(taxonomy), taxonomy.version)


def class_owners(taxonomy: Taxonomy) -> dict[str, str]:
    """The owner by class, under its present name and those that it had: a promoted classifier may still say these."""
    return {name: one.owner for one in taxonomy.classes if one.owner is not None for name in (*one.formerly, str(one.name))}


def duties_of(owners: Owners, complaint_class: str | None, product: str) -> Duties:
    """Who owns complaints of the class about the product, who mends, tells and refunds, and who signs off what customers notice."""
    rule = owners.table.rule_for(complaint_class, product, None)
    owner, _ = owners.owner(complaint_class, rule)
    return owners.table.duties_under(rule).model_copy(update={"owner": owner})


def strangers(owners: Owners, playbooks: Sequence[Playbook]) -> list[str]:
    """A problem for each of the playbooks and each class of the taxonomy whose owner is no team of the table."""
    named = [(f"playbook {p.playbook_id}", p.owner) for p in playbooks]
    named += [(f"class {name} of the taxonomy", owner) for name, owner in sorted(owners.of_classes.items())]
    return [
        f"{who}: its owner '{owner}' is no team of the table; declare it under teams"
        for who, owner in named
        if owner not in owners.table.teams
    ]
