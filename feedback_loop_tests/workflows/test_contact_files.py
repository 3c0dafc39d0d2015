"""How a home writes to customers: its own files, the package's rules, and a refusal that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.config import Settings
from feedback_loop.contracts.message_vocab import CustomerStep
from feedback_loop.errors import BadInput
from feedback_loop.remediation.contact import seed_contact_rules, seed_text
from feedback_loop.workflows.contact_files import read_contact, read_manner


def test_without_files_the_packages_rules_count_and_nobody_is_suppressed(tmp_path: Path) -> None:
    contact = read_contact(Settings(home=tmp_path))
    assert (contact.rules, contact.suppressions) == (seed_contact_rules(), ())


def test_the_files_of_the_home_count(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.contact_rules_file.write_text(seed_text().replace("weekly_cap: 3", "weekly_cap: 1"), encoding="utf-8")
    settings.suppression_file.write_text("suppressed: [{customer: ada}]\n", encoding="utf-8")
    contact = read_contact(settings)
    assert (contact.rules.weekly_cap, sorted(contact.unwelcome("Printwren"))) == (1, ["ada"])


@pytest.mark.parametrize("name", ["messages.yaml", "suppression.yaml"])
def test_a_file_that_can_not_be_followed_stops_everything(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("suppresed: []\n", encoding="utf-8")
    with pytest.raises(BadInput, match=name):
        read_contact(Settings(home=tmp_path))


def test_what_a_fix_asks_of_customers_stands_in_its_playbook(tmp_path: Path) -> None:
    assert set(read_manner(Settings(home=tmp_path)).steps.values()) == {CustomerStep.NOTHING}
