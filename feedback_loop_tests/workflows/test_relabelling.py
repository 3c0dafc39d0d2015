"""What another taxonomy would change is told by class and by fragment, on the same labels."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.workflows.relabelling import difference
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.workflows.labelled_home import label, labelled_home


def test_a_new_taxonomy_is_compared_with_that_of_the_present_classifier(tmp_path: Path) -> None:
    home = labelled_home(tmp_path)
    label(home, range(80))
    found = difference(home, read_taxonomy(home.taxonomy_file), None, has_state=True)
    assert found.fragment_count == 80
    assert dict(found.classes)["money_back"] == "added"
    assert dict(found.classes)["latency"] == "removed"
    assert sum(count for _, _, count in found.by_pair()) == found.fragments.height
    assert {after for _, after, _ in found.by_pair()} <= {"money_back", "closes_itself", None}


def test_the_same_taxonomy_changes_nothing(tmp_path: Path) -> None:
    home = labelled_home(tmp_path)
    found = difference(home, read_taxonomy(tmp_path / "none.yaml"), None, has_state=False)
    assert (found.before_version, found.classes, found.fragments.height) == (found.after_version, (), 0)
