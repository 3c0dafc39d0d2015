"""Labels that people give: what a fragment is truly about, kept beside what the classifier said, and read as of a time.

The rule that is easy to break: a label is added and never changed; a later one of the same fragment counts from its instant on.
"""

from __future__ import annotations

from datetime import datetime

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import BadInput, UnknownChoice
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.people import People, roles_of

_LABEL = TABLES["state_label"]


def correct_label(
    fragment_id: str, class_name: str, person: str, people: People, tables: TableStore, state: StateStore, at: datetime
) -> str:
    """The id of the label that the person gave the fragment; raises BadInput where the fragment, the class or the person is unknown."""
    roles_of(person, people)
    word = class_name.strip().lower().replace("-", "_")
    if word not in list(ComplaintClass):
        raise UnknownChoice("class", class_name, [str(c) for c in ComplaintClass])
    known = tables.read(TABLES["silver_fragment"], columns=["fragment_id"])["fragment_id"]
    if fragment_id not in known:
        raise BadInput("no fragment has this id. Find one with `query`, in mart_complaint.")
    label_id = stable_id("label", fragment_id, person, word, at)
    row = {
        "label_id": label_id,
        "fragment_id": fragment_id,
        "labelled_class": word,
        "labelled_by": person,
        "labelled_at": at,
        "taxonomy_version": seed_taxonomy().version,
    }
    state.record(_LABEL, [row], person, at)
    return label_id
